"""How a line of the table of events is drawn: values to styled pieces, no widget."""

from collections.abc import Sequence

from rich.style import Style

from ctwork.tui import glyph, styled
from ctwork.tui.desk import Line
from ctwork.tui.ink import Ink
from ctwork.tui.ruler import Slot, cell
from ctwork.tui.styled import Piece


def head(slots: Sequence[Slot], inks: Ink) -> list[Piece]:
    """The titles of the columns."""
    at = 0
    pieces = []
    for slot in slots:
        title = styled.fitted(slot.column.title, slot.width)
        pieces.append(Piece(" " * (slot.start - at) + title, inks.label))
        at = slot.start + slot.width
    return pieces


def row(line: Line, slots: Sequence[Slot], inks: Ink) -> list[Piece]:
    """An event that the cursor is not on."""
    at = 0
    pieces = []
    for slot in slots:
        pieces.append(Piece(" " * (slot.start - at), inks.base))
        shown = styled.fitted(cell(line, slot), slot.width)
        field = slot.column.field
        pieces += _signs(shown, line, inks) if field == "" else [Piece(shown, _style(field, line, inks))]
        at = slot.start + slot.width
    return pieces


def cursor_row(line: Line, slots: Sequence[Slot], inks: Ink, field: str) -> list[Piece]:
    """The event that the cursor is on; `field` names the column whose value the keys would take, "" for none."""
    pieces = [Piece(glyph.CURSOR, inks.cursor)]
    at = 1
    for slot in slots:
        pieces.append(Piece(" " * (slot.start - at), inks.cursor))
        shown = styled.fitted(cell(line, slot), slot.width)
        chosen = field != "" and slot.column.field == field
        bare = shown.rstrip(" ") if chosen else ""
        pieces += [Piece(bare, inks.cell), Piece(shown[len(bare) :], inks.cursor)]
        at = slot.start + slot.width
    return pieces


def _failing(line: Line, inks: Ink) -> Style:
    return inks.throttled if line.outcome == "throttled" else inks.denied


def _signs(shown: str, line: Line, inks: Ink) -> list[Piece]:
    return [Piece(shown[0], _failing(line, inks)), Piece(shown[1], inks.write), Piece(shown[2:], inks.denied)]


def _style(field: str, line: Line, inks: Ink) -> Style:
    if field == "time":
        return inks.quiet
    return _failing(line, inks) if field in {"event", "error"} and line.outcome not in {"ok", ""} else inks.base
