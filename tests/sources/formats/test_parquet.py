"""Parquet: every row in is a row out, and what damage brings down is one file, told."""

import json
import os
import random
from pathlib import Path

import pytest
from containers import RECORDS, athena_parquet, ocsf_parquet, parquet

from ctwork.sources import parquet as reading
from ctwork.sources.base import Bounds, IssueKind, Weight
from ctwork.sources.decode import decode, record_at, records_at
from ctwork.sources.formats.footer import read_footer
from ctwork.sources.formats.table import TextColumn
from ctwork.sources.parquet import Request, held, slices
from ctwork.sources.rowgroup import Rows
from ctwork.sources.sniff import sniff

GOOD = parquet([{"eventjson": json.dumps(record)} for record in RECORDS])


def kinds(data: bytes, bounds: Bounds | None = None) -> list[IssueKind]:
    return [issue.kind for issue in decode(data, "x", bounds or Bounds()).issues]


def test_many_rows_come_out_in_order() -> None:
    rows = [{"eventjson": json.dumps({**RECORDS[0], "eventID": str(number)})} for number in range(12_000)]
    found = decode(parquet(rows), "x")
    assert [json.loads(record)["eventID"] for record in found.records] == [str(number) for number in range(12_000)]
    assert found.issues == []


def test_rows_without_an_event_are_told_and_counted() -> None:
    rows = [{"eventid": str(n) if n % 2 else None, "eventname": "x", "eventsource": "s"} for n in range(600)]
    found = decode(parquet(rows), "x")
    assert len(found.records) == 300
    assert [issue.kind for issue in found.issues] == [IssueKind.SYNTAX] * 101
    assert found.issues[-1].message.startswith("200 more")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (GOOD[:-1], IssueKind.TRUNCATED),
        (GOOD[: len(GOOD) // 2], IssueKind.TRUNCATED),
        (b"PAR1" + b"\0" * 100 + b"PAR1", IssueKind.SYNTAX),
        (b"PAR1PAR1", IssueKind.SYNTAX),
        (parquet([{"a": 1}]), IssueKind.NOT_CLOUDTRAIL),
        (parquet([{"eventid": "1", "eventname": "x"}])[:0] + b"PARE" + GOOD[4:-4] + b"PARE", IssueKind.UNSUPPORTED),
    ],
    ids=["end", "half", "zeros", "nothing", "strangers", "encrypted"],
)
def test_what_cannot_be_read_is_told(data: bytes, kind: IssueKind) -> None:
    assert kinds(data) == [kind]


def test_an_empty_table_is_empty() -> None:
    import io

    import polars

    out = io.BytesIO()
    polars.DataFrame(schema={"eventid": polars.String, "eventname": polars.String}).write_parquet(out)
    assert kinds(out.getvalue()) == [IssueKind.EMPTY]


def test_rows_past_the_bound_are_told() -> None:
    found = decode(GOOD, "x", Bounds(table_rows=2))
    assert len(found.records) == 2
    assert [issue.kind for issue in found.issues] == [IssueKind.TOO_LARGE]
    assert "--bound table-rows=N" in found.issues[0].message
    assert not kinds(GOOD, Bounds(table_rows=len(RECORDS)))


def test_rows_may_hold_more_than_one_inflated_file() -> None:
    """They pass by slice after slice: what bounds them is the ratio to what is stored."""
    assert not kinds(GOOD, Bounds(inflated_bytes=1000))
    assert kinds(GOOD, Bounds(ratio_floor_bytes=1, ratio=1)) == [IssueKind.RATIO]
    assert kinds(GOOD, Bounds(load_bytes=1000)) == [IssueKind.TOO_LARGE]


def test_damage_anywhere_is_survived() -> None:
    dice = random.Random(7)
    samples = [GOOD, athena_parquet(), ocsf_parquet()]
    for _ in range(150):
        data = bytearray(dice.choice(samples))
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(max(4, len(data) - 3000), len(data) - 4)] = dice.randrange(256)
        found = decode(bytes(data), "x")
        lost = any(issue.kind.weight is Weight.LOSS for issue in found.issues)
        assert lost or len(found.records) == len(RECORDS)
    assert kinds(GOOD) == []


def test_a_reader_that_dies_or_hangs_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kinds(GOOD) == []
    process = reading.READERS.idle[-1].process
    process.kill()
    process.wait()
    assert kinds(GOOD) == [IssueKind.SYNTAX]
    assert kinds(GOOD) == []
    monkeypatch.setattr(reading, "_PATIENCE_S", 0.05)
    os.kill(reading.READERS.idle[-1].process.pid, 19)  # SIGSTOP
    assert kinds(GOOD) == [IssueKind.STALLED]
    monkeypatch.undo()
    assert kinds(GOOD) == []


def test_no_code_is_taken_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("polars", "msgspec", "ctwork", "io", "signal"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    reading.READERS.stop()
    assert kinds(GOOD) == []
    reading.READERS.stop()
    assert not (tmp_path / "run").exists()


def in_groups(rows: int, group: int) -> bytes:
    """A table of so many events, in row groups of that many rows."""
    import io

    import polars

    out = io.BytesIO()
    texts = [json.dumps({**RECORDS[0], "eventID": str(number)}) for number in range(rows)]
    polars.DataFrame({"eventjson": texts}).write_parquet(out, row_group_size=group)
    return out.getvalue()


def test_a_record_is_placed_by_its_row_and_its_row_group() -> None:
    data = in_groups(30, 10)
    groups = read_footer(data).groups
    found = decode(data, "x")
    assert list(found.numbers) == list(range(30))
    assert found.spans == [(groups[row // 10].start, groups[row // 10].end) for row in range(30)]
    assert 4 <= groups[0].start < groups[0].end <= groups[1].start
    law = found.coverage
    assert (law.records, law.reported, law.unaccounted) == (sum(g.end - g.start for g in groups), 0, 0)
    assert law.records + law.structure == len(data)


@pytest.mark.parametrize("index", [0, 9, 10, 29])
def test_one_record_is_what_reading_all_gives(index: int) -> None:
    data = in_groups(30, 10)
    whole = decode(data, "x")
    assert record_at(data, "x", index) == (whole.record(index), *whole.spans[index])


def test_only_the_slice_of_a_wanted_record_is_decoded() -> None:
    import io

    import polars

    asked: list[tuple[int, int]] = []

    class Spy:
        def __init__(self, frame: polars.DataFrame) -> None:
            self.frame = frame

        def slice(self, first: int, count: int) -> polars.LazyFrame:
            asked.append((first, count))
            return self.frame.lazy().slice(first, count)

    data = in_groups(50, 10)
    reader = TextColumn("x", "eventjson", sniff, only_records=True).reader(["eventjson"], [])
    assert reader is not None
    rows = Rows(Request("x", Bounds(), (23, 25, 41)), stored=len(data))
    found = list(rows.slices(Spy(polars.read_parquet(io.BytesIO(data))), read_footer(data), reader))
    assert [number for piece in found for number in piece.numbers] == [23, 25, 41]
    assert asked == [(23, 3), (41, 1)]
    assert not [issue for piece in found for issue in piece.issues]


def test_the_reader_outlives_a_record() -> None:
    record_at(GOOD, "x", 1)
    before = reading.READERS.idle[-1].process.pid
    record_at(GOOD, "x", 2)
    assert reading.READERS.idle[-1].process.pid == before


def test_a_record_that_is_not_there_is_no_record() -> None:
    with pytest.raises(IndexError):
        record_at(GOOD, "x", len(RECORDS))


def test_records_that_share_a_row_are_numbered_on_behind_the_last() -> None:
    two = json.dumps({"Records": RECORDS[:2]})
    data = parquet([{"eventjson": json.dumps(RECORDS[2])}, {"eventjson": two}, {"eventjson": json.dumps(RECORDS[3])}])
    found = decode(data, "x")
    assert list(found.numbers) == [0, 1, 3, 2]
    for number, record in zip(found.numbers, found.records, strict=True):
        assert record_at(data, "x", number)[0] == record
    assert dict(records_at(data, "x", [3, 2])) == {3: found.record(3), 2: found.record(2)}


def test_rows_without_a_record_keep_the_numbers_of_the_others() -> None:
    data = parquet([{"eventjson": None}, {"eventjson": json.dumps(RECORDS[0])}])
    found = decode(data, "x")
    assert list(found.numbers) == [1]
    assert "(row 0)" in found.issues[0].message
    assert record_at(data, "x", 1)[0] == found.records[0]


def test_a_reader_that_dies_in_the_middle_keeps_what_came_before() -> None:
    data = in_groups(40_000, 5_000)
    with held(data) as fd:
        pieces = slices(fd, Request("x", Bounds()))
        first = next(pieces)
        for child in children():
            os.kill(child, 9)
        rest = list(pieces)
    assert first.records
    assert [kind for kind, _, _ in rest[-1].issues] == ["syntax"]
    assert rest[-1].end == len(data)
    assert kinds(GOOD) == []


def children() -> list[int]:
    """The processes that this one has started."""
    return [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
