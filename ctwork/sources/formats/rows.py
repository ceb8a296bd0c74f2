"""Splits delimited text into rows whose place in the stream is exact (RFC 4180, strict about quotes).

A row that does not fit is one bad row: the search goes on at its next line, so that one stray quote cannot swallow what
follows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

DELIMITERS = (b",", b";", b"\t", b"|")
_LINE_END = re.compile(rb"\r\n|\n|\r").search
_BLANK_LINES = re.compile(rb"(?:[ \t]*+(?:\r\n|\n|\r))++").match


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
    return re.compile(
        rb'(?:"([^"]*+(?:""[^"]*+)*+)"|((?:[^"\r\n'
        + mark
        + rb"][^\r\n"
        + mark
        + rb"]*+)?+))("
        + mark
        + rb"|\r\n|\n|\r|\Z)"
    )


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
        quoted = found[1]
        cells.append(found[2] if quoted is None else quoted.replace(b'""', b'"'))
        at = found.end()
        if found[3] != delimiter:
            return Row(start, found.start(3), cells, at)
    return Row(start, at, None, at)


def _line(data: bytes, start: int) -> Row:
    """The line at `start` as a damaged row."""
    end = _LINE_END(data, start)
    return Row(start, end.start(), None, end.end()) if end else Row(start, len(data), None, len(data))


def _without_line_end(data: bytes, start: int, end: int) -> int:
    return start + len(data[start:end].rstrip(b"\r\n"))
