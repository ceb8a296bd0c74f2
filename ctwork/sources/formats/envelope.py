"""Messages around records: EventBridge, SNS, SQS, what a Lambda function is called with, `lookup-events` items."""

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.carried import take_packed, take_text
from ctwork.sources.formats.document import (
    Envelope,
    Knower,
    Sniffer,
    first_of,
    inner,
    inner_at,
    is_record,
    placed_at,
    raw_at,
    take_documents,
    value_span,
)
from ctwork.sources.harvest import DERIVED, Harvest
from ctwork.sources.jsonhead import Head, head_of, object_at
from ctwork.sources.scan import elements

_ANNOUNCEMENT = "A notification: it announces log files and holds no CloudTrail record."


class EventBridge:
    """An EventBridge event: the record is its ``detail``."""

    name = "eventbridge"

    def claims(self, data: bytes, head: Head) -> bool:
        detail = inner_at(head, "detail")
        return detail is not None and (is_record(detail) or head.text("detail-type").endswith("via CloudTrail"))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, end = value_span(data, head, "detail")
        harvest.take(data[start:end], start, end)


class LookupItem:
    """One item of ``lookup-events``: the record is the text in ``CloudTrailEvent`` (some tools leave it an object)."""

    name = "lookup-events"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("CloudTrailEvent") and (head.has("EventId") or head.has("EventName"))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        assert head.keys is not None
        raw = bytes(head.keys["CloudTrailEvent"])
        if raw.startswith(b"{"):
            harvest.take(raw, *value_span(data, head, "CloudTrailEvent"))
            return
        text = head.text("CloudTrailEvent").encode()
        if text.startswith(b"{") and head_of(text, 0, len(text)) is not None:
            harvest.take(text, head.start, head.end, DERIVED)
        else:
            message = "The item's CloudTrailEvent is not the JSON text of a record."
            harvest.tell(IssueKind.SYNTAX, message, (head.start, head.end))


class LookupEvents(Envelope):
    """``{"Events": [...]}``: a page of ``lookup-events``, its items as above or records."""

    name = "lookup-events"

    def claims(self, data: bytes, head: Head) -> bool:
        items = head.list_of("Events")
        if items is None:
            return False
        first = inner(items[0]) if items else None
        return not items or (first is not None and (first.has("CloudTrailEvent") or is_record(first)))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "Events")
        take_documents(data, start, harvest, self._sniff)


class Pointer:
    """What CloudTrail and S3 announce new files with: names of files, no record."""

    name = "notification"
    _shapes = (("s3Bucket", "s3ObjectKey"), ("Service", "Event", "Bucket"))

    def claims(self, data: bytes, head: Head) -> bool:
        return any(head.has(*shape) for shape in self._shapes)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        harvest.tell(IssueKind.NOTIFICATION, _ANNOUNCEMENT, (head.start, head.end))


class TextEnvelope:
    """A message whose payload is the text of one member: the claim is a set of members, the payload one of them."""

    def __init__(self, name: str, members: tuple[str, ...], payload: str, sniff: Sniffer) -> None:
        self.name = name
        self._members = members
        self._payload = payload
        self._sniff = sniff

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has(*self._members, self._payload)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        span = head.start, head.end
        if not take_text(head.text(self._payload).encode(), span, harvest, self._sniff):
            harvest.tell(IssueKind.NOTIFICATION, _ANNOUNCEMENT, span)


class Messages(Envelope):
    """``{"Messages": [...]}``: what ``receive-message`` gives, each item a message of SQS."""

    name = "sqs-messages"

    def claims(self, data: bytes, head: Head) -> bool:
        first = first_of(head, "Messages")
        return first is not None and first.has("Body")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "Messages")
        take_documents(data, start, harvest, self._sniff)


class Invocation(Envelope):
    """``{"Records": [...]}`` with ``aws:`` sources: what S3, SQS, SNS and streams call a Lambda function with.

    S3 points at log files; the others carry a text, a message or base64 that may hold records.
    """

    name = "notification"

    def claims(self, data: bytes, head: Head) -> bool:
        first = first_of(head, "Records")
        return first is not None and (first.text("eventSource") or first.text("EventSource")).startswith("aws:")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "Records")
        announcements = 0
        for span in elements(data, start):
            item = object_at(data, *span) if data[span[0]] == 0x7B else None
            if item is None or not self._open(item, span, harvest):
                announcements += 1
        if announcements:
            message = "An event notification, not a log file: it announces files and holds no CloudTrail record."
            harvest.tell(IssueKind.NOTIFICATION, message, (head.start, head.end))

    def _open(self, item: Head, span: tuple[int, int], harvest: Harvest) -> bool:
        """Takes what one item carries; False when it carries nothing."""
        if body := item.text("body"):
            return take_text(body.encode(), span, harvest, self._sniff)
        if (sns := inner_at(item, "Sns")) and (message := sns.text("Message")):
            return take_text(message.encode(), span, harvest, self._sniff)
        stream = inner_at(item, "kinesis")
        packed = stream.text("data") if stream else ""
        return bool(packed) and take_packed(packed, span, harvest, self._sniff)


class Delivery(Envelope):
    """What Firehose hands to a Lambda function: ``records`` with base64 ``data``."""

    name = "firehose"

    def claims(self, data: bytes, head: Head) -> bool:
        first = first_of(head, "records")
        return first is not None and first.has("recordId", "data")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "records")
        for span in elements(data, start):
            item = object_at(data, *span) if data[span[0]] == 0x7B else None
            if item is None or not take_packed(item.text("data"), span, harvest, self._sniff):
                harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A Firehose record that holds no CloudTrail record.", span)


class Wrapped:
    """An object around another document: dumps of Elasticsearch, Datadog, HTTP event collectors and kits."""

    name = "wrapped"
    _paths = (
        ("_source",),
        ("content", "attributes"),
        ("attributes", "attributes"),
        ("result",),
        ("event",),
        ("detail",),
        ("_raw",),
        ("output",),
    )

    def __init__(self, sniff: Sniffer, known: Knower) -> None:
        self._sniff = sniff
        self._known = known

    def claims(self, data: bytes, head: Head) -> bool:
        return self._path(head) is not None

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        found = placed_at(data, head, *(self._path(head) or ()))
        if found is None or not self._sniff(data, found, harvest):
            message = "What this envelope holds cannot be read."
            harvest.tell(IssueKind.SYNTAX, message, (head.start, head.end))

    def _path(self, head: Head) -> tuple[str, ...] | None:
        for path in self._paths:
            if (found := raw_at(head, *path)) is not None and self._known(found):
                return path
        return None
