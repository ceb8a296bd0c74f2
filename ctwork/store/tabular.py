"""A Parquet file becomes readings, some rows at a time: however large it is, a few megabytes of it are held at once."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from ctwork.sources.account import Span, claimed_coverage
from ctwork.sources.base import Blob, Bounds, Issue, IssueKind, Weight
from ctwork.sources.carrier import check_size, open_readonly, stamp_of
from ctwork.sources.harvest import FULL, ISSUES_PER_KIND, Decoded, Harvest, weaker
from ctwork.sources.parquet import MAGIC_BYTES, NAME, Request, is_parquet, slices, take
from ctwork.store.doubt import Doubts
from ctwork.store.typed import Reading, file_row, finish, take_records

_PIECE_RECORDS = 20_000
_PIECE_BYTES = 16 << 20
"""What one reading of a larger file holds, in records."""
_IN_PLACE = 8 << 20
"""A smaller file is read like any other."""
_STEP = 1 << 20

Opened = AbstractContextManager[tuple[int, os.stat_result]]


def open_table(blob: Blob, bounds: Bounds) -> Opened | None:
    """The descriptor and the status of a large Parquet file that is read where it lies; None for any other blob.

    Raises Unreadable for a file that is larger than the bound.
    """
    if blob.member is not None or blob.size < _IN_PLACE:
        return None
    try:
        fd = open_readonly(blob.path)
    except OSError:
        return None  # reading it like any other file says why
    status = os.fstat(fd)
    if stat.S_ISREG(status.st_mode) and is_parquet(os.pread(fd, MAGIC_BYTES, 0)):
        opened = _closing(fd, status)
        check_size(blob.name, status.st_size, bounds)
        return opened
    os.close(fd)
    return None


@contextmanager
def _closing(fd: int, status: os.stat_result) -> Iterator[tuple[int, os.stat_result]]:
    try:
        yield fd, status
    finally:
        os.close(fd)


def hash_file(fd: int) -> str:
    """SHA-256 of the whole file at `fd`, in hexadecimal; it is never held as a whole."""
    digest, at = hashlib.sha256(), 0
    while piece := os.pread(fd, _STEP, at):
        digest.update(piece)
        at += len(piece)
    return digest.hexdigest()


def read_stored_table(blob: Blob, fd: int, before: os.stat_result, sha256: str, bounds: Bounds) -> Iterator[Reading]:
    """The readings of a Parquet file at `fd`, whose hash was taken when its status was `before`."""
    row = file_row(blob, size=before.st_size)
    row.carrier_sha256 = row.inflated_sha256 = sha256
    row.inflated_size = before.st_size
    for reading in read_table(fd, Reading(row), blob.name, bounds):
        if not reading.goes_on and _has_changed(blob.path, before):
            message = "It changed while it was read; what was read is kept and marked."
            reading.issues.append(Issue(blob.name, IssueKind.CHANGED, message))
            reading.file.status = "with_issues"
        yield reading


def _has_changed(path: str, before: os.stat_result) -> bool:
    try:
        return stamp_of(os.lstat(path)) != stamp_of(before)
    except OSError:
        return True


def read_table(fd: int, whole: Reading, name: str, bounds: Bounds) -> Iterator[Reading]:
    """The readings of the Parquet file at `fd`: `whole` is about all of it, and comes last with the last records."""
    table = _Table(name, bounds)
    whole.file.doubts = Doubts()  # one for all readings: the row of the last one speaks for the file
    piece = table.fresh()
    for part in slices(fd, Request(name, bounds)):
        take(part, piece)
        table.size += sum(map(len, part.records))
        if len(piece.records) >= _PIECE_RECORDS or table.size >= _PIECE_BYTES:
            reading = Reading(replace(whole.file), goes_on=True)
            table.fill(reading, piece)
            yield reading
            piece = table.fresh()
    table.fill(whole, piece)
    table.conclude(whole)
    yield whole


@dataclass(slots=True)
class _Table:
    """What is to be said about the whole file."""

    name: str
    bounds: Bounds
    records: int = 0
    """Those that a column can be made of."""
    raw: int = 0
    fidelity: str = FULL
    size: int = 0
    """Bytes of the records gathered since the last reading."""
    whole: Harvest = field(init=False)
    """Counts the issues."""
    weights: set[Weight] = field(default_factory=set)
    read: set[Span] = field(default_factory=set)
    """Where the row groups lie that gave records."""
    reported: set[Span] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.whole = Harvest(self.name, self.bounds)

    def fresh(self) -> Harvest:
        """What the next rows gather in."""
        self.size = 0
        return Harvest(self.name, self.bounds, columnar=True)

    def fill(self, reading: Reading, piece: Harvest) -> None:
        """Gives `reading` the records of `piece`, and of what is told no more rows than one file may add."""
        piece.check(b"".join(piece.records))
        decoded = Decoded(
            NAME,
            piece.fidelity,
            piece.records,
            piece.spans,
            None,
            piece.issues,
            numbers=piece.numbers,
            untold=piece.untold,
        )
        take_records(reading, decoded)
        self.records += len(reading.records)
        self.raw += len(piece.records)
        self.fidelity = weaker(self.fidelity, piece.fidelity)
        self.read |= set(piece.spans)
        self.reported |= {(it.offset, it.offset + (it.length or 0)) for it in piece.issues if it.offset is not None}
        odd = [issue for issue in reading.issues if issue not in piece.issues]
        reading.file.doubt((*piece.issues, *odd))
        reading.issues = [issue for issue in (*piece.issues, *odd) if self._has_room(issue.kind)]
        for kind, count in piece.told.items():
            self.whole.told[kind] += max(0, count - ISSUES_PER_KIND)
        self.weights |= {issue.kind.weight for issue in (*piece.issues, *odd)}

    def _has_room(self, kind: IssueKind) -> bool:
        self.whole.told[kind] += 1
        return self.whole.told[kind] <= ISSUES_PER_KIND

    def conclude(self, reading: Reading) -> None:
        """Fills in the row of the whole file."""
        row = reading.file
        if not self.raw and not self.whole.told:
            reading.issues.append(Issue(self.name, IssueKind.EMPTY, "It is a table without rows."))
            self.weights.add(Weight.NOTE)
        self.whole.close()
        reading.issues += self.whole.issues
        row.container, row.fidelity = NAME if self.raw or self.weights <= {Weight.NOTE} else "", self.fidelity
        is_bystander = not self.raw and self.weights <= {Weight.NOTE}
        row.status = "skipped" if is_bystander else "read"
        law = claimed_coverage(
            row.inflated_size, self.read, {(0, row.inflated_size)} if is_bystander else self.reported
        )
        row.accounted, row.reported, row.examined = law.records + law.structure, law.reported, row.inflated_size
        finish(reading)
        row.records = self.records
        if row.status == "failed" and self.records:
            row.status = "with_issues"
        elif row.status == "read" and self.weights - {Weight.NOTE}:
            row.status = "with_issues" if self.records or Weight.LOSS not in self.weights else "failed"
