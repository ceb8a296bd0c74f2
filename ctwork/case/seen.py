"""Views as a workbench sees them: row numbers carry the generation of the store in which the event was seen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ctwork.model.facet import Facets
from ctwork.model.lens import Lens
from ctwork.model.shown import Histogram, Line, Span
from ctwork.model.tally import Tally

if TYPE_CHECKING:
    from ctwork.store.ranking import Ranking
    from ctwork.store.store import Store
    from ctwork.store.view import View

_SHIFT = 40
"""Bits of a seen row number that are the row; the generation lies above them."""


def seen_in(seen: int) -> tuple[int, int]:
    """Generation and row behind a seen row number."""
    return seen >> _SHIFT, seen & ((1 << _SHIFT) - 1)


def seen_as(generation: int, row: int) -> int:
    """The number under which the world sees `row` of the store of `generation`."""
    return generation << _SHIFT | row


class EmptyView:
    """No events: nothing has been read yet, or nobody waits for the answer."""

    total = 0
    span_ms: Span | None = None

    def __init__(self, lens: Lens) -> None:
        self.lens = lens

    def page(self, offset: int, limit: int) -> Sequence[Line]:
        """No lines."""
        return ()

    def histogram(self, bins: int, over: Span | None = None) -> Histogram:
        """No buckets."""
        return Histogram(0, 1_000, (), ())

    def position(self, row: int) -> int | None:
        """Nowhere."""
        return None

    def next_error(self, offset: int, step: int) -> int | None:
        """None."""
        return None

    def next_gap(self, offset: int, step: int, least_ms: int) -> int | None:
        """None."""
        return None

    def next_mark(self, offset: int, step: int) -> int | None:
        """None."""
        return None

    def facets(self, wanted: Facets, cancelled: Callable[[], bool]) -> Tally:
        """No values."""
        return Tally(wanted, ())


class SeenView:
    """A view whose row numbers carry the generation of its store."""

    def __init__(
        self,
        view: "View",
        generation: int,
        find: Callable[[int, int], int | None],
        store: "Callable[[], Store | None]",
    ) -> None:
        """`store` is the store of `generation` with the marks of now, which are not those of when `view` was made."""
        self._view = view
        self._generation = generation
        self._find = find
        self._store = store
        self._read: dict[tuple[int, int], Sequence[Line]] = {}

    @property
    def lens(self) -> Lens:
        """The lens that was answered."""
        return self._view.lens

    @property
    def total(self) -> int:
        """Events in this view."""
        return self._view.total

    @property
    def span_ms(self) -> Span | None:
        """Times of the first and the last event; None when no event has one."""
        return self._view.span_ms

    def page(self, offset: int, limit: int) -> Sequence[Line]:
        """Up to `limit` events from `offset` on, with their marks of now.

        The last page is kept, so that a thread can read it ahead.
        """
        asked = (offset, limit)
        lines = self._read.get(asked)
        if lines is None:
            lines = self._view.page(offset, limit, seen_as(self._generation, 0))
            self._read = {asked: lines}
        store = self._store()
        if store is None:
            return lines
        from ctwork.store.linemark import line_marks  # numpy and polars, which a view has loaded

        marks = line_marks(store.frame, self._view.slice(offset, limit))
        return [line if mark is None else replace(line, mark=mark) for line, mark in zip(lines, marks, strict=True)]

    def histogram(self, bins: int, over: Span | None = None) -> Histogram:
        """Counts `over` a time span (None: the whole view) in at most `bins` buckets."""
        return self._view.histogram(bins, over)

    def position(self, row: int) -> int | None:
        """Offset of event `row`, wherever it was seen, or of the one nearest to it; None in an empty view."""
        here = self._find(self._generation, row)
        return None if here is None else self._view.position(here)

    def next_error(self, offset: int, step: int) -> int | None:
        """Offset of the next event that did not succeed."""
        return self._view.next_error(offset, step)

    def next_gap(self, offset: int, step: int, least_ms: int) -> int | None:
        """Offset of the event behind the next silence of `least_ms` or more."""
        return self._view.next_gap(offset, step, least_ms)

    def next_mark(self, offset: int, step: int) -> int | None:
        """Offset of the next event that was marked itself."""
        store = self._store()
        return None if store is None else self._view.next_of(offset, step, store.rows(sorted(store.places().values())))

    def facets(self, wanted: Facets, cancelled: Callable[[], bool]) -> "Ranking | Tally":
        """The values of a column in this view; none when nobody waits for them."""
        from ctwork.store.cancel import Superseded  # as in `Opening.select`: polars has been loaded by now

        try:
            return self._view.facets(wanted, cancelled)
        except Superseded:
            return Tally(wanted, ())
