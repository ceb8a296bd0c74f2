"""Opens documents that travel as text inside a string: JSON in JSON, base64 of gzip, cells of a table."""

import binascii
import re
from base64 import b64decode

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.document import Sniffer, Span
from ctwork.sources.harvest import DERIVED, LOSSY, Harvest
from ctwork.sources.inflate import inflate
from ctwork.sources.jsonhead import Head, head_of, object_at
from ctwork.sources.scan import separator_end, value_end

_SPEAKS_OF_RECORDS = re.compile(rb'"event(?:ID|Version|Name|Source)\\*"').search


def take_text(text: bytes, span: Span, harvest: Harvest, sniff: Sniffer) -> bool:
    """Takes what the JSON `text` of a string holds; the string lies at `span` of the stream.

    False, with nothing told, when it is not JSON of a known format or holds nothing. Damaged JSON that speaks of
    records is told.
    """
    text = text.strip(b" \t\r\n\x00")
    if text[:1] not in (b"{", b"["):
        return False
    carried = Harvest(harvest.source, harvest.bounds, level=harvest.level)
    known, at = False, 0
    while at < len(text):
        head = _document(text, at)
        if head is None:
            if not known and not _SPEAKS_OF_RECORDS(text):
                return False
            carried.tell(IssueKind.SYNTAX, "The text in this item is not valid JSON; it may have been cut off.")
            known = True
            break
        known = sniff(text, head, carried) or known
        at = separator_end(text, head.end)
    _pass_on(carried, span, harvest)
    return known and bool(carried.records or carried.issues)


def take_packed(text: str, span: Span, harvest: Harvest, sniff: Sniffer) -> bool:
    """Like `take_text` for base64 of JSON, compressed or not; what is wrong with the base64 or the gzip is told."""
    try:
        carrier = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        harvest.tell(IssueKind.SYNTAX, "The data in this item is not base64.", span)
        return True
    inflated = inflate(carrier, harvest.bounds, harvest.source)
    for problem in inflated.problems:
        harvest.tell(problem.kind, problem.message, span)
    return take_text(bytes(inflated.data), span, harvest, sniff) or bool(inflated.problems)


def _document(text: bytes, at: int) -> Head | None:
    """The document at `at`, which may have others glued to it."""
    if text[at] not in b"{[":
        return None
    if head := head_of(text, at, len(text)):
        return head
    end = value_end(text, at)
    return object_at(text, at, end) if end > 0 else None


def _pass_on(carried: Harvest, span: Span, harvest: Harvest) -> None:
    for record in carried.records:
        harvest.take(record, *span, LOSSY if carried.fidelity == LOSSY else DERIVED)
    for issue in carried.issues:
        harvest.tell(issue.kind, issue.message, span)
