"""The values of a column counted one event at a time: what a facet means, and its answer for few events."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ctwork.model.column import TIME_COLUMN, kind_of
from ctwork.model.facet import FacetKey, FacetOrder, FacetRow, Facets, Portrait
from ctwork.model.instant import event_time_ms, format_instant
from ctwork.model.likeness import likeness
from ctwork.model.numeral import number
from ctwork.model.predicate import Event
from ctwork.model.shown import Span

_KEYS: dict[FacetKey, Callable[[FacetRow], int | None]] = {
    "count": lambda row: row.count,
    "first": lambda row: row.first_ms,
    "last": lambda row: row.last_ms,
    "errors": lambda row: row.errors,
}
SEVERAL = "several"
"""Kind and principal of a value whose events are of more than one."""


@dataclass(slots=True)
class _Group:
    """The events of one value."""

    events: list[Event] = field(default_factory=list)

    def distinct(self, column: str) -> set[str]:
        return {value for event in self.events for value in event.values(column) if value}

    @property
    def times(self) -> list[int]:
        return [time for event in self.events if (time := time_of(event)) is not None]

    def row(self, value: str) -> FacetRow:
        times = self.times
        errors = sum(event.values("outcome") not in ((), ("ok",)) for event in self.events)
        return FacetRow(value, len(self.events), min(times, default=None), max(times, default=None), errors)


class Tally:
    """The values of one column in some events, in order."""

    def __init__(self, wanted: Facets, events: Iterable[Event]) -> None:
        self.wanted = wanted
        self._groups: dict[str, _Group] = {}
        spans = []
        for event in events:
            spans.append(time_of(event))
            for value in values_of(event, wanted.column):
                self._groups.setdefault(value, _Group()).events.append(event)
        known = [time for time in spans if time is not None]
        self._span = (min(known), max(known)) if known else None
        self._rows = in_order([group.row(value) for value, group in self._groups.items()], wanted)
        self._places = {row.value: place for place, row in enumerate(self._rows)}

    @property
    def total(self) -> int:
        """How many values there are."""
        return len(self._rows)

    def page(self, offset: int, limit: int) -> Sequence[FacetRow]:
        """Up to `limit` values from `offset` on."""
        return self._rows[max(offset, 0) : max(offset, 0) + limit]

    def position(self, value: str) -> int | None:
        """Offset of `value`; None when it is not among them."""
        return self._places.get(value)

    def portraits(
        self,
        offset: int,
        limit: int,
        bins: int,
        over: Span | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Sequence[Portrait]:
        """One per row of `page`, with `bins` buckets each `over` a time span (None: that of all events)."""
        span = over or self._span
        return [_portrait(self._groups[row.value], bins, span) for row in self.page(offset, limit)]


def _portrait(group: _Group, bins: int, span: Span | None) -> Portrait:
    trend = [0] * bins
    if span is not None and bins:
        width = bucket_width(*span, bins)
        for time in group.times:
            if span[0] <= time <= span[1]:
                trend[(time - span[0]) // width] += 1
    return Portrait(
        trend=tuple(trend),
        writes=sum(event.values("verb") == ("write",) for event in group.events),
        sessions=len(group.distinct("session")),
        keys=len(group.distinct("userIdentity.accessKeyId")),
        addresses=len(group.distinct("sourceIPAddress")),
        principal=kind_among(group.distinct("principal")),
        kind=kind_among(group.distinct("principal_type")),
    )


def values_of(event: Event, column: str) -> tuple[str, ...]:
    """What `event` counts under: its values, "" without any; a time as the instant it means, however it is written."""
    if column == TIME_COLUMN:
        time = time_of(event)
        return ("" if time is None else format_instant(time),)
    return event.values(column) or ("",)


def time_of(event: Event) -> int | None:
    """Milliseconds since 1970 UTC; None without a readable time."""
    return event_time_ms(next(iter(event.values(TIME_COLUMN)), ""))


def bucket_width(first_ms: int, last_ms: int, bins: int) -> int:
    """Milliseconds per bucket when the span is cut into `bins` of equal length."""
    return (last_ms - first_ms) // bins + 1


def kind_among(kinds: set[str]) -> str:
    """One kind stands for itself, none for ""; more are `SEVERAL`."""
    return SEVERAL if len(kinds) > 1 else next(iter(kinds), "")


def value_key(column: str) -> Callable[[str], tuple[Any, ...]]:
    """A key that sorts values of `column`: nothing first, then numbers by size where it may hold any, then texts."""
    numeric = kind_of(column) in ("number", "path")

    def key(value: str) -> tuple[Any, ...]:
        if column == TIME_COLUMN:
            return (bool(value), event_time_ms(value) or 0)
        parsed = number(value) if numeric else None
        return (2 if value else 0, 0, value) if parsed is None else (1, parsed, value)

    return key


def in_order(rows: Iterable[FacetRow], wanted: Facets) -> list[FacetRow]:
    """Those of `rows` that are wanted, as they are wanted."""
    find, by_value = likeness(wanted.needle), value_key(wanted.column)
    found = [(grade, row) for row in rows if (grade := find(row.value)) is not None]
    found.sort(key=lambda pair: by_value(pair[1].value))
    _sort(found, wanted.order)
    found.sort(key=lambda pair: pair[0])
    return [row for _, row in found]


def _sort(found: list[tuple[int, FacetRow]], order: FacetOrder) -> None:
    """Sorts in place; equal rows stay in place, and those without a time come last either way."""
    if order.key == "value":
        if order.descending:
            found.reverse()
        return
    key = _KEYS[order.key]
    found.sort(key=lambda pair: key(pair[1]) or 0, reverse=order.descending)
    found.sort(key=lambda pair: key(pair[1]) is None)
