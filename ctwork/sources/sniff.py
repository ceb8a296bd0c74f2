"""The container formats, each recognised from its content alone (facts: cloudtrail-formats 5).

A format is a small object with a name, a claim and a way to take its records. Adding one means adding it to `FORMATS`:
the first that claims a document reads it. A document is one whole JSON object or array; several are JSON Lines.
"""

import re
from typing import Protocol

from msgspec import Raw

from ctwork.sources.base import IssueKind
from ctwork.sources.harvest import DERIVED, Harvest, Head, head_of, object_at
from ctwork.sources.scan import blank_end, elements, members, placed

_LEVELS = 4
"""Envelopes that may lie in one another: an array of SNS messages that hold an EventBridge event."""
_RECORDS_FIRST = re.compile(rb'\{[ \t\r\n]*+"Records"[ \t\r\n]*+:[ \t\r\n]*+(?=\[)').match


class Format(Protocol):
    """One container format."""

    name: str

    def claims(self, data: bytes, head: Head) -> bool:
        """Whether the document at `head` is of this format."""
        ...

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        """Takes its records, or tells why it has none."""
        ...


def sniff(data: bytes, head: Head, harvest: Harvest) -> bool:
    """Gives the document at `head` to the first format that claims it; False when none does."""
    if harvest.level >= _LEVELS:
        return False
    for form in FORMATS:
        if form.claims(data, head):
            if harvest.level == 0:
                harvest.containers.append(form.name)
                harvest.witness(head.start, head.end)
            harvest.level += 1
            form.records(data, head, harvest)
            harvest.level -= 1
            return True
    return False


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


def _inner(value: Raw) -> Head | None:
    """The head of a value taken alone, when it is an object."""
    raw = bytes(value)
    return head_of(raw, 0, len(raw)) if raw.startswith(b"{") else None


def _value_span(data: bytes, head: Head, key: str) -> tuple[int, int]:
    """Where the value of `key` lies; the last one when the key repeats, as JSON readers have it."""
    return {name: (start, end) for name, start, end in members(data, head.start)}[key]


class SingleRecord:
    """One bare record."""

    name = "record"

    def claims(self, data: bytes, head: Head) -> bool:
        return is_record(head)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        harvest.take_head(data, head)


class EventNotification:
    """``{"Records": [...]}`` with events of S3, SQS, SNS or a stream: it points at log files and holds no record."""

    name = "s3-notification"

    def claims(self, data: bytes, head: Head) -> bool:
        items = head.list_of("Records")
        first = _inner(items[0]) if items else None
        return first is not None and (first.text("eventSource") or first.text("EventSource")).startswith("aws:")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        message = "An event notification, not a log file: it announces files and holds no CloudTrail record."
        harvest.tell(IssueKind.NOTIFICATION, message, (head.start, head.end))


class TrailFile:
    """``{"Records": [...]}`` as a trail delivers it and as the console's Event history downloads it."""

    name = "trail"

    def claims(self, data: bytes, head: Head) -> bool:
        items = head.list_of("Records")
        if items is None:
            return False
        return not items or any((first := _inner(item)) is not None and is_record(first) for item in items)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        first = _RECORDS_FIRST(data, head.start)
        lists = [first.end()] if first else []
        end = take_list(data, first.end(), head.list_of("Records") or [], harvest) if first else head.start + 1
        # A second "Records" key would hide the first from every JSON reader; both are taken.
        later = [start for key, start, _ in members(data, end - 1) if key == "Records" and data[start] == 0x5B]
        for start in later:
            take_list(data, start, [], harvest)
        if len(lists) + len(later) > 1:
            message = 'The key "Records" repeats; the records of every list are kept.'
            harvest.tell(IssueKind.DUPLICATE_KEY, message, (head.start, head.end))


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


class Digest:
    """A digest file: hashes of log files, for the integrity check."""

    name = "digest"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("digestS3Object", "logFiles")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        message = "A digest file: it holds hashes of log files and no record."
        harvest.tell(IssueKind.DIGEST_FILE, message, (head.start, head.end))


class LookupItem:
    """One item of ``lookup-events``: the record is the text in ``CloudTrailEvent`` (some tools leave it an object)."""

    name = "lookup-events"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("CloudTrailEvent") and (head.has("EventId") or head.has("EventName"))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        assert head.keys is not None
        raw = bytes(head.keys["CloudTrailEvent"])
        if raw.startswith(b"{"):
            harvest.take(raw, *_value_span(data, head, "CloudTrailEvent"))
            return
        text = head.text("CloudTrailEvent").encode()
        if text.startswith(b"{") and head_of(text, 0, len(text)) is not None:
            harvest.take(text, head.start, head.end, DERIVED)
        else:
            message = "The item's CloudTrailEvent is not the JSON text of a record."
            harvest.tell(IssueKind.SYNTAX, message, (head.start, head.end))


class LookupEvents:
    """``{"Events": [...]}``: a page of ``lookup-events``, its items as above or records."""

    name = "lookup-events"

    def claims(self, data: bytes, head: Head) -> bool:
        items = head.list_of("Events")
        if items is None:
            return False
        first = _inner(items[0]) if items else None
        return not items or (first is not None and (first.has("CloudTrailEvent") or is_record(first)))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = _value_span(data, head, "Events")
        _take_documents(data, start, harvest)


class EventBridge:
    """An EventBridge event: the record is its ``detail``."""

    name = "eventbridge"

    def claims(self, data: bytes, head: Head) -> bool:
        if not head.has("detail"):
            return False
        assert head.keys is not None
        detail = _inner(head.keys["detail"])
        return detail is not None and (is_record(detail) or head.text("detail-type").endswith("via CloudTrail"))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, end = _value_span(data, head, "detail")
        harvest.take(data[start:end], start, end)


class SnsMessage:
    """An SNS envelope. Most announce log files; one that carries an EventBridge event is opened."""

    name = "sns-notification"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("Type", "MessageId", "TopicArn", "Message")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        text = head.text("Message").encode()
        inner = head_of(text, 0, len(text)) if text.startswith(b"{") else None
        carried = Harvest(harvest.source, harvest.bounds, level=harvest.level)
        if inner is not None and sniff(text, inner, carried) and carried.records:
            for record in carried.records:
                harvest.take(record, head.start, head.end, DERIVED)
        else:
            message = "A notification: it announces log files and holds no CloudTrail record."
            harvest.tell(IssueKind.NOTIFICATION, message, (head.start, head.end))


class Foreign:
    """Shapes that carry CloudTrail events in a wrapping which is not read yet: told as a loss, never passed over."""

    name = "foreign"
    _shapes = (
        (("logEvents", "logGroup"), "a CloudWatch Logs subscription"),
        (("awslogs",), "a CloudWatch Logs subscription"),
        (("class_uid", "metadata"), "OCSF"),
        (("@timestamp", "eventName"), "a Logstash export"),
        (("_source",), "an Elasticsearch dump"),
    )

    def claims(self, data: bytes, head: Head) -> bool:
        return bool(self._shape(head))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        message = f"This looks like {self._shape(head)}, which is not read yet."
        harvest.tell(IssueKind.UNSUPPORTED, message, (head.start, head.end))

    def _shape(self, head: Head) -> str:
        return next((what for keys, what in self._shapes if head.has(*keys)), "")


class BareArray:
    """``[...]`` of any documents above: what detonation logs, samples and many scripts write."""

    name = "array"

    def claims(self, data: bytes, head: Head) -> bool:
        if head.items is None:
            return False
        return not head.items or any(_is_known(item) for item in head.items)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        _take_documents(data, head.start, harvest, head.items)


def _is_known(item: Raw) -> bool:
    """Whether any format claims an array's element."""
    head = _inner(item)
    return head is not None and any(form.claims(bytes(item), head) for form in FORMATS)


def _take_documents(data: bytes, start: int, harvest: Harvest, items: list[Raw] | None = None) -> None:
    """Sniffs every element of the array at `start`."""
    spans = placed(data, [bytes(item) for item in items], start) if items else None
    for span in list(elements(data, start)) if spans is None else spans:
        head = object_at(data, *span) if data[span[0]] in b"{[" else None
        if head is None or not sniff(data, head, harvest):
            harvest.tell(IssueKind.NOT_CLOUDTRAIL, "An element of the array is not a CloudTrail record.", span)


FORMATS: tuple[Format, ...] = (
    SingleRecord(),
    EventNotification(),
    TrailFile(),
    Digest(),
    LookupItem(),
    LookupEvents(),
    EventBridge(),
    SnsMessage(),
    Foreign(),
    BareArray(),
)
"""Every container that is read, asked in this order."""
