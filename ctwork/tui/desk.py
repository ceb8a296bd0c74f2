"""What the terminal asks of the engine: plain values and two Protocols, so that neither side knows the other."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ctwork.model.extent import Extent
from ctwork.model.facet import FacetKey, FacetOrder, FacetRow, Facets, Portrait, Suggestion
from ctwork.model.lens import Lens
from ctwork.model.report import Account, IssueLine, KindCount, Report, Rival, Sieve, Surroundings
from ctwork.model.shown import Detail, Histogram, Line, LineMark, Place, Progress, Span
from ctwork.tui.markport import ExportPort, MarkPort
from ctwork.tui.shelf import HintPort, LensPort

__all__ = [
    "Account",
    "Desk",
    "Detail",
    "Extent",
    "FacetKey",
    "FacetOrder",
    "FacetPages",
    "FacetRow",
    "Facets",
    "Histogram",
    "IssueLine",
    "IssuePages",
    "KindCount",
    "Line",
    "LineMark",
    "MarkPort",
    "Place",
    "Portrait",
    "Progress",
    "Report",
    "Rival",
    "Sieve",
    "Span",
    "Suggestion",
    "Surroundings",
    "View",
]


class View(Protocol):
    """The events that a lens selects, in its order. Never changes."""

    @property
    def lens(self) -> Lens:
        """The lens that was answered."""
        ...

    @property
    def total(self) -> int:
        """Events in this view."""
        ...

    @property
    def span_ms(self) -> Span | None:
        """Times of the first and the last event; None when no event has one."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[Line]:
        """Up to `limit` events from `offset` on, in at most 10 ms."""
        ...

    def histogram(self, bins: int, over: Span | None = None) -> Histogram:
        """Counts `over` a time span (None: the whole view) in at most `bins` buckets. Called in a thread."""
        ...

    def position(self, row: int) -> int | None:
        """Offset of event `row`, or of the one nearest to it; None in an empty view."""
        ...

    def next_error(self, offset: int, step: int) -> int | None:
        """Offset of the next event after (`step` 1) or before (-1) `offset` that did not succeed, if any."""
        ...

    def next_gap(self, offset: int, step: int, least_ms: int) -> int | None:
        """Offset of the event behind the next silence of `least_ms` or more after `offset`, or before (`step` -1) it.

        None when there is none, or when the view is not in the order of time.
        """
        ...

    def next_mark(self, offset: int, step: int) -> int | None:
        """Offset of the next event after (`step` 1) or before (-1) `offset` that was marked itself, if any."""
        ...

    def facets(self, wanted: Facets, cancelled: Callable[[], bool]) -> "FacetPages":
        """The values of a column in this view. Called in a thread; asks `cancelled` as `Desk.select` does.

        An event with several values in a set column counts once under each. Raises CtworkError.
        """
        ...


class FacetPages(Protocol):
    """The values of one column in a view, in order. Never changes."""

    @property
    def wanted(self) -> Facets:
        """What was asked for."""
        ...

    @property
    def total(self) -> int:
        """How many values there are."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[FacetRow]:
        """Up to `limit` values from `offset` on, in at most 10 ms."""
        ...

    def position(self, value: str) -> int | None:
        """Offset of `value`; None when it is not among them."""
        ...

    def portraits(
        self,
        offset: int,
        limit: int,
        bins: int,
        over: Span | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Sequence[Portrait]:
        """One per row of `page`, with `bins` buckets each `over` a time span (None: the view). Called in a thread.

        When `cancelled()` turns true on the way it may raise anything: nobody waits for the answer.
        """
        ...


class IssuePages(Protocol):
    """Rows of a load report. Never changes."""

    @property
    def total(self) -> int:
        """How many there are."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[IssueLine]:
        """Up to `limit` rows from `offset` on, in at most 10 ms."""
        ...

    def position(self, number: int) -> int | None:
        """Offset of row `number` of the whole report, or of the next one; None when there is no row."""
        ...

    def next_loss(self, offset: int, step: int) -> int | None:
        """Offset of the next row after (`step` 1) or before (-1) `offset` that is a loss, if any."""
        ...


class Desk(Protocol):
    """The engine as the terminal sees it."""

    @property
    def progress(self) -> Progress:
        """The last known progress."""
        ...

    @property
    def lenses(self) -> LensPort:
        """The lenses of this case over time."""
        ...

    @property
    def marks(self) -> MarkPort:
        """The marks of this case."""
        ...

    @property
    def exports(self) -> ExportPort:
        """What leaves this case."""
        ...

    @property
    def hints(self) -> HintPort:
        """What this user has been told."""
        ...

    def select(self, lens: Lens, cancelled: Callable[[], bool]) -> View:
        """The events of `lens`. Called in a thread; asks `cancelled` now and then and may then return anything."""
        ...

    def suggest(
        self, field: str, begun: str, limit: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Sequence[Suggestion]:
        """Values that `begun` may become, the likeliest first: of lens field `field`, or of every word column for "".

        Called in a thread. Empty when there is none, when the field is unknown, or while nothing has been loaded. Asks
        `cancelled` as `select` does.
        """
        ...

    def detail(self, row: int) -> Detail:
        """Event `row`, read again from its carrier and verified, in at most 10 ms. Called in a thread."""
        ...

    def poll(self) -> Progress:
        """Takes in what the loader has done since the last call. Cheap."""
        ...

    def stop(self) -> None:
        """Stops loading and keeps what is done; of a reading that examines, nothing is kept."""
        ...

    def examine(self) -> None:
        """Reads everything once more, in the background, and looks into every record. Raises CtworkError.

        `stop` ends it. What is loaded stands until all of it can be replaced at once; `Progress.examining` tells.
        """
        ...

    def report(self) -> Report | None:
        """What was read and what was not; None while there is nothing to tell. Called in a thread."""
        ...

    def extent(self) -> Extent | None:
        """Which time, accounts and regions the events are of; None while the load runs. Called in a thread."""
        ...

    def issues(self, sieve: Sieve) -> IssuePages:
        """The rows of the load report that `sieve` wants. Called in a thread."""
        ...

    def surroundings(self, line: IssueLine) -> Surroundings:
        """The evidence around the place of `line`, read again. Called in a thread."""
        ...

    def event_of(self, line: IssueLine) -> int | None:
        """The event that `line` names; None when it names none. Called in a thread."""
        ...

    def rivals(self, row: int) -> tuple[Rival, ...]:
        """Event `row`, then every record with the same eventID and other bytes. Called in a thread."""
        ...

    def save_issues(self, path: str) -> int:
        """Writes the whole load report to `path`; returns how many rows. Called in a thread. Raises CtworkError."""
        ...
