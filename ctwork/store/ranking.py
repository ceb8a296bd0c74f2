"""The values of one column in a view, in order: pages of them, and where one stands."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ctwork.model.facet import FacetOrder, FacetRow, Facets, Portrait
from ctwork.model.shown import Span
from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.coding import Coding, coding
from ctwork.store.facet import Groups, groups
from ctwork.store.parallel import stable_order
from ctwork.store.portrait import portraits
from ctwork.store.selection import Selection
from ctwork.store.stamp import NO_TIME

_KEPT = 1_024
_ALL_BITS = (1 << 64) - 1


class Ranking:
    """Values as codes: only those on a page are ever spelled out. Immutable but for what it remembers."""

    def __init__(self, wanted: Facets, selection: Selection, cancelled: Cancelled = never) -> None:
        """Raises Superseded when `cancelled()` turns true on the way."""
        self.wanted = wanted
        self._selection = selection
        self._coding = coding(selection.frame, wanted.column, cancelled)
        self._groups = groups(selection, self._coding, cancelled)
        still_wanted(cancelled)
        self._order = _ordered(self._groups, self._coding, wanted, cancelled)
        self._portraits: dict[tuple[int, int, Span | None], Portrait] = {}
        if selection.is_whole:
            # Every pivot begins with all events, and their portraits never change.
            self._portraits = selection.frame.kept(("portraits", wanted.column), dict)

    @property
    def total(self) -> int:
        """How many values there are."""
        return len(self._order)

    def page(self, offset: int, limit: int) -> Sequence[FacetRow]:
        """Up to `limit` values from `offset` on."""
        places, held = self._slice(offset, limit), self._groups
        columns = (held.count, held.first, held.last, held.errors)
        return [
            FacetRow(text, count, _time(first), _time(last), errors)
            for text, count, first, last, errors in zip(
                self._coding.texts(held.code[places]), *(column[places].tolist() for column in columns), strict=True
            )
        ]

    def position(self, value: str) -> int | None:
        """Offset of `value`; None when it is not among them."""
        code = self._coding.code(value)
        if code is None:
            return None
        group = int(np.searchsorted(self._groups.code, code))
        if group == len(self._groups.code) or self._groups.code[group] != code:
            return None
        place = int(self._places[group])
        return place if place >= 0 else None

    def portraits(
        self, offset: int, limit: int, bins: int, over: Span | None = None, cancelled: Cancelled = never
    ) -> Sequence[Portrait]:
        """One per row of `page`, with `bins` buckets each `over` a time span (None: that of the view).

        Remembers what it has drawn: a page scrolls row by row.
        Raises Superseded when `cancelled()` turns true on the way.
        """
        codes = self._groups.code[self._slice(offset, limit)].tolist()
        kept = {code: self._portraits[code, bins, over] for code in codes if (code, bins, over) in self._portraits}
        missing = np.array([code for code in codes if code not in kept], np.intp)
        drawn = portraits(self._selection, self._coding, missing, bins, over, cancelled)
        kept |= zip(missing.tolist(), drawn, strict=True)
        if len(self._portraits) > _KEPT:
            self._portraits.clear()
        self._portraits |= {(code, bins, over): portrait for code, portrait in kept.items()}
        return [kept[code] for code in codes]

    def _slice(self, offset: int, limit: int) -> NDArray[np.intp]:
        offset = max(offset, 0)
        return self._order[offset : offset + limit]

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """Per group its offset, -1 for one that was not found."""
        places = np.full(len(self._groups.code), -1, np.intp)
        places[self._order] = np.arange(len(self._order))
        return places


def _ordered(held: Groups, coded: Coding, wanted: Facets, cancelled: Cancelled) -> NDArray[np.intp]:
    """The places of the groups that are wanted, as they are wanted."""
    # Codes ascend, and so do values unless they are ranked apart.
    order = np.arange(len(held.code)) if coded.ranks is None else np.argsort(coded.ranked(held.code), kind="stable")
    key = _key(held, wanted.order)
    if key is not None and len(key):
        key = key[order]
        # Without a sign a difference is right even between ends that are further apart than any number with one.
        ranks = key.astype(np.uint64) - np.uint64(int(key.min()) & _ALL_BITS)
        order = order[stable_order(ranks, int(ranks.max()))]
    elif wanted.order.descending:
        order = order[::-1]
    if not wanted.needle.strip():
        return order
    still_wanted(cancelled)
    grade = coded.grades(wanted.needle, held.code, cancelled)[order]
    found = np.flatnonzero(grade >= 0)
    return order[found[np.argsort(grade[found], kind="stable")]]


def _key(held: Groups, order: FacetOrder) -> NDArray[np.int64] | None:
    """What sorts the groups, ascending; None when it is their values. Without a time is last either way."""
    if order.key == "value":
        return None
    key = {"count": held.count, "errors": held.errors, "first": held.first, "last": held.last}[order.key]
    return np.where(key == NO_TIME, key, -key) if order.descending else key


def _time(value: int) -> int | None:
    return None if value == NO_TIME else value
