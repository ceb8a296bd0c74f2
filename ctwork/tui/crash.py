"""A fault of ours ends with one plain line: no screenful of source, and no local variables, which hold evidence.

Private API: `App._fatal_error`, whose built-in form prints local variables. `tests/tui/test_ending.py` fails when it is
renamed.
"""

import sys
from pathlib import Path
from typing import Any

from textual.app import App

from ctwork.tui import styled


class Discreet(App[Any]):
    """An app whose fatal screen says what broke and where, never what it was handling."""

    _reported = False

    def _fatal_error(self) -> None:
        if self._reported:
            return
        self._reported = True
        kind, _, trace = sys.exc_info()
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f", {Path(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno}" if trace else ""
        name = kind.__name__ if kind else "unknown error"
        self.panic(
            styled.text(
                f"ctwork stopped on a fault of its own ({name}{place}). "
                "The evidence was not touched and marks are saved. Please report this line."
            )
        )
