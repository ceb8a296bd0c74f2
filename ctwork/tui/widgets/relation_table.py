"""Where an event leads to, and how many events are there."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from ctwork.model.legible import grouped
from ctwork.model.relation import Relation
from ctwork.tui import glyph, styled
from ctwork.tui.ink import Ink
from ctwork.tui.styled import Piece
from ctwork.tui.table import Table
from ctwork.tui.walking import walking

_TITLE = 24
_COUNT = 12


class RelationTable(Table):
    """Shows relations with their counts, as these come in."""

    BINDINGS: ClassVar[list[BindingType]] = walking("grid", "relation")

    class Opened(Table.Opened):
        """The relation under the cursor was clicked twice."""

    def __init__(self) -> None:
        super().__init__()
        self.relations: Sequence[Relation] = ()
        self.counts: dict[int, str] = {}

    def show(self, relations: Sequence[Relation]) -> None:
        """Shows `relations`, not counted yet."""
        self.relations, self.counts = relations, {}
        self.place(0, 0)

    def tell(self, number: int, said: str) -> None:
        """What the count of relation `number` is."""
        self.counts[number] = said
        self.refresh_row(number)

    @property
    def chosen(self) -> Relation | None:
        """The relation under the cursor."""
        return self.relations[self.offset_now] if self.offset_now < len(self.relations) else None

    @property
    def is_empty(self) -> bool:
        """Whether the relation under the cursor was counted, and nothing is related by it."""
        return self.counts.get(self.offset_now) == counted(0)

    @property
    def total(self) -> int:
        return len(self.relations)

    def head(self, cells: int, inks: Ink) -> list[Piece]:
        return [Piece(f"  {'related by':<{_TITLE}}{'events':>{_COUNT}}  what they share", inks.label)]

    def row(self, offset: int, cells: int, inks: Ink, *, chosen: bool) -> list[Piece] | None:
        if not 0 <= offset < self.total:
            return None
        relation = self.relations[offset]
        count = self.counts.get(offset, glyph.MORE)
        value = styled.fitted(relation.value, max(cells - _TITLE - _COUNT - 5, 1)).rstrip(" ")
        head = f"{glyph.CURSOR if chosen else ' '} {relation.title:<{_TITLE}}"
        tail = f"  {value}"
        if chosen:
            return [Piece(f"{head}{count:>{_COUNT}}{tail}", inks.cursor)]
        return [Piece(head, inks.base), Piece(f"{count:>{_COUNT}}", inks.title), Piece(tail, inks.quiet)]


def counted(total: int) -> str:
    """A count as the table writes it."""
    return grouped(total)
