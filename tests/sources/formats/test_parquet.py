"""Parquet: every row in is a row out, and what damage brings down is one file, told."""

import json
import os
import random
from pathlib import Path

import pytest
from containers import RECORDS, athena_parquet, ocsf_parquet, parquet

from ctwork.sources import parquet as reading
from ctwork.sources.base import Bounds, IssueKind, Weight
from ctwork.sources.decode import decode

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
    found = decode(GOOD, "x", Bounds(inflated_bytes=1000))
    assert 1 <= len(found.records) < len(RECORDS)
    assert [issue.kind for issue in found.issues] == [IssueKind.TOO_LARGE]


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
