"""`export` as it is called: the answer, the file, what it refuses, and what Ctrl-C leaves."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from store.build import event_id, record

from cli.door import ROOT, ask, call, command, environment
from ctwork.case.casebook import Casebook
from ctwork.case.export.exporter import EXPORTERS
from ctwork.model.annotation import Annotation, Change

_PATIENCE_S = 60


@pytest.mark.parametrize("lens", ["", "sort:time:desc", "outcome:denied"])
def test_an_export_holds_what_events_prints(case: Path, tmp_path: Path, lens: str) -> None:
    said = ask("export", case, tmp_path / "x.json", "--where", lens, "--format", "json", "--quiet")
    assert said.code == 3, said.err  # the load lost an element, and every answer says so
    assert set(said.document) == {"head", "files", "records", "sha256"}
    events = ask("events", case, "--where", lens, "--format", "jsonl", "--quiet").rows
    document = json.loads((tmp_path / "x.json").read_bytes())
    assert said.document["records"] == len(events) == document["head"]["events"]
    assert [{name: row[name] for name in each} for row, each in zip(document["events"], events, strict=True)] == events


def test_columns_order_and_csv_are_those_of_events(case: Path, tmp_path: Path) -> None:
    options = ("--columns", "time,event,requestParameters.n,tag", "--sort", "event")
    assert ask("export", case, tmp_path / "x.verbatim.csv", *options, "--quiet").code == 3
    wanted = ask("events", case, *options, "--format", "csv", "--quiet").out.decode().splitlines()
    found = (tmp_path / "x.verbatim.csv").read_text().splitlines()
    assert [line[: len(want)] for line, want in zip(found, wanted, strict=True)] == wanted


def test_marks_leave_with_their_words(case: Path, tmp_path: Path) -> None:
    sha256 = ask("show", case, event_id(61), "--format", "json", "--quiet").document["sha256"]
    book = Casebook(case)
    book.mark({f"event/{sha256}/{event_id(61)}": Annotation()}, Change(add_tags=("odd",), note="=1+1"))
    book.undo()
    book.redo()
    book.close()
    assert ask("export", case, tmp_path / "x.csv", "--marks", "--columns", "id", "--quiet").code == 3
    (line,) = (tmp_path / "x.csv").read_text().splitlines()[1:]
    assert line.startswith(f'"{event_id(61)}","","odd","\'=1+1","",""') and line.endswith('"[""note""]"')
    book = Casebook(case)
    book.undo()
    assert [each.kind for each in book.entries()][-2:] == ["export", "undo"]
    book.close()


def test_what_cannot_be_is_refused_before_anything_is_written(case: Path, small: Path, tmp_path: Path) -> None:
    wrong = [
        ("export", tmp_path / "x.json"),
        ("export", case, tmp_path / "x.xlsx"),
        ("export", case, tmp_path / "x.json", "--as", "xml"),
        ("export", case, tmp_path / "x.raw", "--redact", "names"),
        ("export", case, tmp_path / "x.json", "--redact", "buckets"),
        ("export", case, tmp_path / "x.json", "--id", "nobody"),
        ("export", case, tmp_path / "x.json", "--columns", "nosuch"),
        ("export", case, small / "x.json"),
    ]
    for words in wrong:
        said = ask(*words)
        assert said.code == 2 and said.err.startswith("ctwork: "), words
    assert os.listdir(tmp_path) == [] and not (small / "x.json").exists()


def test_raw_bytes_say_what_they_hold(case: Path, tmp_path: Path) -> None:
    said = ask("export", case, tmp_path / "x.raw.jsonl", "--where", "outcome:denied", "--format", "jsonl")
    assert "session tokens and other secrets are in it" in said.err
    assert (tmp_path / "x.raw.jsonl").read_bytes() == ask("events", case, "--where", "outcome:denied", "--raw").out


def test_pseudonyms_are_the_same_in_each_export_of_a_case(case: Path, tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        assert ask("export", case, tmp_path / name, "--redact", "all", "--quiet").code == 3
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert b"111122223333" not in (tmp_path / "a.jsonl").read_bytes()


def test_what_comes_through_a_pipe_can_be_exported(tmp_path: Path) -> None:
    data = json.dumps({"Records": [record(7)]}).encode()
    said = call("export", "-", tmp_path / "x.jsonl", "--quiet", stdin=data, CTWORK_DATA=str(tmp_path / "data"))
    assert said.code == 0, said.err
    assert json.loads((tmp_path / "x.jsonl").read_bytes())["eventID"] == event_id(7)


def test_help_names_every_form() -> None:
    said = " ".join(ask("export", "--help").out.decode().replace("│", " ").split())
    assert [each.name for each in EXPORTERS if each.name not in said] == []


def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    env = environment(CTWORK_DATA=str(tmp_path / "data"))
    out = tmp_path / "out"
    out.mkdir()
    assert call("load", ROOT / "sample_logs", "--quiet", CTWORK_DATA=str(tmp_path / "data")).code == 0
    running = subprocess.Popen(
        command("export", ROOT / "sample_logs", out / "x.ocsf.json", "--redact", "all", "--quiet"),
        env=env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + _PATIENCE_S
    while not os.listdir(out) and running.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    code = running.wait(_PATIENCE_S)
    # It may have come to its end before the signal did: then all of it is there.
    assert (code, os.listdir(out)) == (130, []) or (code == 0 and (out / "x.ocsf.json.report.json").exists())
