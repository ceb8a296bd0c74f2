"""What is being written at the caret of a lens, and the texts that may end it.

What a chosen value is written as is exact (`event:=GetObject`), as the lenses of the pivot keys are, so that the lens
shows as many events as were offered.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ctwork.errors import LensError
from ctwork.model.column import COLUMNS, Column, resolve
from ctwork.model.condition import Text
from ctwork.model.facet import Suggestion
from ctwork.model.glob import plain_text
from ctwork.model.operand import suit, write_operand
from ctwork.model.predicate import Match
from ctwork.model.spelling import column_at, spell
from ctwork.model.wording import canonical, format_predicate

Sought = Literal["word", "value", "name"]

_SIGN = re.compile(r">=|<=|>|<|=")
_REGEX = re.compile(r"=?/(?:\\.|[^/\\])+/(?=[\s)]|\Z)", re.DOTALL)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_BARE = re.compile(r'(?:\\.|[^\s()"\\]|\\\Z)+', re.DOTALL)
_NAMES_AFTER = ("has", "_exists_", "sort")
_NAMED_LIMIT = 4
"""Names of columns beside values: they must not crowd them out."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An unfinished token before the caret."""

    sought: Sought
    """A word (of any column, or the name of one), a value of `field`, or only the name of a column."""
    field: str
    """The short name or path of the column whose value is written; "" for a word or a name."""
    text: str
    """What the token says so far, quotes and escapes undone."""
    start: int
    """Where it starts in the lens, sign and quote included; it ends at the caret."""
    grouped: bool = False
    """Whether it stands between parentheses."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to go on."""

    written: str
    """What takes the place of the token."""
    label: str
    """The value or the name, raw."""
    field: str
    """The column of the value; "" where it goes without saying."""
    about: str = ""
    """What a column holds."""
    count: int | None = None
    """Events with that value; None for a name."""


@dataclass(slots=True)
class _Place:
    """How far a lens was read, and the columns that the parentheses around that place belong to."""

    at: int
    owners: list[str]

    @property
    def owner(self) -> str:
        return self.owners[-1] if self.owners else ""


def begun(text: str, caret: int) -> Begun | None:
    """What is being written before `caret`; None where nothing is, or nothing that a known value could end."""
    if text[caret : caret + 1].strip(" )"):
        return None  # in the middle of a token
    text, place, found = text[:caret], _Place(0, []), None
    while place.at < caret:
        found = _token(text, place)
    return found


def _token(text: str, place: _Place) -> Begun | None:
    """Reads one token and moves `place` behind it; what it is when it reaches the end of `text` unfinished."""
    char = text[place.at]
    if char.isspace() or char == "!":
        place.at += 1
        return None
    if char in "()":
        if char == "(":
            place.owners.append(place.owner)
        elif place.owners:
            place.owners.pop()
        place.at += 1
        return None
    if not place.owner:
        minus = int(char == "-" and column_at(text, place.at + 1) is not None)
        colon = column_at(text, place.at + minus)
        if colon is not None:
            name = spell(text[place.at + minus : colon], 0).text
            place.at = colon + 1
            if text[place.at : place.at + 1] != "(":
                return _operand(text, place, name)
            place.owners.append(name)
            place.at += 1
            return _sought(name, "", place.at, grouped=True) if place.at == len(text) else None
    return _operand(text, place, place.owner)


def _operand(text: str, place: _Place, name: str) -> Begun | None:
    """As `_token`, for a value of the column `name`, or for a word when that is ""."""
    start = place.at
    if start == len(text) or text[start].isspace():
        return _sought(name, "", start, grouped=bool(place.owners)) if start == len(text) else None
    regex = _REGEX.match(text, start)
    if regex is not None:
        place.at = regex.end()
        return None
    sign = _SIGN.match(text, start)
    inner = sign.end() if sign is not None else start
    unsuited = sign is not None and (sign[0] != "=" or not name)
    if text[inner : inner + 1] == '"':
        closed = _QUOTED.match(text, inner)
        place.at = len(text) if closed is None else closed.end()
        if closed is not None or unsuited:
            return None
        said = spell(text[inner:].rstrip("\\") + '"', 0).text
        return _sought(name, said, start, grouped=bool(place.owners))
    bare = _BARE.match(text, inner)
    place.at = bare.end() if bare is not None else max(inner, start + 1)
    if place.at < len(text) or unsuited:
        return None
    written = bare[0] if bare is not None else ""
    pattern = spell(written, 0).pattern
    known = None if written.startswith("/") else plain_text(pattern)
    return None if known is None else _sought(name, known, start, grouped=bool(place.owners))


def _sought(name: str, text: str, start: int, *, grouped: bool) -> Begun | None:
    if not name:
        return Begun("word", "", text, start, grouped) if text else None
    if name.lower() in _NAMES_AFTER:
        return Begun("name", "", text, start, grouped)
    try:
        return Begun("value", resolve(name).short, text, start, grouped)
    except LensError:
        return None


def named(begun: Begun) -> tuple[Offer, ...]:
    """The columns whose name `begun` may become, the short names first."""
    if begun.sought == "value":
        return ()
    text, end = begun.text.lower(), ":" if begun.sought == "word" else ""
    found = [
        Offer(name + end, name + end, "", column.help) for name, column in _names() if name.lower().startswith(text)
    ]
    return tuple(found if begun.sought == "name" else found[:_NAMED_LIMIT])


def _names() -> Iterator[tuple[str, Column]]:
    """The names of every column, each column's short one before CloudTrail's."""
    yield from ((column.short, column) for column in COLUMNS)
    yield from ((column.name, column) for column in COLUMNS if column.name != column.short)


def valued(begun: Begun, found: Iterable[Suggestion]) -> tuple[Offer, ...]:
    """The values that `begun` may become."""
    offers = []
    for each in found:
        if not each.value:
            continue
        column = resolve(each.field, literal=True).name
        condition = suit(column, Text(each.value, exact=True))
        if begun.sought == "value":
            offers.append(Offer(write_operand(column, condition), each.value, "", "", each.count))
        else:
            written = format_predicate(canonical(Match(column, condition)))
            offers.append(Offer(written, each.value, each.field, "", each.count))
    return tuple(offers)


def taken(text: str, begun: Begun, caret: int, offer: Offer, *, over: bool) -> tuple[str, int]:
    """The lens with `offer` in the place of the token, and the caret behind it.

    When the token is `over` (and it is no name, to be followed by a value), behind a blank, too.
    """
    rest = text[caret:]
    blank = " " if over and offer.count is not None and not begun.grouped and not rest.startswith(" ") else ""
    head = text[: begun.start] + offer.written + blank
    return head + rest, len(head)
