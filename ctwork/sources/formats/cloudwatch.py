"""What CloudWatch Logs makes of records: exports to S3, subscriptions, API pages, results of Logs Insights."""

import re
from collections.abc import Iterator

import msgspec

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.carried import take_packed, take_text
from ctwork.sources.formats.document import Envelope, Sniffer, Span, first_of, inner_at, placed_at, value_span
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head, object_at
from ctwork.sources.scan import blank_end, elements, value_end

_STAMPED = re.compile(rb"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?|\d{13})[ \t,]++(?=\{)")
_FIRST_STAMPED = re.compile(rb"^" + _STAMPED.pattern, re.MULTILINE)
_LOOK_AHEAD = 1 << 20
_LONGEST_RECORD = 1 << 20
"""How far past its line the end of a record is looked for; the service's own limit is 256 KiB."""
_MARKER = b"Permission Check Successful"
"""What an export task leaves in ``aws-logs-write-test``."""


class SubscriptionMessage(Envelope):
    """What a subscription filter delivers: ``logEvents`` whose messages are records."""

    name = "cloudwatch-subscription"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("messageType") and (head.has("logEvents") or head.text("messageType") == "CONTROL_MESSAGE")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        if head.text("messageType") == "CONTROL_MESSAGE" or not head.has("logEvents"):
            message = "A control message of a CloudWatch Logs subscription: it holds no record."
            harvest.tell(IssueKind.NOTIFICATION, message, (head.start, head.end))
            return
        start, _ = value_span(data, head, "logEvents")
        take_messages(data, start, "message", harvest, self._sniff)


class LambdaLogs(Envelope):
    """``{"awslogs": {"data": "<base64 of gzip>"}}``: what a subscription calls a Lambda function with."""

    name = "cloudwatch-lambda"

    def claims(self, data: bytes, head: Head) -> bool:
        logs = inner_at(head, "awslogs")
        return logs is not None and logs.has("data")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        logs, span = inner_at(head, "awslogs"), (head.start, head.end)
        if logs is None or not take_packed(logs.text("data"), span, harvest, self._sniff):
            harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A CloudWatch Logs delivery without CloudTrail records.", span)


class LogEvents(Envelope):
    """``{"events": [{"timestamp", "message"}]}``: a page of ``filter-log-events`` or ``get-log-events``."""

    name = "cloudwatch-events"

    def claims(self, data: bytes, head: Head) -> bool:
        if first := first_of(head, "events"):
            return first.has("message") and (first.has("timestamp") or first.has("eventId"))
        marks = ("searchedLogStreams", "nextForwardToken", "nextBackwardToken")
        return head.list_of("events") == [] and any(map(head.has, marks))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "events")
        take_messages(data, start, "message", harvest, self._sniff)


class InsightsItem(Envelope):
    """One row of a Logs Insights export as JSON: ``@message`` is a record, as text or as an object."""

    name = "logs-insights"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("@message")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        found = placed_at(data, head, "@message") if inner_at(head, "@message") else None
        if found is not None and self._sniff(data, found, harvest):
            return
        if not take_text(head.text("@message").encode(), (head.start, head.end), harvest, self._sniff):
            harvest.tell(
                IssueKind.NOT_CLOUDTRAIL, "A log message that is no CloudTrail record.", (head.start, head.end)
            )


class InsightsResult(Envelope):
    """``get-query-results``: rows of ``{"field", "value"}`` pairs."""

    name = "logs-insights-result"

    def claims(self, data: bytes, head: Head) -> bool:
        rows = head.list_of("results") or []
        return bool(rows) and bytes(rows[0]).startswith(b"[") and b'"field"' in bytes(rows[0])[:200]

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "results")
        for span in elements(data, start):
            text = _fields(data[slice(*span)]).get("@message", "")
            if not take_text(text.encode(), span, harvest, self._sniff):
                harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A row without a CloudTrail record in @message.", span)


def _fields(row: bytes) -> dict[str, str]:
    try:
        return {item["field"]: item["value"] for item in msgspec.json.decode(row, type=list[dict[str, str]])}
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, UnicodeDecodeError):
        return {}


def take_messages(data: bytes, start: int, member: str, harvest: Harvest, sniff: Sniffer) -> None:
    """Takes what the text `member` of each element of the array at `start` holds."""
    for span in elements(data, start):
        item = object_at(data, *span) if data[span[0]] == 0x7B else None
        if item is None or not take_text(item.text(member).encode(), span, harvest, sniff):
            harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A log event that is no CloudTrail record.", span)


class ExportedLines(Envelope):
    """``<time> {record}`` per line, as an export task writes to S3; and the marker which it tests the bucket with."""

    name = "cloudwatch-export"

    def read(self, data: bytes, start: int, harvest: Harvest) -> bool:
        if data.startswith(_MARKER, start) and not data[start + len(_MARKER) :].strip():
            message = "The marker of a CloudWatch Logs export: it holds no record."
            harvest.tell(IssueKind.NOTIFICATION, message, (0, len(data)))
            return True
        if not _FIRST_STAMPED.search(data, start, start + _LOOK_AHEAD):
            return False
        harvest.containers.append(self.name)
        for line, document in _lines(data, start):
            if document is None:
                harvest.tell(IssueKind.SYNTAX, "A line that is not a time and a whole JSON document.", line)
            elif not self._sniff_line(data, document, harvest):
                harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A log event that is no CloudTrail record.", line)
            else:
                harvest.witness(*line)
        return True

    def _sniff_line(self, data: bytes, document: Head, harvest: Harvest) -> bool:
        # One export is one container, whatever number of documents it has.
        harvest.level += 1
        known = self._sniff(data, document, harvest)
        harvest.level -= 1
        return known


def _lines(data: bytes, at: int) -> Iterator[tuple[Span, Head | None]]:
    """``(span, document)`` of each line that is not blank; a document may go on over several lines."""
    effort = 4 * _LONGEST_RECORD + len(data)
    while (at := blank_end(data, at)) < len(data):
        newline = data.find(b"\n", at)
        end = len(data) if newline < 0 else newline
        stamp = _STAMPED.match(data, at, end)
        document = object_at(data, stamp.end(), end) if stamp else None
        if stamp and document is None and effort > 0:
            stop = value_end(data, stamp.end(), min(len(data), stamp.end() + _LONGEST_RECORD))
            effort -= _LONGEST_RECORD if stop < 0 else stop - at
            document = object_at(data, stamp.end(), stop) if stop > 0 else None
            end = stop if document else end
        yield (at, end), document
        at = end
