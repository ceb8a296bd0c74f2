"""The process that reads Parquet files: a file comes in, its records go out, until the pipe closes.

polars does the reading and is imported here alone, within a function: no other process of a load needs it.
"""

import io
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.table import RowReader
from ctwork.sources.harvest import ISSUES_PER_KIND, Harvest
from ctwork.sources.parquet import Answer, Request
from ctwork.sources.sniff import TABLES

_MOST_ROWS = 10_000_000
_BATCH_ROWS = 5_000
_MEMORY_BYTES = 8 << 30
"""Address space, not use: what a claimed billion of rows may ask for."""


def main() -> None:
    """Serves files from standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ValueError, OSError):  # not every system bounds address space, and the bound may be lower already
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    # What the library prints about damage must not end up among the answers.
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (request := _frame(incoming)) is not None and (data := _frame(incoming)) is not None:
        wanted = msgspec.msgpack.decode(request, type=Request)
        _send(outgoing, msgspec.msgpack.encode(answer(data, wanted, outgoing)))


def answer(data: bytes, wanted: Request, outgoing: BinaryIO | None = None) -> Answer:
    """What the Parquet file `data` holds; an empty frame goes to `outgoing` for every batch of rows."""
    harvest = Harvest(wanted.source, wanted.bounds)
    try:
        _read(data, harvest, outgoing)
    except BaseException as problem:
        # Panics of the library are no `Exception`.
        reason = str(problem).partition("\n")[0][:200]
        message = f"The Parquet file cannot be read after row {len(harvest.records):,}: {reason}"
        harvest.tell(IssueKind.SYNTAX, message)
    issues = [(str(issue.kind), issue.message, issue.index) for issue in harvest.issues]
    untold = {str(kind): count - ISSUES_PER_KIND for kind, count in harvest._told.items() if count > ISSUES_PER_KIND}
    return Answer(harvest.records, harvest.fidelity, issues, untold)


def _read(data: bytes, harvest: Harvest, outgoing: BinaryIO | None) -> None:
    import polars

    table = polars.scan_parquet(io.BytesIO(data))
    schema, height = table.collect_schema(), table.select(polars.len()).collect().item()
    read = _reader(list(schema))
    if read is None:
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A Parquet table without columns of CloudTrail.")
        return
    rows = size = taken = 0
    for row in _rows(table, min(height, _MOST_ROWS), outgoing):
        rows += 1
        read(row, (0, 0), harvest)
        size += sum(map(len, harvest.records[taken:]))
        taken = len(harvest.records)
        if size > harvest.bounds.inflated_bytes:
            message = f"Its rows hold {size:,} bytes and more; {harvest.bounds.limit('inflated_bytes')}."
            harvest.tell(IssueKind.TOO_LARGE, message)
            return
    if rows != height:
        kind = IssueKind.TOO_LARGE if rows == _MOST_ROWS else IssueKind.SYNTAX
        harvest.tell(kind, f"The Parquet file lists {height:,} rows; {rows:,} were read.")


def _reader(columns: list[str]) -> RowReader | None:
    return next((read for table in TABLES if (read := table.reader(columns, []))), None)


def _rows(table: Any, height: int, outgoing: BinaryIO | None) -> Iterator[tuple[Any, ...]]:
    """The rows one after the other, of which only a batch is in memory as Python values."""
    for at in range(0, height, _BATCH_ROWS):
        yield from table.slice(at, _BATCH_ROWS).collect().iter_rows()
        if outgoing is not None:
            _send(outgoing, b"")


def _send(outgoing: BinaryIO, data: bytes) -> None:
    outgoing.write(len(data).to_bytes(8, "little"))
    outgoing.write(data)
    outgoing.flush()


def _frame(incoming: BinaryIO) -> bytes | None:
    size = incoming.read(8)
    return incoming.read(int.from_bytes(size, "little")) if len(size) == 8 else None


if __name__ == "__main__":
    main()
