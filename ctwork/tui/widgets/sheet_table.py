"""A list of the Case mode: whatever its columns are."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType

from ctwork.tui import styled
from ctwork.tui.ink import Ink
from ctwork.tui.listing import SHEETS, Field, Row, Sheet
from ctwork.tui.rendition import severity_style
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking


class SheetTable(Table):
    """Shows rows of a `Sheet`; the screen says what happens to the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = walking("grid", "entry")

    class Opened(Table.Opened):
        """The row under the cursor was clicked twice."""

    class Moved(Table.Opened):
        """The cursor is on another row."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet: Sheet = SHEETS[0]
        self.rows_known: Sequence[Row] = ()

    def show(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Shows `rows`; the cursor stays on its row where that is still there."""
        same = sheet is self.sheet
        here = self.here
        self.sheet, self.rows_known = sheet, tuple(rows)
        place = next((at for at, row in enumerate(rows) if here is not None and row.of == here.of), None)
        before = self.offset_now if same else 0
        self.place(before if place is None else place, before - self.top if same else 0)

    @property
    def total(self) -> int:
        return len(self.rows_known)

    @property
    def here(self) -> Row | None:
        """The row under the cursor."""
        return self.rows_known[self.offset_now] if self.offset_now < self.total else None

    def moved(self) -> None:
        self.post_message(self.Moved())

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        titles = (styled.fitted(field.title, width) for _, field, width in fit(self.sheet.fields, cells - 1))
        return [Piece(" " + " ".join(titles), inks.label)]

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        if not 0 <= offset < self.total:
            return None
        row = self.rows_known[offset]
        pieces = []
        for place, field, width in fit(self.sheet.fields, cells - 1):
            text = _cut(field, row.cells[place], width)
            pieces += [Piece(" ", inks.base), Piece(text, _style(field, row.cells[place], inks))]
        return [Piece("".join(piece.text for piece in pieces), inks.cursor)] if chosen else pieces


def fit(fields: Sequence[Field], cells: int) -> list[tuple[int, Field, int]]:
    """The columns there is room for, with their places and widths."""
    shown = [(place, field) for place, field in enumerate(fields) if field.needs <= cells < field.until]
    spare = max(cells - sum(field.width + 1 for _, field in shown) + 1, 0)
    shares = sum(field.grow for _, field in shown) or 1
    return [(place, field, field.width + spare * field.grow // shares) for place, field in shown]


def _cut(field: Field, text: str, cells: int) -> str:
    """`text` in exactly `cells` cells."""
    return styled.fitted(styled.shortened(text, cells) if field.role == "text" else text, cells)


def _style(field: Field, text: str, inks: Ink) -> Style:
    if field.role == "severity":
        return severity_style(text, inks)
    return inks.quiet if field.role == "quiet" else inks.base
