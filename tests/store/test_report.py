"""The load report as a table: its counts, its filters, the bytes it leads to and the events it names."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from ctwork.model.report import CONTEXT_BYTES, Account, IssueLine, Report, Sieve
from ctwork.store.conflict import rivals
from ctwork.store.report import COLUMNS, event_of, issue_rows, issue_view, report_of, surroundings
from ctwork.store.store import Store
from store.build import record, store_of, write_trail


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cut file, one that is no log, an element that is no record, a copy, a conflict, a log inside an archive."""
    there = tmp_path_factory.mktemp("report") / "e"
    write_trail(there / "a.json", [record(1), record(2), record(3)])
    write_trail(there / "b.json", [record(2), record(3, userAgent="other"), b"17", record(4)])
    cut = json.dumps({"Records": [record(5), record(6)]}, default=bytes.decode).encode()[:-40]
    (there / "cut.json").write_bytes(cut)
    (there / "LICENSE").write_bytes(b"Do what you like.\n" * 20)
    with zipfile.ZipFile(there / "inner.zip", "w") as archive:
        archive.writestr("x/log.json.gz", gzip.compress(b'{"Records":[' + b"[1]" + b"]}" + b" " * 100))
    return there


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    return store_of(folder.parent / "parts", folder)


EVERYTHING = Sieve()


def _rows(store: Store, sieve: Sieve = EVERYTHING) -> list[IssueLine]:
    view = issue_view(store, sieve)
    return list(view.page(0, view.total))


def test_the_sums_are_those_of_the_summary(store: Store) -> None:
    report, summary = report_of(store), store.summary()
    assert report.files_seen == sum(count for _, count in report.files) == summary["files"]["seen"]
    assert (report.records_read, dict(report.records)) == (7, {"unique": 6, "copies": 1})
    assert report.conflicts == 1
    assert report.issues == len(_rows(store)) == sum(row["count"] for row in summary["issues"])
    assert report.weighing("loss") == store.lost
    assert report.breaches() == ()
    assert [kind.weight for kind in report.kinds] == sorted(
        (kind.weight for kind in report.kinds), key=["loss", "doubt", "note"].index
    )
    assert report.bytes_inflated > report.bytes_read > 0


def test_a_breach_is_told() -> None:
    fine = Report(("x",), 2, (("read", 2),), 3, (("unique", 3),), 0, 10, 10, Account(10, 10, 0, 0, 10), (), True, 0)
    assert fine.breaches() == ()
    for change in (
        {"files_seen": 3},
        {"records_read": 4},
        {"complete": False},
        {"account": Account(10, 9, 0, 1, 10)},
    ):
        broken = Report(**{name: getattr(fine, name) for name in fine.__slots__} | change)
        assert len(broken.breaches()) == 1, change


def test_rows_are_sifted(store: Store) -> None:
    everything = _rows(store)
    assert [line.number for line in everything] == list(range(len(everything)))
    for kind in {line.kind for line in everything}:
        assert _rows(store, Sieve(frozenset({kind}))) == [line for line in everything if line.kind == kind]
    losses = [line for line in everything if line.weight == "loss"]
    assert losses
    assert _rows(store, Sieve(weights=frozenset({"loss"}))) == losses
    assert {line.source for line in _rows(store, Sieve(text="LICeNSE"))} == {"LICENSE"}
    assert _rows(store, Sieve(text=".*")) == []


def test_the_cursor_finds_its_row_and_the_next_loss(store: Store) -> None:
    losses = [line.number for line in _rows(store) if line.weight == "loss"]
    only = issue_view(store, Sieve(weights=frozenset({"loss"})))
    assert [only.position(number) for number in losses] == list(range(len(losses)))
    assert only.position(10**6) == len(losses) - 1
    assert issue_view(store, Sieve(text="nothing like this")).position(0) is None
    view, walked, at = issue_view(store, Sieve()), [], -1
    while (found := view.next_loss(at, 1)) is not None:
        walked.append(at := found)
    assert walked == losses
    assert view.next_loss(losses[-1], -1) == (losses[-2] if len(losses) > 1 else None)
    assert view.next_loss(losses[0], -1) is None


def test_the_bytes_around_a_place_are_those_of_the_evidence(store: Store, folder: Path) -> None:
    for line in _rows(store):
        found = surroundings(store, line)
        assert found.problem == ""
        assert len(found.data) == min(CONTEXT_BYTES, found.size)
        if "!" not in line.source:
            content = (folder / line.source).read_bytes()
            assert content[found.start : found.start + CONTEXT_BYTES] == found.data
            assert found.size == len(content)
        if line.offset is not None and line.offset < found.size:
            assert found.start <= line.offset < found.start + CONTEXT_BYTES
            assert found.first == line.offset


def test_evidence_that_went_or_changed_is_told(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1), b"17"])
    write_trail(tmp_path / "e" / "b.json", [record(2), b"18"])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    one, two = _rows(store)
    (tmp_path / "e" / "a.json").unlink()
    (tmp_path / "e" / "b.json").write_bytes(
        b"something else, longer than sixty-four bytes, so that it is cut at its end"
    )
    assert "cannot be read any more" in surroundings(store, one).problem
    assert surroundings(store, one).data == b""
    changed = surroundings(store, two)
    assert "changed" in changed.problem
    assert changed.data
    unknown = IssueLine(0, "nowhere.json", "vanished", "loss", None, None, None, "It was listed, but is gone now.")
    assert "nothing of it was read" in surroundings(store, unknown).problem


def test_losses_come_first_and_what_was_never_readable_is_not_said_to_be_gone(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1), record(1, userAgent="other")])
    with zipfile.ZipFile(tmp_path / "e" / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b"\0" * (80 << 20))
    (tmp_path / "e" / "LICENSE").write_bytes(b"Do what you like.\n" * 20)
    store = store_of(tmp_path / "parts", tmp_path / "e")
    rows = _rows(store)
    assert [row.weight for row in rows] == sorted((row.weight for row in rows), key=["loss", "doubt", "note"].index)
    assert [row.number for row in rows] == list(range(len(rows)))
    assert (rows[0].kind, rows[-1].weight) == ("ratio", "note")
    assert surroundings(store, rows[0]).problem.startswith("nothing of it could be read, at the load as now: ")


def test_rows_for_files_have_context_only_when_asked(store: Store) -> None:
    plain, full = list(issue_rows(store, Sieve())), list(issue_rows(store, Sieve(), context=True))
    assert [tuple(row) for row in plain] == [COLUMNS] * len(plain)
    assert [{name: row[name] for name in COLUMNS} for row in full] == plain
    for row, line in zip(full, _rows(store), strict=True):
        found = surroundings(store, line)
        assert bytes.fromhex(row["context"]) == found.data
        assert row["context_offset"] == found.start


def test_a_row_leads_to_its_event_also_through_a_copy(store: Store) -> None:
    columns = store.frame.columns
    ids = {row: store.frame.text("eventID", row) for row in range(store.height)}
    first = event_of(columns, "a.json", 1)
    assert first is not None
    assert event_of(columns, "b.json", 0) == first
    assert ids[first] == record(2)["eventID"]
    assert event_of(columns, "a.json", 99) is None
    assert event_of(columns, "nowhere.json", 0) is None


def test_rivals_are_the_others_with_the_same_id(store: Store) -> None:
    columns = store.frame.columns
    here, there = event_of(columns, "a.json", 2), event_of(columns, "b.json", 1)
    assert here is not None and there is not None
    assert rivals(columns, here) == [there]
    assert rivals(columns, there) == [here]
    others = set(range(store.height)) - {here, there}
    assert all(rivals(columns, row) == [] for row in others)


def test_what_never_was_read_is_not_said_to_be_gone(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b"0" * (65 << 20))
    found = store_of(tmp_path / "parts", tmp_path / "bomb.zip")
    (row,) = _rows(found)
    assert row.kind == "ratio"
    assert surroundings(found, row).problem.startswith(
        "nothing of it could be read, at the load as now: It claims to grow"
    )
