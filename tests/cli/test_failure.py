"""What goes wrong is one line with a hint and the promised exit code; evidence is never written to."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from store.build import record, write_trail

from cli.door import ROOT, Said, ask, call, command, environment


def _is_one_line(said: Said) -> bool:
    return (
        said.err.count("\n") == 1
        and said.err.startswith("ctwork: ")
        and said.err.endswith(")\n")
        and "Traceback" not in said.err
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("events", "CASE", "--where", "foo:bar"),
        ("events", "CASE", "--where", "(a"),
        ("events", "CASE", "--columns", "foo"),
        ("events", "CASE", "--columns", ","),
        ("events", "CASE", "--sort", "foo"),
        ("events", "CASE", "--sort", "ip:down"),
        ("events", "CASE", "--sort", ":desc"),
        ("events", "CASE", "--format", "xml"),
        ("events", "CASE", "--limit", "-1"),
        ("events", "CASE", "--limit", "x"),
        ("events", "CASE", "--since", "garbage"),
        ("events", "CASE", "--since", "2024-02-30"),
        ("events", "CASE", "--tz", "Mars"),
        ("events", "CASE", "--tz", "../../etc/passwd"),
        ("events", "CASE", "--bogus"),
        ("events",),
        ("count", "CASE"),
        ("count", "CASE", "--by", ""),
        ("count", "CASE", "--by", "foo"),
        ("count", "CASE", "--by", "ip", "--sort", "ip"),
        ("count", "CASE", "--by", "ip", "--sort", "count:down"),
        ("count", "CASE", "--by", "ip,event", "--find", "x"),
        ("timeline", "CASE", "--bucket", "0m"),
        ("timeline", "CASE", "--bucket", "5"),
        ("show", "CASE", "no-such-id"),
        ("show", "CASE"),
        ("open", "CASE"),
        ("CASE",),
        ("load", "CASE", "--workers", "0"),
        ("events", "CASE", "--where", "event:/[/"),
    ],
)
def test_a_wrong_call_is_exit_code_2(case: Path, arguments: tuple[str, ...]) -> None:
    said = ask(*(case if argument == "CASE" else argument for argument in arguments))
    assert said.code == 2, said
    assert said.out == b""
    assert _is_one_line(said), said.err


def test_no_words_are_answered_with_help(case: Path) -> None:
    said = call()
    assert said.code == 2
    assert b"Usage: ctwork" in said.out
    assert said.err == ""


def test_too_many_buckets_are_refused(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1), record(2, eventTime="2044-01-01T00:00:00Z")])
    said = ask("timeline", tmp_path / "e", "--bucket", "1s", "--case", tmp_path / "case")
    assert said.code == 2
    assert _is_one_line(said)


def test_nothing_readable_is_exit_code_4(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.json").write_bytes(b'{"Records":[{"eventVersion":"1.08"')
    for number, source in enumerate(("empty", "bad", "nowhere", "no*where")):
        said = ask("status", tmp_path / source, "--case", tmp_path / f"case{number}")
        assert said.code == 4, said
        # The report is most wanted where nothing could be read; without any source there is none.
        assert bool(said.out) == (source in ("empty", "bad"))
        assert _is_one_line(said), said.err
    assert ask("count", tmp_path / "bad", "--by", "event", "--case", tmp_path / "case1").out == b""
    assert ask("issues", tmp_path / "bad", "--case", tmp_path / "case1").rows[0]["source"] == "a.json"


def test_a_folder_of_other_things_is_no_loss(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1)])
    (tmp_path / "e" / "README.md").write_text("hello")
    assert ask("status", tmp_path / "e", "--case", tmp_path / "case").code == 0


def test_a_case_that_cannot_be_written_is_exit_code_5(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = ask("status", small, "--case", tmp_path / "file" / "case")
    assert said.code == 5
    assert _is_one_line(said)


def test_an_output_that_cannot_be_written_is_exit_code_5(case: Path, tmp_path: Path) -> None:
    said = ask("status", case, "--output", tmp_path / "none" / "x.json")
    assert said.code == 5
    assert _is_one_line(said)


@pytest.mark.parametrize("name", ["hot.seg", "cold.seg", "meta.json", "files.arrow", "dictionaries.arrow", "texts.seg"])
def test_a_damaged_store_is_told_in_one_line(case: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "case"
    shutil.copytree(case, broken)
    (path,) = broken.glob(f"store/gen-*/{name}")
    path.write_bytes(b"\x07" * 40)
    said = ask("events", broken, "--columns", "requestParameters.n,eventID")
    assert said.code in (3, 5)
    assert said.code == 3 or _is_one_line(said)
    assert ask("events", broken, "--fresh").code == 3


def test_output_into_the_evidence_is_refused(tmp_path: Path) -> None:
    evidence = write_trail(tmp_path / "e" / "deep" / "a.json", [record(1)])
    before = evidence.read_bytes()
    folder = tmp_path / "case"
    (tmp_path / "link").symlink_to(evidence.parent)
    assert ask("status", tmp_path / "e", "--case", folder).code == 0
    for source in (tmp_path / "e", folder):
        for output in (tmp_path / "e" / "x.csv", evidence, evidence.parent / "y", tmp_path / "link" / "z"):
            said = ask("events", source, "--output", output, *(() if source == folder else ("--case", folder)))
            assert said.code == 2, said
            assert _is_one_line(said)
    assert evidence.read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "e").rglob("*")) == ["a.json", "deep"]


@pytest.mark.parametrize("source", ["a.json", "*.json", "a.zip"])
def test_output_over_a_source_file_is_refused(tmp_path: Path, source: str) -> None:
    import zipfile

    path = write_trail(tmp_path / "e" / "a.json", [record(1)])
    with zipfile.ZipFile(tmp_path / "e" / "a.zip", "w") as archive:
        archive.write(path, "x.json")
    target = path if source.endswith("json") else tmp_path / "e" / "a.zip"
    before = target.read_bytes()
    said = ask("events", tmp_path / "e" / source, "--output", target, "--case", tmp_path / "case")
    assert said.code == 2, said
    assert target.read_bytes() == before


def test_nothing_is_written_beside_the_evidence(small: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(small, copy)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in sorted(copy.rglob("*"))}
    assert call("status", copy, CTWORK_DATA=str(tmp_path / "data")).code == 3
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in sorted(copy.rglob("*"))} == before


@pytest.mark.parametrize("signals", [1, 2])
def test_an_interrupted_load_keeps_what_is_done(sample_logs: Path, tmp_path: Path, signals: int) -> None:
    folder = tmp_path / "case"
    process = subprocess.Popen(
        command("status", sample_logs, "--case", folder),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None and not list((folder / "store" / "load").glob("*.part")):
        time.sleep(0.002)
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert out == b""
    assert err.count(b"\n") <= 1
    whole = ask("status", sample_logs, "--case", folder)
    assert whole.code == 0
    assert whole.rows[0]["records"]["unique"] == 7_653


def test_a_reader_that_goes_away_is_no_failure(sample_logs: Path, tmp_path: Path) -> None:
    arguments = command("events", sample_logs / "AWSLogs" / "444455556666", "--case", tmp_path / "case", "--raw")
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == b""


def test_an_unreadable_file_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1)])
    os.mkfifo(tmp_path / "e" / "pipe.json.gz")
    said = ask("status", tmp_path / "e", "--case", tmp_path / "case")
    assert said.code == 3
    assert said.rows[0]["records"]["unique"] == 1
    assert {issue["kind"] for issue in said.rows[0]["issues"]} == {"special-file"}


def test_a_report_of_a_part_is_no_report_of_the_whole(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1)])
    assert ask("status", tmp_path / "e", "--case", tmp_path / "case").code == 0
    said = ask("status", tmp_path / "e", "--case", tmp_path / "case", "--region", "eu-west-1")
    assert said.code == 2
    assert "holds more than that" in said.err
