"""The first events of a load while there is no store yet: few, so each is read the slow and obvious way."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from ctwork.model.facet import Facets
from ctwork.model.fact import facts
from ctwork.model.instant import event_time_ms
from ctwork.model.lens import Lens
from ctwork.model.record import Event
from ctwork.model.shown import Detail, Histogram, Line, Place, Span
from ctwork.model.tally import Tally

if TYPE_CHECKING:
    from ctwork.store.early import Early


class EarlyEvents:
    """Events that came ahead of the store, oldest first; an event's number is its place here."""

    def __init__(self, found: "Sequence[Early]") -> None:
        self._read = sorted(_readable(found), key=lambda pair: _time(pair[0]) or 0)

    def view(self, lens: Lens, base: int) -> "EarlyView":
        """The events of `lens`; their row numbers count from `base`."""
        chosen = [number for number, (event, _) in enumerate(self._read) if lens.matches(event)]
        by = lens.sort
        if by.column == "eventTime":
            chosen = chosen[::-1] if by.descending else chosen
        else:
            # Equal values stay oldest first, either way.
            chosen.sort(key=lambda number: _first(self._read[number][0], by.column), reverse=by.descending)
        events = [self._read[number][0] for number in chosen]
        lines = [_line(base + number, event) for number, event in zip(chosen, events, strict=True)]
        return EarlyView(lens, lines, events)

    def event_id(self, number: int) -> str:
        """The eventID of event `number`."""
        return self._read[number][0].text("eventID")

    def detail(self, number: int) -> Detail:
        """Event `number` in full. Its bytes came straight from the reader, which has just hashed them."""
        event, place = self._read[number]
        return Detail(
            facts=facts(lambda column: _first(event, column), event.values("resource"), event.document),
            raw=event.raw,
            document=event.document,
            places=(place,),
            sha256=hashlib.sha256(event.raw).hexdigest(),
            problem="",
        )


class EarlyView:
    """Some early events, in the order of the lens."""

    def __init__(self, lens: Lens, lines: Sequence[Line], events: Sequence[Event]) -> None:
        self.lens = lens
        self._lines = lines
        self._events = events

    @property
    def total(self) -> int:
        """Events in this view."""
        return len(self._lines)

    @property
    def span_ms(self) -> Span | None:
        """Times of the first and the last event; None when no event has one."""
        times = [line.time_ms for line in self._lines if line.time_ms is not None]
        return (min(times), max(times)) if times else None

    def page(self, offset: int, limit: int) -> Sequence[Line]:
        """Up to `limit` events from `offset` on."""
        return self._lines[offset : offset + limit]

    def histogram(self, bins: int, over: Span | None = None) -> Histogram:
        """No buckets: a hundred events say nothing of their distribution."""
        return Histogram(0, 1_000, (), ())

    def position(self, row: int) -> int | None:
        """Offset of event `row`, or of the first one."""
        rows = [line.row for line in self._lines]
        return rows.index(row) if row in rows else (0 if rows else None)

    def next_error(self, offset: int, step: int) -> int | None:
        """Offset of the next event that did not succeed."""
        ahead = range(offset + step, len(self._lines) if step > 0 else -1, step)
        return next((place for place in ahead if self._lines[place].outcome != "ok"), None)

    def next_gap(self, offset: int, step: int, least_ms: int) -> int | None:
        """Offset of the event behind the next silence of `least_ms` or more."""
        ahead = range(offset + step, len(self._lines) if step > 0 else 0, step)
        return next((place for place in ahead if self._silence(place) >= least_ms), None)

    def next_mark(self, offset: int, step: int) -> int | None:
        """None: marks are found again in a store."""
        return None

    def _silence(self, place: int) -> int:
        """Milliseconds between an event and the one before it; -1 when they cannot be told."""
        before, now = self._lines[place - 1].time_ms, self._lines[place].time_ms
        return -1 if not place or before is None or now is None else now - before

    def facets(self, wanted: Facets, cancelled: Callable[[], bool]) -> Tally:
        """The values of a column in this view."""
        return Tally(wanted, self._events)


def _readable(found: "Sequence[Early]") -> Iterator[tuple[Event, Place]]:
    """What the plain reader takes; the store has the rest, and says what is odd about it."""
    for early in found:
        with suppress(ValueError, RecursionError):
            yield Event.parse(early.raw, early.place.source), early.place


def _time(event: Event) -> int | None:
    return event_time_ms(event.text("eventTime"))


def _first(event: Event, column: str) -> str:
    return next(iter(event.values(column)), "")


def _line(row: int, event: Event) -> Line:
    resources = event.values("resource")
    return Line(
        row=row,
        time_ms=_time(event),
        principal=_first(event, "principal"),
        session=_first(event, "session"),
        service=_first(event, "service"),
        event=_first(event, "eventName"),
        target=resources[0] if resources else "",
        targets=len(resources),
        address=_first(event, "sourceIPAddress"),
        region=_first(event, "awsRegion"),
        account=_first(event, "account"),
        outcome=_first(event, "outcome"),
        error=_first(event, "errorCode"),
        verb=_first(event, "verb"),
        copies=1,
        conflict=False,
    )
