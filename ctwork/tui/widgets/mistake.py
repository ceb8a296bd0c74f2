"""What is wrong with the lens, under the lens, at the place where it was made; and what may help."""

from textual.strip import Strip
from textual.widget import Widget

from ctwork.tui import glyph, styled
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

_LINES = 2
_BESIDE = 24
"""Cells to the right of what is wrong that are worth beginning a long hint in."""


class Mistake(Widget):
    """One or two lines that point at what is wrong. They lie over the histogram, so nothing moves."""

    DEFAULT_CSS = """
    Mistake {
        layer: above; position: absolute; offset: 0 1; width: 100%; height: 0; background: $panel; color: $denied;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[int, str, str] = (0, "", "")
        self.said = False
        """Whether it is to be seen."""

    @property
    def lines(self) -> int:
        """Lines that it covers now."""
        return _LINES if self.said else 0

    def say(self, column: int, title: str, hint: str) -> None:
        """Points at cell `column` and says `title`, then `hint`."""
        self._shown = (max(column, 0), title, hint)
        self.said = True
        self.styles.height = _LINES
        self.refresh()

    def clear(self) -> None:
        """Says nothing."""
        self.said = False
        # Not by `display`: another number of widgets on the screen would have all of it drawn anew.
        self.styles.height = 0

    def render_line(self, y: int) -> Strip:
        column, title, hint = self._shown
        inks, cells = ink(self), self.size.width
        said = pointed(column, title, cells)
        beside, below = flowed(hint, cells - styled.cells_of(said) - 2, cells - 2)
        pieces = (
            [Piece(said, inks.denied), Piece(f"  {beside}", inks.quiet)] if y == 0 else [Piece(f" {below}", inks.base)]
        )
        return styled.strip(pieces, cells, inks.base)


def pointed(column: int, title: str, cells: int) -> str:
    """`title` with an arrow below cell `column`, on whichever side of it there is room."""
    said = styled.shortened(f"{glyph.UP} {title}", cells)
    size = styled.cells_of(said)
    if column + size <= cells or size >= cells:
        return " " * min(column, max(cells - size, 0)) + said
    said = styled.shortened(title, cells - 2) + f" {glyph.UP}"
    return " " * max(column + 1 - styled.cells_of(said), 0) + said


def flowed(hint: str, beside: int, below: int) -> tuple[str, str]:
    """`hint` on the line of the mistake if it fits there, else on the next one, else begun here and ended there."""
    shown = styled.shortened(hint, 2 * (beside + below))
    size = styled.cells_of(shown)
    if size <= beside:
        return shown, ""
    if size <= below or beside < _BESIDE:
        return "", styled.shortened(shown, below)
    head = styled.shortened(shown, beside)[:-1].rpartition(" ")[0]
    return head, styled.shortened(shown[len(head) :].lstrip(), below)
