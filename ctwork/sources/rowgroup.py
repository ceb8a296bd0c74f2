"""Goes through the row groups of a Parquet table, some rows at a time, and keeps to the bounds of hostile input.

The table itself is whatever can give a slice of its rows; it is polars that does, in a process of its own.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.footer import Footer, RowGroup
from ctwork.sources.formats.table import RowReader
from ctwork.sources.harvest import ISSUES_PER_KIND, Harvest
from ctwork.sources.parquet import Request, Slice

_LARGEST_NUMBER = 1 << 31
"""Records that share a row are numbered on from here at the latest, however many rows a file claims to have."""
_SLICE_ROWS = 10_000
_SLICE_BYTES = 4 << 20
"""What one slice may hold: in decoded columns when it is cut, in records when it is passed on."""
_LEAST_ROW_BYTES = 32
"""What a row counts for at least: a billion of empty rows is a bomb as well."""
_FAILURES = 8
"""Slices of one row group that may fail before the rest of it is given up."""
_ROWS_AS_VALUES = 512


@dataclass(slots=True)
class Rows:
    """The rows of one file while they are read."""

    wanted: Request
    passed: int = 0
    """Rows read, or passed over on purpose."""
    size: int = 0
    """Bytes of the records read so far."""
    stored: int = 0
    """Bytes of the file."""
    at: int = 0
    end: int = 0
    """What no row was read of yet, as a range of the file."""
    extra: int = 0
    """Number of the next record that is not the first one of its row: they are counted on behind the last row."""
    numbers: tuple[int, ...] = ()
    """The records wanted, in order; empty for all."""

    def slices(self, table: Any, footer: Footer, read: RowReader) -> Iterator[Slice]:
        """Every record, and what there is to tell; raises whatever `table` raises of itself."""
        listed = sum(group.rows for group in footer.groups)
        self.extra, self.numbers = min(listed, _LARGEST_NUMBER), tuple(sorted(self.wanted.numbers))
        self.at = min((group.start for group in footer.groups if group.end), default=0)
        self.end = max((group.end for group in footer.groups), default=0) or self.stored
        for group in footer.groups:
            yield from self._group(table, group, read)
            if (hit := self._bound_hit()) is not None:
                if self.passed < listed:
                    yield self.rest(*hit)
                return
            self.at = max(self.at, group.end)
        if max(listed, footer.rows) != self.passed or listed != footer.rows:
            claims = f"The Parquet file lists {footer.rows:,} rows, and {listed:,} in its row groups"
            yield Slice(issues=[(str(IssueKind.SYNTAX), f"{claims}; {self.passed:,} were read.", None)])

    def rest(self, kind: IssueKind, message: str) -> Slice:
        """An issue about everything that was not read."""
        return Slice(start=min(self.at, self.end), end=self.end, issues=[(str(kind), message, None)])

    def _group(self, table: Any, group: RowGroup, read: RowReader) -> Iterator[Slice]:
        """The slices of one row group; those that cannot be read are told, and the next ones tried."""
        failures, stop = 0, group.first + group.rows
        width = max(1, min(_SLICE_ROWS, _SLICE_BYTES * group.rows // max(1, group.size)))
        for begin in range(group.first, stop, width):
            first, last = self._wanted(begin, min(begin + width, stop))
            if first == last:
                self.passed += min(begin + width, stop) - begin
                continue
            try:
                frame = table.slice(first, last - first).collect()
                if not frame.height:
                    return
                for piece in self._pieces(frame, first, read):
                    piece.start, piece.end = group.start, group.end
                    yield piece
                    if self._bound_hit() is not None:
                        self.at = max(self.at, group.end)
                        return
                self.passed = min(begin + width, stop) if self.numbers else self.passed
            except (KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            except BaseException as problem:
                failures += 1
                last = stop if failures == _FAILURES else last
                message = f"Rows {first:,} to {last - 1:,} cannot be read: {reason(problem)}"
                self.passed = last
                yield Slice(start=group.start, end=group.end, issues=[(str(IssueKind.SYNTAX), message, None)])
                if failures == _FAILURES:
                    return

    def _wanted(self, first: int, last: int) -> tuple[int, int]:
        """The part of ``[first, last)`` that is asked for; a record behind the last row may hide in any row."""
        if not self.numbers or self.numbers[-1] >= self.extra:
            return first, last
        places = self.numbers[bisect_left(self.numbers, first) : bisect_left(self.numbers, last)]
        return (places[0], places[-1] + 1) if places else (first, first)

    def _limit(self) -> int:
        """How many bytes the rows of this file may hold.

        They pass by slice after slice, so that a table may rightly hold more than one inflated file: columns that
        repeat themselves are stored small. What it may grow is bounded by what is stored.
        """
        bounds = self.wanted.bounds
        return min(bounds.load_bytes, max(bounds.ratio_floor_bytes, bounds.ratio * self.stored))

    def _bound_hit(self) -> tuple[IssueKind, str] | None:
        bounds = self.wanted.bounds
        if self.size > bounds.load_bytes:
            message = f"Its rows hold more than {bounds.load_bytes:,} bytes; {bounds.limit('load_bytes')}."
            return IssueKind.TOO_LARGE, f"{message} The rest is not read."
        if self.size > self._limit():
            grown = self.size // max(1, self.stored)
            message = f"Its rows grow {grown:,}:1 and more; {bounds.limit('ratio', ':1')}. The rest is not read."
            return IssueKind.RATIO, message
        if self.passed >= bounds.table_rows:
            message = f"More than {self.passed:,} rows; {bounds.limit('table_rows')}. The rest is not read."
            return IssueKind.TOO_LARGE, message
        return None

    def _pieces(self, frame: Any, first: int, read: RowReader) -> Iterator[Slice]:
        """The rows of `frame`, of which the first is row `first` of the file."""
        harvest, numbers, size, limit = self._harvest(), list[int](), 0, self._limit()
        most = self.wanted.bounds.table_rows
        for row, cells in enumerate(frame.iter_rows(buffer_size=_rows_as_values(frame)), first):
            taken, told = len(harvest.records), len(harvest.issues)
            read(cells, (0, 0), harvest)
            if count := len(harvest.records) - taken:
                numbers += row, *range(self.extra, self.extra + count - 1)
                self.extra += count - 1
            for place in range(told, len(harvest.issues)):
                if (issue := harvest.issues[place]).index is None:
                    harvest.issues[place] = replace(issue, message=f"{issue.message} (row {row:,})")
            grown = sum(map(len, harvest.records[taken:]))
            size += grown
            self.size += max(grown, _LEAST_ROW_BYTES)
            self.passed += 1
            if size > _SLICE_BYTES or self.size > limit or self.passed >= most:
                yield self._slice(harvest, numbers)
                harvest, numbers, size = self._harvest(), [], 0
        yield self._slice(harvest, numbers)

    def _harvest(self) -> Harvest:
        return Harvest(self.wanted.source, self.wanted.bounds)

    def _slice(self, harvest: Harvest, numbers: list[int]) -> Slice:
        issues = [
            (str(issue.kind), issue.message, None if issue.index is None else numbers[issue.index])
            for issue in harvest.issues
        ]
        untold = {str(kind): count - ISSUES_PER_KIND for kind, count in harvest.told.items() if count > ISSUES_PER_KIND}
        records = harvest.records
        if wanted := frozenset(self.numbers):
            kept = [(record, number) for record, number in zip(records, numbers, strict=True) if number in wanted]
            records, numbers = [record for record, _ in kept], [number for _, number in kept]
        return Slice(records=records, numbers=numbers, fidelity=harvest.fidelity, issues=issues, untold=untold)


def _rows_as_values(frame: Any) -> int:
    """How many rows may become Python values at once: a text that every row points to is copied for each of them."""
    texts = [frame[name].str.len_bytes().sum() or 0 for name, kind in frame.schema.items() if str(kind) == "String"]
    fitting: int = _SLICE_BYTES * frame.height // max(1, sum(texts))
    return max(1, min(_ROWS_AS_VALUES, fitting))


def reason(problem: BaseException) -> str:
    """The first line of what an exception says."""
    return str(problem).partition("\n")[0][:200] or type(problem).__name__
