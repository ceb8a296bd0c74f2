"""Tables in Parquet files: Athena's UNLOAD, Security Lake, what other tools write. Every row in is a row out.

polars reads them. It is imported when the first such file is met, and not before: workers are forked without it.
"""

import io
import os
from collections.abc import Iterator, Sequence
from typing import Any

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.table import RowReader, Table
from ctwork.sources.harvest import Harvest

_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_MOST_ROWS = 10_000_000
_BATCH_ROWS = 20_000


class Parquet:
    """Reads a Parquet file; `tables` say what its columns mean. Each record's span is the whole file."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables

    def read(self, data: bytes, start: int, harvest: Harvest) -> bool:
        whole = 0, len(data)
        if not data.startswith(_MAGIC):
            if data.startswith(_ENCRYPTED) and data.endswith(_ENCRYPTED):
                harvest.tell(IssueKind.UNSUPPORTED, "An encrypted Parquet file; its key is not in it.", whole)
                return True
            return False
        if not data.endswith(_MAGIC):
            message = "A Parquet file without its end, where the places of its columns are listed."
            harvest.tell(IssueKind.TRUNCATED, message, whole)
            return True
        self._read(data, whole, harvest)
        return True

    def _read(self, data: bytes, whole: tuple[int, int], harvest: Harvest) -> None:
        os.environ.setdefault("POLARS_MAX_THREADS", "1")  # a worker has one core; its siblings have the others
        import polars  # heavy, and workers are forked without it
        from polars.exceptions import PanicException, PolarsError

        rows = 0
        try:
            table = polars.scan_parquet(io.BytesIO(data))
            schema, height = table.collect_schema(), table.select(polars.len()).collect().item()
            read = self._reader(list(schema))
            if read is None:
                harvest.tell(IssueKind.NOT_CLOUDTRAIL, "A Parquet table without columns of CloudTrail.", whole)
                return
            harvest.containers.append("parquet")
            for row in _rows(table, min(height, _MOST_ROWS)):
                rows += 1
                read(row, whole, harvest)
        except (PolarsError, PanicException, OSError, ValueError, OverflowError, MemoryError) as problem:
            reason = str(problem).partition("\n")[0][:200]
            message = f"The Parquet file cannot be read after row {rows:,}: {reason}"
            harvest.tell(IssueKind.SYNTAX, message, whole)
            return
        if rows != height:
            message = f"The Parquet file lists {height:,} rows; {rows:,} were read."
            harvest.tell(IssueKind.TOO_LARGE if rows == _MOST_ROWS else IssueKind.SYNTAX, message, whole)

    def _reader(self, columns: list[str]) -> RowReader | None:
        return next((read for table in self._tables if (read := table.reader(columns, []))), None)


def _rows(table: Any, height: int) -> Iterator[tuple[Any, ...]]:
    """The rows one after the other, of which only a batch is in memory as Python values."""
    for at in range(0, height, _BATCH_ROWS):
        yield from table.slice(at, _BATCH_ROWS).collect().iter_rows()
