"""The rows of a load report, page by page, with a cursor."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from ctwork.errors import CtworkError
from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.desk import IssueLine, IssuePages
from ctwork.tui.ink import Ink
from ctwork.tui.pager import Pager
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking

_SIGNS = {"loss": glyph.WARNING, "doubt": glyph.DOUBT, "note": glyph.NOTE}
_SPACIOUS = 100


class IssueGrid(Table):
    """Shows `IssuePages`; says where its cursor is."""

    BINDINGS: ClassVar[list[BindingType]] = walking("grid", "row")

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        line: IssueLine

    class Opened(Table.Opened):
        """The row under the cursor was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self._source: IssuePages | None = None
        self._pager: Pager[IssueLine] | None = None

    def show(self, pages: IssuePages) -> None:
        """Shows `pages` with the cursor on the row it was on, or the next that is left, at the same height."""
        before, height = self.line, self.offset_now - self.top
        self._source, self._pager = pages, Pager(pages)
        self.place((pages.position(before.number) if before is not None else 0) or 0, height)

    @property
    def total(self) -> int:
        return self._source.total if self._source is not None else 0

    @property
    def line(self) -> IssueLine | None:
        """The row under the cursor."""
        return self._at(self.offset_now)

    def next_loss(self, step: int) -> int | None:
        """Offset of the next row (`step` 1) or the one before (-1) that is a loss."""
        return self._source.next_loss(self.offset_now, step) if self._source is not None else None

    def _at(self, offset: int) -> IssueLine | None:
        try:
            return self._pager.line(offset) if self._pager is not None else None
        except CtworkError:
            return None

    def moved(self) -> None:
        line = self.line
        if line is not None:
            self.post_message(self.Moved(line))

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        kind, source, places, message = _widths(cells)
        titles = " ".join(f"{title:>{size}}" for title, size in places)
        return [
            Piece(f"   {'kind':<{kind}} {'source':<{source}} {titles} {styled.fitted('message', message)}", inks.label)
        ]

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        line = self._at(offset)
        if line is None:
            return None
        kind, source, places, message = _widths(cells)
        named = f" {_SIGNS.get(line.weight, ' ')} {styled.fitted(line.kind, kind)} "
        place = " ".join(f"{_told(line, title):>{size}}" for title, size in places)
        shown = f"{styled.fitted(line.source, source)} {place} "
        said = styled.shortened(line.message, message)
        if chosen:
            return [Piece(glyph.CURSOR + named[1:] + shown + said, inks.cursor)]
        style = {"loss": inks.failed, "doubt": inks.write}.get(line.weight, inks.quiet)
        return [Piece(named, style), Piece(shown, inks.base), Piece(said, inks.quiet)]


def _told(line: IssueLine, title: str) -> str:
    """One number of a place, "" when it is not known. ``at`` is the record or the offset, whichever there is."""
    if title == "at":
        return f"#{grouped(line.index)}" if line.index is not None else _number(line.offset)
    return _number({"offset": line.offset, "length": line.length, "record": line.index}[title])


def _number(value: int | None) -> str:
    return "" if value is None else grouped(value)


@lru_cache(16)
def _widths(cells: int) -> tuple[int, int, tuple[tuple[str, int], ...], int]:
    """Cells for kind, source, the numbers of the place, and message."""
    kind = 15
    places: tuple[tuple[str, int], ...] = (("at", 9),)
    if cells >= _SPACIOUS:
        kind, places = 21, (("offset", 11), ("length", 10), ("record", 7))
    taken = 3 + kind + 1 + sum(size + 1 for _, size in places) + 1
    source = max((cells - taken) * 9 // 20, 8)
    return kind, source, places, max(cells - taken - source, 4)
