"""One large table in several parts: the same store as in one, and nothing half-true when a load stops in between."""

import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ctwork.sources.base import DEFAULT_BOUNDS, Blob, IssueKind
from ctwork.store import tabular
from ctwork.store.detail import read_detail
from ctwork.store.parse import Parser
from ctwork.store.part import save_part
from ctwork.store.renew import known_stamps
from ctwork.store.report import event_of
from ctwork.store.store import Store
from ctwork.store.strand import load_strands
from store.build import blobs_in, columns_of
from store.trail import record

ROWS = 250


def write_table(path: Path, rows: int = ROWS, hole: int | None = None) -> list[bytes]:
    """A table of so many events, of which row `hole` holds none; returns their texts."""
    texts = [json.dumps(record(number)) for number in range(rows)]
    cells = [None if number == hole else text for number, text in enumerate(texts)]
    out = io.BytesIO()
    pl.DataFrame({"eventjson": cells}).write_parquet(out, row_group_size=100)
    path.write_bytes(out.getvalue())
    return [text.encode() for text in texts]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of any size are read in place, and every slice is a piece."""
    monkeypatch.setattr(tabular, "_IN_PLACE", 0)
    monkeypatch.setattr(tabular, "_PIECE_RECORDS", 1)


def parts_of(blobs: list[Blob], folder: Path) -> list[Path]:
    return [save_part(folder, part) for part in Parser("s", DEFAULT_BOUNDS).parse(blobs)]


@pytest.mark.usefixtures("small")
def test_several_parts_are_one_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    texts = write_table(tmp_path / "in" / "x.parquet", hole=120)
    (tmp_path / "in" / "a.json").write_text(json.dumps({"Records": [record(900), record(901)]}))
    (tmp_path / "in" / "z.json").write_text(json.dumps({"Records": [record(902)]}))
    blobs = blobs_in(tmp_path / "in")
    (tmp_path / "parts").mkdir()
    assert len(parts_of(blobs, tmp_path / "parts")) >= 3
    store = Store.of(columns_of(blobs, tmp_path / "store"), {})
    columns = store.frame.columns
    assert columns.height == ROWS - 1 + 3
    assert columns.files.height == 3
    row = columns.files.filter(pl.col("container") == "parquet").row(0, named=True)
    assert (row["records"], row["status"], row["accounted"] + row["reported"]) == (
        249,
        "with_issues",
        row["inflated_size"],
    )
    assert columns.issues["kind"].to_list() == [IssueKind.SYNTAX.value]
    for index in (0, 119, 121, 249):
        place = event_of(columns, row["name"], index)
        assert place is not None
        detail = read_detail(store.frame, place, DEFAULT_BOUNDS)
        assert (detail.raw, detail.problem, detail.places[0].index) == (texts[index], "", index)
        assert 0 < detail.places[0].start < detail.places[0].end < row["inflated_size"]
    for other in (900, 901, 902):
        name = "z.json" if other == 902 else "a.json"
        place = event_of(columns, name, other - 900 if other < 902 else 0)
        assert place is not None
        assert json.loads(read_detail(store.frame, place, DEFAULT_BOUNDS).raw) == record(other)


def test_pieces_and_one_piece_give_the_same_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    write_table(tmp_path / "in" / "x.parquet")
    whole = columns_of(blobs_in(tmp_path / "in"), tmp_path / "whole")
    monkeypatch.setattr(tabular, "_IN_PLACE", 0)
    monkeypatch.setattr(tabular, "_PIECE_RECORDS", 1)
    pieces = columns_of(blobs_in(tmp_path / "in"), tmp_path / "pieces")
    assert whole.files.equals(pieces.files)
    assert np.array_equal(whole.time, pieces.time)
    assert all(np.array_equal(whole.cold[name], pieces.cold[name]) for name in ("id", "index", "file"))
    assert whole.issues.equals(pieces.issues)


@pytest.mark.usefixtures("small")
def test_a_file_that_was_not_finished_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(json.dumps({"Records": [record(900)]}))
    write_table(tmp_path / "in" / "x.parquet")
    (tmp_path / "parts").mkdir()
    paths = parts_of(blobs_in(tmp_path / "in"), tmp_path / "parts")
    for path in paths[1:]:
        path.unlink()
    (strand,) = load_strands(paths[:1])
    assert sum(chunk.rows for chunk in strand.chunks) == 1
    assert list(known_stamps(tmp_path / "none", tmp_path / "parts", fresh=True)) == ["a.json"]


@pytest.mark.usefixtures("small")
def test_a_file_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_table(tmp_path / "in" / "x.parquet")
    parts = Parser("s", DEFAULT_BOUNDS).parse(blobs_in(tmp_path / "in"))
    next(parts)
    with (tmp_path / "in" / "x.parquet").open("ab") as file:
        file.write(b"\0")
    *_, last = parts
    assert IssueKind.CHANGED in {issue.kind for issue in last.issues}
    assert last.files[0].status == "with_issues"
