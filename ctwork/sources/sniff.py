"""The order in which formats are asked: the first that claims a document (or a stream) reads it.

Everything is recognised from its content alone (facts: cloudtrail-formats 5). A format is a small object with a name, a
claim and a way to take its records; adding one means adding it here. A document is one whole JSON object or array;
several are JSON Lines. A stream that is no JSON at all goes to `STREAMS`; delimited text and Parquet are tables, and
`TABLES` say what their columns mean.
"""

from msgspec import Raw

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.bystander import AccountState, AcquisitionLog
from ctwork.sources.formats.cloudwatch import (
    ExportedLines,
    InsightsItem,
    InsightsResult,
    LambdaLogs,
    LogEvents,
    SubscriptionMessage,
)
from ctwork.sources.formats.delimited import Delimited
from ctwork.sources.formats.document import Format, StreamFormat, inner
from ctwork.sources.formats.elastic import EcsItem, Hits, LogstashItem
from ctwork.sources.formats.envelope import (
    Delivery,
    EventBridge,
    Invocation,
    LookupEvents,
    LookupItem,
    Messages,
    Pointer,
    TextEnvelope,
    Wrapped,
)
from ctwork.sources.formats.ocsf import OcsfItem
from ctwork.sources.formats.rendition import FoldedRecord, Message, QueryResult, SplunkResult
from ctwork.sources.formats.table import ConsoleTable, EcsTable, OcsfTable, RecordTable, Table, TextColumn
from ctwork.sources.formats.trail import (
    BareArray,
    Digest,
    LakeSignature,
    ListOf,
    PartnerRecord,
    SingleRecord,
    TrailFile,
)
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head
from ctwork.sources.parquet import Parquet
from ctwork.sources.scan import elements

_LEVELS = 6
"""Envelopes that may lie in one another: a list of SQS messages that hold SNS messages that hold EventBridge events."""


def sniff(data: bytes, head: Head, harvest: Harvest) -> bool:
    """Gives the document at `head` to the first format that claims it; False when none does."""
    for form in FORMATS:
        if form.claims(data, head):
            if harvest.level == 0:
                harvest.containers.append(form.name)
                harvest.witness(head.start, head.end)
            elif harvest.level >= _LEVELS:
                message = f"More than {_LEVELS} envelopes lie in one another; what they hold is not read."
                harvest.tell(IssueKind.DEPTH, message, (head.start, head.end))
                return True
            harvest.level += 1
            form.records(data, head, harvest)
            harvest.level -= 1
            return True
    return False


def sniff_stream(data: bytes, start: int, harvest: Harvest) -> bool:
    """Gives what is no JSON to the format that knows it; False when none does."""
    return any(form.read(data, start, harvest) for form in STREAMS)


def _is_document(value: Raw) -> bool:
    """Whether a format that is no list claims a value."""
    head = inner(value)
    return head is not None and any(form.claims(bytes(value), head) for form in DOCUMENTS)


def _is_filled(value: Raw) -> bool:
    """Whether a value is a document, or an array that holds one."""
    raw = bytes(value)
    if raw.startswith(b"["):
        return any(_is_document(Raw(raw[start:end])) for start, end in elements(raw, 0))
    return _is_document(value)


def _is_known(value: Raw) -> bool:
    """Whether an array's element is a document, a wrapping of one, or an array that holds one."""
    head = inner(value)
    return _is_filled(value) or (head is not None and any(form.claims(bytes(value), head) for form in WRAPPINGS))


DOCUMENTS: tuple[Format, ...] = (
    LogstashItem(),
    SingleRecord(),
    PartnerRecord(),
    Invocation(sniff),
    TrailFile(),
    Digest(),
    LakeSignature(),
    LookupItem(),
    LookupEvents(sniff),
    EventBridge(),
    TextEnvelope("sns-notification", ("Type", "MessageId", "TopicArn"), "Message", sniff),
    TextEnvelope("sqs-message", ("MessageId",), "Body", sniff),
    TextEnvelope("sqs-message", ("ReceiptHandle",), "Body", sniff),
    Messages(sniff),
    Pointer(),
    Delivery(sniff),
    SubscriptionMessage(sniff),
    LambdaLogs(sniff),
    LogEvents(sniff),
    InsightsItem(sniff),
    InsightsResult(sniff),
    EcsItem(sniff),
    OcsfItem(),
    SplunkResult(sniff),
    QueryResult(sniff),
    FoldedRecord(sniff),
    Message(sniff),
)
"""Formats that say themselves what they are."""

WRAPPINGS: tuple[Format, ...] = (Wrapped(sniff, _is_filled), Hits(sniff))
"""Objects that are known by what lies in them."""

BYSTANDERS: tuple[Format, ...] = (AccountState(), AcquisitionLog())
"""Documents without records: they are asked last, for whatever holds a record shall be read."""

FORMATS: tuple[Format, ...] = (
    *DOCUMENTS,
    *WRAPPINGS,
    ListOf(sniff, _is_known),
    BareArray(sniff, _is_known),
    *BYSTANDERS,
)
"""Every container that is a JSON document, asked in this order."""

TABLES: tuple[Table, ...] = (
    TextColumn("eventjson", "eventjson", sniff, only_records=True),
    TextColumn("lookup-events-csv", "cloudtrailevent", sniff, only_records=True),
    TextColumn("logs-insights", "@message", sniff, only_records=False),
    TextColumn("splunk", "_raw", sniff, only_records=False),
    TextColumn("filebeat", "event.original", sniff, only_records=False),
    ConsoleTable(),
    OcsfTable(),
    EcsTable(),
    RecordTable("athena", folded=True),
    RecordTable("csv", folded=False),
)
"""Every kind of table, asked in this order."""

STREAMS: tuple[StreamFormat, ...] = (Parquet(), ExportedLines(sniff), Delimited(TABLES))
"""Every container that is no JSON document, asked in this order."""
