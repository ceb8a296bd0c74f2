"""A lens: which events, of which time, in which order. Immutable, with a text form that parses back to it.

In the text, `time:` clauses that hold for the whole lens are its span (several intersect) and `sort:` is its order;
everything else is its predicate.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from ctwork.model.column import TIME_COLUMN, resolve
from ctwork.model.instant import MAX_MS, MIN_MS
from ctwork.model.predicate import (
    EVERYTHING,
    And,
    During,
    Event,
    Match,
    Not,
    Or,
    Predicate,
    conjunction,
    negation,
)
from ctwork.model.query import canonical, format_predicate, parse_with_order
from ctwork.model.wording import write_part, write_sort


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of events: by a canonical column name or path; ties go by source and index."""

    column: str = TIME_COLUMN
    descending: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", resolve(self.column, literal=True).name)

    def __str__(self) -> str:
        return write_sort(self.column, self.descending)


OLDEST_FIRST = Sort()
ALWAYS = During(None, None)


@dataclass(frozen=True, slots=True)
class Lens:
    """Everything that decides which events are seen, and in which order.

    However it is made, its predicate is canonical and holds no time clause that is for the whole lens: those are
    the span. So `Lens.parse(str(lens)) == lens`.
    """

    predicate: Predicate = EVERYTHING
    start_ms: int | None = None
    """Events at or after this instant (ms since 1970 UTC); None is from the first on."""
    end_ms: int | None = None
    """Events before this instant; None is to the last. Not after `start_ms`: an empty span, no event matches."""
    sort: Sort = OLDEST_FIRST

    def __post_init__(self) -> None:
        span, kept = During(self.start_ms, self.end_ms), []
        for part in _parts(canonical(self.predicate)):
            if isinstance(part, Match) and part.column == TIME_COLUMN and isinstance(part.condition, During):
                span = _overlap(span, part.condition)
            else:
                kept.append(part)
        object.__setattr__(self, "predicate", conjunction(kept))
        object.__setattr__(self, "start_ms", _writable(span.start_ms))
        object.__setattr__(self, "end_ms", _writable(span.end_ms))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The lens a text means. Raises LensError with the column of the mistake."""
        predicate, order = parse_with_order(text)
        return cls(predicate, sort=OLDEST_FIRST if order is None else Sort(order.column, order.descending))

    def __str__(self) -> str:
        span = During(self.start_ms, self.end_ms)
        if self.sort == OLDEST_FIRST and span == ALWAYS:
            return format_predicate(self.predicate)
        time = "" if span == ALWAYS else format_predicate(Match(TIME_COLUMN, span))
        order = "" if self.sort == OLDEST_FIRST else str(self.sort)
        return " ".join(filter(None, (time, write_part(self.predicate), order)))

    def matches(self, event: Event) -> bool:
        """The reference meaning, span included; an event whose time cannot be read is outside every span."""
        span = During(self.start_ms, self.end_ms)
        if span != ALWAYS and not any(map(span.accepts, event.values(TIME_COLUMN))):
            return False
        return self.predicate.matches(event)

    @property
    def parts(self) -> tuple[Predicate, ...]:
        """The conditions that all have to hold, span apart: one chip each."""
        return _parts(self.predicate)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that its conditions and its order name."""
        return frozenset({self.sort.column, *_columns(self.predicate)})

    @property
    def is_empty_span(self) -> bool:
        """Whether the span alone rules out every event."""
        return self.start_ms is not None and self.end_ms is not None and self.start_ms >= self.end_ms

    def with_predicate(self, predicate: Predicate) -> Self:
        """The same span and order with another predicate; its whole-lens time clauses narrow the span."""
        return replace(self, predicate=predicate)

    def with_span(self, start_ms: int | None, end_ms: int | None) -> Self:
        """The same lens over another span, half-open; None leaves that end open."""
        return replace(self, start_ms=start_ms, end_ms=end_ms)

    def with_sort(self, column: str, *, descending: bool = False) -> Self:
        """The same events in another order. Raises LensError for a column there is not."""
        return replace(self, sort=Sort(resolve(column).name, descending))

    def narrow(self, predicate: Predicate) -> Self:
        """Only those of its events for which `predicate` holds too."""
        return replace(self, predicate=conjunction((self.predicate, canonical(predicate))))

    def also(self, other: "Lens") -> Self:
        """Only what both show, in the order of `other` unless that is the usual one."""
        span = During(other.start_ms, other.end_ms)
        both = self.narrow(other.predicate).narrow(EVERYTHING if span == ALWAYS else Match(TIME_COLUMN, span))
        return both if other.sort == OLDEST_FIRST else replace(both, sort=other.sort)

    def exclude(self, predicate: Predicate) -> Self:
        """Only those of its events for which `predicate` does not hold."""
        return self.narrow(negation(canonical(predicate)))

    def widen(self, part: Predicate) -> Self:
        """Without one of its `parts`; the same lens when it has no such part."""
        unwanted = _parts(canonical(part))
        return replace(self, predicate=conjunction(kept for kept in self.parts if kept not in unwanted))


def _parts(predicate: Predicate) -> tuple[Predicate, ...]:
    if isinstance(predicate, And):
        return predicate.parts
    return () if predicate == EVERYTHING else (predicate,)


def _columns(predicate: Predicate) -> Iterator[str]:
    if isinstance(predicate, And | Or):
        for part in predicate.parts:
            yield from _columns(part)
    elif isinstance(predicate, Not):
        yield from _columns(predicate.child)
    elif isinstance(predicate, Match):
        yield predicate.column


def _overlap(one: During, other: During) -> During:
    """The time in both: an empty stretch, start not before end, when they do not meet."""
    starts = [start for start in (one.start_ms, other.start_ms) if start is not None]
    ends = [end for end in (one.end_ms, other.end_ms) if end is not None]
    return During(max(starts, default=None), min(ends, default=None))


def _writable(instant_ms: int | None) -> int | None:
    return None if instant_ms is None else min(max(instant_ms, MIN_MS), MAX_MS)
