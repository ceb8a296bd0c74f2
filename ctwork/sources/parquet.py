"""Tables in Parquet files: Athena's UNLOAD, Security Lake, what other tools write. Every row in is a row out.

The library that reads them can be brought down by a damaged file, not only to an exception. So a process of its own
reads them: what brings it down costs the rest of one file, which is then told, and no load. It is given the open file
and answers slice by slice, as fast as they are taken, so that neither side holds more than a few of them.

A record made of a row lies in as many places as the row has cells, so its bytes are nowhere in the file as such. Its
index is the row's number in the file, from 0; where one cell holds several records, those after the first are numbered
on behind the last row. Its span is the row group that the row is part of, as a range of the Parquet file; ``(0, 0)``
where the footer does not say.
"""

import atexit
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ctwork.sources.base import Bounds, IssueKind
from ctwork.sources.harvest import FULL, Harvest

NAME = "parquet"
MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_PATIENCE_S = 60.0
"""How long a reader may go without a sign of progress."""
LENGTH_BYTES = 8
_UNBOUNDED = Bounds(load_bytes=1 << 62, ratio=1 << 31, table_rows=1 << 62)
"""For records that have been read before, within the bounds of then."""
MAGIC_BYTES = 4


class Request(msgspec.Struct, array_like=True):
    """What is sent along with a file."""

    source: str
    bounds: Bounds
    numbers: Sequence[int] = ()
    """Indices of the records that are wanted; none for all."""


class Slice(msgspec.Struct, array_like=True):
    """What some rows of one row group gave."""

    records: list[bytes] = []
    numbers: list[int] = []
    """The index of each record."""
    start: int = 0
    end: int = 0
    """The range of the file that all of this is about; empty when it is not known."""
    fidelity: str = FULL
    issues: list[tuple[str, str, int | None]] = []
    """Kind, message and record index of everything to tell."""
    untold: dict[str, int] = {}
    """How often more a kind was met than it has rows."""
    last: bool = False
    """Whether the file is through; then there is nothing else in it."""


class _Child:
    """One process that reads, and the socket to it."""

    def __init__(self) -> None:
        home = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        # Its siblings have the other cores.
        environment = {**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"}
        self.link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self.process = subprocess.Popen(
                # -P: the current folder may be evidence, and no code is taken from it.
                [sys.executable, "-P", "-m", "ctwork.sources.parquetworker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
            )

    def ask(self, fd: int, request: Request) -> None:
        """Hands over an open file. Raises OSError, TimeoutError among them."""
        self.link.settimeout(_PATIENCE_S)
        message = msgspec.msgpack.encode(request)
        socket.send_fds(self.link, [len(message).to_bytes(LENGTH_BYTES, "little")], [fd])
        self.link.sendall(message)

    def answer(self) -> Slice:
        """The next slice. Raises OSError, EOFError or DecodeError."""
        size = int.from_bytes(self._exactly(LENGTH_BYTES), "little")
        return msgspec.msgpack.decode(self._exactly(size), type=Slice)

    def _exactly(self, size: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < size:
            piece = self.link.recv(min(size - len(pieces), 1 << 20))
            if not piece:
                raise EOFError
            pieces += piece
        return bytes(pieces)

    def end(self) -> None:
        """Ends the process."""
        self.link.close()
        self.process.kill()
        self.process.wait()


class Readers:
    """The processes that read: one is started when none is at rest, and again after each that was brought down."""

    def __init__(self) -> None:
        self.idle: list[_Child] = []
        self._owner = 0
        """Who started them: a fork of that process must not use them."""
        self._inherited: list[_Child] = []

    def take(self) -> _Child:
        """One that nobody else uses."""
        if self._owner != os.getpid():
            self._inherited += self.idle
            self.idle, self._owner = [], os.getpid()
            atexit.register(self.stop)
        return self.idle.pop() if self.idle else _Child()

    def give(self, child: _Child) -> None:
        """Puts one to rest that has answered to the end."""
        self.idle.append(child)

    def stop(self) -> None:
        """Ends those that rest."""
        if self._owner == os.getpid():
            while self.idle:
                self.idle.pop().end()


READERS = Readers()


def slices(fd: int, request: Request) -> Iterator[Slice]:
    """What the Parquet file at `fd` holds, slice by slice; damage and whatever befalls the reader are told in one.

    Whoever stops early costs the reader its life.
    """
    size = os.fstat(fd).st_size
    first, last = os.pread(fd, MAGIC_BYTES, 0), os.pread(fd, MAGIC_BYTES, max(0, size - MAGIC_BYTES))
    if (told := _verdict(first, last)) is not None:
        kind, message = told
        yield Slice(end=size, issues=[(str(kind), message, None)])
        return
    child, at, rows = READERS.take(), 0, 0
    rested = False
    try:
        child.ask(fd, request)
        while not (piece := child.answer()).last:
            at, rows = max(at, piece.end), max([rows, *(number + 1 for number in piece.numbers)])
            yield piece
        READERS.give(child)
        rested = True
    except TimeoutError:
        yield _broken(IssueKind.STALLED, f"made no progress for {_PATIENCE_S:.0f} s", rows, at, size)
    except (OSError, EOFError, msgspec.DecodeError):
        yield _broken(IssueKind.SYNTAX, "broke down", rows, at, size)
    finally:
        if not rested:
            child.end()


def _verdict(first: bytes, last: bytes) -> tuple[IssueKind, str] | None:
    """Why a file need not be read at all."""
    if first == last == _ENCRYPTED:
        return IssueKind.UNSUPPORTED, "An encrypted Parquet file; its key is not in it."
    if last != MAGIC:
        return IssueKind.TRUNCATED, "A Parquet file without its end, where the places of its columns are listed."
    return None


def _broken(kind: IssueKind, what: str, rows: int, at: int, size: int) -> Slice:
    after = f" after row {rows:,}" if rows else ""
    message = f"Reading this Parquet file {what}{after}: it is damaged, or made to do that."
    return Slice(start=at, end=size, issues=[(str(kind), message, None)])


def is_parquet(data: bytes) -> bool:
    """Whether the first bytes are those of a Parquet file, open or encrypted."""
    return data[:MAGIC_BYTES] in (MAGIC, _ENCRYPTED)


@contextmanager
def held(data: bytes) -> Iterator[int]:
    """`data` as a file that is nowhere on a disk where the system has such files, for as long as the context lasts."""
    fd = os.memfd_create("table", os.MFD_CLOEXEC) if hasattr(os, "memfd_create") else _unlinked()
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest[: 1 << 30]) :]
        yield fd
    finally:
        os.close(fd)


def _unlinked() -> int:
    import tempfile  # rare, and it brings every compression along

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def records_in(fd: int, name: str, numbers: Sequence[int]) -> Iterator[tuple[int, bytes, tuple[int, int]]]:
    """Index, text and span of the records `numbers` of the file at `fd`; only the slices that hold them are read."""
    if numbers:
        for piece in slices(fd, Request(name, _UNBOUNDED, numbers)):
            span = piece.start, piece.end
            yield from ((number, raw, span) for number, raw in zip(piece.numbers, piece.records, strict=True))


def parquet_record(fd: int, name: str, index: int) -> tuple[bytes, int, int]:
    """``(text, start, end)`` of the record `index` of the file at `fd`. Raises IndexError."""
    found = list(records_in(fd, name, (index,)))  # to the end, so that the reader lives on
    if not found:
        raise IndexError(index)
    _, raw, span = found[0]
    return raw, *span


class Parquet:
    """Recognises a Parquet file."""

    def read(self, data: bytes, start: int, harvest: Harvest) -> bool:
        if not is_parquet(data):
            return False
        with held(data) as fd:
            for piece in slices(fd, Request(harvest.source, harvest.bounds)):
                take(piece, harvest)
        if harvest.records or not harvest.issues:
            harvest.containers.append(NAME)
        harvest.columnar = True
        harvest.witness(0, len(data))
        return True


def take(piece: Slice, harvest: Harvest) -> None:
    """Passes on what one slice holds."""
    span = piece.start, piece.end
    for record, number in zip(piece.records, piece.numbers, strict=True):
        harvest.numbers.append(number)
        harvest.take(record, *span, piece.fidelity)
    for kind, message, index in piece.issues:
        harvest.tell_of(IssueKind(kind), message, span if span[1] else None, index)
    for kind, count in piece.untold.items():
        harvest.told[IssueKind(kind)] += count
