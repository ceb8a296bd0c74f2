"""The lenses that were saved: name, how many events each shows, and what it says."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from ctwork.tui import clock, styled
from ctwork.tui.ink import Ink
from ctwork.tui.shelf import SavedLens
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking

_NAME = 22
_EVENTS = 11
_SPACIOUS = 100
_WHEN = 18


class SavedTable(Table):
    """Shows saved lenses; the screen says what happens to the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = walking("grid", "lens")

    class Opened(Table.Opened):
        """The lens under the cursor was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self.rows_known: Sequence[SavedLens] = ()
        self._counts: Mapping[str, str] = {}

    def show(self, lenses: Sequence[SavedLens], counts: Mapping[str, str]) -> None:
        """Shows `lenses`; `counts` says how many events each lens text has, where that is known."""
        same = tuple(lenses) == tuple(self.rows_known)
        self.rows_known, before, self._counts = tuple(lenses), self._counts, dict(counts)
        if not same:
            self.place(self.offset_now, self.offset_now - self.top)
            return
        for offset, each in enumerate(self.rows_known):
            if before.get(each.lens) != counts.get(each.lens):
                self.refresh_row(offset)

    @property
    def total(self) -> int:
        return len(self.rows_known)

    @property
    def here(self) -> SavedLens | None:
        """The lens under the cursor."""
        return self.rows_known[self.offset_now] if self.offset_now < self.total else None

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        when = f"{'saved (UTC)':<{_WHEN}}" if cells >= _SPACIOUS else ""
        return [Piece(f" {'name':<{_NAME}} {'events':>{_EVENTS}}  {when}lens", inks.label)]

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        if not 0 <= offset < self.total:
            return None
        each = self.rows_known[offset]
        name = f" {styled.fitted(each.name, _NAME)}"
        count = f" {self._counts.get(each.lens, ''):>{_EVENTS}}  "
        when = f"{clock.stamp(each.saved_ms, '%Y-%m-%d %H:%M'):<{_WHEN}}" if cells >= _SPACIOUS else ""
        lens = styled.shortened(each.lens, max(cells - _NAME - _EVENTS - len(when) - 5, 1))
        if chosen:
            return [Piece(name + count + when + lens, inks.cursor)]
        return [Piece(name, inks.title), Piece(count, inks.base), Piece(when, inks.quiet), Piece(lens, inks.base)]
