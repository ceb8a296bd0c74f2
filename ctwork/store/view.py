"""What a lens shows of a store: the pages, positions and neighbours a screen asks for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ctwork.model.column import resolve
from ctwork.model.facet import Facets
from ctwork.model.lens import Lens
from ctwork.model.shown import Histogram, Line, Span
from ctwork.store.arrangement import Arrangement
from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.compile import select
from ctwork.store.frame import Frame
from ctwork.store.histogram import histogram
from ctwork.store.line import read_lines
from ctwork.store.parallel import gather
from ctwork.store.ranking import Ranking
from ctwork.store.selection import Selection
from ctwork.store.stamp import NO_TIME

_FIRST_LOOK = 4_096
_LONGEST_LOOK = 1 << 20
_MANY = 1 << 18
"""More events than these are not sorted before their first page is read."""


@dataclass(frozen=True, eq=False)
class View:
    """The events a lens shows, in its order. Immutable; carries the lens it answers."""

    lens: Lens
    selection: Selection

    @property
    def total(self) -> int:
        """How many events the lens shows."""
        return self.selection.total

    @property
    def span_ms(self) -> Span | None:
        """Times of the first and the last event; None when no event has one."""
        return self.selection.span_ms

    @property
    def ordered(self) -> NDArray[np.uint32]:
        """Selected rows in the lens's order; equal values stay oldest first."""
        if self._in_time:
            chosen = self.selection.chosen
            return chosen[::-1] if self.lens.sort.descending else chosen
        return self._rows(self._arranged.order)

    @property
    def _in_time(self) -> bool:
        return self.lens.sort.column == "eventTime"

    @cached_property
    def _arranged(self) -> Arrangement:
        sort, selection = self.lens.sort, self.selection
        ranks = selection.frame.ranks(sort.column, selection.index)
        most = ranks.max(initial=0)
        return Arrangement(most - ranks if sort.descending else ranks, int(most))

    def _rows(self, places: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The rows in `places` of the selection."""
        rows, low = self.selection.rows, self.selection.low
        return places + np.uint32(low) if rows is None else gather(rows, places)

    def arrange(self, cancelled: Cancelled = never) -> bool:
        """Works out the order now, in the thread of whoever asked, and not when the first page is drawn.

        Of many events only as far as the first pages need it, and then the answer is False: `settle` is for the rest.
        Raises Superseded when `cancelled()` is true before that.
        """
        if self._in_time:
            return True
        still_wanted(cancelled)
        if self.total > _MANY:
            _ = self._arranged
            return False
        self.settle()
        return True

    def settle(self) -> None:
        """Works out the whole order."""
        _ = self._arranged.order

    def slice(self, offset: int, limit: int) -> NDArray[np.uint32]:
        """Row numbers of one page, without spelling out the whole view when it is a plain stretch of time."""
        offset = max(offset, 0)
        low, high = self.selection.low, self.selection.high
        if not self._in_time:
            return self._rows(self._arranged.slice(offset, offset + limit))
        if self.selection.rows is not None:
            return self.ordered[offset : offset + limit]
        if self.lens.sort.descending:
            first = max(high - offset, low)
            return np.arange(max(first - limit, low), first, dtype=np.uint32)[::-1]
        first = min(low + offset, high)
        return np.arange(first, min(first + limit, high), dtype=np.uint32)

    def page(self, offset: int, limit: int, base: int = 0) -> Sequence[Line]:
        """The lines of one page; their rows are numbered from `base`."""
        return read_lines(self.selection.frame, self.slice(offset, limit), base)

    def histogram(self, bins: int, over: Span | None = None) -> Histogram:
        """Events and errors `over` a time span (None: the view's own), in at most `bins` buckets of a round width."""
        return histogram(self.selection, bins, over)

    def position(self, row: int) -> int | None:
        """Where `row` is in this view, or the nearest event in time when it is not; None for an empty view."""
        if not self.total:
            return None
        place = min(self.selection.place(row), self.total - 1)
        if self._in_time:
            return self.total - 1 - place if self.lens.sort.descending else place
        return self._arranged.position(place) if self._rows(np.array([place], np.uint32))[0] == row else 0

    def next_error(self, offset: int, step: int) -> int | None:
        """The nearest event after (`step` 1) or before (-1) `offset` whose outcome is not ok; None without any."""
        return self._next(offset, step, lambda first, count: self.selection.failed(self.slice(first, count)))

    def next_of(self, offset: int, step: int, wanted: NDArray[np.uint32]) -> int | None:
        """The nearest offset after (`step` 1) or before (-1) `offset` that is one of `wanted`, or None."""
        if not len(wanted):
            return None
        return self._next(offset, step, lambda first, count: np.isin(self.slice(first, count), wanted))

    def next_gap(self, offset: int, step: int, least_ms: int) -> int | None:
        """Offset of the event behind the next silence of `least_ms` or more after `offset`, or before (-1) it.

        None when there is none, or when the view is not in the order of time. Events without a time end no silence.
        """
        if not self._in_time:
            return None
        return self._next(offset, step, lambda first, count: self._silent(first, count, least_ms))

    def _silent(self, first: int, count: int, least_ms: int) -> NDArray[np.bool_]:
        """Per event of a slice, whether it comes `least_ms` or more behind the one before it."""
        before = min(first, 1)
        times = self.selection.frame.columns.time[self.slice(first - before, count + before)]
        silent = np.zeros(len(times), bool)
        known = times != NO_TIME
        silent[1:] = (np.abs(np.diff(times)) >= least_ms) & known[1:] & known[:-1]
        return silent[before:]

    def facets(self, wanted: Facets, cancelled: Cancelled = never) -> Ranking:
        """The values of a column in this view. Raises Superseded when `cancelled()` turns true on the way."""
        column = resolve(wanted.column, literal=True).name
        return Ranking(replace(wanted, column=column), self.selection, cancelled)

    def _next(self, offset: int, step: int, hit: Callable[[int, int], NDArray[np.bool_]]) -> int | None:
        """The nearest offset after (`step` 1) or before (-1) `offset` that is a `hit` of (first, count)."""
        at, length = offset + step, _FIRST_LOOK
        while 0 <= at < self.total:
            first = at if step > 0 else max(0, at - length + 1)
            count = length if step > 0 else at - first + 1
            hits = np.flatnonzero(hit(first, count))
            if hits.size:
                return first + int(hits[0] if step > 0 else hits[-1])
            at = first + count if step > 0 else first - 1
            length = min(length * 4, _LONGEST_LOOK)
        return None


def look(frame: Frame, lens: Lens, cancelled: Cancelled = never) -> View:
    """The view of `lens`. Raises `cancel.Superseded` when `cancelled()` turns true on the way."""
    low, high = frame.bounds(lens.start_ms, lens.end_ms)
    return View(lens, Selection(frame, low, high, select(frame, lens.predicate, low, high, cancelled)))
