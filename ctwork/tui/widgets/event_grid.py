"""The table of events: a view page by page, with a cursor on one value of one event."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ctwork.errors import CtworkError
from ctwork.tui import clock, glyph, rendition, styled
from ctwork.tui.desk import Line, View
from ctwork.tui.ink import Ink
from ctwork.tui.marks import Marks
from ctwork.tui.pager import Pager, seek
from ctwork.tui.rendition import Guise
from ctwork.tui.ruler import Slot, fit, time_text
from ctwork.tui.stretch import Stretch
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking
from ctwork.zone import UTC_ZONE, Zone


class EventGrid(Table):
    """Shows a `View`; says where its cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *walking("grid", "event"),
        Binding("right,l", "column(1)", "next column", show=False, id="grid.right", tooltip="Next column"),
        Binding("left,h", "column(-1)", "previous column", show=False, id="grid.left", tooltip="Previous column"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another event."""

        offset: int
        line: Line

    class Opened(Table.Opened):
        """The event under the cursor is to be read in full: it was clicked twice."""

    @dataclass
    class Titled(Message):
        """The title of a column was clicked."""

        field: str

    @dataclass
    class Troubled(Message):
        """A page could not be read."""

        title: str

    def __init__(self) -> None:
        super().__init__()
        self.view: View | None = None
        self.field = "principal"
        self.many_accounts = False
        """The events are of more than one account."""
        self.zone = UTC_ZONE
        self.marks = Marks()
        self.elapsed = False
        """The column of time says how long after the latest mark, or after the row before, an event was."""
        self.stretch: Stretch | None = None
        self._wanted: int | None = None
        self._centred = False
        self._dated = False
        self._pager: Pager[Line] | None = None
        self._ends: tuple[int | None, ...] = ()
        self.outdated = ""
        """Not empty when the rows do not answer the lens in the bar: what they do answer."""

    # Values in

    def show(self, view: View) -> None:
        """Shows `view` with the cursor on the event it was put on, or the nearest that is left, at the same height."""
        before, wanted = self.line if self.led else None, self._wanted
        height = self.rows // 2 if self._centred else self.offset_now - self.top
        self._centred = False
        self.view = view
        self._pager = Pager(view)
        self._measure()
        row = wanted if wanted is not None else before.row if before is not None else None
        found = view.position(row) if row is not None and view.total else None
        if wanted is not None and not self.has_at(found, wanted):
            found = view.position(before.row) if before is not None and view.total else None
        self._wanted = None
        self.place(found or 0, height)

    def tell_time(self, zone: Zone, *, elapsed: bool) -> None:
        """Writes times in `zone`, or as distances."""
        self.zone, self.elapsed = zone, elapsed
        self._measure()
        self.refresh()

    def tell_marks(self, marks: Marks) -> None:
        """Reads the lines on screen again, with the marks they have now."""
        self.marks = marks
        if self.view is not None:
            self._pager = Pager(self.view)
        self.refresh()

    def tell_stretch(self, stretch: Stretch | None) -> None:
        """Shows which stretch of time is being chosen; draws only the rows that enter or leave it."""
        before, self.stretch = self.stretch, stretch
        for offset in range(self.top, min(self.top + self.rows, self.total)):
            line = self.line_at(offset)
            if line is not None and _within(before, line) != _within(stretch, line):
                self.refresh_row(offset)

    def outdate(self, said: str) -> None:
        """Marks the rows as an answer to something else, and says in place of the titles to what; "" ends it."""
        if said != self.outdated:
            self.outdated = said
            self.refresh()

    def tell_accounts(self, many: bool) -> None:
        """Says whether the events are of more than one account."""
        if many != self.many_accounts:
            self.many_accounts = many
            self.refresh()

    def centre(self) -> None:
        """The event under the cursor is to stand in the middle of the next view."""
        self.led = self._centred = True

    def want(self, row: int) -> None:
        """The next view is shown with the cursor on event `row`, if it is there."""
        self._wanted = row

    def has_at(self, offset: int | None, row: int) -> bool:
        """Whether event `row` is the one at `offset`."""
        line = None if offset is None else self.line_at(offset)
        return line is not None and line.row == row

    # Where the cursor is

    @property
    def total(self) -> int:
        return self.view.total if self.view is not None else 0

    @property
    def line(self) -> Line | None:
        """The event under the cursor."""
        return self.line_at(self.offset_now)

    def line_at(self, offset: int) -> Line | None:
        """The event at `offset`; None outside the view, or when its page cannot be read."""
        if self._pager is None:
            return None
        try:
            return self._pager.line(offset)
        except CtworkError as error:
            self.post_message(self.Troubled(error.title))
            return None

    def seek(self, time_ms: int) -> None:
        """Puts the cursor on the first event at or after `time_ms`."""
        if self.view is not None:
            self.go(seek(self.view, time_ms))

    def action_column(self, step: int) -> None:
        fields = [slot.column.field for slot in self._slots if slot.column.field]
        place = fields.index(self.field) if self.field in fields else 0
        self.field = fields[max(0, min(place + step, len(fields) - 1))]
        self.refresh_row(self.offset_now)

    # For the table

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        if self.outdated:
            return [Piece(" " + styled.shortened(f"{glyph.WARNING} {self.outdated}", cells - 1), inks.failed)]
        sort = None if self.view is None else self.view.lens.sort
        return rendition.head(self._slots, inks, sort, self.zone.label(*self._ends))

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        line = self.line_at(offset)
        if line is None:
            return None
        if chosen:
            return rendition.cursor_row(
                line, self._slots, inks, self.field if self.has_focus else "", self._guise(offset, line)
            )
        return rendition.row(line, self._slots, inks.faded if self.outdated else inks, self._guise(offset, line))

    def moved(self) -> None:
        line = self.line
        if line is not None:
            self.post_message(self.Moved(self.offset_now, line))

    def touched(self, x: int) -> None:
        self.field = self._field_at(x) or self.field

    def titled(self, x: int) -> None:
        if field := self._field_at(x):
            self.post_message(self.Titled(field))

    def _field_at(self, x: int) -> str:
        return next((slot.column.field for slot in self._slots if slot.start <= x < slot.start + slot.width), "")

    # Inside

    @property
    def _slots(self) -> tuple[Slot, ...]:
        return fit(self.size.width - 1, dated=self._dated, accounts=self.many_accounts, elapsed=self.elapsed)

    def _measure(self) -> None:
        """Finds out which days the events are of."""
        self._ends = (self.view.span_ms if self.view is not None else None) or ()
        days = {None if time is None else clock.day(time, self.zone) for time in self._ends}
        self._dated = len(days) > 1

    def _guise(self, offset: int, line: Line) -> Guise:
        return Guise(self._time(offset, line), _within(self.stretch, line))

    def _time(self, offset: int, line: Line) -> str | None:
        """What stands in the column of time; None for the time itself, in UTC."""
        if not self.elapsed:
            if self.zone.is_utc:
                return None
            return time_text(line, self._slots[0].width, self.zone)
        marked = self.marks.latest
        since = marked if marked is not None else self.line_at(offset - 1)
        if since is None or since.time_ms is None or line.time_ms is None:
            return glyph.NONE
        return clock.elapsed(line.time_ms - since.time_ms)


def _within(stretch: Stretch | None, line: Line) -> bool:
    return stretch is not None and stretch.covers(line.time_ms)
