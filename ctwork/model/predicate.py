"""The filter tree: frozen, compared by value, with the reference meaning of every node as `matches(event)`.

    Predicate = Everything | And | Or | Not | Word | Phrase | Anywhere | Match

`Word`, `Phrase` and `Anywhere` look at any value of `WORD_COLUMNS` and have `accepts(value)` and `acceptor()`, as the
conditions of a `Match` have; a compiler runs those over dictionaries of distinct values. Which conditions a `Match`
holds depends on its column's kind once it is `canonical`: number columns Compare, Between, Present; the time column
During, Wildcard, Regex, Present; other known columns Text, Wildcard, Regex, Present, and Network for addresses; path
columns any. `conjunction`, `disjunction`, `negation` and `match` build canonical nodes from canonical parts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ctwork.model.column import TIME_COLUMN, WORD_COLUMNS, resolve
from ctwork.model.condition import (
    Acceptor,
    Between,
    Compare,
    Condition,
    During,
    Network,
    Present,
    Regex,
    Text,
    Wildcard,
)
from ctwork.model.instant import parse_instant
from ctwork.model.likeness import finder, fold, near, pieces

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "Acceptor",
    "And",
    "Anywhere",
    "Between",
    "Compare",
    "Condition",
    "During",
    "Event",
    "Everything",
    "Match",
    "Network",
    "Not",
    "Or",
    "Phrase",
    "Predicate",
    "Present",
    "Regex",
    "Text",
    "Wildcard",
    "Word",
    "conjunction",
    "disjunction",
    "fold",
    "is_id",
    "near",
    "negation",
    "pieces",
]


class Event(Protocol):
    """Anything that has values by column: the one thing a predicate asks of an event."""

    def values(self, column: str, /) -> tuple[str, ...]:
        """The event's values in a column or dotted path; () when absent."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """Holds for every event."""

    def matches(self, event: Event) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class And:
    """Holds when all parts hold."""

    parts: tuple["Predicate", ...]

    def matches(self, event: Event) -> bool:
        return all(part.matches(event) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Holds when at least one part holds."""

    parts: tuple["Predicate", ...]

    def matches(self, event: Event) -> bool:
        return any(part.matches(event) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its child does not; so also for an event without the column the child asks about."""

    child: "Predicate"

    def matches(self, event: Event) -> bool:
        return not self.child.matches(event)


@dataclass(frozen=True, slots=True)
class Word:
    """Some value of `WORD_COLUMNS` is `near` the word, or it is the eventID. The empty word holds for every event."""

    text: str

    def acceptor(self) -> Acceptor:
        return finder(self.text)

    def accepts(self, value: str) -> bool:
        return near(self.text, value)

    def matches(self, event: Event) -> bool:
        return not self.text or _anywhere(self.acceptor(), event) or is_id_of(self.text, event)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some value of `WORD_COLUMNS` contains the text, ignoring case. The empty phrase holds for every event."""

    text: str

    def acceptor(self) -> Acceptor:
        folded = fold(self.text)
        return lambda value: folded in fold(value)

    def accepts(self, value: str) -> bool:
        return fold(self.text) in fold(value)

    def matches(self, event: Event) -> bool:
        return not self.text or _anywhere(self.acceptor(), event)


@dataclass(frozen=True, slots=True)
class Anywhere:
    """Some value of `WORD_COLUMNS` meets the condition: a wildcard, regex or exact text typed without a column."""

    condition: Text | Wildcard | Regex

    def acceptor(self) -> Acceptor:
        return self.condition.acceptor()

    def accepts(self, value: str) -> bool:
        return self.condition.accepts(value)

    def matches(self, event: Event) -> bool:
        return _anywhere(self.condition.accepts, event)


@dataclass(frozen=True, slots=True)
class Match:
    """Some value of the column meets the condition. `column` is a canonical column name or a dotted path."""

    column: str
    condition: Condition

    def matches(self, event: Event) -> bool:
        return any(map(self.condition.accepts, event.values(self.column)))


Predicate = Everything | And | Or | Not | Word | Phrase | Anywhere | Match

EVERYTHING = Everything()
NOTHING = Not(EVERYTHING)


def conjunction(parts: Iterable[Predicate]) -> Predicate:
    """All of `parts`: nested ones flattened, repeats and Everything dropped, a single one as it is."""
    flat: dict[Predicate, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part.parts if isinstance(part, And) else (part,))
    flat.pop(EVERYTHING, None)
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat), EVERYTHING)


def disjunction(parts: Iterable[Predicate]) -> Predicate:
    """Any of `parts`: nested ones flattened, repeats dropped, a single one as it is; of none, nothing."""
    flat: dict[Predicate, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part.parts if isinstance(part, Or) else (part,))
    if EVERYTHING in flat:
        return EVERYTHING
    flat.pop(NOTHING, None)
    return Or(tuple(flat)) if len(flat) > 1 else next(iter(flat), NOTHING)


def negation(child: Predicate) -> Predicate:
    """The opposite of `child`; the opposite of an opposite is the thing itself."""
    return child.child if isinstance(child, Not) else Not(child)


def having(field: str, value: str) -> Predicate:
    """Events whose `field` (a short name or a path) is exactly `value`, or has none for "".

    For the time: within the same second.
    """
    column = resolve(field, literal=True).name
    if not value:
        return negation(Match(column, Present()))
    if column == TIME_COLUMN:
        start_ms, _ = parse_instant(value)
        return Match(column, During(start_ms, start_ms + 1000))
    return Match(column, Text(value, exact=True))


def is_id(word: str) -> bool:
    """Whether a word is a whole eventID, as one pastes it."""
    return _ID.fullmatch(word) is not None


def is_id_of(word: str, event: Event) -> bool:
    """Whether the word is the eventID of `event`."""
    return is_id(word) and any(map(Text(word).accepts, event.values("eventID")))


def _anywhere(accept: Acceptor, event: Event) -> bool:
    return any(accept(value) for column in WORD_COLUMNS for value in event.values(column))
