"""A predicate as lens text, and the canonical form in which the two are inverses.

Canonical is what parsing gives: And and Or flat, without repeats and with at least two parts, no Not of a Not, column
names as `column.resolve` gives them, and conditions as their column's operand reads (`operand.suit`). A condition its
column cannot hold (a number's order on a column of text) stays as it is and has no text that reads back.
"""

import re
from types import UnionType

from ctwork.errors import LensError
from ctwork.model.column import RAW_COLUMN, WORD_COLUMNS, Column, resolve
from ctwork.model.condition import Present, Regex, Text, Wildcard
from ctwork.model.operand import suit, write_operand
from ctwork.model.predicate import (
    EVERYTHING,
    And,
    Anywhere,
    Everything,
    Match,
    Not,
    Or,
    Phrase,
    Predicate,
    Word,
    conjunction,
    disjunction,
    negation,
)
from ctwork.model.spelling import bare, bare_word, quoted

_PATH_NAME = r"[A-Za-z_@][A-Za-z0-9_.@-]*"
_RESERVED = ("has", "sort", "_exists_")


def canonical(predicate: Predicate) -> Predicate:
    """The predicate of the same meaning that its text parses to."""
    match predicate:
        case And(parts):
            return conjunction(map(canonical, parts))
        case Or(parts):
            return disjunction(map(canonical, parts))
        case Not(child):
            return negation(canonical(child))
        case Word("") | Phrase(""):
            return EVERYTHING
        case Anywhere(condition):
            return _canonical_anywhere(condition)
        case Match(name, condition):
            column = resolve(name, literal=True).name
            return Match(column, suit(column, condition))
    return predicate


def format_predicate(predicate: Predicate) -> str:
    """The text of a canonical predicate, printable and on one line; empty for Everything."""
    return "" if predicate == EVERYTHING else _write(predicate)


def write_part(predicate: Predicate) -> str:
    """As `format_predicate`, to stand beside other conditions that have to hold too."""
    return "" if predicate == EVERYTHING else _within(predicate, Or)


def write_sort(column: str, descending: bool) -> str:
    """A `sort:` clause."""
    name = write_name(column, short=False)
    if name.startswith('"'):
        return f"sort:{quoted(column + (':desc' if descending else ':asc'))}"
    return f"sort:{name}{':desc' if descending else ''}"


def write_name(name: str, *, short: bool) -> str:
    """A canonical column name as it stands in a lens, between quotes where it would not read back."""
    column = _resolved(name)
    if column is None or column.name != name or name.lower() in _RESERVED or not _is_plain(name):
        return quoted(name)
    return column.short if short else name


def _is_plain(name: str) -> bool:
    return re.fullmatch(_PATH_NAME, name) is not None


def _resolved(name: str) -> Column | None:
    try:
        return resolve(name)
    except LensError:
        return None


def _canonical_anywhere(condition: Text | Wildcard | Regex) -> Predicate:
    """A condition without a column has text when it is a regex, has wildcards or is exact; else columns are named."""
    suited = suit(RAW_COLUMN, condition)
    if isinstance(suited, Wildcard | Regex) or (isinstance(suited, Text) and suited.exact):
        return Anywhere(suited)
    return disjunction(Match(column, suited) for column in WORD_COLUMNS)


def _write(predicate: Predicate) -> str:
    match predicate:
        case Everything():
            return "*"
        case And(parts):
            return " ".join(_within(part, Or) for part in parts)
        case Or(parts):
            return _write_group(parts) or " OR ".join(_within(part, And) for part in parts)
        case Not(child):
            return "!" + _within(child, And | Or)
        case Word(text):
            return bare_word(text)
        case Phrase(text):
            return quoted(text)
        case Anywhere(Wildcard(pattern, exact)):
            return ("=" if exact else "") + bare(pattern)
        case Anywhere(condition):
            return write_operand(RAW_COLUMN, condition)
        case Match(column, Present()):
            return f"has:{write_name(column, short=True)}"
        case Match(column, condition):
            return f"{write_name(column, short=True)}:{write_operand(column, condition)}"


def _within(predicate: Predicate, loose: type[And] | type[Or] | UnionType) -> str:
    """The text of a part, in parentheses where it is of a `loose` kind that would fall apart without."""
    text = _write(predicate)
    if isinstance(predicate, loose) and not (isinstance(predicate, Or) and _write_group(predicate.parts)):
        return f"({text})"
    return text


def _write_group(parts: tuple[Predicate, ...]) -> str:
    """`column:(a OR b)` when all parts ask for values of one column; else nothing."""
    first = parts[0] if parts else None
    operands = [
        write_operand(part.column, part.condition)
        for part in parts
        if isinstance(part, Match)
        and isinstance(first, Match)
        and part.column == first.column
        and not isinstance(part.condition, Present)
    ]
    if not isinstance(first, Match) or len(operands) != len(parts):
        return ""
    return f"{write_name(first.column, short=True)}:({' OR '.join(operands)})"
