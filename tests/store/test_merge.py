"""However the work was cut into sessions and parts, the merged columns say the same."""

import random
from pathlib import Path

import pytest

from ctwork.store.store import Store
from store.build import blobs_in, cells, columns_of, event_id, record, store_of, write_trail
from store.conftest import Pair
from store.naive import rows_of
from store.odd import READ_ALIKE


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve files with copies, a conflict, odd records and one empty list."""
    folder = tmp_path_factory.mktemp("evidence")
    for number in range(10):
        usual = [
            record(number * 7 + n, eventName=f"Get{n % 3}", errorCode="AccessDenied" if n % 4 else ...)
            for n in range(7)
        ]
        write_trail(folder / f"{number:02}.json.gz", [*usual, *READ_ALIKE[number * 3 :: 101]])
    write_trail(
        folder / "twin.json",
        [record(7, sourceIPAddress="198.51.100.9"), record(8, eventName="Get1", errorCode="AccessDenied")],
    )
    write_trail(folder / "none.json", [])
    return folder


@pytest.fixture(scope="module")
def at_once(evidence: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("at-once"), evidence)


@pytest.mark.parametrize("sessions", [1, 2, 3])
@pytest.mark.parametrize("batch", [1, 3, 7])
@pytest.mark.parametrize("limit", [100_000, 2])
def test_sessions_and_parts_make_no_difference(
    evidence: Path, at_once: Store, tmp_path: Path, sessions: int, batch: int, limit: int
) -> None:
    blobs = blobs_in(evidence)
    random.Random(sessions * 10 + batch).shuffle(blobs)
    columns = columns_of(blobs, tmp_path, sessions=sessions, batch=batch, limit=limit)
    assert cells(Store.of(columns, {})) == cells(at_once)


def test_rows_are_oldest_first_then_by_source_then_by_index(evidence: Path, at_once: Store) -> None:
    rows = rows_of(blobs_in(evidence))
    said = cells(at_once, ["source", "eventID"])
    assert said["source"] == [[row.event.source] for row in rows]
    assert said["index"] == [row.index for row in rows]
    assert [" ".join(ids) for ids in said["eventID"]] == [row.event.text("eventID") for row in rows]


def test_copies_point_to_every_further_place(at_once: Store) -> None:
    said = cells(at_once, ["copies", "eventID"])
    counts = {ids[0]: copies[0] for ids, copies in zip(said["eventID"], said["copies"], strict=True) if ids}
    assert counts[event_id(7)] == "1"
    assert counts[event_id(8)] == "2"
    assert len(said["copy"]) == sum(int(copies[0]) - 1 for copies in said["copies"])


def test_the_same_id_with_other_bytes_is_a_conflict_of_both(at_once: Store) -> None:
    said = cells(at_once, ["eventID", "sourceIPAddress"])
    pairs = {(said["eventID"][row][0], said["sourceIPAddress"][row][0]) for row in said["conflicts"]}
    assert {(event_id(7), "192.0.2.7"), (event_id(7), "198.51.100.9")} <= pairs


def test_nothing_at_all_is_an_empty_store(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "none.json", [])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert store.height == 0
    assert store.frame.columns.issues["kind"].to_list() == ["empty"]


def test_records_without_time_come_last_in_source_order(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(1, eventTime="never"), record(2)])
    write_trail(tmp_path / "e" / "b.json", [record(3, eventTime=...), record(4, eventTime="9999-12-31T23:59:59Z")])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert cells(store, ["eventID"])["eventID"] == [[event_id(n)] for n in (2, 4, 1, 3)]


def test_only_records_without_time(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(n, eventTime=None) for n in (3, 1, 2)])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert cells(store, ["eventID"])["eventID"] == [[event_id(n)] for n in (3, 1, 2)]


def test_a_wide_span_of_times_is_sorted_too(tmp_path: Path) -> None:
    times = ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "1969-12-31T23:59:59.001Z"]
    write_trail(tmp_path / "e" / "a.json", [record(n, eventTime=text) for n, text in enumerate(times)])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert cells(store, ["eventTime"])["eventTime"] == [[times[n]] for n in (1, 3, 2, 0)]


def test_odd_rows_keep_their_texts_wherever_they_land(pair: Pair) -> None:
    frame = pair.store.frame
    for row, text in frame.odd_ids.items():
        assert text == pair.rows[row].event.text("eventID")
    for row, text in frame.odd_times.items():
        assert text == pair.rows[row].event.text("eventTime")
    assert len(frame.odd_ids) > 20
