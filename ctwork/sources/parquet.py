"""Tables in Parquet files: Athena's UNLOAD, Security Lake, what other tools write. Every row in is a row out.

The library that reads them can be brought down by a damaged file, not only to an exception. So a process of its own
reads them, one per process that meets such files: what brings it down costs one file, which is then told, and no load.
"""

import atexit
import os
import select
import subprocess
import sys
from pathlib import Path
from threading import Lock

import msgspec

from ctwork.sources.base import Bounds, IssueKind
from ctwork.sources.harvest import Harvest

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_PATIENCE_S = 60.0
"""How long a reader may go without a sign of progress."""
_LENGTH_BYTES = 8


class Request(msgspec.Struct, array_like=True):
    """What is sent along with a file."""

    source: str
    bounds: Bounds


class Answer(msgspec.Struct, array_like=True):
    """What the rows of a file gave."""

    records: list[bytes]
    fidelity: str
    issues: list[tuple[str, str, int | None]]
    """Kind, message and record index of everything to tell."""
    untold: dict[str, int]
    """How often more a kind was met than it has rows."""


class Reader:
    """The process that reads, started when the first file comes and again after each file that brings it down."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        """Who started it: a fork of that process must not use it."""
        self._inherited: list[subprocess.Popen[bytes] | None] = []

    def read(self, data: bytes, request: Request) -> Answer | IssueKind:
        """What the Parquet file `data` holds; STALLED or SYNTAX when the process hung or ended over it."""
        with self._lock:
            process = self._running()
            try:
                _send(process, msgspec.msgpack.encode(request))
                _send(process, data)
                return msgspec.msgpack.decode(_received(process), type=Answer)
            except TimeoutError:
                self.stop()
                return IssueKind.STALLED
            except (OSError, EOFError, msgspec.DecodeError):
                self.stop()
                return IssueKind.SYNTAX

    def stop(self) -> None:
        """Ends the process, if there is one."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._owner != os.getpid():
            self._inherited.append(self._process)
            self._process, self._owner = None, os.getpid()
            atexit.register(self.stop)
        if self._process is None:
            home = str(Path(__file__).resolve().parents[2])
            path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
            # Its siblings have the other cores.
            environment = {**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"}
            self._process = subprocess.Popen(
                # -P: the current folder may be evidence, and no code is taken from it.
                [sys.executable, "-P", "-m", "ctwork.sources.parquetworker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                bufsize=0,
            )
        return self._process


_READER = Reader()


def _send(process: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert process.stdin is not None
    rest = memoryview(len(data).to_bytes(_LENGTH_BYTES, "little") + data)
    while rest:
        rest = rest[process.stdin.write(rest) or 0 :]


def _received(process: "subprocess.Popen[bytes]") -> bytes:
    """The next frame that is not empty; empty ones are signs of progress. Raises TimeoutError, EOFError, OSError."""
    while True:
        size = int.from_bytes(_exactly(process, _LENGTH_BYTES), "little")
        if size:
            return _exactly(process, size)


def _exactly(process: "subprocess.Popen[bytes]", size: int) -> bytes:
    assert process.stdout is not None
    pieces = bytearray()
    while len(pieces) < size:
        if not select.select([process.stdout], [], [], _PATIENCE_S)[0]:
            raise TimeoutError
        piece = os.read(process.stdout.fileno(), min(size - len(pieces), 1 << 20))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


class Parquet:
    """Recognises a Parquet file. Each record's span is the whole file: a row lies in as many places as it has cells."""

    def read(self, data: bytes, start: int, harvest: Harvest) -> bool:
        whole = 0, len(data)
        if data.startswith(_ENCRYPTED) and data.endswith(_ENCRYPTED):
            harvest.tell(IssueKind.UNSUPPORTED, "An encrypted Parquet file; its key is not in it.", whole)
        elif not data.startswith(_MAGIC):
            return False
        elif not data.endswith(_MAGIC):
            message = "A Parquet file without its end, where the places of its columns are listed."
            harvest.tell(IssueKind.TRUNCATED, message, whole)
        else:
            _take(_READER.read(data, Request(harvest.source, harvest.bounds)), whole, harvest)
        return True


def _take(answer: Answer | IssueKind, whole: tuple[int, int], harvest: Harvest) -> None:
    """Passes on what the reader found."""
    if isinstance(answer, IssueKind):
        hung = f"made no progress for {_PATIENCE_S:.0f} s" if answer is IssueKind.STALLED else "broke down"
        harvest.tell(answer, f"Reading this Parquet file {hung}: it is damaged, or made to do that.", whole)
        return
    if answer.records or not answer.issues:
        harvest.containers.append("parquet")
    before = len(harvest.records)
    for record in answer.records:
        harvest.take(record, *whole, answer.fidelity)
    for kind, message, index in answer.issues:
        harvest.tell(IssueKind(kind), message, whole, None if index is None else before + index)
    for kind, count in answer.untold.items():
        for _ in range(count):
            harvest.tell(IssueKind(kind), "", whole)
