"""Counts of a column's values in a selection: value, count, first, last, errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.facet import MOST_FIRST, FacetOrder
from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.coding import Coding, coding, expanded
from ctwork.store.columns import Codes, Places
from ctwork.store.parallel import gather
from ctwork.store.selection import Selection
from ctwork.store.stamp import NO_TIME

_CHUNK = 1 << 20
NEVER = np.iinfo(np.int64).min
"""Where a last time is still sought."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One combination of values and what the selection holds of it."""

    values: tuple[str, ...]
    """One per column asked for; "" where an event has none."""
    count: int
    first_ms: int | None
    last_ms: int | None
    errors: int


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What a selection holds of each code that occurs in it. All arrays are as long as `code`, which ascends."""

    code: NDArray[np.intp]
    count: NDArray[np.int64]
    first: NDArray[np.int64]
    """Milliseconds since 1970 UTC, `NO_TIME` when no event of the code has a readable time; `last` likewise."""
    last: NDArray[np.int64]
    errors: NDArray[np.int64]


def groups(selection: Selection, coded: Coding, cancelled: Cancelled = never) -> Groups:
    """What `selection` holds of each value. Raises Superseded when `cancelled()` turns true on the way.

    An event with several values in a list column counts once under each. The whole store is grouped once per axis: its
    events never change, and every pivot begins with all of them.
    """
    if selection.is_whole:
        kept = selection.frame.kept
        whole = kept(("grouped", coded.axis), lambda: _grouped(selection, coded.codes, coded.height, cancelled))
        return kept(("groups", coded.column), lambda: _folded(whole, coded))
    axis = coded.codes[selection.index] if selection.rows is None else gather(coded.codes, selection.rows)
    if coded.table is not None:
        return _grouped(selection, gather(coded.table, axis), coded.size, cancelled)
    return _folded(_grouped(selection, axis, coded.height, cancelled), coded)


def _grouped(selection: Selection, codes: Codes, size: int, cancelled: Cancelled) -> Groups:
    """The selected rows grouped by their `codes`, which are below `size`."""
    count, errors = np.zeros(size, np.int64), np.zeros(size, np.int64)
    first, last = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    failed, timed, step = selection.failed(selection.index), selection.timed, max(_CHUNK, size)
    for at in range(0, len(codes), step):
        still_wanted(cancelled)
        piece = codes[at : at + step]
        count += np.bincount(piece, minlength=size)
        errors += np.bincount(piece[failed[at : at + step]], minlength=size)
        # Rows come oldest first, those without a time last, and of several assignments the last one stays.
        known = piece[: max(timed - at, 0)]
        last[known] = np.arange(at, at + len(known))
    for at in reversed(range(0, timed, step)):
        still_wanted(cancelled)
        piece = codes[at : min(at + step, timed)]
        first[piece[::-1]] = np.arange(at + len(piece) - 1, at - 1, -1)
    held = np.flatnonzero(count)
    return Groups(held, count[held], _times(selection, first[held]), _times(selection, last[held]), errors[held])


def _times(selection: Selection, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The times at `places` of the selection; `NO_TIME` for the place -1."""
    rows = places + selection.low if selection.rows is None else selection.rows[places]
    return np.where(places < 0, NO_TIME, selection.frame.columns.time[rows])


def _folded(grouped: Groups, coded: Coding) -> Groups:
    """Groups by axis code as groups by value code."""
    place = np.arange(len(grouped.code))
    if coded.table is not None:
        codes: Places = coded.table[grouped.code]
    else:
        assert coded.lists is not None
        codes, repeats = expanded(coded.lists, grouped.code)
        place = np.repeat(place, repeats)
    size = coded.size
    # Sums of counts are far below 2^53: floating point holds them exactly.
    count = np.bincount(codes, grouped.count[place], size).astype(np.int64)
    errors = np.bincount(codes, grouped.errors[place], size).astype(np.int64)
    first, last = np.full(size, NO_TIME), np.full(size, NEVER)
    np.minimum.at(first, codes, grouped.first[place])
    ends = grouped.last[place]
    np.maximum.at(last, codes, np.where(ends == NO_TIME, NEVER, ends))
    held = np.flatnonzero(count)
    return Groups(held, count[held], first[held], np.where(last == NEVER, NO_TIME, last)[held], errors[held])


def facets(
    selection: Selection, columns: Sequence[str], limit: int | None = None, order: FacetOrder = MOST_FIRST
) -> list[Facet]:
    """The combinations of several `columns` in `selection`, in `order`; equal ones go by value."""
    if not selection.total:
        return []
    codings = [coding(selection.frame, column) for column in columns]
    table = _combined(selection, codings)
    ranks = [f"rank{n}" for n in range(len(codings))]
    table = table.with_columns(
        pl.Series(rank, coded.ranked(table[f"key{n}"].to_numpy()))
        for n, (rank, coded) in enumerate(zip(ranks, codings, strict=True))
    )
    by = ranks if order.key == "value" else [order.key, *ranks]
    falling = [order.descending] * len(ranks) if order.key == "value" else [order.descending, *(False for _ in ranks)]
    table = table.sort(by, descending=falling, nulls_last=order.key != "value").head(limit or table.height)
    texts = [coded.texts(table[f"key{n}"].to_numpy()) for n, coded in enumerate(codings)]
    return [
        Facet(tuple(values), count, first, last, errors)
        for (count, first, last, errors), *values in zip(
            table.select("count", "first", "last", "errors").iter_rows(), *texts, strict=True
        )
    ]


def _combined(selection: Selection, codings: Sequence[Coding]) -> pl.DataFrame:
    """``key0…, count, first, last, errors`` per combination of value codes that occurs."""
    rows = selection.chosen
    keys: dict[str, Places] = {}
    for number, coded in enumerate(codings):
        values, repeats = coded.per_row(rows)
        if repeats is not None:
            rows = np.repeat(rows, repeats)
            keys = {name: np.repeat(codes, repeats) for name, codes in keys.items()}
        keys[f"key{number}"] = values
    frame = pl.DataFrame({**keys, "time": selection.frame.columns.time[rows], "failed": selection.failed(rows)})
    return (
        frame.with_columns(pl.col("time").replace(NO_TIME, None))
        .group_by(list(keys))
        .agg(
            pl.len().alias("count"),
            pl.col("time").min().alias("first"),
            pl.col("time").max().alias("last"),
            pl.col("failed").sum().alias("errors"),
        )
    )
