"""What stands beside the values on a page: each over time, and how many sessions, keys and addresses it meets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ctwork.model.facet import Portrait
from ctwork.model.tally import bucket_width, kind_among
from ctwork.store.coding import Coding
from ctwork.store.frame import Frame
from ctwork.store.parallel import gather, together
from ctwork.store.selection import Selection

_AT_ONCE = 60
_MOST_MIXTURES = 250
"""Values drawn in one pass, and the mixtures of them that one pass keeps apart: a byte numbers them."""

Marks = NDArray[np.bool_]


def portraits(selection: Selection, coded: Coding, codes: NDArray[np.intp], bins: int) -> Sequence[Portrait]:
    """One per value code, with `bins` buckets over the span of the selection."""
    if not len(codes):
        return []
    mixtures = _Mixtures.of(coded, codes) if len(codes) <= _AT_ONCE else None
    if mixtures is None or (len(mixtures.members) > _MOST_MIXTURES and len(codes) > 1):
        half = len(codes) // 2
        return [*portraits(selection, coded, codes[:half], bins), *portraits(selection, coded, codes[half:], bins)]
    return _Sitting(selection, coded, mixtures, bins).portraits()


@dataclass(frozen=True, slots=True, eq=False)
class _Mixtures:
    """Which of the page's values go together. An event with several of them belongs to a mixture of its own."""

    members: Marks
    """Shape (mixtures, values): which values each mixture has. Mixture 0 has none."""
    of_axis: NDArray[np.uint8]
    """Per axis code its mixture."""

    @classmethod
    def of(cls, coded: Coding, codes: NDArray[np.intp]) -> "_Mixtures":
        slot = np.zeros(coded.size, np.uint8)
        slot[codes] = np.arange(1, len(codes) + 1)
        if coded.table is not None:
            return cls(np.eye(len(codes) + 1, dtype=bool)[:, 1:], gather(slot, coded.table))
        lists = coded.lists
        assert lists is not None
        masks = np.zeros(coded.height, np.uint64)
        items = np.flatnonzero(slot[lists.items])
        owner = np.searchsorted(lists.starts, items, side="right") - 1
        one = np.uint64(1)
        np.bitwise_or.at(masks, owner, one << slot[lists.items[items]].astype(np.uint64))
        if slot[0]:
            masks[lists.starts[1:] == lists.starts[:-1]] |= one << np.uint64(slot[0])
        filled = np.flatnonzero(masks)
        kinds, which = np.unique(masks[filled], return_inverse=True)
        kinds = np.concatenate([np.zeros(1, np.uint64), kinds])
        of_axis = np.zeros(coded.height, np.uint8)
        # Too many mixtures for a byte are noticed by whoever asked.
        of_axis[filled] = (which + 1).astype(np.uint8)
        bits = np.arange(1, len(codes) + 1, dtype=np.uint64)
        return cls((kinds[:, None] >> bits & one).astype(bool), of_axis)


@dataclass(frozen=True, eq=False)
class _Sitting:
    """The events of one page's values, counted in one pass."""

    selection: Selection
    coded: Coding
    mixtures: _Mixtures
    bins: int

    def portraits(self) -> Sequence[Portrait]:
        """One per value."""
        self._events  # noqa: B018 - once, ahead of the tasks that share it
        tasks: list[Callable[[], object]] = [
            self._trends,
            self._writes,
            lambda: self._met("identity"),
            lambda: self._met("address"),
        ]
        trends, writes, identities, addresses = together(tasks)
        assert isinstance(trends, np.ndarray) and isinstance(writes, np.ndarray)
        assert isinstance(identities, np.ndarray) and isinstance(addresses, np.ndarray)
        kinds = self._frame.dictionary("principal_type").texts
        tables = self._frame.columns.tables
        return [
            Portrait(
                trend=tuple(trends[number].tolist()),
                writes=int(writes[number]),
                sessions=self._distinct("session", identities[number]),
                keys=self._distinct("userIdentity.accessKeyId", identities[number]),
                addresses=self._distinct("sourceIPAddress", addresses[number]),
                kind=kind_among(
                    {kinds[code] for code in _codes(tables["identity"]["principal_type"], identities[number])}
                ),
            )
            for number in range(self.mixtures.members.shape[1])
        ]

    @property
    def _frame(self) -> Frame:
        return self.selection.frame

    @cached_property
    def _events(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
        """The mixtures of the events that have any, and their rows, oldest first."""
        found = gather(self.mixtures.of_axis, self.coded.codes[self.selection.index])
        places = np.flatnonzero(found)
        low, rows = self.selection.low, self.selection.rows
        return found[places], (places + low).astype(np.uint32) if rows is None else rows[places]

    def _summed(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Counts per mixture (…, mixtures) as counts per value (…, values)."""
        return counts @ self.mixtures.members.astype(np.int64)

    def _trends(self) -> NDArray[np.int64]:
        span, many = self.selection.span_ms, len(self.mixtures.members)
        counts = np.zeros((self.bins, many), np.int64)
        if span is not None and self.bins:
            found, rows = self._events
            edges = span[0] + bucket_width(*span, self.bins) * np.arange(self.bins + 1, dtype=np.int64)
            starts = np.searchsorted(self._frame.columns.time, edges)
            places = np.searchsorted(rows, starts.astype(rows.dtype)).tolist()
            for bucket, (start, end) in enumerate(pairwise(places)):
                counts[bucket] = np.bincount(found[start:end], minlength=many)
        return self._summed(counts).T

    def _writes(self) -> NDArray[np.int64]:
        found, rows = self._events
        texts = self._frame.dictionary("verb").texts
        writes = np.array([text == "write" for text in texts])[self._frame.columns.tables["call"]["verb"]]
        wrote = gather(writes, self._frame.axis_codes("call")[rows])
        return self._summed(np.bincount(found[wrote], minlength=len(self.mixtures.members)))

    def _met(self, axis: str) -> Marks:
        """Which codes of `axis` the events of each value have: shape (values, codes)."""
        found, rows = self._events
        height, many = self._height(axis), len(self.mixtures.members)
        met = np.zeros((many, height), bool)
        if axis == self.coded.axis:
            # The code of the event tells its mixture.
            present = np.zeros(height, bool)
            present[self.coded.codes[rows]] = True
            codes = np.flatnonzero(present)
            met[self.mixtures.of_axis[codes], codes] = True
        else:
            places = found.astype(np.uint32 if many * height < 1 << 32 else np.uint64)
            np.multiply(places, height, out=places)
            np.add(places, self._frame.axis_codes(axis)[rows], out=places)
            met.reshape(-1)[places] = True
        return np.stack([met[members].any(axis=0) for members in self.mixtures.members.T])

    def _height(self, axis: str) -> int:
        return len(next(iter(self._frame.columns.tables[axis].values())))

    def _distinct(self, column: str, met: Marks) -> int:
        """How many values of `column` that are not empty lie among the axis codes that were met."""
        axis = "address" if column == "sourceIPAddress" else "identity"
        return len(_codes(self._frame.columns.tables[axis][column], met))


def _codes(table: NDArray[np.unsignedinteger], met: Marks) -> list[int]:
    """The distinct value codes but 0 of the axis codes that were met."""
    held = np.zeros(int(table.max(initial=0)) + 1, bool)
    held[table[met]] = True
    held[0] = False
    return np.flatnonzero(held).tolist()
