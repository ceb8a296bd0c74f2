"""The original bytes of many events at once: each file is read once for some thousand events, whatever their order."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.detail import deliveries
from ctwork.store.reread import Original, read_originals
from ctwork.store.store import Store
from ctwork.store.view import View

_AT_ONCE = 16_384
"""Events whose bytes are held at once."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place in which the bytes of an event lie."""

    file: int
    """Row of the file table."""
    index: int
    start: int
    end: int
    problem: str
    """Why it cannot be trusted; "" when its bytes are there and every hash agreed."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event as the evidence holds it now."""

    row: int
    raw: bytes
    """Empty when no place holds it any more."""
    sha256: str
    spots: tuple[Spot, ...]
    """The place it is listed under first, then its copies."""

    @property
    def problem(self) -> str:
        """The first thing that is wrong with any of its places."""
        return next((spot.problem for spot in self.spots if spot.problem), "")


def delivered(store: Store, view: View, cancelled: Cancelled = never) -> Iterator[Delivered]:
    """Every event of `view`, in its order. Raises Superseded when `cancelled()` turns true on the way."""
    for offset in range(0, view.total, _AT_ONCE):
        rows = np.asarray(view.slice(offset, _AT_ONCE), np.uint32)
        yield from _of_rows(store, rows, cancelled)


def _of_rows(store: Store, rows: NDArray[np.uint32], cancelled: Cancelled) -> Iterator[Delivered]:
    places = [list(deliveries(store.frame, int(row))) for row in rows]
    wanted: dict[int, set[int]] = {}
    for of_row in places:
        for file, index in of_row:
            wanted.setdefault(file, set()).add(index)
    found: dict[tuple[int, int], Original] = {}
    for file in sorted(wanted):
        still_wanted(cancelled)
        indices = sorted(wanted[file])
        originals = read_originals(store.frame.columns.files.row(file, named=True), indices, store.bounds)
        found.update(((file, index), each) for index, each in zip(indices, originals, strict=True))
    for row, of_row in zip(rows.tolist(), places, strict=True):
        yield _one(row, of_row, [found[place] for place in of_row])


def _one(row: int, places: list[tuple[int, int]], originals: list[Original]) -> Delivered:
    best = next((each for each in originals if not each.problem), originals[0])
    spots = tuple(
        Spot(file, index, each.start, each.end, each.problem or ("" if each.raw == best.raw else _DIFFERS))
        for (file, index), each in zip(places, originals, strict=True)
    )
    return Delivered(row, best.raw, hashlib.sha256(best.raw).hexdigest() if best.raw else "", spots)


_DIFFERS = "the bytes here are others than those of the event"
