"""Rows of a text under one line of title, walked with a cursor that turns the page by half when it leaves it.

Other rows are compared with those on screen and only the changed ones are drawn again: stepping through events must
stay cheap over a slow link.
"""

from textual import events
from textual.geometry import Region
from textual.widget import Widget

from ctwork.tui.folding import Row


class Sheet(Widget, can_focus=True):
    """Knows its rows, and where its cursor is. A subclass draws them."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._at = 0
        self._top = 0

    def touched(self) -> None:
        """The row under the cursor was clicked."""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self._at] if self._at < len(self._rows) else None

    # Rows in

    def write(self, rows: list[Row]) -> None:
        """Shows `rows` in place of those before, from the same height on."""
        before, self._rows = self._rows, rows
        top = self._top
        self._at = min(self._at, max(len(rows) - 1, 0))
        self._top = self._bounded(top)
        if self._top != top or self.has_focus:
            self.refresh()
            return
        for y in range(self._height):
            number = top + y
            if (before[number] if number < len(before) else None) != (rows[number] if number < len(rows) else None):
                self._refresh_line(y + 1)

    def rewind(self) -> None:
        """The next rows are shown from the first one on."""
        self._at = self._top = 0

    def put(self, number: int) -> None:
        """The cursor on row `number`, in sight."""
        self._at = number
        if not self._top <= self._at < self._top + self._height:
            self._top = self._bounded(self._at - self._height // 2)
        self.refresh()

    # Keys

    def action_move(self, step: int) -> None:
        before = self._at
        self._at = max(0, min(self._at + step, len(self._rows) - 1))
        top = self._top
        if not top <= self._at < top + self._height:
            half = self._height // 2 if abs(step) == 1 else 0
            top = self._at - half if step > 0 else self._at - self._height + 1 + half
            self._top = self._bounded(top)
            self.refresh()
        else:
            self._refresh_row(before)
            self._refresh_row(self._at)
            self._refresh_line(0)

    def action_turn(self, step: int) -> None:
        self.action_move(step * self._height)

    def action_first(self) -> None:
        self.action_move(-len(self._rows))

    def action_last(self) -> None:
        self.action_move(len(self._rows))

    # Events

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is not None and place.y > 0 and self._top + place.y - 1 < len(self._rows):
            before, self._at = self._at, self._top + place.y - 1
            self._refresh_row(before)
            self._refresh_row(self._at)
            self.touched()

    def on_mouse_scroll_down(self) -> None:
        self._scroll(3)

    def on_mouse_scroll_up(self) -> None:
        self._scroll(-3)

    # Inside

    @property
    def _height(self) -> int:
        return max(self.content_size.height - 1, 1)

    def _bounded(self, top: int) -> int:
        return max(0, min(top, len(self._rows) - self._height))

    def _scroll(self, step: int) -> None:
        top = self._bounded(self._top + step)
        if top != self._top:
            self._top = top
            self.refresh()

    def _refresh_row(self, number: int) -> None:
        y = number - self._top + 1
        if 1 <= y <= self._height:
            self._refresh_line(y)

    def _refresh_line(self, y: int) -> None:
        left, top = self.gutter.left, self.gutter.top
        self.refresh(Region(left, top + y, self.content_size.width, 1))
