"""Makes the tables of a bundle again from the original bytes in it, and compares: no row says what its bytes do not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, Any, cast

from ctwork.case.bundle import bag
from ctwork.case.bundle.finding import Findings
from ctwork.case.bundle.opened import OpenBundle
from ctwork.case.bundle.rawread import Indexed
from ctwork.case.bundle.sheet import COLUMNS, derived, write_sheet
from ctwork.case.export.leaving import Leaving, Said
from ctwork.case.export.rows import EVENT_SHA256
from ctwork.case.outlet import Row
from ctwork.model.annotation import Annotation

_LONGEST = 256 << 20


class _Differs(Exception):
    """The shipped table is not the one that was made again."""


class Comparing:
    """Takes what is written for a comparison with what is there."""

    def __init__(self, there: IO[bytes]) -> None:
        self._there = there
        self.line = 1

    def write(self, content: bytes) -> int:
        """Raises `_Differs` at the first byte that is another one."""
        there = self._there.read(len(content))
        if there != content:
            same = next((at for at, (one, other) in enumerate(zip(there, content, strict=False)) if one != other), None)
            self.line += content[: len(there) if same is None else same].count(b"\n")
            raise _Differs
        self.line += content.count(b"\n")
        return len(content)

    def finish(self) -> None:
        """Raises `_Differs` when there is more."""
        if self._there.read(1):
            raise _Differs


def check_tables(
    bundle: OpenBundle, events: Iterable[Indexed], marks: Mapping[str, Annotation], found: Findings
) -> None:
    """Compares both tables: the lines with the original bytes, the cells with the lines."""
    said = Said(marks)
    rows = _rows(bundle, events, said, found)
    if _same(bundle, bag.ROWS, "jsonl", rows, found):
        _same(bundle, bag.CELLS, "csv", _again(bundle, said), found)
    else:
        for _ in rows:  # what else is wrong with the events is told all the same
            pass


def _same(bundle: OpenBundle, path: str, form: str, rows: Iterable[Leaving], found: Findings) -> bool:
    """Whether the table at `path` is the one that `rows` make."""
    with bundle.open(path) as stream:
        comparing = Comparing(stream)
        try:
            write_sheet(form, rows, cast(IO[bytes], comparing))
            comparing.finish()
        except _Differs:
            what = "the original bytes" if path == bag.ROWS else bag.ROWS
            found.wrong("tables", f"{path} does not say what {what} say, from line {comparing.line:,} on")
            return False
    return True


def _rows(bundle: OpenBundle, events: Iterable[Indexed], said: Said, found: Findings) -> Iterator[Leaving]:
    """The rows that the original bytes give; of an event that has none any more, the cells that are there."""
    shipped = _Shipped(bundle)
    for event in events:
        annotation = said.of(event.event_id, event.sha256)
        yield Leaving(_cells(event, shipped, found), b"", event.sha256, None, annotation)


def _again(bundle: OpenBundle, said: Said) -> Iterator[Leaving]:
    """The rows that are there, which were compared with the original bytes before."""
    for line in lines_of(bundle, bag.ROWS):
        row = json.loads(line)
        sha256 = row[EVENT_SHA256] or ""
        annotation = said.of(row["eventID"] or "", sha256)
        yield Leaving({name: row[name] for name in COLUMNS}, b"", sha256, None, annotation)


def _cells(event: Indexed, shipped: "_Shipped", found: Findings) -> Row:
    if event.raw:
        try:
            cells = derived(event.raw, event.source, event.copies)
        except (ValueError, RecursionError) as problem:
            found.wrong("records", f"event {event.number:,} is no record: {problem}")
            return dict.fromkeys(COLUMNS)
        if (cells["eventID"] or "") != event.event_id:
            found.wrong("records", f"event {event.number:,} has another eventID than {bag.INDEX} says")
        return cells
    return shipped.cells(event.number)


class _Shipped:
    """The rows that are there, read as far as somebody asks."""

    def __init__(self, bundle: OpenBundle) -> None:
        self._lines = lines_of(bundle, bag.ROWS)
        self._next = 0

    def cells(self, number: int) -> Row:
        """What row `number` says; nothing when there is no such row."""
        line = next(islice(self._lines, number - self._next, None), b"{}")
        self._next = number + 1
        row = json.loads(line)
        return {name: row.get(name) for name in COLUMNS}


def lines_of(bundle: OpenBundle, path: str) -> Iterator[bytes]:
    """The lines of a file without their ends. Raises ValueError for one that nobody could have written."""
    with bundle.open(path) as stream:
        while line := stream.readline(_LONGEST):
            if not line.endswith(b"\n"):
                raise ValueError(f"{path} ends within a line")
            yield line[:-1]


def document_of(bundle: OpenBundle, path: str) -> Any:
    """The JSON document in a file. Raises ValueError."""
    with bundle.open(path) as stream:
        content = stream.read(_LONGEST)
    return json.loads(content)
