"""The process that reads Parquet files: an open file comes in, slices of its rows go out, until the socket closes.

polars does the reading and is imported here alone, within functions: no other process of a load needs it. It maps the
file into memory and decodes what a slice needs, so that the values of one slice are all that is held at a time.
"""

import mmap
import os
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import msgspec

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.footer import FooterError, read_footer
from ctwork.sources.parquet import LENGTH_BYTES, Request, Slice
from ctwork.sources.rowgroup import Rows, reason
from ctwork.sources.sniff import TABLES

_MEMORY_BYTES = 1 << 30
"""Private memory: what a value made to explode may take. The file itself is not counted."""


def main() -> None:
    """Serves files from the socket that is its standard input until that closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link = socket.socket(fileno=os.dup(0))
    _bound_memory()
    while (asked := _asked(link)) is not None:
        wanted, fd = asked
        os.lseek(fd, 0, os.SEEK_SET)  # the library starts where the file stands, and whoever sent it shares that place
        with open(fd, "rb") as file:
            for piece in slices(file, wanted):
                answer = msgspec.msgpack.encode(piece)
                link.sendall(len(answer).to_bytes(LENGTH_BYTES, "little") + answer)


def slices(file: BinaryIO, wanted: Request) -> Iterator[Slice]:
    """The records of the Parquet file `file`, some rows at a time; the last slice says that it is the last."""
    rows = Rows(wanted)
    try:
        yield from _slices(file, rows)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as problem:
        # Panics of the library are no `Exception`.
        message = f"The Parquet file cannot be read after row {rows.passed:,}: {reason(problem)}"
        yield rows.rest(IssueKind.SYNTAX, message)
    yield Slice(last=True)


def _slices(file: BinaryIO, rows: Rows) -> Iterator[Slice]:
    import polars

    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        rows.stored = rows.end = len(data)
        try:
            footer = read_footer(data)
        except FooterError as problem:
            yield rows.rest(IssueKind.SYNTAX, f"The Parquet file cannot be read: {problem}.")
            return
    table = polars.scan_parquet(file)
    columns = list(table.collect_schema())
    read = next((read for kind in TABLES if (read := kind.reader(columns, []))), None)
    if read is None:
        yield rows.rest(IssueKind.NOT_CLOUDTRAIL, "A Parquet table without columns of CloudTrail.")
        return
    yield from rows.slices(table, footer, read)


def _bound_memory() -> None:
    import polars  # noqa: F401 - what the library takes for itself is not of this bound's business

    with suppress(ValueError, OSError):  # not every system has the bound, and it may be lower already
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _asked(link: socket.socket) -> tuple[Request, int] | None:
    """The next request and the file it is about; None when there will be no more."""
    head, fds, _, _ = socket.recv_fds(link, LENGTH_BYTES, 1)
    if len(head) < LENGTH_BYTES or not fds:
        return None
    size, request = int.from_bytes(head, "little"), bytearray()
    while len(request) < size:
        piece = link.recv(min(size - len(request), 1 << 20))
        if not piece:
            return None
        request += piece
    return msgspec.msgpack.decode(request, type=Request), fds[0]


if __name__ == "__main__":
    main()
