"""mark, marks, merge, journal: what is said of events is there for every command, and its journal can be checked."""

import shutil
import sqlite3
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from cli.door import ask, call


@pytest.fixture
def case(small: Path, tmp_path: Path) -> Path:
    """A case of six events with nothing marked."""
    folder = tmp_path / "case"
    call("load", small, "--case", folder, "--quiet")
    return folder


def _id(case: Path, lens: str) -> str:
    return str(ask("events", case, "--where", lens, "--columns", "id").rows[0]["id"])


def test_an_event_is_marked_and_found_by_its_mark(case: Path) -> None:
    denied = _id(case, "error:AccessDenied")
    said = ask("mark", case, denied, "--tag", "exfil", "--tag", "attack.t1530", "--note", "why?", "--severity", "high")
    (row,) = said.rows
    assert (row["kind"], row["event_id"], row["event"]) == ("event", denied, "PutObject")
    assert (row["tags"], row["severity"], row["note"]) == (["attack.t1530", "exfil"], "high", "why?")
    (event,) = ask("events", case, "--where", "tag:exfil severity:high", "--columns", "id,tag,note,severity").rows
    assert event == {"id": denied, "tag": ["attack.t1530", "exfil"], "note": ["why?"], "severity": ["high"]}
    counts = {row["tag"]: row["count"] for row in ask("count", case, "--by", "tag").rows}
    assert counts[None] == 4
    assert counts["exfil"] == counts["attack.t1530"] == 1
    ask("mark", case, denied, "--unmark")
    assert ask("events", case, "--where", "has:mark").rows == []
    ask("mark", case, "--undo")
    assert len(ask("events", case, "--where", "has:mark").rows) == 1
    ask("mark", case, "--redo")
    assert ask("marks", case).rows == []


def test_marks_are_made_through_a_lens_and_on_values_spans_and_moments(case: Path) -> None:
    assert len(ask("mark", case, "--where", "verb:read", "--tag", "seen").rows) == 4
    ask("mark", case, "--value", "event=PutObject", "--verdict", "malicious")
    ask("mark", case, "--span", "2024-01-01T01..2024-01-01T02", "--tag", "window")
    ask("mark", case, "--moment", "2024-01-01T10:30", "--note", "phone call")
    kinds = [row["kind"] for row in ask("marks", case).rows]
    assert sorted(kinds) == ["event"] * 4 + ["moment", "span", "value"]
    assert [row["event"] for row in ask("events", case, "--where", "verdict:malicious", "--columns", "event").rows] == [
        "PutObject"
    ]
    assert len(ask("events", case, "--where", "tag:window").rows) == len(
        ask("events", case, "--where", "time:2024-01-01T01..2024-01-01T02").rows
    )
    for wrong in (
        ["--span", "x"],
        ["--value", "event"],
        [],
        ["--severity", "grave", "x"],
        ["nope"],
    ):
        said = ask("mark", case, *wrong)
        assert (said.code, said.err.count("\n")) == (2, 1), said


def test_marks_hold_in_another_copy_of_the_evidence_and_without_the_store(
    case: Path, small: Path, tmp_path: Path
) -> None:
    denied = _id(case, "error:AccessDenied")
    ask("mark", case, denied, "--tag", "kept")
    with zipfile.ZipFile(tmp_path / "copy.zip", "w", zipfile.ZIP_DEFLATED) as copy:
        for path in small.iterdir():
            copy.write(path, f"elsewhere/{path.name}")
    moved = tmp_path / "moved"
    shutil.copytree(case, moved)
    shutil.rmtree(moved / "store")
    assert ask("marks", moved).rows == ask("marks", case).rows
    said = ask("events", moved, "--where", "tag:kept")
    assert (said.code, "does not know where its sources lie" in said.err) == (4, True)
    (row,) = ask("events", tmp_path / "copy.zip", "--case", moved, "--where", "tag:kept", "--columns", "id").rows
    assert row["id"] == denied
    loads = [row["payload"] for row in ask("journal", moved).rows if row["kind"] == "load"]
    assert [load["same"] for load in loads] == [False, True]
    assert loads[0]["sha256"] == loads[1]["sha256"]


def test_no_file_of_a_case_but_its_store_names_a_place(case: Path, small: Path) -> None:
    ask("mark", case, _id(case, ""), "--tag", "x")
    for path in case.iterdir():
        if path.is_file():
            assert str(small.parent).encode() not in path.read_bytes(), path


def test_the_journal_tells_who_did_what_and_is_checked(case: Path) -> None:
    ask("mark", case, _id(case, "error:AccessDenied"), "--tag", "x")
    rows = ask("journal", case).rows
    assert [row["kind"] for row in rows] == ["begin", "load", "mark"]
    assert all(row["previous"] == before["hash"] for before, row in pairwise(rows))
    whole = ask("journal", case, "--check", "--format", "json")
    assert (whole.code, whole.document["verdict"], whole.document["head"]) == (0, "whole", f"3:{rows[-1]['hash']}")
    link = sqlite3.connect(case / "case.db", isolation_level=None)
    link.execute("DROP TRIGGER ops_last")
    link.execute("DELETE FROM ops WHERE seq = 3")
    link.close()
    assert ask("journal", case, "--check").code == 0
    cut = ask("journal", case, "--check", "--anchor", whole.document["head"], "--format", "json")
    assert (cut.code, cut.document["verdict"]) == (1, "broken")
    assert "the end was cut off" in cut.document["problems"][0]
    assert ask("journal", case, "--check", "--anchor", "x").code == 2


def test_another_case_is_merged(case: Path, small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    call("load", small, "--case", other, "--quiet")
    denied = _id(case, "error:AccessDenied")
    ask("mark", case, denied, "--severity", "low")
    ask("mark", other, denied, "--severity", "high", "--tag", "theirs")
    merged = ask("merge", case, other, "--format", "json").document
    assert merged["marks"] == 1
    assert [(each["part"], each["kept"], each["given_way"]) for each in merged["clashes"]] == [
        ("severity", "low", "high")
    ]
    assert ask("marks", case).rows[0]["tags"] == ["theirs"]


def test_a_case_in_anothers_hand_is_left_alone(case: Path) -> None:
    from ctwork.case.casebook import Casebook
    from ctwork.case.custody import Actor

    book = Casebook(case, Actor("her", "there", "t"))
    assert book.take()
    try:
        said = ask("mark", case, _id(case, ""), "--tag", "x")
        assert said.code == 5
        assert "held by her@there" in said.err
        assert "--take-over" in said.err
        assert ask("mark", case, _id(case, ""), "--tag", "x", "--take-over").code in (0, 3)
    finally:
        book.close()
