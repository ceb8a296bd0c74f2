"""The lines around the screen: pages of a view, a few of them kept."""

from collections import OrderedDict
from collections.abc import Sequence

from ctwork.tui.desk import Line, View

PAGE = 256
PAGES_KEPT = 6


class Pager:
    """Reads a view by the page."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._pages: OrderedDict[int, Sequence[Line]] = OrderedDict()

    def line(self, offset: int) -> Line | None:
        """The event at `offset`; None outside the view. Raises what `View.page` raises."""
        if not 0 <= offset < self.view.total:
            return None
        number, place = divmod(offset, PAGE)
        page = self._pages.get(number)
        if page is None:
            page = self.view.page(number * PAGE, PAGE)
            self._pages[number] = page
            if len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)
        return page[place] if place < len(page) else None

    def seek(self, time_ms: int) -> int:
        """Offset of the first event at or after `time_ms`, by bisection; the view must be in order of time."""
        low, high = 0, self.view.total
        while low < high:
            middle = (low + high) // 2
            found = self.view.page(middle, 1)
            if found and (found[0].time_ms or 0) < time_ms:
                low = middle + 1
            else:
                high = middle
        return low
