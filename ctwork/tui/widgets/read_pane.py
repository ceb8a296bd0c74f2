"""A few lines about the row under the cursor, folded at the edge; what does not fit is marked."""

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.legible import plain
from ctwork.tui import glyph, styled
from ctwork.tui.folding import wrapped
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

_LIMIT = 4_096
_LINES = 200


class ReadPane(Widget):
    """Shows lines of raw text."""

    DEFAULT_CSS = "ReadPane { height: 6; width: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, ...] = ()

    def show(self, lines: Sequence[str]) -> None:
        """Shows `lines`."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        inks, cells = ink(self), self.size.width
        if y == 0:
            return styled.strip([Piece(glyph.RULE * cells, inks.rule)], cells, inks.base)
        folded = self._folded(cells - 2)
        rows = self.size.height - 1
        if y - 1 >= len(folded):
            return styled.strip([], cells, inks.base)
        last = y == rows and len(folded) > rows
        text = styled.shortened(folded[y - 1], cells - 4) + f" {glyph.MORE}" if last else folded[y - 1]
        return styled.strip([Piece(" " + text, inks.quiet if y == 1 else inks.base)], cells, inks.base)

    def _folded(self, cells: int) -> list[str]:
        shown = [plain(line, _LIMIT) for line in self._lines[:_LINES]]
        return [part for line in shown for part in (list(wrapped(line, max(cells, 8))) or [""])]
