"""The table of events: as many rows as the view holds, of which only those on screen exist.

Ten million rows cost what forty cost. The cursor moves inside the page, and the page turns by half when the cursor
leaves it: a moved line costs bytes on every key, so fewer and larger jumps win over a slow link. For the same reason
the scroll bar is drawn as the last cell of each row; a scroll bar widget would cost another 44 bytes per row and page.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctwork.errors import CtworkError
from ctwork.tui import clock, glyph, styled
from ctwork.tui.desk import Line, View
from ctwork.tui.ink import Ink, ink
from ctwork.tui.pager import Pager
from ctwork.tui.rendition import cursor_row, head, row
from ctwork.tui.ruler import Slot, fit
from ctwork.tui.styled import Piece


class EventGrid(Widget, can_focus=True):
    """Shows a `View`; says where its cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = [
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
        """The event under the cursor is to be read in full: it was clicked twice."""

    @dataclass
    class Troubled(Message):
        """A page could not be read."""

        title: str

    def __init__(self) -> None:
        super().__init__()
        self.view: View | None = None
        self.offset_now = 0
        self.top = 0
        """Offset of the first event on screen."""
        self.field = "principal"
        self.empty_text = ""
        self._dated = False
        self._pager: Pager | None = None

    # Values in

    def show(self, view: View) -> None:
        """Shows `view` with the cursor on the event it was on, or the nearest that is left, at the same height."""
        before = self.line
        height = self.offset_now - self.top
        self.view = view
        self._pager = Pager(view)
        self._dated = self._spans_days()
        found = view.position(before.row) if before is not None and view.total else None
        self.offset_now = min(found or 0, max(view.total - 1, 0))
        self.top = self._bounded(self.offset_now - height)
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
    def rows(self) -> int:
        """Events that fit on screen under the head."""
        return max(self.size.height - 1, 1)

    def line_at(self, offset: int) -> Line | None:
        """The event at `offset`; None outside the view, or when its page cannot be read."""
        if self._pager is None:
            return None
        try:
            return self._pager.line(offset)
        except CtworkError as error:
            self.post_message(self.Troubled(error.title))
            return None

    def go(self, offset: int) -> None:
        """Puts the cursor on `offset` and turns the page by half when it is not on screen."""
        view = self.view
        if view is None or not view.total:
            return
        offset = max(0, min(offset, view.total - 1))
        in_sight = self.top <= offset < self.top + self.rows
        if offset == self.offset_now and in_sight:
            return
        before, self.offset_now = self.offset_now, offset
        if in_sight:
            self._refresh_row(before)
            self._refresh_row(offset)
        else:
            self._turn_to(offset - self.rows // 2)
        self._tell()

    def seek(self, time_ms: int) -> None:
        """Puts the cursor on the first event at or after `time_ms`."""
        if self._pager is not None:
            self.go(self._pager.seek(time_ms))

    # Keys

    def action_move(self, step: int) -> None:
        self.go(self.offset_now + step)

    def action_turn(self, step: int) -> None:
        top = self.top
        self._turn_to(top + step * self.rows)
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

    # Events

    def on_resize(self, event: events.Resize) -> None:
        if not self.top <= self.offset_now < self.top + self.rows:
            self._turn_to(self.offset_now - self.rows // 2)
        self.top = self._bounded(self.top)

    def on_mouse_scroll_down(self) -> None:
        self._turn_to(self.top + 3)

    def on_mouse_scroll_up(self) -> None:
        self._turn_to(self.top - 3)

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is None or place.y == 0 or self.view is None:
            return
        if place.x == self.size.width - 1:
            self.go((place.y - 1) * self.view.total // self.rows)
            return
        for slot in self._slots:
            if slot.column.field and slot.start <= place.x < slot.start + slot.width:
                self.field = slot.column.field
        self._refresh_row(self.offset_now)
        self.go(self.top + place.y - 1)
        if event.chain == 2:
            self.post_message(self.Opened())

    def on_focus(self) -> None:
        self._refresh_row(self.offset_now)

    def on_blur(self) -> None:
        self._refresh_row(self.offset_now)

    # Drawing

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        inks = ink(self)
        if y == 0:
            return styled.strip(head(self._slots, inks), cells, inks.label)
        offset = self.top + y - 1
        line = self.line_at(offset)
        if line is None:
            return self._blank(y, cells, inks)
        if offset == self.offset_now:
            ground = inks.cursor
            pieces = cursor_row(line, self._slots, inks, self.field if self.has_focus else "")
        else:
            ground = inks.base
            pieces = row(line, self._slots, inks)
        if y in self._thumb:
            pieces += [Piece(" " * self._spare, ground), Piece(glyph.THUMB, inks.rule)]
        return styled.strip(pieces, cells, ground)

    def _blank(self, y: int, cells: int, inks: Ink) -> Strip:
        if (self.view is None or not self.view.total) and y == max(self.rows // 3, 1):
            shown = styled.shortened(self.empty_text, max(cells - 2, 0))
            pad = " " * max((cells - styled.cells_of(shown)) // 2, 0)
            return styled.strip([Piece(pad + shown, inks.quiet)], cells, inks.base)
        return styled.strip([], cells, inks.base)

    # Inside

    @property
    def _slots(self) -> tuple[Slot, ...]:
        return fit(self.size.width - 1, dated=self._dated)

    @property
    def _spare(self) -> int:
        """Cells between the last column and the scroll bar."""
        last = self._slots[-1]
        return max(self.size.width - 1 - last.start - last.width, 0)

    @property
    def _thumb(self) -> range:
        """Lines at whose end the scroll bar shows where the page is; none when all is on screen."""
        total = self.view.total if self.view is not None else 0
        if total <= self.rows:
            return range(0)
        length = max(self.rows * self.rows // total, 1)
        start = 1 + self.top * (self.rows - length) // max(total - self.rows, 1)
        return range(start, start + length)

    def _bounded(self, top: int) -> int:
        return max(0, min(top, (self.view.total if self.view is not None else 0) - self.rows))

    def _turn_to(self, top: int) -> None:
        top = self._bounded(top)
        if top != self.top:
            self.top = top
            self.refresh()

    def _spans_days(self) -> bool:
        if self.view is None or not self.view.total:
            return False
        ends = [line.time_ms for line in (self.line_at(0), self.line_at(self.view.total - 1)) if line is not None]
        days = {None if time is None else time // clock.DAY_MS for time in ends}
        return len(days) > 1

    def _refresh_row(self, offset: int) -> None:
        y = offset - self.top + 1
        if 1 <= y <= self.rows:
            self.refresh(Region(0, y, self.size.width, 1))

    def _tell(self) -> None:
        line = self.line
        if line is not None:
            self.post_message(self.Moved(self.offset_now, line))
