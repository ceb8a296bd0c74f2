"""Cells that a spreadsheet shows as the text they are: no formula, no digit lost, and each change can be taken back.

A cell that a spreadsheet would take for something else, or that holds a control character, is written as ``'`` and
its text, in which ``\\`` is doubled and each control character or lone surrogate spelled ``\\u001b``; the cell in the
last column of the row names it. Every other cell is as it is (OWASP ASVS 5 1.2.10, CWE-1236).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ctwork.case.outlet import cell_text, dumped
from ctwork.errors import UsageError

_BEGINS = frozenset("=+-@＝＋－＠")
_UNSEEN = frozenset({"Zs", "Cf", "Cc", "Zl", "Zp"})
"""Unicode classes that a spreadsheet may pass over before it looks what a cell begins with."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPELLED = re.compile(r"\\(\\|u[0-9a-f]{4})")
_COUNT = re.compile(r"0|[1-9][0-9]{0,14}")
"""A number that every spreadsheet keeps."""
_RETYPED = re.compile(
    r"[0-9]*[.,]?[0-9]+[.,]?(?:[eE][+-]?[0-9]+)?"  # numbers, whose form or digits would change
    r"|[0-9]{1,4}([-/.])[0-9]{1,2}(?:\1[0-9]{1,4})?"  # dates
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"  # times of day
)


def is_risky(text: str) -> bool:
    """Whether a spreadsheet would take `text` for a formula, a date or another number, or not show all of it."""
    if not text:
        return False
    first = text[0]
    if first.isalnum() and text.isascii() and text.isprintable():  # nearly every cell
        return not first.isalpha() and _COUNT.fullmatch(text) is None and _RETYPED.fullmatch(text) is not None
    if _CONTROL.search(text):
        return True
    if _COUNT.fullmatch(text) is None and _RETYPED.fullmatch(text):
        return True
    seen = next((char for char in text if unicodedata.category(char) not in _UNSEEN), "")
    return seen in _BEGINS


def neutral(text: str) -> str:
    """`text` as a cell that is shown as text; `text` itself when it is so already."""
    if not is_risky(text):
        return text
    return "'" + _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\\", "\\\\"))


def recovered(cell: str) -> str:
    """The text behind a cell that `neutral` changed."""

    def meant(match: re.Match[str]) -> str:
        return "\\" if match[1] == "\\" else chr(int(match[1][1:], 16))

    return _SPELLED.sub(meant, cell.removeprefix("'"))


def neutral_row(names: Sequence[str], row: Mapping[str, Any] | None) -> str:
    """One line of CSV with every cell in quotes and, as its last cell, the JSON list of those that were changed.

    Without a `row`, the line of the `names` themselves.
    """
    if row is None:
        return _line([neutral(name) for name in names])
    texts = [cell_text(row[name]) for name in names]
    cells = [neutral(text) for text in texts]
    changed = [name for name, text, cell in zip(names, texts, cells, strict=True) if cell is not text]
    return _line([*cells, neutral(dumped(changed, ascii_only=True)) if changed else ""])


def recovered_row(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """The texts of one line that `neutral_row` wrote, without its last cell. Raises UsageError when that is none."""
    *own, said = cells
    try:
        changed = set(orjson.loads(said or b"[]"))
    except orjson.JSONDecodeError as problem:
        raise UsageError("the last cell does not say which cells were changed", "export it again") from problem
    pairs = zip(names, own, strict=True)
    return {name: recovered(cell) if name in changed else cell for name, cell in pairs}


def _line(cells: Sequence[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"
