"""Counts of a column's values in a selection: value, count, first, last, errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.instant import format_instant
from ctwork.store.axis import AXIS_OF
from ctwork.store.frame import Frame
from ctwork.store.parallel import gather
from ctwork.store.selection import Selection
from ctwork.store.stamp import NO_TIME

_MANY = 4_096
"""Axis rows from which grouping by them first costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One combination of values and what the selection holds of it."""

    values: tuple[str, ...]
    """One per column asked for; "" where an event has none."""
    count: int
    first_ms: int | None
    last_ms: int | None
    errors: int


def facets(selection: Selection, columns: Sequence[str], limit: int | None = None) -> list[Facet]:
    """The combinations of `columns` in `selection`, most frequent first, then by value.

    An event with several values in a list column counts once under each.
    """
    if not selection.total:
        return []
    grouped = _by_axis(selection, columns[0]) if len(columns) == 1 and columns[0] in AXIS_OF else None
    table = grouped if grouped is not None else _by_codes(selection, columns)
    if limit is not None and limit < table.height:
        # Whatever cannot be among the first is dropped before its text is fetched.
        least = table["count"].top_k(limit).min() if limit else None
        table = table.filter(pl.col("count") >= least) if least is not None else table.head(0)
    texts = [_texts(selection.frame, column, table[f"key{n}"].to_numpy()) for n, column in enumerate(columns)]
    table = table.with_columns(pl.Series(f"text{n}", values, pl.String) for n, values in enumerate(texts))
    names = [f"text{n}" for n in range(len(columns))]
    table = table.sort("count", *names, descending=[True, *(False for _ in names)]).head(limit or table.height)
    return [
        Facet(tuple(values), count, _time(first), _time(last), errors)
        for count, first, last, errors, *values in table.select("count", "first", "last", "errors", *names).iter_rows()
    ]


def _by_axis(selection: Selection, column: str) -> pl.DataFrame:
    """Grouped by a small axis and then folded by the column's codes; by those at once where the axis is large.

    The whole store is grouped once per axis: its events never change, and every pivot begins with all of them.
    """
    axis = AXIS_OF[column].name
    frame = selection.frame
    table = frame.columns.tables[axis][column]
    if selection.is_whole:
        counted = frame.kept(("grouped", axis), lambda: _grouped({"axis": frame.axis_codes(axis)}, selection))
    elif len(table) > _MANY:
        return _grouped({"key0": gather(table, frame.axis_codes(axis)[selection.index])}, selection)
    else:
        counted = _grouped({"axis": frame.axis_codes(axis)[selection.index]}, selection)
    return (
        counted.with_columns(pl.Series("key0", table[counted["axis"].to_numpy()]))
        .group_by("key0")
        .agg(pl.col("count").sum(), pl.col("first").min(), pl.col("last").max(), pl.col("errors").sum())
    )


def _by_codes(selection: Selection, columns: Sequence[str]) -> pl.DataFrame:
    rows = selection.chosen
    keys: dict[str, NDArray[np.generic]] = {}
    for number, column in enumerate(columns):
        values, repeats = _keys(selection.frame, column, rows)
        if repeats is not None:
            rows = np.repeat(rows, repeats)
            keys = {name: np.repeat(codes, repeats) for name, codes in keys.items()}
        keys[f"key{number}"] = values
    return _grouped(keys, selection, rows)


def _grouped(
    keys: dict[str, NDArray[np.generic]], selection: Selection, rows: NDArray[np.uint32] | None = None
) -> pl.DataFrame:
    index = selection.index if rows is None else rows
    frame = pl.DataFrame({**keys, "time": selection.frame.columns.time[index], "failed": selection.failed(index)})
    return frame.group_by(list(keys)).agg(
        pl.len().alias("count"),
        # Rows come oldest first, and a group keeps their order.
        pl.col("time").first().alias("first"),
        pl.col("time").last().alias("last"),
        pl.col("failed").sum().alias("errors"),
    )


def _keys(frame: Frame, column: str, rows: NDArray[np.uint32]) -> tuple[NDArray[np.generic], NDArray[np.intp] | None]:
    """Codes to group by and, for a list column, how often each row is to be repeated for them."""
    if column == "eventTime":
        return frame.columns.time[rows], None
    if column in AXIS_OF or column == "source":
        return frame.codes(column, rows), None
    if not frame.has_axis(column):
        return np.array(frame.texts(column, rows), dtype=object), None
    lists = frame.lists(column)
    codes = frame.axis_codes(frame.axis_of(column))[rows]
    lengths = (lists.starts[1:] - lists.starts[:-1])[codes].astype(np.intp)
    repeats = np.maximum(lengths, 1)
    starts = np.repeat(lists.starts[codes].astype(np.int64), repeats)
    within = np.arange(int(repeats.sum())) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    items = np.zeros(len(starts), np.uint32)
    filled = np.repeat(lengths > 0, repeats)
    items[filled] = lists.items[(starts + within)[filled]]
    return items, repeats


def _texts(frame: Frame, column: str, keys: NDArray[np.generic]) -> list[str]:
    if column == "eventTime":
        return ["" if time == NO_TIME else format_instant(time) for time in keys.tolist()]
    if column in AXIS_OF or frame.has_axis(column):
        return frame.dictionary(column).values.gather(keys).to_list()
    return [str(key) for key in keys.tolist()]


def _time(value: int) -> int | None:
    return None if value == NO_TIME else value
