"""Rows as files: three forms of the same values, and nothing written where evidence is or half a file stays."""

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest

from ctwork.case.outlet import export, form_of, outlet, row_text
from ctwork.errors import EnvironmentFailure, UsageError

ROWS = [
    {"a": 1, "b": 'say "hi", x\ny', "c": None},
    {"a": 2**70, "b": "\x1b]0;owned\u202e", "c": True},
    {"a": -1, "b": "=1+1", "c": [1, "two"]},
]


def test_all_forms_hold_the_same_rows() -> None:
    document = json.loads("".join(row_text("json", ["a", "b", "c"], ROWS)))
    assert document == ROWS
    assert [json.loads(line) for line in "".join(row_text("jsonl", ["a", "b", "c"], ROWS)).splitlines()] == ROWS
    cells = list(csv.reader(io.StringIO("".join(row_text("csv", ["a", "b", "c"], ROWS)), newline="")))
    assert cells[0] == ["a", "b", "c"]
    assert [row[1] for row in cells[1:]] == [row["b"] for row in ROWS]
    assert [row[2] for row in cells[1:]] == ["", "true", "1 two"]


def test_nothing_in_ascii_json_moves_a_terminal() -> None:
    text = "".join(row_text("jsonl", ["a"], [{"a": "\x1b\x7f\x9b\u202e"}], ascii_only=True))
    assert text.isascii() and text.strip().isprintable()


def test_no_rows_are_still_a_file() -> None:
    assert json.loads("".join(row_text("json", ["a"], []))) == []
    assert "".join(row_text("csv", ["a"], [])) == "a\r\n"
    assert "".join(row_text("jsonl", ["a"], [])) == ""


@pytest.mark.parametrize(("name", "form"), [("x.CSV", "csv"), ("x.json", "json"), ("a/x.jsonl", "jsonl"), ("x", None)])
def test_the_suffix_says_the_form(name: str, form: str | None) -> None:
    assert form_of(Path(name)) == form


def test_evidence_is_refused_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "evidence")
    for place in ("evidence/x.csv", "link/x.csv", "evidence/../evidence/x.csv"):
        with (
            pytest.raises(UsageError, match="inside the evidence"),
            outlet(tmp_path / place, [str(tmp_path / "evidence")]),
        ):
            pass
    assert list((tmp_path / "evidence").iterdir()) == []


def test_what_is_there_is_only_replaced_when_asked(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("before")
    with pytest.raises(UsageError, match="there already"), outlet(tmp_path / "x.csv", [], replace=False):
        pass
    assert (tmp_path / "x.csv").read_text() == "before"
    with outlet(tmp_path / "x.csv", []) as stream:
        stream.write("after")
    assert (tmp_path / "x.csv").read_text() == "after"


def test_beside_a_source_file_nothing_is_replaced_but_beside_a_source_folder(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.json").write_text("{}")
    (tmp_path / "x.csv").write_text("before")
    folder, file = str(tmp_path / "logs"), str(tmp_path / "logs" / "a.json")
    with outlet(tmp_path / "x.csv", [folder, file]) as stream:
        stream.write("after")
    assert (tmp_path / "x.csv").read_text() == "after"
    for evidence, target in (([file], "logs/a.json"), ([folder, file], "logs/b.csv"), ([str(tmp_path / "y")], "x.csv")):
        with pytest.raises(UsageError), outlet(tmp_path / target, evidence):
            pass
    assert (tmp_path / "x.csv").read_text() == "after"
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["a.json"]


def _export(target: Path, *evidence: Path, replace: bool = True) -> None:
    with export(target, map(str, evidence), lambda: {"made": "now"}, replace=replace) as stream:
        stream.write("rows")


def test_an_export_has_its_head_beside_it(tmp_path: Path) -> None:
    for _ in range(2):
        _export(tmp_path / "x.csv")
    told = json.loads((tmp_path / "x.csv.report.json").read_bytes())
    sha256 = hashlib.sha256(b"rows").hexdigest()
    assert told == {"export": {"name": "x.csv", "bytes": 4, "sha256": sha256}, "head": {"made": "now"}}
    with pytest.raises(UsageError, match="there already"):
        _export(tmp_path / "x.csv", replace=False)
    (tmp_path / "x.csv").unlink()
    with pytest.raises(UsageError, match=r"x.csv.report.json is there already"):
        _export(tmp_path / "x.csv", replace=False)
    assert not (tmp_path / "x.csv").exists()


def test_a_head_never_takes_the_place_of_evidence(tmp_path: Path) -> None:
    """The name of the head, too, may be that of a file that was read, or of one that lies beside it."""
    (tmp_path / "x.csv.report.json").write_text("evidence")
    for evidence in ("x.csv.report.json", "other.json"):
        with pytest.raises(UsageError, match="evidence"):
            _export(tmp_path / "x.csv", tmp_path / evidence)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv.report.json"]
    assert (tmp_path / "x.csv.report.json").read_text() == "evidence"


def test_a_device_or_a_failed_export_has_no_head(tmp_path: Path) -> None:
    beside = {path.name for path in Path("/dev").iterdir() if path.name.startswith("null")}
    _export(Path("/dev/null"))
    assert {path.name for path in Path("/dev").iterdir() if path.name.startswith("null")} == beside
    with pytest.raises(KeyError), export(tmp_path / "x.csv", (), dict):
        raise KeyError
    assert not (tmp_path / "x.csv.report.json").exists()


def test_half_a_file_does_not_stay(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="No space"), outlet(tmp_path / "x.csv", [], replace=False) as stream:
        stream.write("half")
        raise OSError(28, "No space left on device")
    assert not (tmp_path / "x.csv").exists()
    with pytest.raises(EnvironmentFailure, match="cannot write"), outlet(tmp_path / "no" / "x.csv", []):
        pass
