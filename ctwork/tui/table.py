"""A table with a cursor and as many rows as there are, of which only those on screen exist.

Ten million rows cost what forty cost. The cursor moves inside the page, and the page turns by half when the cursor
leaves it: a moved line costs bytes on every key, so fewer and larger jumps win over a slow link. For the same reason
the scroll bar is drawn as the last cell of each row; a scroll bar widget would cost another 44 bytes per row and page.
"""

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.legible import plain
from ctwork.tui import glyph, styled
from ctwork.tui.folding import wrapped
from ctwork.tui.ink import Ink, ink
from ctwork.tui.styled import Piece


class Table(Widget, can_focus=True):
    """Rows under one line of titles. A subclass knows how many there are and what each looks like."""

    lasting = True
    """Whether the cursor is also shown while another widget has the focus."""

    class Opened(Message):
        """The row under the cursor was clicked twice."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(id=name)
        self.offset_now = 0
        self.top = 0
        """Offset of the first row on screen."""
        self.empty_text = ""
        self.led = False
        """The investigator has put the cursor where it is; until then it stays on the first row, whatever that is."""

    # What a subclass says

    @property
    def total(self) -> int:
        """Rows in all."""
        raise NotImplementedError

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        """The line of titles."""
        raise NotImplementedError

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        """Row `offset`, under the cursor when `chosen`; None when there is none. At most `cells` cells."""
        raise NotImplementedError

    def moved(self) -> None:
        """The cursor is on another row."""

    def turned(self) -> None:
        """Other rows are on screen, wherever the cursor is."""

    def touched(self, x: int) -> None:
        """A row was clicked in cell `x`."""

    def titled(self, x: int) -> None:
        """The line of titles was clicked in cell `x`."""

    # Values in

    def explain(self, text: str) -> None:
        """What to say while there is no row to show."""
        if text != self.empty_text:
            self.empty_text = text
            self.refresh()

    def place(self, offset: int, height: int) -> None:
        """After the rows were replaced: the cursor on `offset`, `height` rows below the first one on screen."""
        self.offset_now = max(0, min(offset, self.total - 1))
        self.top = self._bounded(self.offset_now - height)
        self.refresh()
        self.moved()

    # Where the cursor is

    @property
    def rows(self) -> int:
        """Rows that fit on screen under the titles."""
        return max(self.size.height - 1, 1)

    def go(self, offset: int) -> None:
        """Puts the cursor on `offset` and turns the page by half when it is not on screen."""
        if not self.total:
            return
        self.led = True
        offset = max(0, min(offset, self.total - 1))
        in_sight = self.top <= offset < self.top + self.rows
        if offset == self.offset_now and in_sight:
            return
        before, self.offset_now = self.offset_now, offset
        if in_sight:
            self.refresh_row(before)
            self.refresh_row(offset)
        else:
            self._turn_to(offset - self.rows // 2)
        self.moved()

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
        self.go(self.total - 1)

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
        if place is None or not self.total:
            return
        if place.y == 0:
            self.titled(place.x)
            return
        if place.x == self.size.width - 1:
            self.go((place.y - 1) * self.total // self.rows)
            return
        self.touched(place.x)
        self.refresh_row(self.offset_now)
        self.go(self.top + place.y - 1)
        if event.chain == 2:
            self.post_message(self.Opened())

    def on_focus(self) -> None:
        self.refresh_row(self.offset_now)

    def on_blur(self) -> None:
        self.refresh_row(self.offset_now)

    # Drawing

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        inks = ink(self)
        if y == 0:
            return styled.strip(self.head(cells - 1, inks), cells, inks.label)
        offset = self.top + y - 1
        chosen = offset == self.offset_now and (self.lasting or self.has_focus)
        pieces = self.row(offset, cells - 1, inks, chosen=chosen)
        if pieces is None:
            return self._blank(y, cells, inks)
        ground = inks.cursor if chosen else inks.base
        if y in self._thumb:
            used = sum(styled.cells_of(piece.text) for piece in pieces)
            pieces = [*pieces, Piece(" " * (cells - 1 - used), ground), Piece(glyph.THUMB, inks.rule)]
        return styled.strip(pieces, cells, ground)

    def refresh_row(self, offset: int) -> None:
        """Draws row `offset` again if it is on screen."""
        y = offset - self.top + 1
        if 1 <= y <= self.rows:
            self.refresh(Region(0, y, self.size.width, 1))

    def _blank(self, y: int, cells: int, inks: Ink) -> Strip:
        said = self._empty_lines(cells - 2) if not self.total else []
        place = y - max(self.rows // 3, 1)
        if 0 <= place < len(said):
            pad = " " * max((cells - styled.cells_of(said[place])) // 2, 0)
            return styled.strip([Piece(pad + said[place], inks.quiet)], cells, inks.base)
        return styled.strip([], cells, inks.base)

    def _empty_lines(self, cells: int) -> list[str]:
        """What is said instead of rows, in lines of at most `cells`."""
        return [part.rstrip() for line in self.empty_text.split("\n") for part in wrapped(plain(line), max(cells, 8))]

    @property
    def _thumb(self) -> range:
        """Lines at whose end the scroll bar shows where the page is; none when all is on screen."""
        total = self.total
        if total <= self.rows:
            return range(0)
        length = max(self.rows * self.rows // total, 1)
        start = 1 + self.top * (self.rows - length) // max(total - self.rows, 1)
        return range(start, start + length)

    def _bounded(self, top: int) -> int:
        return max(0, min(top, self.total - self.rows))

    def _turn_to(self, top: int) -> None:
        top = self._bounded(top)
        if top != self.top:
            self.top = top
            self.refresh()
            self.turned()
