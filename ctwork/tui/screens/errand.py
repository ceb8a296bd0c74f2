"""What a screen sends out for, in threads: the record under its cursor, the histogram of its view."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from textual.message import Message
from textual.worker import get_current_worker

from ctwork.model.lens import OLDEST_FIRST, Lens
from ctwork.tui.desk import Detail, Extent, FacetPages, Facets, Histogram, Portrait, Span, View
from ctwork.tui.pager import ahead
from ctwork.tui.screens.pivot import PivotScreen

CHILDREN = 200
"""Values inside of a value that are shown at most."""
_REST_S = 0.08
"""How long the cursor must rest before its record is read, when it was moving."""


class ErrandScreen(PivotScreen):
    """A screen whose answers arrive as messages, each with the question it answers."""

    @dataclass
    class Read(Message):
        """A record was read, or could not be."""

        row: int
        detail: Detail | None
        problem: str

    @dataclass
    class Counted(Message):
        """A histogram was made."""

        view: View
        histogram: Histogram

    @dataclass
    class Measured(Message):
        """It is known which time, accounts and regions the events are of."""

        extent: Extent | None

    @dataclass
    class Faceted(Message):
        """The values of a column were counted, or could not be."""

        view: View
        wanted: Facets
        pages: FacetPages | None
        problem: str = ""

    @dataclass
    class Portrayed(Message):
        """It is known how some values lie in time, and what they meet."""

        pages: FacetPages
        offset: int
        portraits: Sequence[Portrait]

    @dataclass
    class Unfolded(Message):
        """What is inside of a value was counted, or could not be."""

        value: tuple[str, str]
        wanted: Facets
        pages: FacetPages | None
        problem: str = ""

    @dataclass
    class Sketched(Message):
        """It is known how what is inside of a value lies in time."""

        value: tuple[str, str]
        portraits: Sequence[Portrait]

    @dataclass
    class Focused(Message):
        """The events of a value were selected, or could not be."""

        lens: Lens
        view: View | None
        problem: str = ""

    @dataclass
    class Weighed(Message):
        """How many events a part of the lens hides."""

        lens: Lens
        hidden: int

    def __init__(self) -> None:
        super().__init__()
        self._sent_at: dict[str, float] = {}

    def _rest_s(self, group: str) -> float:
        """How long an errand waits: not at all after a single step, but while the cursor runs, until it rests."""
        now = monotonic()
        running = now - self._sent_at.get(group, 0.0) <= 2 * _REST_S
        self._sent_at[group] = now
        return _REST_S if running else 0.0

    def read(self, row: int) -> None:
        """Sends for the record of event `row`: at once for a single step, after a rest while the cursor runs."""
        self.send(
            "read",
            lambda: self.Read(row, self.bench.desk.detail(row), ""),
            lambda said: self.Read(row, None, said),
            rest_s=self._rest_s("read"),
        )

    def count(self, view: View, bins: int, over: Span | None = None) -> None:
        """Sends for the histogram of `view`, `over` a span that is not its own."""
        nothing = Histogram(0, 1, (), ())
        self.send(
            "histogram",
            lambda: self.Counted(view, view.histogram(bins, over)),
            lambda _: self.Counted(view, nothing),
        )

    def measure(self) -> None:
        """Sends for the extent of the events."""
        desk = self.bench.desk
        self.send("extent", lambda: self.Measured(desk.extent()), lambda _: self.Measured(None))

    def count_values(self, view: View, wanted: Facets) -> None:
        """Sends for the values of a column in `view`."""
        self.send(
            "facet",
            lambda: self.Faceted(view, wanted, view.facets(wanted, superseded)),
            lambda said: self.Faceted(view, wanted, None, said),
        )

    def portray(self, pages: FacetPages, offset: int, limit: int, bins: int) -> None:
        """Sends for what the values from `offset` on look like."""
        self.send(
            "portraits",
            lambda: self.Portrayed(pages, offset, pages.portraits(offset, limit, bins, cancelled=superseded)),
            lambda _: self.Portrayed(pages, offset, ()),
            rest_s=self._rest_s("portraits"),
        )

    def look_inside(self, value: tuple[str, str], lens: Lens, wanted: Facets) -> None:
        """Sends for the values of a column in the events of `lens`, which are those of `value`."""
        desk = self.bench.desk
        self.send(
            "inside",
            lambda: self.Unfolded(value, wanted, desk.select(_unsorted(lens), superseded).facets(wanted, superseded)),
            lambda said: self.Unfolded(value, wanted, None, said),
        )

    def sketch(self, value: tuple[str, str], pages: FacetPages, bins: int, over: Span | None) -> None:
        """Sends for what the values inside of `value` look like, `over` the span of everything around it."""
        self.send(
            "sketch",
            lambda: self.Sketched(value, pages.portraits(0, CHILDREN, bins, over, superseded)),
            lambda _: self.Sketched(value, ()),
        )

    def focus_on(self, lens: Lens, *, rest: bool) -> None:
        """Sends for the events of `lens`: at once, or when it may `rest`, after a while if the cursor runs."""
        desk = self.bench.desk
        self.send(
            "focus",
            lambda: self.Focused(lens, ahead(desk.select(lens, superseded))),
            lambda said: self.Focused(lens, None, said),
            rest_s=self._rest_s("focus") if rest else 0.0,
        )

    def weigh(self, lens: Lens, hidden: Lens) -> None:
        """Sends for how many events `hidden` selects, which `lens` does not show."""
        desk = self.bench.desk
        self.send(
            "weigh",
            lambda: self.Weighed(lens, desk.select(_unsorted(hidden), superseded).total),
            lambda _: self.Weighed(lens, 0),
        )


def _unsorted(lens: Lens) -> Lens:
    """What is only counted needs no order."""
    return replace(lens, sort=OLDEST_FIRST)


def superseded() -> bool:
    """Whether nobody waits any more for what this thread does."""
    return get_current_worker().is_cancelled
