"""What may help a lens that shows nothing: the values there are, a wildcard, or a wider search."""

from collections.abc import Iterator

from ctwork.model.column import COLUMNS
from ctwork.model.lens import Lens
from ctwork.model.predicate import And, Anywhere, Match, Not, Or, Phrase, Predicate, Text, Word

_CLOSED = {column.name: column for column in COLUMNS if column.values}
_SHORT = {column.name: column.short for column in COLUMNS}
_IDENTIFIERS = frozenset({"userIdentity.accessKeyId", "eventID", "account", "userIdentity.arn", "session"})
"""Columns of long values that one is tempted to begin and not to finish."""


def advice(lens: Lens) -> str:
    """One sentence for whoever got no event from `lens`; "" when nothing about it looks like a slip."""
    if lens.is_empty_span:
        return "the time span is empty: it ends before it begins"
    hints = [hint for part in _leaves(lens.predicate) if (hint := _hint(part))]
    return next(iter(hints), "")


def _leaves(predicate: Predicate) -> Iterator[Predicate]:
    """The conditions that were asked for; those that were denied cannot be what left nothing over."""
    if isinstance(predicate, And | Or):
        for part in predicate.parts:
            yield from _leaves(part)
    elif not isinstance(predicate, Not):
        yield predicate


def _hint(part: Predicate) -> str:
    if isinstance(part, Word | Phrase | Anywhere):
        return (
            "words and quotes look at names, addresses, keys, resources, agents and errors; raw: looks at whole records"
        )
    if not isinstance(part, Match) or not isinstance(part.condition, Text):
        return ""
    short, text = _SHORT.get(part.column, part.column), part.condition.text
    closed = _CLOSED.get(part.column)
    if closed is not None and text.lower() not in closed.values:
        return f"{short} is one of " + ", ".join(closed.values)
    if part.column in _IDENTIFIERS:
        return f"{short}: means the whole value; {short}:{text}* finds what begins so"
    return ""
