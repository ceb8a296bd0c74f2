"""One inflated blob becomes raw record slices with their place, or issues that say why not."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import msgspec
from msgspec import Raw

from ctwork.sources.account import Account, Coverage
from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, Issue, IssueKind
from ctwork.sources.harvest import DERIVED, LOSSY, Decoded, Harvest
from ctwork.sources.jsonhead import head_of
from ctwork.sources.layout import slot_of
from ctwork.sources.parquet import held, is_parquet, parquet_record, records_in
from ctwork.sources.salvage import mentions_records, read_documents
from ctwork.sources.scan import blank_end, placed
from ctwork.sources.sniff import sniff, sniff_stream

_BOM = codecs.BOM_UTF8
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_PLAIN = b'{"Records":[{"eventVersion":"1.'
_LOG_SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz", ".cloudtrail", ".zst", ".bz2", ".xz")


class _TrailFile(msgspec.Struct, gc=False):
    """The one shape that nearly every file has."""

    Records: list[Raw]


_TRAIL = msgspec.json.Decoder(_TrailFile)


def is_plain_trail(data: bytes | bytearray) -> bool:
    """Whether the first bytes promise ``{"Records": [...]}`` exactly as a trail writes it. Costs nanoseconds, no proof.

    The events that Lambda calls ``Records`` too name their source ``aws:s3``, ``aws:sqs`` and so on in the first item.
    """
    return data.startswith(_PLAIN) and data.find(b'"aws:', 0, 400) < 0


def decode(data: bytes, name: str = "", bounds: Bounds = DEFAULT_BOUNDS, *, examine: bool = True) -> Decoded:
    """Every record in the inflated stream `data`. Never raises for hostile input: what is no record becomes an issue.

    `name` is the blob's name: the source of the issues, and a hint whether unreadable content was meant to be a log.
    Who has had the issues before need not `examine` each record for them again.
    """
    if data[:2] in _UTF16:
        return _decode_utf16(data, name, bounds)
    harvest = Harvest(name, bounds, examine=examine)
    if not (is_plain_trail(data) and _take_plain(data, harvest)):
        _take_any(data, harvest)
    return harvest.decoded(data)


def record_at(data: bytes, name: str, index: int, bounds: Bounds = DEFAULT_BOUNDS) -> tuple[bytes, int, int]:
    """``(exact bytes, start, end)`` of record `index` in the inflated stream, as `decode` counts. Raises IndexError."""
    if is_plain_trail(data) and (found := _plain_record_at(data, index)):
        return found
    if is_parquet(data):
        with held(data) as fd:
            return parquet_record(fd, name, index)
    decoded = decode(data, name, bounds, examine=False)
    return decoded.records[index], *decoded.spans[index]


def records_at(
    data: bytes, name: str, indices: Sequence[int], bounds: Bounds = DEFAULT_BOUNDS
) -> Iterator[tuple[int, bytes]]:
    """``(index, exact bytes)`` of those of the records `indices` that there are, in any order."""
    return ((index, raw) for index, raw, _ in placed_at(data, name, indices, bounds))


def placed_at(
    data: bytes, name: str, indices: Sequence[int], bounds: Bounds = DEFAULT_BOUNDS
) -> Iterator[tuple[int, bytes, tuple[int, int]]]:
    """As `records_at`, each record with its ``(start, end)`` in `data`."""
    if is_parquet(data):
        with held(data) as fd:
            yield from records_in(fd, name, indices)
        return
    decoded = decode(data, name, bounds, examine=False)
    yield from (
        (index, decoded.records[index], decoded.spans[index]) for index in indices if index < len(decoded.records)
    )


def _plain_records(data: bytes) -> list[bytes] | None:
    """The elements of a trail file when all of them are objects."""
    try:
        records = [bytes(record) for record in _TRAIL.decode(data).Records]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return records if all(record[0] == 0x7B for record in records) else None


def _plain_record_at(data: bytes, index: int) -> tuple[bytes, int, int] | None:
    records = _plain_records(data)
    spans = None if records is None else placed(data, records, len(b'{"Records":'))
    if records is None or spans is None or not _ends_after(data, spans):
        return None
    return records[index], *spans[index]


def _take_plain(data: bytes, harvest: Harvest) -> bool:
    """Takes a whole trail file without a look inside its records; False, with nothing taken, for anything else."""
    records = _plain_records(data)
    spans = None if records is None else placed(data, records, len(b'{"Records":'))
    if records is None or spans is None or not _ends_after(data, spans):
        return False
    harvest.containers.append("trail")
    harvest.records.extend(records)
    harvest.spans.extend(spans)
    return True


def _ends_after(data: bytes, spans: list[tuple[int, int]]) -> bool:
    """Whether the list closes the object at once: no other member, so no second ``Records`` that hides the first."""
    close = blank_end(data, spans[-1][1]) + 1
    return data.startswith(b"}", blank_end(data, close))


def _take_any(data: bytes, harvest: Harvest) -> None:
    start = blank_end(data, len(_BOM) if data.startswith(_BOM) else 0)
    if start == len(data):
        _tell_empty(data, harvest)
    elif data[start] in b"{[":
        head = head_of(data, start, len(data))
        if head is None:
            _read_damaged(data, start, harvest)
        elif not sniff(data, head, harvest):
            harvest.tell(IssueKind.NOT_CLOUDTRAIL, "JSON, but not of CloudTrail records.", (head.start, head.end))
    elif sniff_stream(data, start, harvest):
        pass
    elif mentions_records(data[: 1 << 20]):
        read_documents(data, start, harvest)
    else:
        _tell_not_json(data, harvest)


def _read_damaged(data: bytes, start: int, harvest: Harvest) -> None:
    """Several documents, or damage. Broken JSON that neither its name nor its content ties to CloudTrail is no loss."""
    read_documents(data, start, harvest)
    if not harvest.records and not looks_like_log(harvest.source) and not mentions_records(data):
        harvest.issues.clear()
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, "Not valid JSON, and nothing in it speaks of CloudTrail.")


def looks_like_log(name: str) -> bool:
    """Whether a blob's name says that CloudTrail records were expected in it."""
    return name.lower().endswith(_LOG_SUFFIXES) or slot_of(name.rpartition("/")[2]) is not None


def _tell_empty(data: bytes, harvest: Harvest) -> None:
    name = harvest.source.rpartition("/")[2]
    if not data and slot_of(name) is not None:
        message = "A log file without a single byte: its content was lost on the way."
        harvest.tell(IssueKind.TRUNCATED, message, (0, 0))
    else:
        harvest.tell(IssueKind.EMPTY, "It holds nothing.")


def _tell_not_json(data: bytes, harvest: Harvest) -> None:
    if looks_like_log(harvest.source):
        harvest.tell(IssueKind.NOT_JSON, "It is named like a log, but its content is not JSON.", (0, len(data)))
    else:
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, "Not JSON, and not named like a log.")


def _decode_utf16(data: bytes, name: str, bounds: Bounds) -> Decoded:
    """Content that a shell wrote as UTF-16: its records are derived, its places those of the original bytes."""
    utf8 = data[2:].decode(_UTF16[data[:2]], "replace").encode()
    inner = decode(utf8, name, bounds)
    places = _utf16_places(utf8, [*chain.from_iterable(inner.spans), *chain.from_iterable(map(_ends, inner.issues))])
    message = "It is encoded as UTF-16; its records are read from a UTF-8 copy of the text."
    moved = [_moved(issue, places) for issue in inner.issues]
    spans = [(places[start], places[end]) for start, end in inner.spans]
    return replace(
        inner,
        fidelity=LOSSY if inner.fidelity == LOSSY else DERIVED,
        spans=spans,
        issues=[Issue(name, IssueKind.ENCODING, message), *moved],
        coverage=_utf16_coverage(data, inner, spans, moved),
    )


def _utf16_coverage(data: bytes, inner: Decoded, spans: list[tuple[int, int]], moved: list[Issue]) -> Coverage:
    """What every byte of the original was: as in the copy, in which every reader has claimed its structure."""
    if inner.bystander is not None:
        return Coverage(reported=len(data))
    told = [(ends[0], ends[1]) for ends in map(_ends, moved) if ends]
    found = Account(data, spans, told, [(0, len(data))]).coverage()
    left = min(found.structure, 2 * inner.coverage.unaccounted)
    return replace(found, structure=found.structure - left, unaccounted=left)


def _ends(issue: Issue) -> tuple[int, ...]:
    return () if issue.offset is None else (issue.offset, issue.offset + (issue.length or 0))


def _moved(issue: Issue, places: dict[int, int]) -> Issue:
    """`issue` with its place in the original bytes."""
    if issue.offset is None:
        return issue
    start, end = (places[at] for at in _ends(issue))
    return replace(issue, offset=start, length=None if issue.length is None else end - start)


def _utf16_places(utf8: bytes, offsets: Iterable[int]) -> dict[int, int]:
    """Offset in the UTF-8 copy → offset in the UTF-16 original, its byte order mark included."""
    places, at, original = {}, 0, 2
    for offset in sorted(set(offsets)):
        original += 2 * _utf16_units(utf8[at:offset])
        places[offset] = original
        at = offset
    return places


def _utf16_units(utf8: bytes) -> int:
    """How many UTF-16 code units a piece of UTF-8 stands for."""
    return len(utf8.decode("utf-8", "replace").encode("utf-16-le")) // 2
