"""One blob becomes one or more readings: bytes hashed as they are read, inflated in bounds, decoded into records."""

import hashlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, replace

import numpy as np
import orjson
from msgspec import MsgspecError, Raw

from ctwork.sources.archive import archive_kind, members_in
from ctwork.sources.base import Blob, Bounds, Issue, IssueKind, Weight
from ctwork.sources.carrier import Unreadable, read_carrier
from ctwork.sources.decode import decode, is_plain_trail
from ctwork.sources.harvest import UNREAD, Decoded
from ctwork.sources.inflate import GZIP, inflate, whole_member
from ctwork.store.part import FileRow
from ctwork.store.wire import Rec, decode_trail, read_record

_IDENTITY_KEY = b'"userIdentity":'
_SLOWEST = 1_000_000
"""Bytes per second below which a file counts as stuck."""
_HEAD = 80
"""A trail file names the first identity within so many bytes."""


@dataclass(slots=True, eq=False)
class Reading:
    """One file (or innermost archive member) with its records and everything there is to say about it."""

    file: FileRow
    records: list[Rec] = field(default_factory=list)
    indices: list[int] | None = None
    """Record index per record, when some could not be read; None means 0, 1, 2 …"""
    issues: list[Issue] = field(default_factory=list)
    decoded: Callable[[], Decoded] = lambda: UNREAD
    """The original bytes of the records; only callable while the load holds the data."""

    def raw(self, index: int) -> bytes:
        """The original bytes of record `index`, as costly as `decoded`."""
        return self.decoded().records[index]


def read_blob(blob: Blob, bounds: Bounds) -> Iterator[Reading]:
    """Every reading in `blob`: one, or one per member when its content turns out to be an archive."""
    try:
        carrier = _read_in_time(blob, bounds)
    except _StalledError:
        allowed = f"{bounds.stall_s + blob.size / _SLOWEST:,.0f} seconds"
        message = f"Not read in {allowed}; {bounds.limit('stall_s')}, and a second more for each megabyte."
        yield Reading(_file_row(blob, status="failed"), issues=[Issue(blob.name, IssueKind.STALLED, message)])
        return
    except Unreadable as problem:
        if not problem.data:
            yield Reading(_file_row(blob, status="failed"), issues=[problem.issue])
            return
        for number, reading in enumerate(_read_bytes(blob, blob.name, (), problem.data, bounds)):
            yield _finish(replace(reading, issues=[problem.issue, *reading.issues])) if not number else reading
        return
    yield from _read_bytes(blob, blob.name, (), carrier, bounds)


class _StalledError(Exception):
    """The bytes do not come: a disk or a network share that hangs."""


def _read_in_time(blob: Blob, bounds: Bounds) -> bytes:
    """The carrier of `blob`, or `_StalledError` after a while; only a process's main thread can be woken so."""
    if threading.current_thread() is not threading.main_thread():
        return read_carrier(blob, bounds)
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, bounds.stall_s + blob.size / _SLOWEST)
    try:
        return read_carrier(blob, bounds)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(_number: int, _frame: object) -> None:
    raise _StalledError


def _read_bytes(blob: Blob, name: str, inner: tuple[int, ...], carrier: bytes, bounds: Bounds) -> Iterator[Reading]:
    reading = Reading(_file_row(blob, name=name, inner=inner, size=len(carrier)))
    reading.file.carrier_sha256 = hashlib.sha256(carrier).hexdigest()
    if not blob.examine and _read_trail(reading, carrier, name, bounds):
        yield _finish(reading)
        return
    inflated = inflate(carrier, bounds, name)
    data = inflated.data
    _note_content(reading.file, carrier, data, inflated.layers)
    reading.issues += map(_in_the_file, inflated.problems)
    if _may_be_archive(data) and archive_kind(data[:512]):
        reading.file.container = "archive"
        reading.file.examined = len(data)
        yield _finish(reading)
        yield from _read_members(blob, reading, inner, data, bounds)
        return
    _read_any(reading, data, name, bounds)
    yield _finish(reading)


def _note_content(file: FileRow, carrier: bytes, data: bytes | bytearray, layers: tuple[str, ...]) -> None:
    file.inflated_sha256 = file.carrier_sha256 if data is carrier else hashlib.sha256(data).hexdigest()
    # A strict parser that has taken the whole stream, and an archive whose members follow, leave nothing over.
    file.inflated_size = file.accounted = len(data)
    file.layers = layers


def _may_be_archive(data: bytes) -> bool:
    """False for what starts like JSON and lacks a tar's mark: nearly every file, without summing a header."""
    return data[:1] not in (b"{", b"[") or data[257:262] == b"ustar"


def _read_members(blob: Blob, outer: Reading, inner: tuple[int, ...], data: bytes, bounds: Bounds) -> Iterator[Reading]:
    position = 0
    for item in members_in(data, outer.file.name, bounds, len(inner) + 1):
        if isinstance(item, Issue):
            row = _file_row(blob, name=item.source, inner=(*inner, position), status="skipped")
            yield _finish(Reading(row, issues=[item]))
            continue
        name, content = item
        yield from _read_bytes(blob, name, (*inner, position), content, bounds)
        position += 1


def _read_trail(reading: Reading, carrier: bytes, name: str, bounds: Bounds) -> bool:
    """The fast path: a whole trail file in one typed decode. False when it must be read the careful way."""
    packed = carrier.startswith(GZIP)
    data = whole_member(carrier, bounds) if packed else carrier
    # CloudTrail escapes what is not ASCII; where somebody did not, the bytes need not even be UTF-8.
    if data is None or not is_plain_trail(data) or not data.isascii():
        return False
    try:
        reading.records = decode_trail(data).Records
    except (MsgspecError, RecursionError, UnicodeDecodeError):
        return False
    if not _begins_with(reading.records, data):
        reading.records = []
        return False
    _note_content(reading.file, carrier, data, ("gzip",) if packed else ())
    reading.file.container, reading.file.fidelity = "trail", "full"
    # Must not close over the reading: workers run without the cycle collector, and the cycle would keep the data.
    reading.decoded = lambda: decode(bytes(data), name, bounds, examine=False)
    return True


def _begins_with(records: list[Rec], data: bytes | bytearray) -> bool:
    """Whether the first record lies at the start of `data`.

    The decoder keeps the last of two ``Records`` keys, whatever way they are spelled: then a list before it is hidden.
    """
    start = data.find(_IDENTITY_KEY, 0, _HEAD)
    if not records or start < 0:
        return False
    # Raw fields are views into the buffer, so the addresses tell where they lie.
    return _address(records[0].userIdentity) - _address(data) == start + len(_IDENTITY_KEY)


def _address(buffer: "bytes | bytearray | Raw") -> int:
    """Where a buffer lies in memory."""
    return int(np.frombuffer(buffer, np.uint8).ctypes.data)


def _read_any(reading: Reading, data: bytes, name: str, bounds: Bounds) -> None:
    """The careful path: any container, record by record."""
    decoded = decode(data, name, bounds)
    reading.file.container, reading.file.fidelity = decoded.container, decoded.fidelity
    coverage = decoded.coverage
    reading.file.accounted, reading.file.examined = coverage.records + coverage.structure, len(data)
    reading.file.reported, reading.file.unaccounted = coverage.reported, coverage.unaccounted
    reading.issues += decoded.issues
    if decoded.bystander is not None:
        reading.file.status = "skipped"
    told = {issue.index for issue in decoded.issues}
    indices: list[int] = []
    for index, raw in enumerate(decoded.records):
        rec, oddity = read_record(raw)
        if oddity is IssueKind.ODD_TYPE or (oddity is not None and index not in told):
            reading.issues.append(Issue(name, oddity, _ODDITIES.get(oddity, "the record cannot be read"), index=index))
        if rec is not None:
            reading.records.append(rec)
            indices.append(index)
    if len(indices) != len(decoded.records):
        reading.indices = indices
    reading.decoded = lambda: decoded


def _in_the_file(problem: Issue) -> Issue:
    """A problem of the compression: its place is in the stored bytes, and all other places are in the inflated ones."""
    if problem.offset is None:
        return problem
    place = f"{problem.offset:,} to {problem.offset + (problem.length or 0):,}"
    return replace(problem, offset=None, length=None, message=f"{problem.message} (bytes {place} of the stored file)")


def _finish(reading: Reading) -> Reading:
    row = reading.file
    row.records = len(reading.records)
    if not reading.issues:
        return reading
    weights = {issue.kind.weight for issue in reading.issues}
    if row.status == "read" and weights - {Weight.NOTE}:
        row.status = "failed" if Weight.LOSS in weights and not reading.records else "with_issues"
    return reading


def _file_row(
    blob: Blob, *, name: str = "", inner: tuple[int, ...] = (), size: int | None = None, status: str = "read"
) -> FileRow:
    return FileRow(
        name=name or blob.name,
        root=blob.name,
        path=blob.path,
        member="" if blob.member is None else orjson.dumps(astuple(blob.member)).decode(),
        inner=inner,
        size=blob.size if size is None else size,
        stamp=blob.stamp,
        slot=blob.slot,
        status=status,
    )


_ODDITIES = {
    IssueKind.ODD_TYPE: "a field has an unusual type; its JSON text is shown",
    IssueKind.SURROGATE: "a string holds half a surrogate pair; it is shown as U+FFFD",
    IssueKind.NONFINITE: "a number or string that strict JSON does not allow",
    IssueKind.NOT_OBJECT: "a record that is not a JSON object",
}
