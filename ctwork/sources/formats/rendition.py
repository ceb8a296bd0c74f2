"""Records that a query or a tool wrote out again as JSON: rows of Lake and Athena, folded names, text of log events."""

from typing import Any

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.carried import take_text
from ctwork.sources.formats.document import Envelope, Sniffer, inner_at, value_span, values_of
from ctwork.sources.formats.rebuild import take_rebuilt
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head
from ctwork.sources.scan import elements

_WHOLE = ("eventJson", "eventjson")


class QueryResult(Envelope):
    """``{"QueryResultRows": [[{"eventID": …}, …]]}``: a page of ``get-query-results`` of CloudTrail Lake."""

    name = "lake-result"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.list_of("QueryResultRows") is not None

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, "QueryResultRows")
        for span in elements(data, start):
            take_row(_joined(data, span), span, harvest, self._sniff)


def _joined(data: bytes, span: tuple[int, int]) -> dict[str, Any]:
    """The cells of one row: a list of objects with one member each."""
    wrapped = b'{"row":%s}' % data[slice(*span)]
    cells = values_of(wrapped, Head(0, len(wrapped), None, None)).get("row")
    row: dict[str, Any] = {}
    for cell in cells if isinstance(cells, list) else [cells]:
        row.update(cell if isinstance(cell, dict) else {})
    return row


class FoldedRecord(Envelope):
    """A record whose names were folded to lower case, as rows of Athena are when they become JSON."""

    name = "folded"

    def claims(self, data: bytes, head: Head) -> bool:
        if head.has("eventjson"):
            return True
        return head.has("eventname", "eventsource") and (head.has("eventid") or head.has("eventtime"))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        take_row(values_of(data, head), (head.start, head.end), harvest, self._sniff)


def take_row(row: dict[str, Any], span: tuple[int, int], harvest: Harvest, sniff: Sniffer) -> None:
    """Takes the record of one row: whole when a column holds its text, else put together again."""
    for name in _WHOLE:
        text = row.get(name)
        if isinstance(text, str) and take_text(text.encode("utf-8", "surrogateescape"), span, harvest, sniff):
            return
    if not take_rebuilt(row, span, harvest):
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A row of a query result that names no event.", span)


class Message(Envelope):
    """A log event around the text of a record: what log shippers and search exports write."""

    name = "message"
    _names = ("message", "log", "raw", "_raw", "body", "Body")

    def claims(self, data: bytes, head: Head) -> bool:
        return bool(_message(head, self._names))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        _open(_message(head, self._names), head, harvest, self._sniff)


class SplunkResult(Envelope):
    """``{"result": {"_raw": "<record>"}}``: a line of a Splunk export."""

    name = "splunk"

    def claims(self, data: bytes, head: Head) -> bool:
        return bool(self._raw(head))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        _open(self._raw(head), head, harvest, self._sniff)

    def _raw(self, head: Head) -> str:
        result = inner_at(head, "result")
        return result.text("_raw") if result else head.text("_raw")


def _message(head: Head, names: tuple[str, ...]) -> str:
    """The first of the texts `names` that looks like a JSON object that speaks of records."""
    texts = (head.text(name) for name in names if head.has(name))
    return next((text for text in texts if text.lstrip().startswith("{") and '"event' in text), "")


def _open(text: str, head: Head, harvest: Harvest, sniff: Sniffer) -> None:
    span = head.start, head.end
    if not take_text(text.encode("utf-8", "surrogateescape"), span, harvest, sniff):
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A log message that is no CloudTrail record.", span)
