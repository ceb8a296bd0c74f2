"""The table of events: as many rows as the view holds, of which only those on screen exist.

Ten million rows cost what forty cost. The cursor moves inside the page, and the page turns by half when the cursor leaves it:
a moved line costs bytes on every key, so fewer and larger jumps win over a slow link.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ctwork.errors import CtworkError
from ctwork.tui import clock, glyph, styled
from ctwork.tui.desk import Line, View
from ctwork.tui.ink import Ink, ink
from ctwork.tui.ruler import Slot, cell, fit
from ctwork.tui.styled import Piece

_PAGE = 256
_PAGES_KEPT = 6


class EventGrid(ScrollView, can_focus=True):
    """Shows a `View`; says where its cursor is."""

    DEFAULT_CSS = "EventGrid { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="grid.open", tooltip="Read the whole record"),
        Binding("down,j", "move(1)", "next event", show=False, id="grid.down"),
        Binding("up,k", "move(-1)", "previous event", show=False, id="grid.up"),
        Binding("pagedown,ctrl+f", "turn(1)", "page down", show=False, id="grid.page-down"),
        Binding("pageup,ctrl+b", "turn(-1)", "page up", show=False, id="grid.page-up"),
        Binding("home,g", "first", "first event", show=False, id="grid.first"),
        Binding("end,G", "last", "last event", show=False, id="grid.last"),
        Binding("right,l", "column(1)", "next column", show=False, id="grid.right"),
        Binding("left,h", "column(-1)", "previous column", show=False, id="grid.left"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another event."""

        offset: int
        line: Line

    class Opened(Message):
        """The event under the cursor is to be read in full."""

    @dataclass
    class Troubled(Message):
        """A page could not be read."""

        title: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view: View | None = None
        self.offset_now = 0
        self.field = "principal"
        self.empty_text = ""
        self._dated = False
        self._pages: OrderedDict[int, Sequence[Line]] = OrderedDict()

    # Values in

    def show(self, view: View) -> None:
        """Shows `view`, with the cursor on the event it was on, or on the nearest one that is left, at the same height."""
        before = self.line
        height = self.offset_now - self.top
        self.view = view
        self._pages.clear()
        self._dated = self._spans_days()
        found = view.position(before.row) if before is not None and view.total else None
        self.offset_now = min(found or 0, max(view.total - 1, 0))
        self.virtual_size = Size(1, view.total + 1)
        self.scroll_to(y=self.offset_now - height, animate=False)
        self.refresh()
        self._tell()

    def explain(self, text: str) -> None:
        """What to say while there is no event to show."""
        if text != self.empty_text:
            self.empty_text = text
            self.refresh()

    # Where the cursor is

    @property
    def line(self) -> Line | None:
        """The event under the cursor."""
        return self.line_at(self.offset_now)

    @property
    def top(self) -> int:
        """Offset of the first event on screen."""
        return self.scroll_offset.y

    @property
    def rows(self) -> int:
        """Events that fit on screen under the head."""
        return max(self.scrollable_content_region.height - 1, 1)

    def line_at(self, offset: int) -> Line | None:
        """The event at `offset`, from the pages kept around the screen."""
        view = self.view
        if view is None or not 0 <= offset < view.total:
            return None
        number, place = divmod(offset, _PAGE)
        page = self._pages.get(number)
        if page is None:
            try:
                page = view.page(number * _PAGE, _PAGE)
            except CtworkError as error:
                page = ()
                self.post_message(self.Troubled(error.title))
            self._pages[number] = page
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return page[place] if place < len(page) else None

    def go(self, offset: int) -> None:
        """Puts the cursor on `offset` and turns the page by half when it is not on screen."""
        view = self.view
        if view is None or not view.total:
            return
        offset = max(0, min(offset, view.total - 1))
        if offset == self.offset_now:
            return
        before, self.offset_now = self.offset_now, offset
        if self.top <= offset < self.top + self.rows:
            self._refresh_row(before)
            self._refresh_row(offset)
        else:
            self.scroll_to(y=offset - self.rows // 2, animate=False)
            self._refresh_row(before)
            self._refresh_row(offset)
        self._tell()

    def seek(self, time_ms: int) -> None:
        """Puts the cursor on the first event at or after `time_ms`, by bisection; events must be in order of time."""
        view = self.view
        if view is None:
            return
        low, high = 0, view.total
        while low < high:
            place = (low + high) // 2
            found = view.page(place, 1)
            if found and (found[0].time_ms or 0) < time_ms:
                low = place + 1
            else:
                high = place
        self.go(low)

    # Keys

    def action_move(self, step: int) -> None:
        self.go(self.offset_now + step)

    def action_turn(self, step: int) -> None:
        top = self.top
        self.scroll_to(y=top + step * self.rows, animate=False)
        self.go(self.offset_now + (self.top - top or step * self.rows))

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(self.view.total - 1 if self.view else 0)

    def action_column(self, step: int) -> None:
        fields = [slot.column.field for slot in self._slots if slot.column.field]
        place = fields.index(self.field) if self.field in fields else 0
        self.field = fields[max(0, min(place + step, len(fields) - 1))]
        self._refresh_row(self.offset_now)

    def action_open(self) -> None:
        if self.line is not None:
            self.post_message(self.Opened())

    # Events

    def on_resize(self, event: events.Resize) -> None:
        if not self.top <= self.offset_now < self.top + self.rows:
            self.scroll_to(y=self.offset_now - self.rows // 2, animate=False)

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None or place.y == 0:
            return
        for slot in self._slots:
            if slot.column.field and slot.start <= place.x < slot.start + slot.width:
                self.field = slot.column.field
        self._refresh_row(self.offset_now)
        self.go(self.top + place.y - 1)
        if event.chain == 2:
            self.action_open()

    def on_focus(self) -> None:
        self._refresh_row(self.offset_now)

    def on_blur(self) -> None:
        self._refresh_row(self.offset_now)

    # Drawing

    def render_line(self, y: int) -> Strip:
        cells = self.scrollable_content_region.width
        inks = ink(self)
        if y == 0:
            return self._head(cells, inks)
        offset = self.top + y - 1
        line = self.line_at(offset)
        if line is None:
            return self._blank(y, cells, inks)
        here = offset == self.offset_now
        return styled.strip(self._pieces(line, here, inks), cells, inks.cursor if here else inks.base)

    def _pieces(self, line: Line, here: bool, inks: Ink) -> list[Piece]:
        ground = inks.cursor if here else inks.base
        pieces = [Piece(glyph.CURSOR if here else " ", ground)]
        at = 1
        for slot in self._slots:
            pieces.append(Piece(" " * (slot.start - at), ground))
            shown = styled.fitted(cell(line, slot), slot.width)
            field = slot.column.field
            if here and field == self.field and self.has_focus:
                bare = shown.rstrip(" ")
                pieces += [Piece(bare, inks.cell), Piece(shown[len(bare) :], ground)]
            elif here:
                pieces.append(Piece(shown, ground))
            elif field == "":
                pieces += _signs(shown, line, inks)
            else:
                pieces.append(Piece(shown, _style(field, line, inks)))
            at = slot.start + slot.width
        return pieces

    def _head(self, cells: int, inks: Ink) -> Strip:
        at = 0
        pieces = []
        for slot in self._slots:
            pieces.append(Piece(" " * (slot.start - at), inks.label))
            pieces.append(Piece(styled.fitted(slot.column.title, slot.width), inks.label))
            at = slot.start + slot.width
        return styled.strip(pieces, cells, inks.label)

    def _blank(self, y: int, cells: int, inks: Ink) -> Strip:
        if (self.view is None or not self.view.total) and y == max(self.rows // 3, 1):
            shown = styled.shortened(self.empty_text, max(cells - 2, 0))
            pad = " " * max((cells - styled.cells_of(shown)) // 2, 0)
            return styled.strip([Piece(pad + shown, inks.quiet)], cells, inks.base)
        return styled.strip([], cells, inks.base)

    # Inside

    @property
    def _slots(self) -> tuple[Slot, ...]:
        return fit(self.scrollable_content_region.width, dated=self._dated)

    def _spans_days(self) -> bool:
        if self.view is None or not self.view.total:
            return False
        ends = [line.time_ms for line in (self.line_at(0), self.line_at(self.view.total - 1)) if line is not None]
        days = {None if time is None else time // clock.DAY_MS for time in ends}
        return len(days) > 1

    def _refresh_row(self, offset: int) -> None:
        y = offset - self.top + 1
        if 1 <= y <= self.rows:
            self.refresh(Region(0, y, self.scrollable_content_region.width, 1))

    def _tell(self) -> None:
        line = self.line
        if line is not None:
            self.post_message(self.Moved(self.offset_now, line))


def _failing(line: Line, inks: Ink) -> Style:
    return inks.throttled if line.outcome == "throttled" else inks.denied


def _signs(shown: str, line: Line, inks: Ink) -> list[Piece]:
    return [Piece(shown[0], _failing(line, inks)), Piece(shown[1], inks.write), Piece(shown[2:], inks.denied)]


def _style(field: str, line: Line, inks: Ink) -> Style:
    if field == "time":
        return inks.quiet
    return _failing(line, inks) if field in {"event", "error"} and line.outcome not in {"ok", ""} else inks.base
