"""The original bytes of many records at once: each file they lie in is read once, in the order of the files."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ctwork.sources.base import Bounds
from ctwork.store.detail import deliveries
from ctwork.store.frame import Frame
from ctwork.store.reread import GONE, read_original, read_records


class Bytes(NamedTuple):
    """A record as it lies in the evidence; a named tuple, because a hundred thousand are made at a time."""

    raw: bytes
    """b"" when it cannot be had."""
    problem: str
    """Why the bytes cannot be had or trusted; "" when every hash agreed."""


def originals(frame: Frame, rows: NDArray[np.uint32], bounds: Bounds) -> list[Bytes]:
    """The record of each of `rows`, in their order. Never raises.

    Where the file that the store names is no longer what was loaded, a copy in another one stands in for it.
    """
    cold, files = frame.columns.cold, frame.columns.files
    rows = np.asarray(rows)
    found = [Bytes(b"", GONE)] * len(rows)
    if not len(rows):
        return found
    file, index = cold["file"][rows], cold["index"][rows].tolist()
    order = np.argsort(file, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(file[order])) + 1):
        entry = files.row(int(file[places[0]]), named=True)
        records, problem = read_records(entry, [index[place] for place in places], bounds)
        for place in places.tolist():
            raw = records.get(index[place])
            found[place] = Bytes(b"", problem or GONE) if raw is None else Bytes(raw, problem)
    for place, each in enumerate(found):
        if each.problem:
            found[place] = _elsewhere(frame, int(rows[place]), bounds) or each
    return found


def _elsewhere(frame: Frame, row: int, bounds: Bounds) -> Bytes | None:
    """A copy of the record in `row` that is as it was loaded; None when there is none."""
    for file, index in list(deliveries(frame, row))[1:]:
        original = read_original(frame.columns.files.row(file, named=True), index, bounds)
        if not original.problem:
            return Bytes(original.raw, "")
    return None
