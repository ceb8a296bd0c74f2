"""What stands beside the values on a page: each over time, and how many sessions, keys and addresses it meets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from ctwork.model.facet import Portrait
from ctwork.model.shown import Span
from ctwork.model.tally import bucket_width, kind_among
from ctwork.store.axis import AXIS_OF
from ctwork.store.cancel import Cancelled, never
from ctwork.store.coding import Coding
from ctwork.store.frame import Frame
from ctwork.store.parallel import gather, together
from ctwork.store.selection import Selection

_PIECE = 1 << 18
"""Events looked at in one go: few enough for their codes to stay in a processor's cache."""
_AT_ONCE = 60
_MOST_MIXTURES = 250
"""Values drawn in one pass, and the mixtures of them that one pass keeps apart: a byte numbers them."""

Marks = NDArray[np.bool_]
Met = tuple[NDArray[np.intp], NDArray[np.intp]]


def portraits(
    selection: Selection,
    coded: Coding,
    codes: NDArray[np.intp],
    bins: int,
    over: Span | None = None,
    cancelled: Cancelled = never,
) -> Sequence[Portrait]:
    """One per value code, with `bins` buckets `over` a time span (None: that of the selection).

    Raises Superseded when `cancelled()` turns true on the way.
    """
    if not len(codes):
        return []
    mixtures = _Mixtures.of(coded, codes) if len(codes) <= _AT_ONCE else None
    if mixtures is None or (len(mixtures.members) > _MOST_MIXTURES and len(codes) > 1):
        half = len(codes) // 2
        return [
            each
            for some in (codes[:half], codes[half:])
            for each in portraits(selection, coded, some, bins, over, cancelled)
        ]
    return _Sitting(selection, coded, mixtures, bins, over or selection.span_ms, cancelled).portraits()


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
    """The events of one page's values, counted in one pass, piece by piece on all cores."""

    selection: Selection
    coded: Coding
    mixtures: _Mixtures
    bins: int
    over: Span | None
    cancelled: Cancelled

    def portraits(self) -> Sequence[Portrait]:
        """One per value."""
        many = len(self.mixtures.members)
        # Marks are only ever set, so that all threads may share them.
        marks = {axis: np.zeros(self._shape(axis), bool) for axis in ("identity", "address")}
        starts = range(0, self.selection.total, _PIECE)
        edges, calls = self._edges, self._writes
        seen = together([partial(self._look, at, edges, calls, marks) for at in starts], self.cancelled)
        trends = self._summed(sum((trend for trend, _ in seen), np.zeros((self.bins, many), np.int64))).T
        writes = self._summed(sum((wrote for _, wrote in seen), np.zeros(many, np.int64)))
        identities, addresses = self._met("identity", marks), self._met("address", marks)
        sessions = self._values("session", identities).sum(axis=1)
        keys = self._values("userIdentity.accessKeyId", identities).sum(axis=1)
        places = self._values("sourceIPAddress", addresses).sum(axis=1)
        owners, kinds = self._named("principal", identities), self._named("principal_type", identities)
        return [
            Portrait(
                trend=tuple(trends[number].tolist()),
                writes=int(writes[number]),
                sessions=int(sessions[number]),
                keys=int(keys[number]),
                addresses=int(places[number]),
                principal=owners[number],
                kind=kinds[number],
            )
            for number in range(self.mixtures.members.shape[1])
        ]

    def _named(self, column: str, met: Met) -> list[str]:
        """Per value of the page the one text of an identity column that its events have, or what stands for more."""
        names = self._frame.dictionary(column)
        return [
            kind_among({names.text(code) for code in np.flatnonzero(row)[:2].tolist()})
            for row in self._values(column, met)
        ]

    def _look(
        self, at: int, edges: NDArray[np.uint32], writes: Marks, marks: Mapping[str, Marks]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Events per bucket and mixture, and writes per mixture, in the piece that begins `at`; sets its `marks`."""
        many, rows = len(self.mixtures.members), self.selection.rows
        first, last = self.selection.low + at, min(self.selection.low + at + _PIECE, self.selection.high)
        index = slice(first, last) if rows is None else rows[at : at + _PIECE]
        found = self.mixtures.of_axis.take(self.coded.codes[index], mode="clip")
        places = np.flatnonzero(found)
        found = found.take(places, mode="clip")
        chosen = (places + first).astype(np.uint32) if rows is None else rows[at : at + _PIECE][places]
        trend = np.zeros((self.bins, many), np.int64)
        cuts = np.searchsorted(chosen, edges)
        for bucket in np.flatnonzero(np.diff(cuts)).tolist():
            trend[bucket] = np.bincount(found[cuts[bucket] : cuts[bucket + 1]], minlength=many)
        wrote = writes.take(self._frame.axis_codes("call").take(chosen, mode="clip"), mode="clip")
        for axis, met in marks.items():
            codes = self._frame.axis_codes(axis).take(chosen, mode="clip").astype(np.intp)
            if axis != self.coded.axis:
                # On the axis of the values themselves the code of an event tells its mixture.
                codes += np.multiply(found, met.shape[1], dtype=np.intp)
            met.reshape(-1)[codes] = True
        return trend, np.bincount(found[wrote], minlength=many)

    @property
    def _frame(self) -> Frame:
        return self.selection.frame

    @cached_property
    def _edges(self) -> NDArray[np.uint32]:
        """The rows at which the buckets begin, and the first one behind the last."""
        span = self.over
        if span is None or not self.bins:
            return np.zeros(self.bins + 1, np.uint32)
        times = span[0] + bucket_width(*span, self.bins) * np.arange(self.bins + 1, dtype=np.int64)
        return np.searchsorted(self._frame.columns.time, times).astype(np.uint32)

    @cached_property
    def _writes(self) -> Marks:
        """Per row of the call table, whether it is a write."""
        texts = self._frame.dictionary("verb").texts
        return np.array([text == "write" for text in texts])[self._frame.columns.tables["call"]["verb"]]

    def _shape(self, axis: str) -> tuple[int, int]:
        height = len(next(iter(self._frame.columns.tables[axis].values())))
        return (1 if axis == self.coded.axis else len(self.mixtures.members), height)

    def _met(self, axis: str, marks: Mapping[str, Marks]) -> Met:
        """The mixtures, and the codes of `axis` that their events have: every pair that occurs."""
        mixture, code = np.nonzero(marks[axis])
        return (self.mixtures.of_axis[code].astype(np.intp) if axis == self.coded.axis else mixture), code

    def _summed(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Counts per mixture (…, mixtures) as counts per value (…, values)."""
        return counts @ self.mixtures.members.astype(np.int64)

    def _values(self, column: str, met: Met) -> Marks:
        """Which values of `column`, the empty one apart, each value of the page has met: shape (values, codes)."""
        mixture, code = met
        table = self._frame.columns.tables[AXIS_OF[column].name][column]
        marks = np.zeros((len(self.mixtures.members), len(self._frame.dictionary(column))), bool)
        marks[mixture, table[code]] = True
        marks[:, 0] = False
        if self.coded.table is not None:
            # An event has one value, so nothing is mixed: mixture n is value n - 1.
            return marks[1:]
        return np.stack([marks[members].any(axis=0) for members in self.mixtures.members.T])
