"""Which lenses an event leads to: the events around it and those that have something to do with it. Plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ctwork.model.document import at_path
from ctwork.model.lens import Lens
from ctwork.model.predicate import Predicate, disjunction, having
from ctwork.model.shown import Line

_MIN_MS = 60_000
AROUND_MIN = (5, 15, 60, 240)
"""Minutes before and after an event that one key shows, one after another."""
_ISSUED = ("responseElements.credentials.accessKeyId", "responseElements.accessKey.accessKeyId")
"""Where a record names a credential that it gave out: sts calls, iam:CreateAccessKey."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Events that have something to do with one event."""

    title: str
    value: str
    """What they share."""
    lens: Lens
    slow: bool = False
    """To answer it, every record has to be read again."""


def around(line: Line, minutes: int) -> Lens | None:
    """All events of the principal of `line`, so many minutes before and after; None when it has no such value."""
    return _near(line, "principal", line.principal, minutes)


def wider(now: Lens, line: Line) -> Lens | None:
    """The next wider lens around `line`: about the same middle when `now` is one already. None when there is none."""
    first = around(line, AROUND_MIN[0])
    if first is None or now.predicate != first.predicate or now.start_ms is None or now.end_ms is None:
        return first
    length = (now.end_ms - now.start_ms) // _MIN_MS // 2
    if length not in AROUND_MIN:
        return first
    place = AROUND_MIN.index(length) + 1
    middle = (now.start_ms + now.end_ms) // 2
    return _spanned(now, middle, AROUND_MIN[place]) if place < len(AROUND_MIN) else now


def relations(line: Line, document: Any) -> list[Relation]:
    """What leads away from an event, nearest first; `document` is its decoded record."""
    return [*_of_ids(document), *_of_keys(document), *_of_values(line)]


def _of_ids(document: Any) -> Iterator[Relation]:
    for title, path in (("same request", "requestID"), ("same event elsewhere", "sharedEventID")):
        if value := _text(document, path):
            yield Relation(title, value, _only(Lens(), path, value), slow=True)


def _of_keys(document: Any) -> Iterator[Relation]:
    if (key := _text(document, "userIdentity.accessKeyId")) and key.startswith(("ASIA", "AKIA")):
        yield Relation("what issued this key", key, Lens(disjunction(issued_as(key))))
    for path in _ISSUED:
        if given := _text(document, path):
            yield Relation("by the key issued here", given, _only(Lens(), "key", given))


def issued_as(key: str) -> Iterator[Predicate]:
    """Events whose response names access key `key`."""
    return (having(path, key) for path in _ISSUED)


def _of_values(line: Line) -> Iterator[Relation]:
    if line.session:
        yield Relation("same session", line.session, _session(line))
    for title, field, value, minutes in (
        ("same resource", "resource", line.target, 10),
        ("same principal", "principal", line.principal, 5),
        ("same address", "ip", line.address, 10),
    ):
        lens = _near(line, field, value, minutes)
        if lens is not None:
            yield Relation(f"{title} ± {minutes} min", value, lens)


def _session(line: Line) -> Lens:
    lens = _only(Lens(), "session", line.session)
    return _only(lens, "principal", line.principal) if line.principal else lens


def _near(line: Line, field: str, value: str, minutes: int) -> Lens | None:
    if not value or line.time_ms is None:
        return None
    return _spanned(_only(Lens(), field, value), line.time_ms, minutes)


def _spanned(lens: Lens, middle_ms: int, minutes: int) -> Lens:
    middle = middle_ms // 1000 * 1000
    return lens.with_span(middle - minutes * _MIN_MS, middle + minutes * _MIN_MS)


def _only(lens: Lens, field: str, value: str) -> Lens:
    return lens.narrow(having(field, value))


def _text(document: Any, path: str) -> str:
    found = at_path(document, path)
    return found[0] if found and isinstance(found[0], str) else ""
