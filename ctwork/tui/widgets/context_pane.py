"""The row of the report under the cursor in full, and the bytes of the evidence around its place."""

from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.desk import IssueLine, Surroundings
from ctwork.tui.dump import DumpLine, dump
from ctwork.tui.folding import wrapped
from ctwork.tui.ink import Ink, ink
from ctwork.tui.styled import Piece

_TOLD = 2000
"""Code points of a message that are looked at."""


class ContextPane(Widget):
    """Shows an `IssueLine` at once and its `Surroundings` when they have been read."""

    DEFAULT_CSS = "ContextPane { height: 7; width: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self.line: IssueLine | None = None
        self.found: Surroundings | None = None
        self.problem = ""

    def announce(self, line: IssueLine | None) -> None:
        """Names the row that the cursor is on, before its bytes have been read."""
        if line != self.line:
            self.line, self.found, self.problem = line, None, ""
            self.refresh()

    def show(self, found: Surroundings | None, problem: str = "") -> None:
        """Shows `found`, or says why there is nothing."""
        self.found, self.problem = found, problem or (found.problem if found is not None else "")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, inks = self.size.width, ink(self)
        rows = self._rows(cells, inks)
        return styled.strip(rows[y] if y < len(rows) else [], cells, inks.base)

    def _rows(self, cells: int, inks: Ink) -> list[list[Piece]]:
        line = self.line
        if line is None:
            return [[Piece(glyph.RULE * cells, inks.rule)]]
        bytes_shown = [_drawn(row, inks) for row in dump(self.found)] if self.found is not None else []
        room = max(self.size.height - 2 - len(bytes_shown) - bool(self.problem), 1)
        said = [styled.shortened(part, cells - 2) for part in wrapped(line.message[:_TOLD], max(cells - 2, 8))]
        rows = [_title(line, cells, inks), [Piece(" " + styled.fitted(line.source, cells - 2), inks.base)]]
        rows += [[Piece(" " + part, inks.title)] for part in said[:room]]
        if self.problem:
            rows.append([Piece(styled.shortened(f" {glyph.WARNING} {self.problem}", cells), inks.failed)])
        return rows + bytes_shown


def _title(line: IssueLine, cells: int, inks: Ink) -> list[Piece]:
    numbers = (("record", line.index), ("offset", line.offset), ("length", line.length))
    places = [f"{name} {grouped(number)}" for name, number in numbers if number is not None]
    shown = styled.shortened(f" {glyph.DOT} ".join([line.kind, line.weight, *places]), cells - 5)
    rule = glyph.RULE * max(cells - styled.cells_of(shown) - 3, 0)
    return [Piece(f"{glyph.RULE} ", inks.rule), Piece(shown, inks.title), Piece(f" {rule}", inks.rule)]


def _drawn(row: DumpLine, inks: Ink) -> list[Piece]:
    pieces = [Piece(f" {row.offset} ", inks.quiet)]
    pieces += [Piece(text, inks.title if meant else inks.quiet) for text, meant in row.cells]
    pieces.append(Piece(" ", inks.base))
    return pieces + [Piece(text, inks.title if meant else inks.quiet) for text, meant in row.text]
