"""What the formats share: their shapes, what a record is, and how to reach into a document that lies in the stream."""

import json
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from msgspec import Raw

from ctwork.sources.base import IssueKind
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head, head_of, object_at
from ctwork.sources.scan import blank_end, elements, members, placed

Span = tuple[int, int]
"""``[start, end)`` in the inflated stream."""
Sniffer = Callable[[bytes, Head, Harvest], bool]
"""Gives a document to the format that claims it; False when none does. Envelopes get it to open what they hold."""

Knower = Callable[[Raw], bool]
"""Whether some format claims a value."""


class Format(Protocol):
    """One container format of JSON documents."""

    name: str

    def claims(self, data: bytes, head: Head) -> bool:
        """Whether the document at `head` is of this format."""
        ...

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        """Takes its records, or tells why it has none."""
        ...


class Envelope:
    """What every format has that opens the documents it holds."""

    def __init__(self, sniff: Sniffer) -> None:
        self._sniff = sniff


class StreamFormat(Protocol):
    """One container format that is no JSON document: it is known by how the stream begins."""

    def read(self, data: bytes, start: int, harvest: Harvest) -> bool:
        """Takes the records from `start` on, or tells why there are none; False when it is not of this format."""
        ...


def is_record(head: Head) -> bool:
    """Whether an object is a CloudTrail record: an API event, an Insight or an aggregated event."""
    keys = head.keys
    if not keys:
        return False
    if "eventName" in keys and "eventSource" in keys:
        known = "eventID" in keys or "eventVersion" in keys or "eventTime" in keys
        return known and not bytes(keys["eventSource"]).startswith(b'"aws:')
    if "insightDetails" in keys:
        return "eventID" in keys or "eventVersion" in keys
    return "timeWindow" in keys and "summary" in keys and "eventCategory" in keys


def inner(value: Raw) -> Head | None:
    """The head of a value taken alone, when it is an object."""
    raw = bytes(value)
    return head_of(raw, 0, len(raw)) if raw.startswith(b"{") else None


def raw_at(head: Head, *path: str) -> Raw | None:
    """The value that lies at `path` below `head`, unparsed."""
    found: Head | None = head
    for key in path[:-1]:
        found = inner(found.keys[key]) if found is not None and found.keys and key in found.keys else None
    return found.keys.get(path[-1]) if found is not None and found.keys else None


def inner_at(head: Head, *path: str) -> Head | None:
    """The head of the object that lies at `path` below `head`, taken alone."""
    found = raw_at(head, *path)
    return None if found is None else inner(found)


def value_span(data: bytes, head: Head, key: str) -> Span:
    """Where the value of `key` lies; the last one when the key repeats, as JSON readers have it."""
    return {name: (start, end) for name, start, end in members(data, head.start)}[key]


def placed_at(data: bytes, head: Head, *path: str) -> Head | None:
    """The object at `path` below `head` where it lies in `data`."""
    found: Head | None = head
    for key in path:
        found = object_at(data, *value_span(data, found, key)) if found is not None else None
    return found


def first_of(head: Head, key: str) -> Head | None:
    """The first element of the array in `key`, when it is an object."""
    items = head.list_of(key)
    return inner(items[0]) if items else None


def values_of(data: bytes, head: Head) -> dict[str, Any]:
    """The whole object as Python values, digits kept; empty when only its top level can be read."""
    raw = data[head.start : head.end]
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        loaded = json.loads(raw.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def take_list(data: bytes, start: int, items: list[Raw], harvest: Harvest) -> int:
    """Takes every object of the array at `start` and tells of other elements; the offset after its ``]``.

    `items` are its elements when they are known already (much quicker).
    """
    texts = [bytes(item) for item in items]
    spans = placed(data, texts, start) if texts else None
    if spans is None:
        spans = list(elements(data, start))
        texts = [data[begin:end] for begin, end in spans]
    for text, span in zip(texts, spans, strict=True):
        if text.startswith(b"{"):
            harvest.take(text, *span)
        else:
            harvest.tell(IssueKind.NOT_OBJECT, "An element of the list is not an object.", span)
    return blank_end(data, spans[-1][1] if spans else start + 1) + 1


def take_documents(data: bytes, start: int, harvest: Harvest, sniff: Sniffer, items: list[Raw] | None = None) -> None:
    """Sniffs every element of the array at `start`."""
    spans = placed(data, [bytes(item) for item in items], start) if items else None
    for span in list(elements(data, start)) if spans is None else spans:
        head = object_at(data, *span) if data[span[0]] in b"{[" else None
        if head is None or not sniff(data, head, harvest):
            harvest.tell(IssueKind.NOT_CLOUDTRAIL, "An element of the array is not a CloudTrail record.", span)
