"""What a pivot key means: the lens that follows from a lens and a value. Plain values."""

from collections.abc import Iterable
from dataclasses import replace

from ctwork.model.column import resolve
from ctwork.model.condition import Wildcard
from ctwork.model.lens import OLDEST_FIRST, Lens, Sort
from ctwork.model.predicate import Match, Predicate, conjunction, disjunction, having, negation

CLOSEST_MS = 1_000
"""The shortest time that a key looks at."""
_WIDEST_MS = 20 * 365 * 86_400_000


def containing(field: str, part: str) -> Predicate:
    """Events whose `field` has `part` anywhere in it, ignoring case."""
    text = "".join(f"\\{char}" if char in "*?\\" else char for char in part)
    return Match(resolve(field, literal=True).name, Wildcard(f"*{text}*"))


def only(lens: Lens, field: str, value: str) -> Lens:
    """`lens`, narrowed to events whose `field` is exactly `value`."""
    return lens.narrow(having(field, value))


def within(lens: Lens, path: Iterable[tuple[str, str]]) -> Lens:
    """`lens`, narrowed to events with every ``(field, value)`` of `path`."""
    for field, value in path:
        lens = only(lens, field, value)
    return lens


def outside(lens: Lens, path: Iterable[tuple[str, str]]) -> Lens:
    """`lens` without the events that have every ``(field, value)`` of `path`."""
    return lens.exclude(conjunction(having(field, value) for field, value in path))


def own(lens: Lens, path: Iterable[tuple[str, str]]) -> Lens:
    """All events of the values in `path` during the time of `lens`, whatever else it asks for."""
    return within(Lens(start_ms=lens.start_ms, end_ms=lens.end_ms), path)


def without(lens: Lens, field: str, value: str) -> Lens:
    """`lens` without the events whose `field` is exactly `value`."""
    return lens.exclude(having(field, value))


def toggled(lens: Lens, part: Predicate) -> Lens:
    """`lens` narrowed to `part`, or widened when it holds `part` already."""
    return lens.widen(part) if part in lens.parts else lens.narrow(part)


NOISE = disjunction(
    (having("principal_type", "service"), having("address_class", "service"), having("address_class", "internal"))
)
"""What AWS services do by themselves or for somebody: much of every archive, seldom the answer."""
QUIET = negation(NOISE)
FAILURES = negation(having("outcome", "ok"))
WRITES = having("verb", "write")


def ordered(lens: Lens, field: str) -> Lens:
    """`lens` in the order of `field`; once more turns it round, and once more brings back the order of time."""
    rising, falling = Sort(field), Sort(field, descending=True)
    if lens.sort == rising:
        return replace(lens, sort=falling)
    return replace(lens, sort=OLDEST_FIRST if lens.sort == falling else rising)


def closer(lens: Lens, center_ms: int, shown_ms: int) -> Lens:
    """`lens` over a quarter of the `shown_ms` that are on screen, around `center_ms`, at least `CLOSEST_MS`."""
    span_ms = max(shown_ms // 4, CLOSEST_MS)
    start_ms = center_ms - span_ms // 2
    return lens.with_span(start_ms, start_ms + span_ms)


def further(lens: Lens) -> Lens:
    """`lens` over four times its span around the same middle; over all time when that is decades."""
    if lens.start_ms is None or lens.end_ms is None:
        return lens.with_span(None, None)
    span_ms = lens.end_ms - lens.start_ms
    if span_ms * 4 > _WIDEST_MS:
        return lens.with_span(None, None)
    return lens.with_span(lens.start_ms - span_ms * 3 // 2, lens.end_ms + span_ms * 3 // 2)
