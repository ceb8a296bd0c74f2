"""Text from evidence made fit for a terminal: nothing it holds can move a cursor, hide, reorder or pose.

Three readings of one value:

* `plain` is one line for tables and messages: a control becomes its picture (``␛``), anything invisible becomes ``�``.
* `spelled` is for the record pane and can be read back: ``⟨U+202E⟩`` says which trick it was.
* `middle` is `plain` cut in its middle, because both ends of an ARN identify it.

The danger classes are those of Unicode: Cc, Cf, Cs, Co, Zl, Zp, the noncharacters, and the blank fillers and variation
selectors that are drawn as nothing. A test compares the table with `unicodedata`.
"""

import re
import unicodedata
from functools import cache, lru_cache

MARK = "…"
"""Shows where a value was cut."""

HIDDEN = "�"
"""Stands for one code point that would not be seen, or would change how its neighbours are seen."""

_DANGER = (
    (0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD),
    (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xD800, 0xF8FF),
    (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0x1FFFE, 0x1FFFF), (0x2FFFE, 0x2FFFF), (0x3FFFE, 0x3FFFF), (0x4FFFE, 0x4FFFF), (0x5FFFE, 0x5FFFF),
    (0x6FFFE, 0x6FFFF), (0x7FFFE, 0x7FFFF), (0x8FFFE, 0x8FFFF), (0x9FFFE, 0x9FFFF), (0xAFFFE, 0xAFFFF),
    (0xBFFFE, 0xBFFFF), (0xCFFFE, 0xCFFFF), (0xDFFFE, 0xDFFFF), (0xE0000, 0x10FFFF),
)  # fmt: skip
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\ufe20-\ufe2f"
)

_CLASS = "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in _DANGER)
_DANGEROUS = re.compile(f"[{_CLASS}]")
_HEAD = re.compile(r"arn:[^:]{0,20}:[^:]{0,40}:[^:]{0,20}:[^:]{0,12}:(?=.)|[0-9]{12}:(?=.)", re.DOTALL)
"""What is alike in many names: all of an ARN before what it names, and the account of a principal."""
_DOMAIN = ".amazonaws.com"


@cache
def _ambiguous() -> re.Pattern[str]:
    """What `spelled` must name: the dangers, the signs it uses itself, and the fifth mark of a pile."""
    return re.compile(f"[{_CLASS}\u2400-\u2421\ufffd⟨]|(?<=[{_MARKS}]{{4}})[{_MARKS}]")


@cache
def _pile() -> re.Pattern[str]:
    return re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else HIDDEN


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _picture(match) if code < 0x20 or code == 0x7F else f"⟨U+{code:04X}⟩"


def plain(text: str, limit: int | None = None) -> str:
    """`text` on one line with every dangerous code point replaced one for one, at most `limit` code points long.

    A run of more than four combining marks is cut to four and one ``�``.
    """
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + MARK[:limit]
    if text.isascii() and text.isprintable():
        return text
    return _pile().sub(rf"\1{HIDDEN}", _DANGEROUS.sub(_picture, text))


def spelled(text: str) -> str:
    """`text` on one line with each dangerous code point named: injective, so two values never look the same."""
    if text.isascii() and text.isprintable():
        return text
    return _ambiguous().sub(_spell, text)


def is_plain(text: str) -> bool:
    """Whether `text` may go to a terminal as it is, but for combining marks."""
    return (text.isascii() and text.isprintable()) or _DANGEROUS.search(text) is None


@lru_cache(4096)
def cell_width(char: str) -> int:
    """Cells that one code point takes: 0 for marks, 2 for wide ones, 1 for the rest."""
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    """Cells that `text` takes once it is plain."""
    return len(text) if text.isascii() else sum(map(cell_width, text))


def middle(text: str, cells: int) -> str:
    """`text` made plain and, when wider than `cells`, cut in its middle with `MARK` between the two ends."""
    if len(text) > 4 * cells + 64:  # a 10 MB value must not be walked for 20 cells
        text = text[: 2 * cells + 16] + text[-(2 * cells + 16) :]
        value = plain(text)
    else:
        value = plain(text)
        if width(value) <= cells:
            return value
    if cells <= 1:
        return MARK[:cells]
    tail = (cells - 1) // 2
    if value.isascii():
        return value[: cells - 1 - tail] + MARK + (value[-tail:] if tail else "")
    return _fitting(value, cells - 1 - tail) + MARK + _fitting(value[::-1], tail)[::-1]


def _fitting(text: str, cells: int) -> str:
    """The longest start of `text` that takes at most `cells` cells."""
    used = 0
    for index, char in enumerate(text):
        used += cell_width(char)
        if used > cells:
            return text[:index]
    return text


def told(name: str, cells: int) -> str:
    """`name`, when wider than `cells`, without what tells least, marked: head of an ARN, account, domain."""
    if len(name) <= cells:
        return name
    head = _HEAD.match(name)
    if head is not None:
        return MARK + name[head.end() :]
    return name.removesuffix(_DOMAIN) + MARK if name.endswith(_DOMAIN) else name


def grouped(number: int) -> str:
    """``30477`` as ``30,477``."""
    return f"{number:,}"


def sized(size: int) -> str:
    """Bytes as people say them, in powers of 1,000: ``831 bytes``, ``16.8 MB``, ``2.10 GB``."""
    if size < 1000:
        return f"{size} bytes" if size != 1 else "1 byte"
    value = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    return f"{value:,.{2 if value < 9.995 else 1 if value < 99.95 else 0}f} {unit}"
