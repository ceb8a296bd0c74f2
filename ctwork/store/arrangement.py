"""Rows in the order of a value: a page of them before all of them are sorted."""

import numpy as np
from numpy.typing import NDArray

from ctwork.store.columns import Codes
from ctwork.store.parallel import places_of, stable_order

_PIECE = 1 << 18


class Arrangement:
    """The places of `ranks`, from the lowest rank on; equal ones stay in order. Remembers what it has worked out.

    No `cached_property`: it would have the pages of one view wait for the order of another.
    """

    def __init__(self, ranks: Codes, most: int) -> None:
        """No rank is above `most`."""
        self._ranks = ranks
        self._most = most
        self._ends: NDArray[np.int64] | None = None
        self._order: NDArray[np.uint32] | None = None

    @property
    def order(self) -> NDArray[np.uint32]:
        """All places. Half a second for ten million."""
        if self._order is None:
            self._order = stable_order(self._ranks, self._most)
        return self._order

    @property
    def ends(self) -> NDArray[np.int64]:
        """Per rank how many places have it or a lower one."""
        if self._ends is None:
            counts = np.zeros(self._most + 1, np.int64)
            step = max(_PIECE, self._most)
            for at in range(0, len(self._ranks), step):
                counts += np.bincount(self._ranks[at : at + step], minlength=len(counts))
            self._ends = np.cumsum(counts)
        return self._ends

    def _before(self, rank: int) -> int:
        return int(self.ends[rank - 1]) if rank else 0

    def slice(self, first: int, end: int) -> NDArray[np.uint32]:
        """The places from `first` to before `end` of the order."""
        if self._order is not None:
            return self._order[first:end]
        end = min(end, len(self._ranks))
        if first >= end:
            return np.empty(0, np.uint32)
        low, high = np.searchsorted(self.ends, [first, end - 1], side="right").tolist()
        if low == high:
            found = places_of(self._ranks == low, 0)
        else:
            found = places_of((self._ranks >= low) & (self._ranks <= high), 0)
            found = found[np.argsort(self._ranks[found], kind="stable")]
        before = self._before(low)
        return found[first - before : end - before]

    def position(self, place: int) -> int:
        """Where `place` is in the order."""
        rank = int(self._ranks[place])
        return self._before(rank) + int(np.count_nonzero(self._ranks[:place] == rank))
