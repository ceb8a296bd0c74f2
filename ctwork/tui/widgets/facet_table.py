"""The values of one column: how often each occurs, when, how it went, over time; each unfolds into another column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from ctwork.errors import CtworkError
from ctwork.model.legible import grouped, plain
from ctwork.tui import clock, facet_ruler, glyph, rendition, styled
from ctwork.tui.apart import apart
from ctwork.tui.desk import FacetKey, FacetOrder, FacetPages, FacetRow, Facets, Portrait
from ctwork.tui.folds import Folds
from ctwork.tui.ink import Ink
from ctwork.tui.pager import PAGE, PAGES_KEPT, Pager
from ctwork.tui.remark import SHORT
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking
from ctwork.zone import UTC_ZONE, Zone

_NOTHING = "(none)"
Value = tuple[str, str]
"""A lens field and one of its values, raw."""


class FacetTable(Table):
    """Shows `FacetPages`; says which value its cursor is on, and what it lacks to show more of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "only this", id="facet.take", tooltip="Only events with the value under the cursor"),
        Binding("slash", "find", "find", id="facet.find", tooltip="Only values like a text"),
        *walking("facet", "value"),
        Binding(
            "right,l,space", "unfold(True)", "unfold", show=False, id="facet.unfold", tooltip="Look inside a value"
        ),
        Binding("left,h", "unfold(False)", "fold", show=False, id="facet.fold", tooltip="Fold the value again"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another value; the last of `path` is inside of those before it."""

        path: tuple[Value, ...]

    class Opened(Table.Opened):
        """The value under the cursor was clicked twice."""

    class Finding(Message):
        """Only values like a text are wanted."""

    @dataclass
    class Unfolding(Message):
        """What is inside of a value is wanted."""

        value: Value

    @dataclass
    class Turned(Message):
        """These rows are on screen, and their portraits are not known."""

        pages: FacetPages
        offset: int
        limit: int

    @dataclass
    class Titled(Message):
        """The title of a measure was clicked."""

        key: FacetKey

    def __init__(self) -> None:
        super().__init__()
        self.field = ""
        self.place_text = ""
        """Which of the facets of the mode this is: ``2/4``."""
        self.waiting = ""
        """What is said in place of the titles while values are awaited."""
        self._source: FacetPages | None = None
        self._pager: Pager[FacetRow] | None = None
        self._portraits: dict[int, Portrait] = {}
        self._children: dict[str, tuple[str, Sequence[FacetRow]]] = {}
        self._sketches: dict[str, Sequence[Portrait]] = {}
        self._folds = Folds(0)
        self._names: dict[tuple[int, bool, int], list[str]] = {}
        self._named = 0
        """How many values there are, the missing one apart."""
        self._dated = False
        self.zone = UTC_ZONE

    # Values in

    def wait(self, text: str) -> None:
        """Says `text` in place of the titles; "" has them back."""
        if text != self.waiting:
            self.waiting = text
            self.refresh(Region(0, 0, self.size.width, 1))

    def tell_time(self, zone: Zone) -> None:
        """Writes times in `zone`."""
        self.zone = zone
        self._dated = self._spans_days()
        self.refresh()

    def show(self, pages: FacetPages, field: str) -> None:
        """Shows `pages` of lens field `field` with the cursor on the value it was on, or at the same height."""
        same = field == self.field
        before = self.path[:1] if self.led and same else ()
        height = self.offset_now - self.top if same else 0
        found = pages.position(before[0][1]) if before else None
        self.led = self.led and same
        self._source, self._pager, self.field = pages, Pager(pages), field
        self._portraits, self._children, self._sketches, self._names = {}, {}, {}, {}
        self._folds = Folds(pages.total)
        self._named = pages.total - (pages.position("") is not None)
        self._dated = self._spans_days()
        self.place(found or 0, height)
        self.turned()

    def portray(self, pages: FacetPages, offset: int, portraits: Sequence[Portrait]) -> None:
        """Adds what was found out about the values from `offset` on."""
        if pages is self._source:
            self._portraits.update(enumerate(portraits, offset))
            self.refresh()

    def unfold(self, value: Value, field: str, rows: Sequence[FacetRow]) -> None:
        """Shows what is inside of `value`: rows of lens field `field`."""
        place = self._source.position(value[1]) if self._source is not None and value[0] == self.field else None
        if place is None:
            return
        here = self._folds.at(self.offset_now)
        self._children[value[1]] = (field, rows)
        self._names.clear()
        self._folds = self._folds.opened(place, len(rows))
        self.place(self._folds.offset(*here), self.offset_now - self.top)
        self.turned()

    def sketch(self, value: Value, portraits: Sequence[Portrait]) -> None:
        """Adds what was found out about what is inside of `value`."""
        if value[0] == self.field and value[1] in self._children:
            self._sketches[value[1]] = portraits
            self.refresh()

    # Where the cursor is

    @property
    def wanted(self) -> Facets | None:
        """What the rows answer."""
        return self._source.wanted if self._source is not None else None

    @property
    def path(self) -> tuple[Value, ...]:
        """The value under the cursor, behind the one that it is inside of; () without any."""
        row, child = self._folds.at(self.offset_now)
        outer = self._row(row)
        if outer is None:
            return ()
        if child is None:
            return ((self.field, outer.value),)
        field, rows = self._children[outer.value]
        return ((self.field, outer.value), (field, rows[child].value))

    @property
    def total(self) -> int:
        return self._folds.total

    # Keys

    def action_unfold(self, wanted: bool) -> None:
        row, child = self._folds.at(self.offset_now)
        outer = self._row(row)
        if outer is None:
            return
        is_open = any(each == row for each, _ in self._folds.open)
        if wanted and not is_open:
            self.post_message(self.Unfolding((self.field, outer.value)))
        elif not wanted and is_open:
            self._folds = self._folds.closed(row)
            self.place(self._folds.offset(row), self.offset_now - self.top)
        elif wanted and child is None:
            self.go(self.offset_now + 1)

    def action_find(self) -> None:
        self.post_message(self.Finding())

    def action_take(self) -> None:
        self.post_message(self.Opened())

    # For the table

    def moved(self) -> None:
        if self.path:
            self.post_message(self.Moved(self.path))

    def on_resize(self, event: events.Resize) -> None:
        self.turned()  # there may be room now for what was not asked for

    def turned(self) -> None:
        if not facet_ruler.is_portrayed(self._fit()[1]):
            return
        first, _ = self._folds.at(self.top)
        last, _ = self._folds.at(min(self.top + self.rows, self.total) - 1) if self.total else (0, None)
        missing = [row for row in range(first, last + 1) if row not in self._portraits]
        if self._source is not None and missing and self.total:
            self.post_message(self.Turned(self._source, missing[0], missing[-1] - missing[0] + 1))

    def titled(self, x: int) -> None:
        value, cells = self._fit()
        if x < value:
            self.post_message(self.Titled("value"))
            return
        for cell in cells:
            inside = cell.start <= x < cell.start + facet_ruler.width_of(cell, dated=self._dated)
            if inside and cell.measure.key is not None:
                self.post_message(self.Titled(cell.measure.key))

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        if self.waiting:
            return [Piece("   " + styled.fitted(self.waiting, max(cells - 3, 0)), inks.label)]
        width, placed = self._fit()
        order = self._source.wanted.order if self._source is not None else FacetOrder()
        arrow = glyph.DOWN if order.descending else glyph.UP
        said = f"{SHORT.get(self.field, self.field)} {self.place_text}".rstrip()
        if self._source is not None:
            said += f" {glyph.DOT} {grouped(self._named)}"
            needle = self._source.wanted.needle
            said += f" like {plain(needle, 20)}" if needle else ""
        if order.key == "value":
            said += f" {arrow}"
        pieces = [Piece("   " + styled.fitted(said, width), inks.label)]
        for cell in placed:
            size = facet_ruler.width_of(cell, dated=self._dated)
            title = rendition.titled(cell.measure.title, arrow if cell.measure.key == order.key else "", size)
            text = title if cell.measure.is_text else title.strip().rjust(size)
            pieces.append(Piece(" " + text, inks.label))
        return pieces

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        if not 0 <= offset < self.total:
            return None
        place, child = self._folds.at(offset)
        outer = self._row(place)
        if outer is None:
            return None
        row, portrait = outer, self._portraits.get(place)
        if child is not None:
            sketches = self._sketches.get(outer.value, ())
            row = self._children[outer.value][1][child]
            portrait = sketches[child] if child < len(sketches) else None
        is_open = child is None and any(each == place for each, _ in self._folds.open)
        sign = "  " if child is not None else f"{glyph.OPEN if is_open else glyph.CLOSED} "
        width, placed = self._fit()
        indent = "  " if child is not None else ""
        called = self._called(place, child, width - len(indent))
        named = indent + styled.fitted(called or _NOTHING, width - len(indent))
        pieces = [
            Piece(glyph.CURSOR if chosen else " ", inks.cursor if chosen else inks.base),
            Piece(sign, inks.cursor if chosen else inks.rule),
            Piece(named, inks.cursor if chosen else inks.base if row.value else inks.quiet),
        ]
        for cell in placed:
            size = facet_ruler.width_of(cell, dated=self._dated)
            shown = facet_ruler.told(cell.measure, row, portrait, dated=self._dated, zone=self.zone)
            style = {"errors": inks.denied, "trend": inks.bar, "count": inks.base}.get(cell.measure.name, inks.quiet)
            fitted = styled.fitted(shown, size)
            text = fitted if cell.measure.is_text else fitted.strip().rjust(size)
            pieces.append(Piece(" " + text, inks.cursor if chosen else style))
        return pieces

    # Inside

    def _called(self, place: int, child: int | None, cells: int) -> str:
        """A value in so many cells, told apart from the others of its page, or of the value that it is inside of."""
        first = place if child is not None else place // PAGE * PAGE
        found = self._names.get((first, child is None, cells))
        if found is None:
            outer = self._row(place) if child is not None else None
            inner = self._children[outer.value][1] if outer is not None else ()
            rows = inner if child is not None else map(self._row, range(first, min(first + PAGE, self._folds.rows)))
            if len(self._names) > PAGES_KEPT:
                self._names.clear()
            found = apart([row.value if row is not None else "" for row in rows], cells)
            self._names[first, child is None, cells] = found
        return found[place - first if child is None else child]

    def _row(self, place: int) -> FacetRow | None:
        try:
            return self._pager.line(place) if self._pager is not None else None
        except CtworkError:
            return None

    def _spans_days(self) -> bool:
        """Whether the times of the values on the first page are of more than a day."""
        rows = [row for row in map(self._row, range(min(self._folds.rows, PAGE))) if row is not None]
        times = [time for row in rows for time in (row.first_ms, row.last_ms) if time is not None]
        return len({clock.day(time, self.zone) for time in times}) > 1

    def _fit(self) -> tuple[int, tuple[facet_ruler.Cell, ...]]:
        return facet_ruler.fit(self.size.width - 1, SHORT.get(self.field, self.field), dated=self._dated)
