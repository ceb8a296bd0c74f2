"""STIX 2.1: indicators of what was marked, and the marked events as observed data with their notes.

Ids are made of what an object says (UUIDv5), times are those of the marks and events: the same marks give the same
bundle, whoever makes it and when (docs.oasis-open.org/cti/stix/v2.1).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from ctwork.case.export.leaving import Leaving
from ctwork.case.outlet import dumped
from ctwork.model.address import address_class, parse_address
from ctwork.model.annotation import Annotation, worst
from ctwork.model.column import ADDRESS_COLUMN
from ctwork.model.document import legal_text
from ctwork.model.instant import event_time_ms
from ctwork.model.target import SpanTarget, ValueTarget, parse_target
from ctwork.resources import toml_table

Object = dict[str, Any]
_OBSERVABLES = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of the ids of observables (STIX 2.1, 2.9)."""
_OWN = uuid5(_OBSERVABLES, "ctwork")
"""The namespace of all other ids."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TELLING = ("userIdentity.accessKeyId", "userAgent")
"""What a marked event tells of an attacker, besides a public address."""


class StixExporter:
    """A bundle of indicators, observed data and notes. Events that are not marked say nothing in it."""

    name = "stix"
    suffixes: tuple[str, ...] = (".stix.json", ".stix")
    needs: tuple[str, ...] = ("eventTime", "eventName", "eventID", ADDRESS_COLUMN, "userIdentity.arn", *_TELLING)
    parses: bool = False
    told = "STIX 2.1 indicators of marked values and events"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        marks = [(each["target"], Annotation.of(each)) for each in head["marks"]]
        objects = {each["id"]: each for each in _objects(events, marks)}
        # A bundle is a set: its order says nothing, so it is that of the ids.
        ordered = [objects[name] for name in sorted(objects)]
        name = uuid5(_OWN, "bundle " + " ".join(f"{each['id']} {each.get('modified', '')}" for each in ordered))
        bundle: Object = {"type": "bundle", "id": f"bundle--{name}"}
        if ordered:
            bundle["objects"] = ordered
        out.write(legal_text(dumped(bundle, indent=1)).encode() + b"\n")


@dataclass(slots=True)
class _Clue:
    """What points to an attacker: one pattern, with all that was said of it."""

    pattern: str
    name: str
    created_ms: int
    modified_ms: int
    valid_ms: int
    severities: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    def take(self, said: Annotation, valid_ms: int) -> None:
        """Adds what is said of one mark."""
        self.created_ms, self.modified_ms = (
            min(self.created_ms, said.changed_ms),
            max(self.modified_ms, said.changed_ms),
        )
        self.valid_ms = min(self.valid_ms, valid_ms)
        self.severities.append(said.severity)
        self.verdicts.append(said.verdict)
        self.notes += [said.note] if said.note and said.note not in self.notes else []
        self.tags |= set(said.tags)

    def indicator(self) -> Object:
        severity = worst(filter(None, self.severities))
        kinds = toml_table("export.toml")["stix"]["type"]
        kind = next((kinds[each] for each in kinds if each in self.verdicts), "unknown")
        labels = sorted(self.tags | ({f"severity:{severity}"} if severity else set()))
        return _filled(
            {
                **_dated("indicator", self.pattern, self.created_ms, self.modified_ms),
                "name": self.name,
                "description": "\n\n".join(self.notes),
                "indicator_types": [kind],
                "pattern": self.pattern,
                "pattern_type": "stix",
                "pattern_version": "2.1",
                "valid_from": _time(self.valid_ms),
                "labels": labels,
            }
        )


def _objects(events: Iterable[Leaving], marks: Iterable[tuple[str, Annotation]]) -> Iterator[Object]:
    clues: dict[str, _Clue] = {}
    for each in events:
        if each.annotation is not None:
            yield from _observed(each, each.annotation)
            for column, value in _telling(each):
                _take(clues, column, value, each.annotation, event_time_ms(each.cells["eventTime"] or ""))
    for text, said in marks:
        target = parse_target(text)
        if isinstance(target, ValueTarget) and (said.severity or said.verdict):
            _take(clues, target.column, target.value, said, None)
        elif isinstance(target, SpanTarget) and said.note:
            yield from _span_note(text, said)
    yield from (clue.indicator() for clue in clues.values())


def _telling(each: Leaving) -> Iterator[tuple[str, str]]:
    """Columns and values of an event that was found to be bad or grave."""
    said = each.annotation
    if said is None or said.verdict == "benign" or not (said.verdict or said.severity):
        return
    address = each.cells[ADDRESS_COLUMN] or ""
    if address_class(address) == "public":
        yield ADDRESS_COLUMN, address
    yield from ((column, value) for column in _TELLING if (value := each.cells[column]))


def _take(clues: dict[str, _Clue], column: str, value: str, said: Annotation, at_ms: int | None) -> None:
    pattern = pattern_of(column, value)
    if pattern:
        valid_ms = said.changed_ms if at_ms is None else at_ms
        made = _Clue(pattern, f"{column} {value}", said.changed_ms, said.changed_ms, valid_ms)
        clues.setdefault(pattern, made).take(said, valid_ms)


def pattern_of(column: str, value: str) -> str:
    """The pattern that a value of `column` matches; "" for a column that STIX has nothing for."""
    if column == ADDRESS_COLUMN:
        address = parse_address(value)
        path = "" if address is None else f"ipv{address.version}-addr:value"
        value = str(address)
    else:
        path = toml_table("export.toml")["stix"]["pattern"].get(column, "")
    quoted = legal_text(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"[{path} = '{quoted}']" if path else ""


def _observed(each: Leaving, said: Annotation) -> Iterator[Object]:
    """A marked event: who and where as observables, the event that saw them, and what was said of it."""
    seen = [*_accounts(each), *_addresses(each)]
    if not seen:
        return
    yield from seen
    cells = each.cells
    at_ms = event_time_ms(cells["eventTime"] or "")
    at = _time(said.changed_ms if at_ms is None else at_ms)
    key = f"{cells['eventID'] or ''} {each.sha256}"
    observed = {
        **_dated("observed-data", key, said.changed_ms, said.changed_ms),
        "first_observed": at,
        "last_observed": at,
        "number_observed": 1,
        "object_refs": sorted(one["id"] for one in seen),
        "labels": list(said.tags),
        "external_references": [
            _filled(
                {"source_name": "AWS CloudTrail", "external_id": cells["eventID"], "description": cells["eventName"]}
            )
        ],
    }
    yield _filled(observed)
    if said.note:
        yield _note(key, said, observed["id"])


def _accounts(each: Leaving) -> Iterator[Object]:
    for column in ("userIdentity.arn", "userIdentity.accessKeyId"):
        if value := each.cells[column]:
            yield _observable("user-account", {"user_id": value})


def _addresses(each: Leaving) -> Iterator[Object]:
    address = parse_address(each.cells[ADDRESS_COLUMN] or "")
    if address is not None:
        yield _observable(f"ipv{address.version}-addr", {"value": str(address)})


def _span_note(text: str, said: Annotation) -> Iterator[Object]:
    """What was said of a stretch of time: a note has to be about some object, here about who wrote it."""
    owner = _filled({**_dated("identity", "investigator", said.changed_ms, said.changed_ms), "name": "investigator"})
    yield owner
    note = _note(text, said, owner["id"])
    note["abstract"] = text.removeprefix("span/").replace("/", " to ")
    yield note


def _note(key: str, said: Annotation, about: str) -> Object:
    return _filled(
        {
            **_dated("note", key, said.changed_ms, said.changed_ms),
            "content": said.note,
            "authors": [said.author] if said.author else None,
            "object_refs": [about],
            "labels": [f"severity:{said.severity}"] if said.severity else None,
        }
    )


def _observable(kind: str, members: Mapping[str, str]) -> Object:
    """An observable, whose id follows from its members as the standard says: of their canonical JSON (RFC 8785)."""
    said = {name: legal_text(value) for name, value in members.items()}
    name = uuid5(_OBSERVABLES, dumped(dict(sorted(said.items()))))
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{name}", **said}


def _dated(kind: str, key: str, created_ms: int, modified_ms: int) -> Object:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid5(_OWN, legal_text(f'{kind} {key}'))}",
        "created": _time(created_ms),
        "modified": _time(modified_ms),
    }


def _time(instant_ms: int) -> str:
    """RFC 3339 with milliseconds, as STIX writes it."""
    moment = _EPOCH + timedelta(milliseconds=instant_ms)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _filled(members: Mapping[str, Any]) -> Object:
    return {name: value for name, value in members.items() if value not in (None, "", [])}
