"""The kinds of issues of a load, how often each was met and how much it matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.desk import KindCount
from ctwork.tui.ink import Ink
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking

SIGNS = {"loss": glyph.WARNING, "doubt": glyph.DOUBT, "note": glyph.NOTE}


class KindTable(Table):
    """Shows counts per kind; says which kind is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *walking("grid", "kind"),
        Binding("enter,space", "choose", "only this kind", id="report.choose", tooltip="Only this kind, or all again"),
    ]

    lasting = False

    @dataclass
    class Chosen(Message):
        """Only rows of this kind are wanted, or all again."""

        kind: str

    class Opened(Table.Opened):
        """The kind under the cursor was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: Sequence[KindCount] = ()
        self.wanted: frozenset[str] = frozenset()

    def show(self, kinds: Sequence[KindCount], wanted: frozenset[str]) -> None:
        """Shows `kinds`, of which the rows of those `wanted` are listed."""
        self.kinds, self.wanted = kinds, wanted
        self.place(self.offset_now, self.offset_now - self.top)

    @property
    def total(self) -> int:
        return len(self.kinds)

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        return [Piece(f"   {'kind':<21} {'weight':<6} {'rows':>9}", inks.label)]

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        if not 0 <= offset < self.total:
            return None
        kind = self.kinds[offset]
        sign = SIGNS.get(kind.weight, " ")
        named = f" {sign} {styled.fitted(kind.kind, 21)}"
        rest = f" {kind.weight:<6} {grouped(kind.count):>9}"
        shown = f"  {glyph.FILTER} only" if kind.kind in self.wanted else ""
        if chosen:
            return [Piece(glyph.CURSOR + named[1:] + rest + shown, inks.cursor)]
        style = {"loss": inks.failed, "doubt": inks.write}.get(kind.weight, inks.base)
        return [Piece(named, style), Piece(rest, inks.base), Piece(shown, inks.label)]

    def action_choose(self) -> None:
        if self.total:
            self.post_message(self.Chosen(self.kinds[self.offset_now].kind))

    def on_kind_table_opened(self) -> None:
        self.action_choose()
