"""Splits delimited text into rows whose place in the stream is exact (RFC 4180, strict about quotes).

A row that does not fit is one bad row: the search goes on at its next line, so that one stray quote cannot swallow what
follows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

DELIMITERS = (b",", b";", b"\t", b"|")
_BLANK_LINES = re.compile(rb"(?: *+\r?\n)++").match


@dataclass(frozen=True, slots=True)
class Row:
    """One row at ``[start, end)``; its line end comes after it."""

    start: int
    end: int
    cells: list[bytes] | None
    """Texts without their quotes; ``None`` when the row is damaged."""
    next: int
    """Where the following row starts."""


@cache
def _cell(delimiter: bytes) -> "re.Pattern[bytes]":
    mark = re.escape(delimiter)
    quoted = rb'"([^"]*+(?:""[^"]*+)*+)"(' + mark + rb"|\r?\n|\Z)"
    bare = rb'((?:[^"\n' + mark + rb"][^\n" + mark + rb"]*+)?+)(" + mark + rb"|\n|\Z)"
    return re.compile(quoted + rb"|" + bare)


def first_row(data: bytes, start: int, delimiter: bytes) -> Row:
    """The row at `start`, whatever number of cells it has."""
    return _row(data, start, delimiter)


def rows(data: bytes, start: int, delimiter: bytes, width: int) -> Iterator[Row]:
    """Every row from `start` on that is not blank; those without exactly `width` cells come as damaged."""
    at = start
    while at < len(data):
        if blank := _BLANK_LINES(data, at):
            at = blank.end()
            continue
        row = _row(data, at, delimiter)
        if row.cells is not None and len(row.cells) == width:
            yield row
            at = row.next
        else:
            bad = _line(data, at)
            at = bad.next
            while at < len(data) and not _fits(data, at, delimiter, width):
                at = _line(data, at).next
            yield bad if at == bad.next else Row(bad.start, _without_line_end(data, bad.start, at), None, at)


def _fits(data: bytes, at: int, delimiter: bytes, width: int) -> bool:
    cells = _row(data, at, delimiter).cells
    return cells is not None and len(cells) == width


def _row(data: bytes, start: int, delimiter: bytes) -> Row:
    match = _cell(delimiter).match
    cells: list[bytes] = []
    at = start
    while found := match(data, at):
        quoted, end, bare, bare_end = found.groups()
        at = found.end()
        if end is None:
            end = bare_end
            if end != delimiter and bare.endswith(b"\r"):
                bare, end = bare[:-1], b"\r" + end
            cells.append(bare)
        else:
            cells.append(quoted.replace(b'""', b'"'))
        if end != delimiter:
            return Row(start, at - len(end), cells, at)
    return Row(start, at, None, at)


def _line(data: bytes, start: int) -> Row:
    """The line at `start` as a damaged row."""
    newline = data.find(b"\n", start)
    end = len(data) if newline < 0 else newline
    return Row(start, _without_line_end(data, start, end), None, min(len(data), end + 1))


def _without_line_end(data: bytes, start: int, end: int) -> int:
    return start + len(data[start:end].rstrip(b"\r\n"))
