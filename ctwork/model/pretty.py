"""A record laid out line by line from its own bytes: no digit, escape or duplicate key is lost, as a parser might."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_INDENT = "  "
_DEEPEST = 64
"""Levels beyond which lines are not moved further to the right."""


def pretty(raw: bytes) -> Iterator[str]:
    """The tokens of `raw`, one member per line, indented. Works for damaged JSON too; never raises."""
    depth, line, empty = 0, "", False
    for match in _TOKEN.finditer(raw.decode("utf-8", "backslashreplace")):
        part = match[0]
        if part in ("}", "]"):
            depth = max(depth - 1, 0)
            if empty:
                line += part
            else:
                yield line
                line = _INDENT * min(depth, _DEEPEST) + part
            empty = False
            continue
        if empty:
            yield line
            line = _INDENT * min(depth, _DEEPEST)
            empty = False
        if part == ",":
            yield line + ","
            line = _INDENT * min(depth, _DEEPEST)
        elif part == ":":
            line += ": "
        else:
            line += part
            if part in ("{", "["):
                depth += 1
                empty = True
    if line.strip():
        yield line
