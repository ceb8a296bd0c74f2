"""Events as rows: JSON with its head, JSON Lines, and CSV that a spreadsheet cannot take for formulas."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from ctwork.case.export.leaving import SAID, Leaving, said_cells
from ctwork.case.export.spreadsheet import neutral_row
from ctwork.case.outlet import Row, dumped, row_text
from ctwork.model.document import legal_text

EVENT_SHA256 = "event_sha256"
"""Of the original bytes: the key by which a row is found again in the evidence."""
NEUTRALISED = "_neutralised"
"""The columns of a row whose text was changed for the sake of spreadsheets."""
_PACKET = 1 << 16


def names_of(head: Mapping[str, Any]) -> list[str]:
    """The columns of an export: those asked for, what was said, the hash; each once."""
    return list(dict.fromkeys((*head["columns"], *SAID, EVENT_SHA256)))


def row_of(each: Leaving) -> Row:
    """An event as a row with every column of `names_of`."""
    return {**each.cells, **said_cells(each.annotation), EVENT_SHA256: each.sha256 or None}


def _rows(events: Iterable[Leaving], names: list[str]) -> Iterator[Row]:
    for each in events:
        row = row_of(each)
        yield {name: row[name] for name in names}


def write_texts(texts: Iterable[str], out: BinaryIO) -> None:
    """`texts` as UTF-8, in packets; a lone surrogate, which no encoding can carry, becomes U+FFFD."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _PACKET:
            out.write(legal_text("".join(held)).encode())
            held, size = [], 0
    out.write(legal_text("".join(held)).encode())


class JsonExporter:
    """One document: the head of the export, then the events."""

    name = "json"
    suffixes: tuple[str, ...] = (".json",)
    needs: tuple[str, ...] = ()
    parses: bool = False
    told = "one JSON document: head, then events"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        out.write(b'{"head":' + dumped(dict(head)).encode() + b',\n"events":')
        write_texts(row_text("json", names_of(head), _rows(events, names_of(head))), out)
        out.write(b"}\n")


class JsonLinesExporter:
    """An object per line."""

    name = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")
    needs: tuple[str, ...] = ()
    parses: bool = False
    told = "an event per line"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        write_texts(row_text("jsonl", names_of(head), _rows(events, names_of(head))), out)


class CsvExporter:
    """CSV for spreadsheets: no cell is a formula, none is retyped, and each change can be taken back."""

    name = "csv"
    suffixes: tuple[str, ...] = (".csv",)
    needs: tuple[str, ...] = ()
    parses: bool = False
    told = "CSV for spreadsheets: no formula, no digit lost; _neutralised names the cells that were changed"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        names = names_of(head)
        head_line = neutral_row([*names, NEUTRALISED], None)
        write_texts(chain([head_line], (neutral_row(names, row) for row in _rows(events, names))), out)


class VerbatimCsvExporter:
    """CSV as RFC 4180 has it, every value as it is: not for spreadsheets."""

    name = "csv-verbatim"
    suffixes: tuple[str, ...] = (".verbatim.csv",)
    needs: tuple[str, ...] = ()
    parses: bool = False
    told = "CSV with every value as it is: never open it in a spreadsheet"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        write_texts(row_text("csv", names_of(head), _rows(events, names_of(head))), out)
