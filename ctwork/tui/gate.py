"""The choke point: the last line filter before the terminal, through which no control character of any widget passes.

Private API: `App._filters`, because Textual has no public list of filters and its own widgets (`Input` too) write what
they are given. `tests/tui/test_gate.py` fails when an upgrade renames it or reorders the pipeline.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor

from ctwork.model.legible import is_plain, plain
from ctwork.tui.glyph import TWINS

_ASCII_TABLE = str.maketrans(dict(TWINS))
_NO_COLOR = NoColor()
_OTHER = re.compile(r"[^\x20-\x7e]")


class Gate(LineFilter):
    """Replaces dangerous code points and keeps the width of a line.

    With `ascii_only`, or in a theme that says so, all that is not ASCII too; in a theme without colours, no colour.
    """

    def __init__(self, ascii_only: bool = False, variables: Callable[[], Mapping[str, str]] = dict) -> None:
        super().__init__()
        self.ascii_only = ascii_only
        self._variables = variables

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """`segments` with only printable text, and without control segments."""
        variables = self._variables()
        if variables.get("colors") == "none":
            segments = _NO_COLOR.apply(segments, background)
        check = _ascii if self.ascii_only or variables.get("letters") == "ascii" else _printable
        return [
            Segment(text if text.isascii() and text.isprintable() else check(text), style)
            for text, style, _ in segments
        ]


@lru_cache(2048)
def _printable(text: str) -> str:
    return text if is_plain(text) else set_cell_size(plain(text), cell_len(text))


@lru_cache(2048)
def _ascii(text: str) -> str:
    shown = _OTHER.sub(lambda match: "?" * cell_len(match[0]), _printable(text).translate(_ASCII_TABLE))
    return set_cell_size(shown, cell_len(text))


def install(app: App[Any], *, ascii_only: bool) -> None:
    """Puts the gate last; under NO_COLOR also takes every colour away instead of turning it grey."""
    filters = app._filters
    if app.no_color:
        filters[:] = [line_filter for line_filter in filters if not isinstance(line_filter, Monochrome | NoColor)]
        filters.append(NoColor())
    filters.append(Gate(ascii_only, lambda: app.current_theme.variables))
