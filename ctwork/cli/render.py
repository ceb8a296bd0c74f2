"""Rows become stdout: a table for people, CSV and JSON for programs. Data never reaches a terminal unescaped."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ctwork.case.outlet import Row, cell_text, dumped, export, form_of, row_text
from ctwork.errors import UsageError
from ctwork.model.legible import grouped, middle, plain, told

FORMATS = ("table", "csv", "json", "jsonl")
_SAMPLE = 200
_WHOLE = 20
"""Cells up to this width are shown whole: a time, an address or a count that is cut is none."""
_NARROWEST, _ROOMY = 12, 32
"""A longer cell may be cut down to a fifth of the table, between these two: below, a name says little."""
_TABLE_WIDTH = 160
_GAP = 2


class ReaderGone(Exception):
    """Nobody reads stdout any more."""


class Renderer:
    """Where one command's output goes, and in which form."""

    def __init__(self, stream: TextIO, form: str, head: Callable[[], Row]) -> None:
        self._stream = stream
        self._head = head
        self._terminal = stream.isatty()
        self.form = form or ("table" if self._terminal else "jsonl")
        if self.form not in FORMATS:
            raise UsageError(f"--format {self.form} is not known", "choose one of " + ", ".join(FORMATS))

    def rows(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Write `rows`; each has a value for every one of `columns`."""
        if self.form == "table":
            self._table(columns, rows)
            return
        for text in row_text(self.form, columns, rows, ascii_only=self._terminal):
            shown = self._terminal and self.form == "csv"
            self._stream.write("".join(plain(line) + "\n" for line in text.splitlines()) if shown else text)

    def document(self, document: Row, table: Callable[[], Iterable[str]]) -> None:
        """Write one document; as a table, the lines of `table()`; as JSON, with the head of an export first."""
        if self.form == "table":
            for line in table():
                self.line(line)
        elif self.form == "csv":
            flat = {key: cell_text(value) for key, value in document.items()}
            self.rows(list(flat), [flat])
        elif self.form == "json":
            self._stream.write(self._dumps({"head": self._head(), **document}, indent=2) + "\n")
        else:
            self._stream.write(self._dumps(document) + "\n")

    def documents(self, documents: Sequence[Row], table: Callable[[], Iterable[str]]) -> None:
        """Write documents of one shape, usually one; several as rows, for JSON is one document."""
        if len(documents) == 1 or self.form == "table":
            self.document(documents[0], table)
        else:
            names = list(dict.fromkeys(name for document in documents for name in document))
            self.rows(names, [{name: document.get(name) for name in names} for document in documents])

    def line(self, text: str) -> None:
        """Write one line of text for people."""
        self._stream.write((plain(text) if self._terminal else text) + "\n")

    def raw(self, lines: Iterable[bytes]) -> None:
        """Write original bytes, one record per line; escaped only when a terminal would have to show them."""
        for line in lines:
            if self._terminal:
                self._stream.write(plain(line.decode("utf-8", "backslashreplace")) + "\n")
            else:
                self._stream.flush()
                self._stream.buffer.write(b" ".join(line.splitlines()) + b"\n")

    def original(self, records: Iterable[bytes]) -> None:
        """Write records byte for byte, line breaks and all; escaped only when a terminal would have to show them."""
        for record in records:
            if self._terminal:
                self.raw([record])
            else:
                self._stream.flush()
                self._stream.buffer.write(record + b"\n")

    def _dumps(self, value: Any, indent: int | None = None) -> str:
        return dumped(value, indent, ascii_only=self._terminal)

    def _table(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        stream = iter(rows)
        limit = shutil.get_terminal_size((_TABLE_WIDTH, 24)).columns if self._terminal else _TABLE_WIDTH
        sample = [{column: _shown(row[column]) for column in columns} for row in islice(stream, _SAMPLE)]
        widths = _widths(columns, sample, limit)
        shown = list(widths)
        numeric = [bool(sample) and all(isinstance_number(cells[name]) for cells in sample) for name in shown]

        def write(cells: Sequence[str]) -> None:
            self._stream.write(_row(cells, list(widths.values()), numeric) + "\n")

        write(shown)
        for cells in sample:
            write([cells[name] for name in shown])
        for row in stream:
            write([_shown(row[name]) for name in shown])
        if hidden := [name for name in columns if name not in widths]:
            self._stream.write(f"({', '.join(hidden)}: no room in {limit} columns)\n")


def isinstance_number(text: str) -> bool:
    """Whether a shown cell is a grouped number."""
    return text.replace(",", "").isdigit()


def _shown(value: Any) -> str:
    """A value as a person reads it: of several, the first whole and how many more there are."""
    if isinstance(value, int) and not isinstance(value, bool):
        return grouped(value)
    if isinstance(value, list) and len(value) > 1:
        return f"{_shown(value[0])} +{len(value) - 1}"
    return plain(cell_text(value))


def _widths(columns: Sequence[str], sample: Sequence[Mapping[str, str]], limit: int) -> dict[str, int]:
    """Columns that fit `limit` cells, with their widths: long cells give way first, then columns from the right."""
    full = {name: max([min(len(name), _WHOLE), *(len(cells[name]) for cells in sample)]) for name in columns}
    narrowest = min(max(limit // 5, _NARROWEST), _ROOMY)
    least = {name: width if width <= _WHOLE else min(width, narrowest) for name, width in full.items()}
    shown = list(columns)
    while len(shown) > 1 and sum(least[name] + _GAP for name in shown) - _GAP > limit:
        shown.pop()
    widths = {name: full[name] for name in shown}
    over = sum(width + _GAP for width in widths.values()) - _GAP - limit
    while over > 0 and (widest := max(widths, key=lambda name: widths[name] - least[name])):
        if widths[widest] == least[widest]:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = [
        middle(cell, width).rjust(width) if numeric else middle(told(cell, width), width).ljust(width)
        for cell, width, numeric in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(parts).rstrip()


@contextmanager
def renderer(
    form: str,
    output: Path | None,
    evidence: Iterable[str],
    head: Callable[[], Row],
    written: Callable[[Row], None] = lambda _: None,
) -> Iterator[Renderer]:
    """A renderer to stdout, or to `output` with the head beside it, which must be nowhere in the `evidence`.

    `written` is called with what an `export` tells of a file at its end.
    """
    if output is None:
        try:
            yield Renderer(sys.stdout, form, head)
            sys.stdout.flush()
        except BrokenPipeError as problem:
            raise ReaderGone from problem
        return
    with export(output, evidence, head, written) as stream:
        yield Renderer(stream, form or _form_of(output), head)


def _form_of(output: Path) -> str:
    return "table" if output.suffix == ".txt" else form_of(output) or "jsonl"
