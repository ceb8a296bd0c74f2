"""Rows become stdout: a table for people, CSV and JSON for programs. Data never reaches a terminal unescaped."""

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.model.legible import grouped, middle, plain

FORMATS = ("table", "csv", "json", "jsonl")
_SAMPLE = 200
_WHOLE = 20
"""Cells up to this width are shown whole: a time, an address or a count that is cut is none."""
_NARROWEST = 12
"""A longer cell may be cut down to this."""
_TABLE_WIDTH = 160
_GAP = 2

Row = dict[str, Any]


class ReaderGone(Exception):
    """Nobody reads stdout any more."""


class Renderer:
    """Where one command's output goes, and in which form."""

    def __init__(self, stream: TextIO, form: str) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self.form = form or ("table" if self._terminal else "jsonl")
        if self.form not in FORMATS:
            raise UsageError(f"--format {self.form} is not known", "choose one of " + ", ".join(FORMATS))

    def rows(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Write `rows`; each has a value for every one of `columns`."""
        {"table": self._table, "csv": self._csv, "json": self._json, "jsonl": self._jsonl}[self.form](columns, rows)

    def document(self, document: Row, table: Callable[[], Iterable[str]]) -> None:
        """Write one document; as a table, the lines of `table()`."""
        if self.form == "table":
            for line in table():
                self.line(line)
        elif self.form == "csv":
            flat = {key: _cell(value) for key, value in document.items()}
            self._csv(list(flat), [flat])
        else:
            self._stream.write(self._dumps(document, indent=2 if self.form == "json" else None) + "\n")

    def documents(self, documents: Sequence[Row], table: Callable[[], Iterable[str]]) -> None:
        """Write documents of one shape, usually one; as JSON they stay one document, a list when there are several."""
        if len(documents) == 1 or self.form == "table":
            self.document(documents[0], table)
        elif self.form == "json":
            self._stream.write(self._dumps(documents, indent=2) + "\n")
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

    def _json(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        self._stream.write("[")
        for number, row in enumerate(rows):
            self._stream.write((",\n " if number else "\n ") + self._dumps(row))
        self._stream.write("\n]\n")

    def _jsonl(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        for row in rows:
            self._stream.write(self._dumps(row) + "\n")

    def _dumps(self, value: Any, indent: int | None = None) -> str:
        separators = None if indent else (",", ":")
        text = json.dumps(value, ensure_ascii=self._terminal, indent=indent, separators=separators)
        return text.replace("\x7f", "\\u007f") if self._terminal else text

    def _csv(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row[column]) for column in columns])
            if buffer.tell() > 1 << 16:
                self._drain(buffer)
        self._drain(buffer)

    def _drain(self, buffer: io.StringIO) -> None:
        text = buffer.getvalue()
        if self._terminal:
            text = "".join(plain(line) + "\n" for line in text.splitlines())
        self._stream.write(text)
        buffer.seek(0)
        buffer.truncate()

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
    if isinstance(value, int) and not isinstance(value, bool):
        return grouped(value)
    return plain(_cell(value))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(map(_cell, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _widths(columns: Sequence[str], sample: Sequence[Mapping[str, str]], limit: int) -> dict[str, int]:
    """Columns that fit `limit` cells, with their widths: long cells give way first, then columns from the right."""
    full = {name: max([min(len(name), _WHOLE), *(len(cells[name]) for cells in sample)]) for name in columns}
    least = {name: width if width <= _WHOLE else _NARROWEST for name, width in full.items()}
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
        (middle(cell, width).rjust(width) if numeric else middle(cell, width).ljust(width))
        for cell, width, numeric in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(parts).rstrip()


@contextmanager
def renderer(form: str, output: Path | None, evidence: Callable[[], Iterable[str]]) -> Iterator[Renderer]:
    """A renderer to stdout or to `output`, which must be none of the paths in `evidence` nor lie in one."""
    if output is None:
        try:
            yield Renderer(sys.stdout, form)
            sys.stdout.flush()
        except BrokenPipeError as problem:
            raise ReaderGone from problem
        return
    target = output.resolve()
    for path in evidence():
        if target.is_relative_to(Path(path).resolve()):
            raise UsageError(f"{output} lies inside the evidence {path}", "write it somewhere else")
    try:
        with open(target, "w", encoding="utf-8", newline="") as stream:
            yield Renderer(stream, form or _form_of(output))
    except OSError as problem:
        raise EnvironmentFailure(
            f"cannot write {output}: {problem.strerror}", "check the folder and the space"
        ) from problem


def _form_of(output: Path) -> str:
    return {".json": "json", ".csv": "csv", ".txt": "table"}.get(output.suffix, "jsonl")
