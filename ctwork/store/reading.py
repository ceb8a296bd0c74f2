"""One blob becomes one or more readings: bytes hashed as they are read, inflated in bounds, decoded into records."""

import hashlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

import numpy as np
from msgspec import MsgspecError, Raw

from ctwork.sources.archive import archive_kind, members_in
from ctwork.sources.base import Blob, Bounds, Issue, IssueKind, Weight
from ctwork.sources.carrier import Unreadable, read_carrier, take_exposed
from ctwork.sources.decode import decode, is_plain_trail
from ctwork.sources.directory import ZIP_TAIL_BYTES
from ctwork.sources.inflate import GZIP, inflate, whole_member
from ctwork.sources.parquet import held, is_parquet
from ctwork.store.part import FileRow
from ctwork.store.tabular import hash_file, open_table, read_stored_table, read_table
from ctwork.store.typed import Reading, file_row, finish, take_records
from ctwork.store.wire import Rec, decode_trail

_Read = TypeVar("_Read")
_IDENTITY_KEY = b'"userIdentity":'
_SLOWEST = 1_000_000
"""Bytes per second below which a file counts as stuck."""
_HEAD = 80
"""A trail file names the first identity within so many bytes."""


def read_blob(blob: Blob, bounds: Bounds) -> Iterator[Reading]:
    """Every reading in `blob`: one, several of a large table, or one per member when it turns out to be an archive."""
    take_exposed()
    exposed: bool | None = None
    for reading in _read_blob(blob, bounds):
        exposed = bool(take_exposed()) if exposed is None else exposed
        reading.file.exposed = exposed
        yield reading


def _read_blob(blob: Blob, bounds: Bounds) -> Iterator[Reading]:
    try:
        if (opened := open_table(blob, bounds)) is not None:
            with opened as (fd, before):
                sha256 = _in_time(blob, bounds, lambda: hash_file(fd))
                yield from read_stored_table(blob, fd, before, sha256, bounds)
            return
        carrier = _in_time(blob, bounds, lambda: read_carrier(blob, bounds))
    except _StalledError:
        allowed = f"{bounds.stall_s + blob.size / _SLOWEST:,.0f} seconds"
        message = f"Not read in {allowed}; {bounds.limit('stall_s')}, and a second more for each megabyte."
        yield Reading(file_row(blob, status="failed"), issues=[Issue(blob.name, IssueKind.STALLED, message)])
        return
    except Unreadable as problem:
        if not problem.data:
            yield Reading(file_row(blob, status="failed"), issues=[problem.issue])
            return
        yield from _read_bytes(blob, blob.name, (), problem.data, bounds, [problem.issue])
        return
    yield from _read_bytes(blob, blob.name, (), carrier, bounds)


class _StalledError(Exception):
    """The bytes do not come: a disk or a network share that hangs."""


def _in_time(blob: Blob, bounds: Bounds, read: Callable[[], _Read]) -> _Read:
    """What `read` gives of `blob`, or `_StalledError` after a while; only a process's main thread can be woken so."""
    if threading.current_thread() is not threading.main_thread():
        return read()
    # One system call per file: the handler stays, and a timer that is left over finds nothing to end.
    if signal.getsignal(signal.SIGALRM) is not _give_up:
        signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, bounds.stall_s + blob.size / _SLOWEST)
    _waiting.add(blob.name)
    try:
        return read()
    finally:
        _waiting.clear()


_waiting: set[str] = set()
"""The blob whose bytes are being waited for."""


def _give_up(_number: int, _frame: object) -> None:
    if _waiting:
        raise _StalledError


def _read_bytes(
    blob: Blob, name: str, inner: tuple[int, ...], carrier: bytes, bounds: Bounds, met: Sequence[Issue] = ()
) -> Iterator[Reading]:
    """Every reading in the bytes `carrier`, about which the issues `met` have been found already."""
    reading = Reading(file_row(blob, name=name, inner=inner, size=len(carrier)), issues=[*met])
    reading.file.carrier_sha256 = hashlib.sha256(carrier).hexdigest()
    if not blob.examine and _read_trail(reading, carrier, name, bounds):
        yield finish(reading)
        return
    inflated = inflate(carrier, bounds, name)
    data = inflated.data
    _note_content(reading.file, carrier, data, inflated.layers)
    reading.issues += inflated.problems
    if _may_be_archive(data) and archive_kind(data[:512], data[-ZIP_TAIL_BYTES:]):
        reading.file.container = "archive"
        reading.file.examined = len(data)
        yield from _read_members(blob, reading, inner, data, bounds)
        return
    if is_parquet(data):
        with held(data) as fd:
            yield from read_table(fd, reading, name, bounds)
        return
    _read_any(reading, data, name, bounds)
    yield finish(reading)


def _note_content(file: FileRow, carrier: bytes, data: bytes | bytearray, layers: tuple[str, ...]) -> None:
    file.inflated_sha256 = file.carrier_sha256 if data is carrier else hashlib.sha256(data).hexdigest()
    # A strict parser that has taken the whole stream, and an archive whose members follow, leave nothing over.
    file.inflated_size = file.accounted = len(data)
    file.layers = layers


def _may_be_archive(data: bytes) -> bool:
    """False for what starts like JSON and lacks a tar's mark: nearly every file, without summing a header."""
    return data[:1] not in (b"{", b"[") or data[257:262] == b"ustar"


def _read_members(blob: Blob, outer: Reading, inner: tuple[int, ...], data: bytes, bounds: Bounds) -> Iterator[Reading]:
    """The readings of all members, and at last `outer`, the archive: with what there is to say of files read before."""
    position = 0
    damage = [issue for issue in outer.issues if issue.stored]
    rows: dict[str, FileRow] = {}
    told: list[Issue] = []
    for item in members_in(data, outer.file.name, bounds, len(inner) + 1):
        if isinstance(item, Issue):
            told.append(item)
            continue
        name, content = item
        for reading in _read_bytes(blob, name, (*inner, position), content, bounds):
            # What damages the archive's own bytes damages whatever was read out of them.
            if damage:
                reading.file.doubt(damage)
            rows[reading.file.name] = reading.file
            yield reading
        position += 1
    own = [issue for issue in told if issue.source == outer.file.name]
    outer.issues += own
    finish(outer)
    for source, issues in groupby(sorted(told, key=_source), key=_source):
        if source in rows:
            # A file counts once, whatever there is to say of it.
            about = list(issues)
            rows[source].doubt(about)
            outer.issues += about
        elif source != outer.file.name:
            about = list(issues)
            lost = any(issue.kind.weight is Weight.LOSS for issue in about)
            row = file_row(blob, name=source, inner=(*inner, position), status="failed" if lost else "skipped")
            yield finish(Reading(row, issues=about))
    yield outer


_source = attrgetter("source")


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
    take_records(reading, decoded)
