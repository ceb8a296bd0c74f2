"""`files`: every file and member once, in the states that `status` counts, with hashes that another tool confirms."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from store.build import record, write_trail

from cli.door import ask, call

ODD = os.fsdecode(b"l\xff\\og\n.json")
"""A name that is not UTF-8, with what `sha256sum` escapes."""


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Evidence in every state, and the case it was loaded into."""
    folder = tmp_path_factory.mktemp("nasty")
    logs = folder / "logs"
    write_trail(logs / "a.json.gz", [record(1), record(2)])
    write_trail(logs / ODD, [record(3), b"17"])
    (logs / "cut.json.gz").write_bytes((logs / "a.json.gz").read_bytes()[:-60])
    (logs / "notes.txt").write_text("hello")
    (logs / "link").symlink_to("/etc")
    (logs / "._a").write_bytes(b"")
    os.mkfifo(logs / "pipe")
    with zipfile.ZipFile(logs / "b.zip", "w") as archive:
        archive.writestr("../x.json", (logs / ODD).read_bytes())
        archive.writestr("y.json.gz", (logs / "a.json.gz").read_bytes())
    assert call("load", logs, "--case", folder / "case", "--quiet").code == 3
    return logs, folder / "case"


def test_files_and_status_agree(nasty: tuple[Path, Path]) -> None:
    _, case = nasty
    said = ask("files", case)
    assert (said.code, said.err) == (3, "")
    status = ask("status", case, "--format", "json").document
    states = Counter(row["state"].replace("-", "_") for row in said.rows)
    counted = dict(status["files"])
    assert counted.pop("seen") == len(said.rows) == len({row["source"] for row in said.rows})
    assert states == {state: count for state, count in counted.items() if count}
    assert sum(row["records"] for row in said.rows) == status["records"]["read"]
    assert sum(row["inflated_size"] or 0 for row in said.rows) == status["bytes"]["inflated"]
    for state in ("read", "with-issues", "failed", "skipped"):
        rows = ask("files", case, "--state", state).rows
        assert rows == [row for row in said.rows if row["state"] == state] != []
    assert len(ask("files", case, "--state", "failed", "--state", "with_issues").rows) == sum(
        row["state"] in ("failed", "with-issues") for row in said.rows
    )


def test_a_file_says_why_it_was_not_read(nasty: tuple[Path, Path]) -> None:
    rows = {row["source"]: row for row in ask("files", nasty[1]).rows}
    assert rows["a.json.gz"]["reasons"] == [] and rows["a.json.gz"]["message"] is None
    assert rows["cut.json.gz"]["reasons"][0] == "truncated" and rows["cut.json.gz"]["message"]
    assert rows["pipe"]["reasons"] == ["special-file"]
    assert (rows["pipe"]["sha256"], rows["pipe"]["size"], rows["pipe"]["container"]) == (None, None, None)
    assert set(rows["b.zip!../x.json"]["reasons"]) == {"odd-name", "not-object"}


def test_the_hashes_are_those_of_the_bytes(nasty: tuple[Path, Path]) -> None:
    logs, case = nasty
    rows = {row["source"]: row for row in ask("files", case).rows}
    stored = (logs / "a.json.gz").read_bytes()
    for source in ("a.json.gz", "b.zip!y.json.gz"):
        row = rows[source]
        assert row["sha256"] == hashlib.sha256(stored).hexdigest() and row["size"] == len(stored)
        assert row["inflated_sha256"] == hashlib.sha256(gzip.decompress(stored)).hexdigest()
        assert row["layers"] == "gzip"


def test_sha256sum_confirms_the_files_on_disk(nasty: tuple[Path, Path], tmp_path: Path) -> None:
    logs, case = nasty
    said = ask("files", case, "--sums")
    assert len(said.out.splitlines()) == 4
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("there is no sha256sum here")
    done = subprocess.run([tool, "-c", "--strict"], input=said.out, capture_output=True, check=False)
    assert (done.returncode, done.stdout.count(b": OK\n")) == (0, 4), done.stderr
    assert os.fsencode(logs) in done.stdout
    changed = said.out.replace(said.out[:4], b"0000")
    assert subprocess.run([tool, "-c"], input=changed, capture_output=True, check=False).returncode == 1


def test_columns_and_limit_and_what_is_refused(nasty: tuple[Path, Path]) -> None:
    _, case = nasty
    rows = ask("files", case, "--columns", "sha256, source", "--limit", "2").rows
    assert [list(row) for row in rows] == [["sha256", "source"]] * 2
    assert len(ask("files", case, "--sums", "--limit", "1").out.splitlines()) == 1
    for wrong in (("--columns", "colour"), ("--state", "lost")):
        said = ask("files", case, *wrong)
        assert said.code == 2 and "choose from" in said.err


def test_files_answers_when_nothing_could_be_read(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a.json").write_bytes(b'{"Records": [')
    said = ask("files", tmp_path / "e", "--case", tmp_path / "case")
    assert (said.code, [row["state"] for row in said.rows]) == (3, ["failed"])
    assert json.loads(said.out)["records"] == 0
