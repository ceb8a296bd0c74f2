r"""How text is spelled in a lens: bare, between quotes, or as /regex/, with backslash escapes.

A backslash before anything but a letter or digit means that character itself; `\u{1b}` is the character of that code;
any other backslash is a backslash, so that `CORP\nancy` is what it looks like.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ctwork.model.glob import escape_glob, symbols
from ctwork.model.legible import is_plain

KEYWORDS = ("AND", "OR", "NOT")

_ESCAPE = re.compile(r"\\(?:u\{(?P<code>[0-9A-Fa-f]{1,6})\}|(?P<char>.))?", re.DOTALL)
_REGEX = re.compile(r"/(?P<pattern>(?:\\.|[^/\\])+)/", re.DOTALL)
_COLUMN_LIKE = re.compile(
    r"(?!arn:aws[a-z-]*:|[A-Za-z][A-Za-z0-9+.-]*://|(?:[0-9A-Fa-f]{0,4}:){2})[A-Za-z_@][A-Za-z0-9_.@-]*:"
)
"""What the grammar's COLUMN takes for a column: not a pasted ARN, URL or IPv6 address."""

_QUOTED_COLUMN = re.compile(r'"(?:\\.|[^"\\])*":', re.DOTALL)

_LEADING_SIGN = re.compile(rf"[!<>=]|/(?![^/]+/.)|-(?={_COLUMN_LIKE.pattern})", re.DOTALL)
"""A sign at the start that would mean something: an order, NOT, or the slash of a regex (but not of /a/path)."""
_SPECIAL = ' ()"\\*?'


@dataclass(frozen=True, slots=True)
class Spelled:
    """One token of a lens, read."""

    form: Literal["bare", "quoted", "regex"]
    text: str
    """What the token says, wildcards as they stand; for a regex the expression."""
    pattern: str
    """For a bare token the text as a wildcard pattern (`glob.py`); otherwise the text."""
    at: int
    """Where the token starts in the lens, in code points."""

    @property
    def inside(self) -> int:
        """Where its content starts."""
        return self.at + (self.form != "bare")


def spell(token: str, at: int) -> Spelled:
    """The token, whose sign (`>=`, `=`) is already cut off."""
    if token.startswith('"'):
        text = "".join(char for char, _ in _characters(token[1:-1]))
        return Spelled("quoted", text, text, at)
    regex = _REGEX.fullmatch(token)
    if regex is not None:
        return Spelled("regex", regex["pattern"], regex["pattern"], at)
    characters = list(_characters(token))
    pattern = "".join(escape_glob(char) if escaped else char for char, escaped in characters)
    return Spelled("bare", "".join(char for char, _ in characters), pattern, at)


def quoted(text: str) -> str:
    """The text between quotes, on one line and printable."""
    return '"' + "".join("\\" + char if char in '"\\' else _printable(char) for char in text) + '"'


def bare(pattern: str, *, operand: bool = False) -> str:
    r"""A wildcard pattern without quotes. Outside an `operand`, colons that would name a column are escaped."""
    special = _SPECIAL if operand or not _COLUMN_LIKE.match(pattern) else _SPECIAL + ":"
    written = [
        char if wild else "\\" + char if char in special else _printable(char) for char, wild in symbols(pattern)
    ]
    text = "".join(written)
    return "\\" + text if _LEADING_SIGN.match(text) else text


def bare_word(text: str) -> str:
    """A word without quotes, so that it is not taken for an operator, a column or a wildcard."""
    if text in KEYWORDS:
        return f"\\u{{{ord(text[0]):x}}}{text[1:]}"
    return bare(escape_glob(text))


def column_at(text: str, at: int) -> int | None:
    """Where the colon stands behind the name of a column that starts at `at`; None when none starts there."""
    found = _COLUMN_LIKE.match(text, at) or _QUOTED_COLUMN.match(text, at)
    return None if found is None else found.end() - 1


def _characters(token: str) -> Iterator[tuple[str, bool]]:
    """The characters a token stands for, each with whether it was escaped."""
    at = 0
    while at < len(token):
        if token[at] != "\\":
            yield token[at], False
            at += 1
            continue
        found = _ESCAPE.match(token, at)
        assert found is not None
        at = found.end()
        code, char = found["code"], found["char"]
        if code is not None and int(code, 16) <= 0x10FFFF:
            yield chr(int(code, 16)), True
        elif code is not None or (char is not None and char.isalnum()):
            yield "\\", True
            at = found.start() + 1
        else:
            yield char or "\\", True


def _printable(char: str) -> str:
    # A blank filler is printable to Python, and nothing to the eye.
    return char if char.isprintable() and is_plain(char) else f"\\u{{{ord(char):x}}}"
