"""Every sign the screens draw, each with an ASCII twin of the same width for terminals that cannot show it."""

import os
from collections.abc import Mapping

DENIED = "✗"
THROTTLED = "~"
WRITE = "W"
MARKED = "●"
COVERED = "○"
"""Not marked itself, but one of its values or its time is."""
CONFLICT = "≠"
WARNING = "⚠"
DOUBT = "?"
NOTE = "·"
DASH = "—"
CURSOR = "▌"
FILTER = "⌕"
OPEN = "▾"
CLOSED = "▸"
NONE = "—"
DOT = "·"
RULE = "─"
WALL = "│"
THUMB = "▐"
BARS = " ▁▂▃▄▅▆▇█"
"""Growing up from the foot of a cell, by eighths."""
DROPS = " ▔▀█"
"""Hanging down from the head of a cell."""
HERE = "▴"
GAP = "┄"
"""A bucket of time without any event."""
MORE = "…"
DOWN = "↓"
UP = "↑"
LEAST = "≥"

TWINS: Mapping[str, str] = {
    DENIED: "x", MARKED: "*", COVERED: "o", CONFLICT: "#", WARNING: "!", CURSOR: ">", FILTER: "/", OPEN: "-",
    CLOSED: "+", NONE: "-",
    DOT: "|", RULE: "-", WALL: "|", HERE: "^", MORE: "~", DOWN: "v", UP: "^", "▁": "_", "▂": "_", "▃": ".", "▄": "-",
    "▅": "-", "▆": "=", "▇": "=", "█": "#", "▔": "'", "▀": '"', "▐": "|", "━": "=", "╸": "=", "╺": "=", "⟨": "<",
    "⟩": ">", "–": "-", "�": "?", "←": "<", "→": ">", "×": "x", "≥": ">", GAP: ":", "▎": "|", "▊": "|", "▏": "|",
    "╭": "+", "╮": "+", "╰": "+", "╯": "+",
}  # fmt: skip


def needs_ascii(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale says that the terminal does not speak UTF-8. An unset locale says nothing."""
    kind = environ.get("LC_CTYPE", "")
    # Python sets this one itself when the locale is C or not installed (PEP 538): it says nothing here.
    coerced = kind == "C.UTF-8" and bool(environ.get("LANG"))
    name = environ.get("LC_ALL") or ("" if coerced else kind) or environ.get("LANG") or ""
    return name != "" and "utf" not in name.lower()
