"""Delimited text with a header: the console's Event history, Lake and Athena results, exports of other tools."""

import re
from collections.abc import Sequence

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.rows import DELIMITERS, Row, first_row, rows
from ctwork.sources.formats.table import RowReader, Table
from ctwork.sources.harvest import Harvest, is_utf8
from ctwork.sources.scan import blank_end

_LONGEST_HEADER = 64 << 10
_LAKE = b"# Execution Time: "
_LAKE_QUERY_LINES = 500
"""How many lines the text of a query may have before the header comes."""
_SEPARATOR_LINE = re.compile(rb"sep=(.)\r?\n").match


class Delimited:
    """Reads a table of which the first row names the columns; `tables` say what they mean."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables

    def read(self, data: bytes, start: int, harvest: Harvest) -> bool:
        if data.startswith(_LAKE, start):
            self._read_lake(data, start, harvest)
            return True
        declared = _SEPARATOR_LINE(data, start)
        found = self._header(data, declared.end() if declared else start)
        if found is None:
            return False
        harvest.witness(start, found.header.next)
        _take_rows(data, found, found.table.name, harvest)
        return True

    def _read_lake(self, data: bytes, start: int, harvest: Harvest) -> None:
        """A Lake result: the query stands before the header, in one line or in several."""
        at = start
        for _ in range(_LAKE_QUERY_LINES):
            newline = data.find(b"\n", at)
            if newline < 0:
                break
            at = blank_end(data, newline + 1)
            if (found := self._header(data, at)) is not None:
                harvest.witness(start, found.header.next)
                _take_rows(data, found, "lake", harvest)
                return
        message = "A CloudTrail Lake query result whose columns are no events."
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, message, (start, len(data)))

    def _header(self, data: bytes, start: int) -> "_Header | None":
        """The header at `start` and what reads the rows below it."""
        line = data.find(b"\n", start, start + _LONGEST_HEADER)
        if (line < 0 and len(data) - start > _LONGEST_HEADER) or b"\0" in data[start : line if line >= 0 else None]:
            return None
        for delimiter in DELIMITERS:
            header = first_row(data, start, delimiter)
            if not header.cells or header.end - start > _LONGEST_HEADER:
                continue
            columns = [_text(cell) for cell in header.cells]
            sample = first_row(data, blank_end(data, header.next), delimiter).cells or []
            first = [_text(cell) for cell in sample] if len(sample) == len(columns) else []
            for table in self._tables:
                if read := table.reader(columns, first):
                    return _Header(header, delimiter, len(columns), table, read)
        return None


class _Header:
    """A header that was understood."""

    __slots__ = ("delimiter", "header", "read", "table", "width")

    def __init__(self, header: Row, delimiter: bytes, width: int, table: Table, read: RowReader) -> None:
        self.header = header
        self.delimiter = delimiter
        self.width = width
        self.table = table
        self.read = read


def _take_rows(data: bytes, found: _Header, name: str, harvest: Harvest) -> None:
    """Takes the records of all rows below the header, and tells of each row that has none."""
    harvest.containers.append(name)
    before, legal = found.header.next, data.isascii() or is_utf8(data)
    for number, row in enumerate(rows(data, before, found.delimiter, found.width)):
        span = row.start, row.end
        if number >= harvest.bounds.table_rows:
            message = f"More than {number:,} rows; {harvest.bounds.limit('table_rows')}. The rest is not read."
            harvest.tell(IssueKind.TOO_LARGE, message, (row.start, len(data)))
            return
        if row.start > before:
            harvest.witness(before, row.start)
        before = row.end
        if row.cells is None:
            message = f"This row does not have the {found.width} cells that the header names."
            harvest.tell(IssueKind.SYNTAX, message, span)
            continue
        if not any(row.cells):
            harvest.witness(*span)
            continue
        if b"\0" in data[slice(*span)]:
            harvest.tell(IssueKind.ENCODING, "This row holds zero bytes; they are kept as U+0000.", span)
        cells = [_text(cell) for cell in row.cells]
        taken = len(harvest.records)
        found.read(cells, span, harvest)
        if not legal and len(harvest.records) > taken and not is_utf8(data[slice(*span)]):
            _tell_encoding(harvest, span, taken)
    if before < len(data):
        harvest.witness(before, len(data))


def _text(cell: bytes) -> str:
    return cell.decode("utf-8", "surrogateescape")


def _tell_encoding(harvest: Harvest, span: tuple[int, int], index: int) -> None:
    """Tells of a row that is not UTF-8, unless its record is its own bytes: then that is told of the record."""
    if is_utf8(harvest.records[index]):
        message = "This row holds bytes that are not UTF-8; they are shown as U+FFFD."
        harvest.tell(IssueKind.INVALID_UTF8, message, span, index)
