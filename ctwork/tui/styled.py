"""The only module that turns data into renderables: text passes `model.legible` here and markup is never parsed.

`Content` for widgets, `Text` for what only takes Rich, `Strip` for line-API widgets. A test greps the room so that no
other module builds them.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.strip import Strip

from ctwork.model.legible import MARK, middle, plain

__all__ = [
    "CELL_LIMIT",
    "Content",
    "Piece",
    "cells_of",
    "content",
    "fitted",
    "joined",
    "lines",
    "shortened",
    "strip",
    "text",
]

CELL_LIMIT = 512
"""Code points of one value that a table looks at."""


class Piece(NamedTuple):
    """A run of text in one style."""

    text: str
    style: Style


def content(value: str, style: str = "", limit: int = CELL_LIMIT) -> Content:
    """One line of data for a widget. `style` is a Textual style such as ``bold $denied``."""
    return Content.styled(plain(value, limit), style) if style else Content(plain(value, limit))


def joined(parts: Iterable[tuple[str, str]], limit: int = CELL_LIMIT) -> Content:
    """Several ``(value, style)`` runs on one line."""
    return Content("").join([content(value, style, limit) for value, style in parts])


def lines(rows: Iterable[Content]) -> Content:
    """Rows under one another."""
    return Content("\n").join(list(rows))


def text(value: str, limit: int = CELL_LIMIT) -> Text:
    """One line of data for what takes only Rich text (`Tree`, a panic)."""
    return Text(plain(value, limit))


def fitted(value: str, cells: int) -> str:
    """`value` legible, cut in its middle when too wide, and padded: exactly `cells` cells."""
    shown = middle(value, cells)
    size = len(shown) if shown.isascii() else cell_len(shown)
    return shown + " " * (cells - size) if size <= cells else set_cell_size(shown, cells)


def shortened(value: str, cells: int) -> str:
    """`value` legible and cut at its end when too wide; at most `cells` cells."""
    shown = plain(value, 4 * cells + 8)
    if (len(shown) if shown.isascii() else cell_len(shown)) <= cells:
        return shown
    return set_cell_size(shown, max(cells - 1, 0)).rstrip(" ") + MARK[:cells]


def cells_of(value: str) -> int:
    """Cells that already legible text takes."""
    return len(value) if value.isascii() else cell_len(value)


def strip(pieces: Sequence[Piece], cells: int, fill: Style) -> Strip:
    """A line of exactly `cells` cells from legible pieces; neighbours of one style become one segment to save bytes."""
    merged: list[Piece] = []
    used = 0
    for shown, style in pieces:
        if not shown:
            continue
        text = plain(shown)
        used += cells_of(text)
        _append(merged, Piece(text, style))
    if used < cells:
        _append(merged, Piece(" " * (cells - used), fill))
    line = Strip([Segment(text, style) for text, style in merged], max(used, cells))
    return line if used <= cells else line.crop(0, cells)


def _append(merged: list[Piece], piece: Piece) -> None:
    """Adds `piece`, joined to the last one when the eye could not tell: every change of style costs some 25 bytes."""
    last = merged[-1] if merged else None
    if last is None:
        merged.append(piece)
    elif last.style == piece.style or (piece.text.isspace() and _blank_alike(last.style, piece.style)):
        merged[-1] = Piece(last.text + piece.text, last.style)
    elif last.text.isspace() and _blank_alike(piece.style, last.style):
        merged[-1] = Piece(last.text + piece.text, piece.style)
    else:
        merged.append(piece)


@lru_cache(1024)
def _blank_alike(inked: Style, blank: Style) -> bool:
    """Whether a blank in style `inked` looks like one in style `blank`."""
    return inked.bgcolor == blank.bgcolor and not any(
        (inked.underline, inked.strike, inked.reverse, blank.underline, blank.strike, blank.reverse)
    )
