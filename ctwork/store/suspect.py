"""Which events the load's issues touch: those read out of a damaged file, those an issue names, those in conflict."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.sources.base import IssueKind
from ctwork.store.columns import Columns
from ctwork.store.doubt import Doubts

_CONFLICT = str(IssueKind.CONFLICT)


def file_doubts(files: pl.DataFrame) -> dict[int, Doubts]:
    """The doubts about each file that has any, by its number."""
    numbers = np.flatnonzero((files["doubt"] != "").fill_null(False).to_numpy())
    return {number: Doubts.parse(files["doubt"][number]) for number in numbers.tolist()}


def issue_kinds(columns: Columns) -> Iterator[tuple[NDArray[np.intp], tuple[str, ...]]]:
    """``(rows, sorted kinds)``: rows that nothing touches are left out, and what comes later replaces what came before.

    Costs nothing but a look at the files when no record is in doubt.
    """
    doubts = file_doubts(columns.files)
    contested = columns.twins.row[columns.twins.conflict].astype(np.intp)
    if not doubts and not contested.size:
        return
    file = columns.cold["file"]
    touched = np.flatnonzero(np.isin(file, np.fromiter(doubts, np.int64, len(doubts))))
    order = touched[np.argsort(file[touched], kind="stable")]
    for rows in np.split(order, np.flatnonzero(np.diff(file[order])) + 1) if order.size else ():
        found = doubts[int(file[rows[0]])]
        if found.whole:
            yield rows, tuple(sorted(found.whole))
        index = columns.cold["index"][rows]
        named = np.fromiter(set().union(*found.single.values()), np.int64)
        for row in rows[np.isin(index, named)].tolist():
            yield np.array([row]), found.of(int(columns.cold["index"][row]))
    for row in contested.tolist():
        number = int(file[row])
        own = doubts[number].of(int(columns.cold["index"][row])) if number in doubts else ()
        yield np.array([row]), tuple(sorted({*own, _CONFLICT}))
