"""The rows around the screen: pages of something long, a few of them kept."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from ctwork.tui.desk import View

PAGE = 64
"""Rows read in one go: about a screen, for they are read between a key and its paint."""
PAGES_KEPT = 24

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)


class Pages(Protocol[Row_co]):
    """What can be read by the page."""

    @property
    def total(self) -> int:
        """Rows in all."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[Row_co]:
        """Up to `limit` rows from `offset` on."""
        ...


def ahead(view: View) -> View:
    """`view`, which has read its first page by now: here in a thread, and not between the answer and its paint."""
    view.page(0, PAGE)
    return view


class Pager(Generic[Row]):
    """Reads `Pages` and keeps some."""

    def __init__(self, source: Pages[Row]) -> None:
        self.source = source
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()

    def line(self, offset: int) -> Row | None:
        """The row at `offset`; None outside. Raises what `page` raises."""
        if not 0 <= offset < self.source.total:
            return None
        number, place = divmod(offset, PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self.source.page(number * PAGE, PAGE)
            self._pages[number] = page
            if len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        return page[place] if place < len(page) else None


def seek(view: View, time_ms: int) -> int:
    """Offset of the first event at or after `time_ms`, by bisection; the view must be in order of time."""
    low, high = 0, view.total
    while low < high:
        middle = (low + high) // 2
        found = view.page(middle, 1)
        if found and (found[0].time_ms or 0) < time_ms:
            low = middle + 1
        else:
            high = middle
    return low
