"""How a line of the table of events is drawn: values to styled pieces, no widget."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style

from ctwork.model.column import resolve
from ctwork.model.lens import Sort
from ctwork.tui import glyph, styled
from ctwork.tui.desk import Line, LineMark
from ctwork.tui.ink import Ink
from ctwork.tui.ruler import Slot, cell
from ctwork.tui.styled import Piece


@dataclass(frozen=True, slots=True)
class Guise:
    """What a line looks like beyond its own values."""

    time: str | None = None
    """Written in place of its time."""
    within: bool = False
    """In the stretch of time that is being chosen."""

    def sign(self, mark: LineMark | None, other: str) -> str:
        """The sign left of a line with that mark; `other` when there is nothing to say of it."""
        if mark is not None:
            return glyph.MARKED if mark.own else glyph.COVERED
        return glyph.WALL if self.within else other


PLAIN = Guise()


def head(slots: Sequence[Slot], inks: Ink, sort: Sort | None = None, zone: str = "UTC") -> list[Piece]:
    """The titles of the columns; an arrow stands at the one that `sort` goes by."""
    at = 0
    pieces = []
    for slot in slots:
        field, arrow = slot.column.field, ""
        if sort is not None and field and resolve(field).name == sort.column:
            arrow = glyph.DOWN if sort.descending else glyph.UP
        pieces.append(Piece(" " * (slot.start - at) + titled(_title(slot, zone), arrow, slot.width), inks.label))
        at = slot.start + slot.width
    return pieces


def _title(slot: Slot, zone: str) -> str:
    """The title of a column; over times it names their `zone`, an offset without ``time`` where room is short."""
    if slot.column.field != "time" or "UTC" not in slot.column.title:
        return slot.column.title
    return f"time {zone}" if len(zone) + 7 <= slot.width or zone == "UTC" else zone


def titled(title: str, arrow: str, cells: int) -> str:
    """`title` with `arrow`, without its first words when there is no room for both."""
    while arrow and " " in title and len(title) + 2 > cells:
        title = title.partition(" ")[2]
    return styled.fitted(f"{title} {arrow}" if arrow else title, cells)


def row(line: Line, slots: Sequence[Slot], inks: Ink, guise: Guise = PLAIN) -> list[Piece]:
    """An event that the cursor is not on."""
    at = 1
    pieces = [Piece(guise.sign(line.mark, " "), inks.label if line.mark is None else inks.marked)]
    for slot in slots:
        pieces += _before(slot, at, line, inks)
        shown = styled.fitted(_said(line, slot, guise), slot.width)
        field = slot.column.field
        pieces += _signs(shown, line, inks) if field == "" else [Piece(shown, _style(field, line, inks))]
        at = slot.start + slot.width
    return pieces


def cursor_row(line: Line, slots: Sequence[Slot], inks: Ink, field: str, guise: Guise = PLAIN) -> list[Piece]:
    """The event that the cursor is on; `field` names the column whose value the keys would take, "" for none."""
    pieces = [Piece(Guise().sign(line.mark, glyph.CURSOR), inks.cursor)]
    at = 1
    for slot in slots:
        pieces += [Piece(piece.text, inks.cursor) for piece in _before(slot, at, line, inks)]
        shown = styled.fitted(_said(line, slot, guise), slot.width)
        chosen = field != "" and slot.column.field == field
        bare = shown.rstrip(" ") if chosen else ""
        pieces += [Piece(bare, inks.cell), Piece(shown[len(bare) :], inks.cursor)]
        at = slot.start + slot.width
    return pieces


def grave(severity: str) -> str:
    """One letter for a severity; "" for none."""
    return severity[:1].upper()


def _before(slot: Slot, at: int, line: Line, inks: Ink) -> list[Piece]:
    """What stands between the cell that ends at `at` and `slot`: nothing, or before the signs a severity."""
    gap = slot.start - at
    severity = "" if line.mark is None or slot.column.field else line.mark.severity
    if not severity or not gap:
        return [Piece(" " * gap, inks.base)]
    return [Piece(" " * (gap - 1), inks.base), Piece(grave(severity), severity_style(severity, inks))]


def severity_style(severity: str, inks: Ink) -> Style:
    """What a severity is written in; its letter or word says it too."""
    styles = {"info": inks.info, "low": inks.low, "medium": inks.medium, "high": inks.high, "critical": inks.critical}
    return styles.get(severity, inks.base)


def _said(line: Line, slot: Slot, guise: Guise) -> str:
    return cell(line, slot) if guise.time is None or slot.column.field != "time" else guise.time


def _failing(line: Line, inks: Ink) -> Style:
    return inks.throttled if line.outcome == "throttled" else inks.denied


def _signs(shown: str, line: Line, inks: Ink) -> list[Piece]:
    return [Piece(shown[0], _failing(line, inks)), Piece(shown[1], inks.write), Piece(shown[2:], inks.denied)]


def _style(field: str, line: Line, inks: Ink) -> Style:
    if field == "time":
        return inks.quiet
    return _failing(line, inks) if field in {"event", "error"} and line.outcome not in {"ok", ""} else inks.base
