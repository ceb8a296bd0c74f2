"""What CloudTrail itself writes: records, trail files, digests, Lake's sign files; and plain lists of anything."""

import re

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.document import Knower, Sniffer, inner, is_record, take_documents, take_list, value_span
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head
from ctwork.sources.scan import members

_RECORDS_FIRST = re.compile(rb'\{[ \t\r\n]*+"Records"[ \t\r\n]*+:[ \t\r\n]*+(?=\[)').match
_PARTNER_CATEGORIES = ("ActivityAuditLog", "ConfigurationItem", "Evidence")


class SingleRecord:
    """One bare record."""

    name = "record"

    def claims(self, data: bytes, head: Head) -> bool:
        return is_record(head)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        harvest.take_head(data, head)


class PartnerRecord:
    """One event of another source that CloudTrail Lake keeps: its ``eventData`` is no call of the AWS API."""

    name = "lake-partner"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("eventData", "eventCategory") and head.text("eventCategory") in _PARTNER_CATEGORIES

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        harvest.take_head(data, head)
        what = head.text("eventCategory")
        message = f"An event of category {what}: kept as it is, though it is no call of the AWS API."
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, message, harvest.spans[-1], len(harvest.records) - 1)


class TrailFile:
    """``{"Records": [...]}`` as a trail delivers it and as the console's Event history downloads it."""

    name = "trail"

    def claims(self, data: bytes, head: Head) -> bool:
        items = head.list_of("Records")
        if items is None:
            return False
        return not items or any((first := inner(item)) is not None and is_record(first) for item in items)

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


class Digest:
    """A digest file: hashes of log files, for the integrity check."""

    name = "digest"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("digestS3Object", "logFiles")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        message = "A digest file: it holds hashes of log files and no record."
        harvest.tell(IssueKind.DIGEST_FILE, message, (head.start, head.end))


class LakeSignature:
    """``result_sign.json``: signed hashes of the files of one Lake query result."""

    name = "lake-signature"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("hashSignature", "files")

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        message = "The sign file of a Lake query result: it holds hashes of result files and no record."
        harvest.tell(IssueKind.DIGEST_FILE, message, (head.start, head.end))


class ListOf:
    """``{"<name>": [...]}`` of anything known: what scripts and other tools make of records."""

    name = "list"
    _names = ("Records", "records", "Events", "events", "logs", "items", "data", "results", "value")

    def __init__(self, sniff: Sniffer, known: Knower) -> None:
        self._sniff = sniff
        self._known = known

    def claims(self, data: bytes, head: Head) -> bool:
        return self._key(head) is not None

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        start, _ = value_span(data, head, self._key(head) or "")
        take_documents(data, start, harvest, self._sniff)

    def _key(self, head: Head) -> str | None:
        held = ((name, head.list_of(name)) for name in self._names if head.has(name))
        return next((name for name, items in held if items and any(map(self._known, items))), None)


class BareArray:
    """``[...]`` of anything known: what detonation logs, samples and many scripts write."""

    name = "array"

    def __init__(self, sniff: Sniffer, known: Knower) -> None:
        self._sniff = sniff
        self._known = known

    def claims(self, data: bytes, head: Head) -> bool:
        if head.items is None:
            return False
        return not head.items or any(map(self._known, head.items))

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        take_documents(data, head.start, harvest, self._sniff, head.items)
