"""Marks outlast everything: what was said is what is there, taken back and done again, merged, and held by one."""

import json
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.case.casebook import MARKED_AT_ONCE, Casebook, begin
from ctwork.case.custody import Actor
from ctwork.case.ledger import FILE, CaseHeld
from ctwork.errors import CaseError, UsageError
from ctwork.model.annotation import NOTHING_SAID, SEVERITIES, VERDICTS, About, Annotation, Change
from ctwork.model.entry import NOWHERE, Anchor
from ctwork.model.state import State

_ME = Actor("me", "here", "ctwork test")
_ONE, _TWO, _KEY = "event/" + "a" * 64 + "/one", "event/" + "b" * 64 + "/", "value/userIdentity.accessKeyId/AKIA"
_SEEN = Annotation(about=About("2023-07-10T11:42:18Z", "GetObject", "p", "10.0.0.1", "a.json", 3))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Casebook]:
    """A case in hand whose clock ticks once per question."""
    made = Casebook(tmp_path / "case", _ME, count(1_000).__next__)
    assert made.take()
    yield made
    made.close()


def test_what_is_said_is_there_after_reopening(book: Casebook, tmp_path: Path) -> None:
    assert (
        book.mark({_ONE: _SEEN, _TWO: _SEEN}, Change(bookmark=True, add_tags=("b", "a  c"), note="n", severity="high"))
        == 2
    )
    assert book.mark({_KEY: NOTHING_SAID}, Change(verdict="malicious")) == 1
    again = Casebook(tmp_path / "case", _ME).marks()
    assert again == book.marks()
    assert list(again) == [_ONE, _TWO, _KEY]
    assert again[_ONE].tags == ("a-c", "b")
    assert again[_ONE].about == _SEEN.about
    assert (again[_ONE].author, again[_KEY].verdict) == ("me", "malicious")


def test_what_changes_nothing_is_no_entry(book: Casebook) -> None:
    book.mark({_ONE: _SEEN}, Change(bookmark=True))
    head = book.head
    assert book.mark({_ONE: _SEEN}, Change(bookmark=True)) == 0
    assert book.mark({_TWO: _SEEN}, Change(drop_tags=("x",))) == 0
    assert book.mark({_TWO: _SEEN}, Change(clear=True)) == 0
    assert book.undo() == 1
    assert book.undo() == 0
    assert book.head.seq == head.seq + 1


@pytest.mark.parametrize(
    "change", [{"severity": "grave"}, {"verdict": "guilty"}, {"add_tags": (" ",)}, {"note": "x" * 70_000}]
)
def test_nonsense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Change(**change)


def test_too_many_at_once_are_refused(book: Casebook) -> None:
    with pytest.raises(UsageError, match="100,001"):
        book.mark(dict.fromkeys(map(str, range(MARKED_AT_ONCE + 1)), NOTHING_SAID), Change(bookmark=True))


_CHANGES = st.builds(
    Change,
    bookmark=st.none() | st.booleans(),
    add_tags=st.lists(st.sampled_from("xyz"), max_size=2).map(tuple),
    drop_tags=st.lists(st.sampled_from("xyz"), max_size=1).map(tuple),
    note=st.none() | st.sampled_from(["", "a", "\x1b[2J ‮", "x\ny"]),
    severity=st.none() | st.sampled_from(["", *SEVERITIES]),
    verdict=st.none() | st.sampled_from(["", *VERDICTS]),
    clear=st.booleans(),
)
_DEEDS = st.lists(
    st.tuples(st.sets(st.sampled_from([_ONE, _TWO, _KEY]), min_size=1), _CHANGES)
    | st.sampled_from(["undo", "redo", "look", "lens"]),
    max_size=25,
)


def _do(book: Casebook, deed: Any) -> None:
    if deed == "look":
        book.note("look", {"lens": "x"})
    elif deed == "lens":
        book.save_lens("n", f"event:{book.head.seq}")
    elif deed == "undo":
        before = book.marks()
        if book.undo():
            undone = book.marks()
            book.redo()
            assert book.marks() == before, "redo is not the inverse of undo"
            book.undo()
            assert book.marks() == undone
    elif deed == "redo":
        book.redo()
    else:
        targets, change = deed
        before = book.marks()
        if book.mark(dict.fromkeys(sorted(targets), _SEEN), change):
            after = book.marks()
            book.undo()
            assert book.marks() == before, "undo is not the inverse of a mark"
            book.redo()
            assert book.marks() == after


def _rebuilt(folder: Path) -> None:
    """Asserts that the live state, one folded from the entries, and the views any stock tool sees are the same."""
    book = Casebook(folder, _ME)
    live, entries = book.state, list(book.entries())
    folded = State.of(entries)
    assert folded.marks == live.marks
    assert folded.lenses == live.lenses
    with sqlite3.connect(folder / FILE) as link:
        marks = {
            target: Annotation.of(json.loads(said))
            for target, said in link.execute("SELECT target, annotation FROM marks")
        }
        lenses = dict(link.execute("SELECT name, lens FROM lenses"))
    link.close()
    assert marks == live.marks
    assert lenses == {name: each.lens for name, each in live.lenses.items()}
    assert book.faults() == ()
    book.close()


@given(_DEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_deeds_can_be_taken_back_and_rebuilt(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Any]
) -> None:
    _sequence(tmp_path_factory.mktemp("case"), deeds)


@pytest.mark.long
@given(_DEEDS)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ten_thousand_sequences_of_deeds(tmp_path_factory: pytest.TempPathFactory, deeds: list[Any]) -> None:
    _sequence(tmp_path_factory.mktemp("case"), deeds)


def _sequence(folder: Path, deeds: list[Any]) -> None:
    book = Casebook(folder, _ME, count(1).__next__)
    begin(book)
    for deed in deeds:
        _do(book, deed)
    book.close()
    _rebuilt(folder)


def test_another_case_is_merged_and_nothing_is_lost(book: Casebook, tmp_path: Path) -> None:
    other = Casebook(tmp_path / "other", Actor("you", "there", "t"), count(5_000).__next__)
    book.mark({_ONE: _SEEN}, Change(add_tags=("mine",), note="I think", severity="low"))
    other.mark({_ONE: _SEEN}, Change(add_tags=("yours",), note="You think", severity="high", verdict="malicious"))
    other.mark({_TWO: _SEEN}, Change(bookmark=True))
    other.close()
    merged = book.merge(tmp_path / "other")
    assert merged.marks == 2
    assert [(each.part, each.kept, each.given_way) for each in merged.clashes] == [("severity", "low", "high")]
    both = book.marks()[_ONE]
    assert (both.tags, both.severity, both.verdict) == (("mine", "yours"), "low", "malicious")
    assert both.note == "I think\n\n[you] You think"
    assert book.marks()[_TWO].author == "you"
    assert book.merge(tmp_path / "other").marks == 0
    assert book.undo() == 2
    assert book.marks()[_ONE].note == "I think"
    with pytest.raises(UsageError):
        book.merge(tmp_path / "nowhere")
    with pytest.raises(UsageError):
        book.merge(tmp_path / "case")


def test_to_read_begins_nothing(tmp_path: Path) -> None:
    book = Casebook(tmp_path / "case", _ME)
    assert (book.marks(), book.state.lenses, list(book.entries()), book.last("load"), book.faults()) == (
        {},
        {},
        [],
        None,
        (),
    )
    assert (book.name, book.head, book.settled, book.undo(), book.redo()) == ("", NOWHERE, NOWHERE, 0, 0)
    assert book.standing().in_hand
    assert not (tmp_path / "case").exists()


def test_entries_of_others_are_read_between_ones_own(book: Casebook, tmp_path: Path) -> None:
    second = Casebook(tmp_path / "case", Actor("you", "here", "t"))
    for number in range(3):
        book.mark({_ONE: _SEEN}, Change(note=str(number)))
        second.note("look", {"lens": str(number)})
        assert book.head == second.head == list(book.entries())[-1].anchor
        assert second.marks() == book.marks()
    assert [each.payload["lens"] for each in (book.last("look"), second.last("look")) if each] == ["2", "2"]
    assert book.standing().faults == second.standing().faults == ()
    second.close()


def test_a_second_opener_looks_and_does_not_change(book: Casebook, tmp_path: Path) -> None:
    book.mark({_ONE: _SEEN}, Change(bookmark=True))
    second = Casebook(tmp_path / "case", Actor("you", "here", "t"))
    assert not second.take()
    assert list(second.marks()) == [_ONE]
    standing = second.standing()
    assert not standing.in_hand
    assert standing.holder is not None
    assert standing.holder.actor == "me"
    with pytest.raises(CaseHeld, match="held by me@here"):
        second.mark({_TWO: _SEEN}, Change(bookmark=True))
    second.note("export", {"name": "x.csv"})
    book.mark({_TWO: _SEEN}, Change(bookmark=True))
    assert list(second.marks()) == [_ONE, _TWO]
    second.close()
    assert book.faults() == ()


def test_a_take_over_ends_the_say_of_the_one_before_for_good(book: Casebook, tmp_path: Path) -> None:
    second = Casebook(tmp_path / "case", Actor("you", "there", "t"))
    assert second.take(force=True)
    second.mark({_ONE: _SEEN}, Change(bookmark=True))
    with pytest.raises(CaseHeld, match="held by you@there"):
        book.mark({_TWO: _SEEN}, Change(bookmark=True))
    second.close()
    third = Casebook(tmp_path / "case", Actor("she", "there", "t"))
    assert third.take(force=True)
    with pytest.raises(CaseHeld):
        book.mark({_TWO: _SEEN}, Change(bookmark=True))
    third.close()
    assert [each.kind for each in Casebook(tmp_path / "case").entries()].count("take-over") == 1


def test_a_holder_who_died_holds_nothing(tmp_path: Path) -> None:
    import os
    import signal

    pid = os.fork()
    if not pid:
        Casebook(tmp_path, _ME).mark({_ONE: _SEEN}, Change(bookmark=True))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    book = Casebook(tmp_path, _ME)
    assert book.take()
    assert list(book.marks()) == [_ONE]
    book.close()


def _tampered(folder: Path, *statements: str) -> list[str]:
    book = Casebook(folder, _ME, count(1).__next__)
    for target in (_ONE, _TWO, _KEY):
        book.mark({target: _SEEN}, Change(bookmark=True))
    anchor = book.head
    book.close()
    link = sqlite3.connect(folder / FILE, isolation_level=None)
    for statement in ("DROP TRIGGER ops_stay", "DROP TRIGGER ops_last", *statements):
        link.execute(statement)
    link.close()
    found = Casebook(folder, _ME)
    told, standing = list(found.faults([anchor])), found.standing()
    found.close()
    # What shows without an anchor is told by whoever only opens the case.
    assert bool(standing.faults) == bool(list(Casebook(folder, _ME).faults()))
    return told


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE ops SET payload = replace(payload, 'true', 'false') WHERE seq = 3"],
        ["UPDATE ops SET actor = 'you' WHERE seq = 3"],
        ["UPDATE ops SET at_ms = at_ms + 1 WHERE seq = 3"],
        ["UPDATE ops SET host = 'x' WHERE seq = 4"],
        ["UPDATE ops SET tool = 'x' WHERE seq = 1"],
        ["UPDATE ops SET kind = 'look' WHERE seq = 2"],
        ["DELETE FROM ops WHERE seq = 3"],
        ["DELETE FROM ops WHERE seq = 1"],
        ["DELETE FROM ops WHERE seq = 4"],
        ["DELETE FROM ops WHERE seq > 1"],
        [
            "UPDATE ops SET seq = 99 WHERE seq = 2",
            "UPDATE ops SET seq = 2 WHERE seq = 3",
            "UPDATE ops SET seq = 3 WHERE seq = 99",
        ],
        ["UPDATE ops SET seq = seq + 1 WHERE seq = 4"],
    ],
)
def test_every_edit_deletion_swap_and_cut_is_found(tmp_path: Path, statements: list[str]) -> None:
    assert _tampered(tmp_path, *statements)


def test_an_untouched_journal_is_whole(tmp_path: Path) -> None:
    assert _tampered(tmp_path) == []


def test_an_entry_cannot_be_changed_through_sql(book: Casebook, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "case" / FILE) as link:
        for statement in ("UPDATE ops SET kind = 'x'", "DELETE FROM ops"):
            with pytest.raises(sqlite3.DatabaseError, match="never"):
                link.execute(statement)
    link.close()


def test_a_copy_is_whole(book: Casebook, tmp_path: Path) -> None:
    book.mark({_ONE: _SEEN}, Change(bookmark=True))
    (tmp_path / "copy").mkdir()
    book.copy(tmp_path / "copy" / FILE)
    copy = Casebook(tmp_path / "copy", _ME)
    assert copy.marks() == book.marks()
    assert copy.faults([book.head]) == ()
    assert copy.name == book.name
    copy.close()


def test_an_anchor_elsewhere_is_told(book: Casebook) -> None:
    assert book.faults([Anchor(book.head.seq, "0" * 64)])
    assert book.faults([Anchor(99, "0" * 64)])


def test_a_later_format_is_left_alone(book: Casebook, tmp_path: Path) -> None:
    book.close()
    path = tmp_path / "case" / FILE
    link = sqlite3.connect(path)
    link.execute("PRAGMA user_version = 2000")
    link.close()
    before = path.read_bytes()
    with pytest.raises(CaseError, match="later ctwork"):
        Casebook(tmp_path / "case", _ME).marks()
    assert path.read_bytes() == before


def test_a_later_minor_format_is_read_and_kept(book: Casebook, tmp_path: Path) -> None:
    book.mark({_ONE: _SEEN}, Change(bookmark=True))
    book.close()
    link = sqlite3.connect(tmp_path / "case" / FILE)
    link.execute("PRAGMA user_version = 1007")
    link.execute("CREATE TABLE other (x)")
    link.close()
    again = Casebook(tmp_path / "case", _ME)
    again.note("future", {"marks": {_TWO: {"bookmark": True, "mood": "good"}}}) if again.take() else None
    assert list(again.marks()) == [_ONE, _TWO]
    again.close()


def test_a_file_that_is_no_journal_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(CaseError, match="damaged"):
        Casebook(tmp_path, _ME).marks()
    link = sqlite3.connect(tmp_path / "x.db")
    link.execute("CREATE TABLE theirs (x)")
    link.commit()
    link.close()
    (tmp_path / FILE).write_bytes((tmp_path / "x.db").read_bytes())
    with pytest.raises(CaseError, match="no journal"):
        Casebook(tmp_path, _ME).marks()
