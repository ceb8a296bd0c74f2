"""A lens in the parts that can be taken off it one by one, and the line that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ctwork.model.column import TIME_COLUMN
from ctwork.model.lens import ALWAYS, OLDEST_FIRST, Lens, Sort
from ctwork.model.predicate import During, Match, conjunction, negation
from ctwork.model.wording import format_predicate, write_part
from ctwork.tui import glyph, styled
from ctwork.tui.ink import Ink
from ctwork.tui.styled import Piece

_LEAST = 8
"""Cells below which no part of a chip is worth showing."""
_BEHIND = 4
"""Cells of the wall behind a chip, and of the sign that there are more."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition of a lens (or its time, or its order) and the lenses that follow from it."""

    text: str
    """As it stands in the text of the lens."""
    without: Lens
    turned: Lens
    """The lens with the opposite of it; with the other direction, when it is the order."""


def chips(lens: Lens) -> tuple[Chip, ...]:
    """The chips of `lens` in the order of its text."""
    span = During(lens.start_ms, lens.end_ms)
    found = []
    if span != ALWAYS:
        part = Match(TIME_COLUMN, span)
        free = lens.with_span(None, None)
        found.append(Chip(format_predicate(part), free, free.exclude(part)))
    for place, condition in enumerate(lens.parts):
        head, tail = lens.parts[:place], lens.parts[place + 1 :]
        found.append(
            Chip(
                write_part(condition),
                lens.with_predicate(conjunction((*head, *tail))),
                lens.with_predicate(conjunction((*head, negation(condition), *tail))),
            )
        )
    if lens.sort != OLDEST_FIRST:
        other = Sort(lens.sort.column, descending=not lens.sort.descending)
        found.append(Chip(str(lens.sort), replace(lens, sort=OLDEST_FIRST), replace(lens, sort=other)))
    return tuple(found)


def texts(lens: Lens) -> tuple[str, ...]:
    """What the chips of `lens` say."""
    return tuple(chip.text for chip in chips(lens))


def last(lens: Lens) -> Chip | None:
    """The chip that goes first when one is to go: the last condition, else the time, else the order."""
    found = chips(lens)
    count = len(lens.parts)
    if not count:
        return found[0] if found else None
    return found[count - 1 + (lens.start_ms is not None or lens.end_ms is not None)]


def row(said: Sequence[str], cells: int, inks: Ink, chosen: int | None = None) -> list[Piece]:
    """Chips on a line of `cells` cells, with a wall between them; the `chosen` one is always in sight."""
    first = 0 if chosen is None else _first(said, cells, chosen)
    pieces: list[Piece] = [Piece(f"{glyph.MORE} ", inks.label)] if first else []
    used = 2 if first else 0
    for place in range(first, len(said)):
        room = cells - used - (_BEHIND if place + 1 < len(said) else 0)
        shown = styled.shortened(said[place], max(room, 1))
        if place > first and room < min(_LEAST, len(said[place])):
            return [*pieces, Piece(glyph.MORE, inks.label)]
        pieces.append(Piece(shown, inks.cell if place == chosen else inks.base))
        if place + 1 < len(said):
            pieces.append(Piece(f" {glyph.WALL} ", inks.rule))
        used += styled.cells_of(shown) + 3
    return pieces


def _first(said: Sequence[str], cells: int, chosen: int) -> int:
    """The first chip to show so that the `chosen` one is whole, if it can be."""
    used = styled.cells_of(styled.shortened(said[chosen], cells)) + 4
    first = chosen
    while first and used + 3 + (size := styled.cells_of(styled.shortened(said[first - 1], cells))) <= cells:
        first -= 1
        used += size + 3
    return first
