"""One of two records that share an eventID, line by line, beside or above the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.contrast import Pair, parted
from ctwork.tui.desk import Detail
from ctwork.tui.ink import Ink
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking


class TwinPane(Table):
    """Shows the left or the right half of some pairs; says where it is, so that the other can follow."""

    BINDINGS: ClassVar[list[BindingType]] = walking("grid", "line")

    @dataclass
    class Moved(Message):
        """The cursor is on another line."""

        pane: "TwinPane"

    class Opened(Table.Opened):
        """A line was clicked twice."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.side = side
        self.title = ""
        self.pairs: Sequence[Pair] = ()

    def show(self, title: str, pairs: Sequence[Pair]) -> None:
        """Shows this half of `pairs`, from the first difference on."""
        self.title, self.pairs = title, pairs
        first = next((number for number, pair in enumerate(pairs) if not pair.alike), 0)
        self.place(first, min(first, 3))

    def follow(self, other: "TwinPane") -> None:
        """Goes where `other` is."""
        if (self.offset_now, self.top) != (other.offset_now, other.top):
            self.offset_now, self.top = other.offset_now, other.top
            self.refresh()

    def halves(self, pair: Pair) -> tuple[str | None, str | None]:
        """What is here, and what is in the other pane."""
        return (pair.left, pair.right) if self.side == "left" else (pair.right, pair.left)

    @property
    def total(self) -> int:
        return len(self.pairs)

    def moved(self) -> None:
        self.post_message(self.Moved(self))

    def turned(self) -> None:
        self.moved()

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        return [Piece(f" {styled.fitted(self.title, max(cells - 1, 1))}", inks.label)]

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        if not 0 <= offset < self.total:
            return None
        pair = self.pairs[offset]
        here, there = self.halves(pair)
        if here is None:
            return self._inked([("   ", ""), (glyph.DOT * 3, "quiet")], inks, chosen=chosen)
        if pair.alike:
            return self._inked([("   ", ""), (styled.shortened(here, cells - 3), "base")], inks, chosen=chosen)
        sign = glyph.CONFLICT if there is not None else "+"
        room = cells - 3
        parts = []
        for text, role in zip(parted(here, there, room), ("base", "differs", "base"), strict=True):
            shown = styled.shortened(text, room)
            parts.append((shown, role))
            room -= styled.cells_of(shown)
        return self._inked([(f" {sign} ", "differs"), *parts], inks, chosen=chosen)

    def _inked(self, parts: list[tuple[str, str]], inks: Ink, *, chosen: bool) -> list[Piece]:
        if chosen:
            looks = {"differs": inks.cell}
            pieces = [Piece(text, looks.get(role, inks.cursor)) for text, role in parts]
            return [Piece(glyph.CURSOR, inks.cursor), Piece(pieces[0].text[1:], inks.cursor), *pieces[1:]]
        styles = {"differs": inks.failed, "quiet": inks.quiet}
        return [Piece(text, styles.get(role, inks.base)) for text, role in parts]


def provenance(detail: Detail) -> list[str]:
    """Where a record was read, and what it is: three lines."""
    place = detail.places[0] if detail.places else None
    if place is None:
        return [detail.problem or "no place is known", "", ""]
    more = (
        f" {glyph.DOT} and {grouped(len(detail.places) - 1)} more place{'s' if len(detail.places) > 2 else ''}"
        if len(detail.places) > 1
        else ""
    )
    odd = "" if place.fidelity == "full" else f" {glyph.DOT} {place.fidelity}"
    span = f"#{place.index} {glyph.DOT} bytes {grouped(place.start)}–{grouped(place.end)}"
    problem = f"{glyph.WARNING} {detail.problem} {glyph.DOT} " if detail.problem else ""
    return [
        place.source,
        f"{problem}{span} {glyph.DOT} {grouped(len(detail.raw))} bytes{odd}{more}",
        f"sha256 {detail.sha256}",
    ]
