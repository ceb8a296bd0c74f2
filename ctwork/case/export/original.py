"""Original bytes: every record as it lies in the evidence, and an index that finds each of them again.

Each record is followed by one line feed. A record that holds line breaks of its own is written with them, so the file
has a record per line where, as CloudTrail writes them, none does; the index has the place of each in any case.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ctwork.case.export.leaving import Leaving
from ctwork.case.outlet import Row, dumped

INDEX_SUFFIX = ".index.jsonl"
"""What is added to the name of a file of original bytes, for its index."""


@dataclass(slots=True)
class RawIndex:
    """Where each record lies in a file of original bytes, gathered while they pass."""

    rows: list[Row] = field(default_factory=list)
    _at: int = 0

    def watch(self, events: Iterable[Leaving]) -> Iterator[Leaving]:
        """`events` as they come, noted down."""
        for each in events:
            row: Row = {
                "eventID": each.cells.get("eventID"),
                "offset": self._at if each.raw else None,
                "length": len(each.raw),
                "sha256": each.sha256 or None,
            }
            if each.problem:
                row["problem"] = each.problem
            self.rows.append(row)
            self._at += len(each.raw) + 1 if each.raw else 0
            yield each

    def write(self, out: BinaryIO) -> None:
        """The index: a line per event, in the order of the export; without an offset where no bytes could be had."""
        for row in self.rows:
            out.write(dumped(row).encode() + b"\n")


class RawExporter:
    """The bytes of each record, unchanged, with a line feed behind it."""

    name = "raw"
    suffixes: tuple[str, ...] = (".raw", ".raw.jsonl", ".raw.json")
    needs: tuple[str, ...] = ("eventID",)
    parses: bool = False
    told = "original bytes of each record, and beside them NAME.index.jsonl: offset, length, sha256"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        for each in events:
            if each.raw:
                out.write(each.raw)
                out.write(b"\n")
