"""The load report as a table to ask: counts, filtered pages, the evidence around a place, the event a row names."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ctwork.model.likeness import fold
from ctwork.model.report import CONTEXT_BYTES, Account, IssueLine, KindCount, Report, Sieve, Surroundings
from ctwork.sources.base import Bounds, IssueKind
from ctwork.sources.carrier import Unreadable
from ctwork.sources.decode import record_at
from ctwork.store.columns import Columns
from ctwork.store.generation import LISTED
from ctwork.store.reread import read_inflated
from ctwork.store.store import Store
from ctwork.store.summary import STATES

COLUMNS = ("source", "kind", "offset", "length", "index", "message", "weight", "in")
CONTEXT_COLUMNS = ("context_offset", "context")
_FIELD = {"in": "within"}
"""Members of an `IssueLine` that cannot be called what their column is."""
_HEAVIEST = ("loss", "doubt", "note")
_RANK = {weight: rank for rank, weight in enumerate(_HEAVIEST)}
_WEIGHT = {str(kind): str(kind.weight) for kind in IssueKind}


def report_of(store: Store) -> Report:
    """What the load of `store` did."""
    summary, files = store.summary(), store.frame.columns.files
    counted, records = summary["files"], summary["records"]
    kinds = [KindCount(row["kind"], _WEIGHT.get(row["kind"], "loss"), row["count"]) for row in summary["issues"]]
    account = summary.get("bytes")
    return Report(
        sources=tuple(store.meta.get("sources", ())),
        files_seen=counted["seen"],
        files=tuple((state.replace("_", " "), counted[state]) for state in STATES),
        records_read=records["read"],
        records=(("unique", records["unique"]), ("copies", records["copies"])),
        conflicts=records["conflicts"],
        bytes_read=int(files.filter(pl.col("inner") == "")["size"].sum()),
        bytes_inflated=int(files["inflated_size"].sum()),
        account=Account(**account) if account else None,
        kinds=tuple(sorted(kinds, key=lambda kind: (_HEAVIEST.index(kind.weight), -kind.count, kind.kind))),
        complete=bool(store.meta.get("complete", True)),
        filtered=int(store.meta.get("filtered", 0)),
    )


@dataclass(frozen=True, eq=False)
class IssueView:
    """Rows of a load report: losses, doubts, notes, each in the order of their places."""

    frame: pl.DataFrame

    @property
    def total(self) -> int:
        """Rows in this view."""
        return self.frame.height

    def page(self, offset: int, limit: int) -> Sequence[IssueLine]:
        """Up to `limit` rows from `offset` on."""
        return [IssueLine(**row) for row in self.frame.slice(offset, limit).iter_rows(named=True)]

    def position(self, number: int) -> int | None:
        """Offset of row `number` of the whole report, or of the next one that is left; None in an empty view."""
        place = int(self.frame["number"].search_sorted(number))
        return min(place, self.total - 1) if self.total else None

    def next_loss(self, offset: int, step: int) -> int | None:
        """Offset of the next row after (`step` 1) or before (-1) `offset` that is a loss, if any."""
        losses = np.flatnonzero((self.frame["weight"] == "loss").to_numpy())
        place = int(np.searchsorted(losses, offset, "right" if step > 0 else "left")) - (step < 0)
        return int(losses[place]) if 0 <= place < len(losses) else None


def issue_view(store: Store, sieve: Sieve) -> IssueView:
    """The rows of the load report that `sieve` wants."""
    frame = store.issues().with_columns(
        weight=pl.col("kind").replace_strict(_WEIGHT, default="loss", return_dtype=pl.String)
    )
    heaviest = pl.col("weight").replace_strict(_RANK, return_dtype=pl.Int8)
    frame = (
        frame.rename(_FIELD)
        .sort(heaviest, maintain_order=True)
        .with_row_index("number")
        .with_columns(pl.col("number").cast(pl.Int64))
    )
    if sieve.kinds:
        frame = frame.filter(pl.col("kind").is_in(list(sieve.kinds)))
    if sieve.weights:
        frame = frame.filter(pl.col("weight").is_in(list(sieve.weights)))
    if sieve.text:
        wanted = [
            pl.col(name).str.to_lowercase().str.contains(fold(sieve.text), literal=True)
            for name in ("source", "kind", "message")
        ]
        frame = frame.filter(pl.any_horizontal(wanted))
    return IssueView(frame)


def issue_rows(store: Store, sieve: Sieve, *, context: bool = False) -> Iterator[dict[str, Any]]:
    """The rows as `ctwork issues` prints them; with `context` also the bytes around each place, in hexadecimal."""
    stream = _Stream(store.frame.columns, store.bounds)
    for offset in range(0, (view := issue_view(store, sieve)).total, 4096):
        for line in view.page(offset, 4096):
            row = {name: getattr(line, _FIELD.get(name, name)) for name in COLUMNS}
            if context:
                found = stream.around(line)
                row |= {"context_offset": found.start if found.data else None, "context": found.data.hex() or None}
            yield row


def surroundings(store: Store, line: IssueLine) -> Surroundings:
    """The evidence around the place of `line`, read again. Never raises: what cannot be had is said in `problem`."""
    return _Stream(store.frame.columns, store.bounds).around(line)


def event_of(columns: Columns, source: str, index: int) -> int | None:
    """The row of the event that was read as record `index` of `source`, also when that was a copy; None for none."""
    numbers = np.flatnonzero((columns.files["name"] == source).to_numpy())
    if not numbers.size:
        return None
    cold, copies = columns.cold, columns.copies
    here = np.flatnonzero((cold["index"] == index) & np.isin(cold["file"], numbers))
    if here.size:
        return int(here[0])
    again = np.flatnonzero((copies.index == index) & np.isin(copies.file, numbers))
    return int(copies.row[again[0]]) if again.size else None


class _Stream:
    """Reads the inflated streams that issues are about, and keeps the last one: rows come sorted by place."""

    def __init__(self, columns: Columns, bounds: Bounds) -> None:
        self._files = columns.files
        self._bounds = bounds
        self._name = ""
        self._kept: tuple[Mapping[str, Any] | None, bytes, str] = (None, b"", "")

    def around(self, line: IssueLine) -> Surroundings:
        """The bytes around the place of `line`."""
        if line.source != self._name:
            self._name, self._kept = line.source, self._read(line.source)
        entry, data, problem = self._kept
        first, last = self._place(line, entry, data)
        start = max(0, min(first - CONTEXT_BYTES // 4, len(data) - CONTEXT_BYTES))
        return Surroundings(start, data[start : start + CONTEXT_BYTES], first, last, len(data), problem)

    def _read(self, source: str) -> tuple[Mapping[str, Any] | None, bytes, str]:
        found = self._files.filter(pl.col("name") == source)
        if not found.height or found["container"][0] == LISTED:
            return None, b"", "nothing of it was read, so there are no bytes to show"
        entry = found.row(0, named=True)
        try:
            data, problem = read_inflated(entry, self._bounds)
        except Unreadable as failure:
            return None, failure.data, _unreadable(entry, failure)
        except (ValueError, StopIteration):
            return entry, b"", "the archive no longer holds this part"
        if found.height > 1 and not problem:
            problem = f"{found.height} files have this name; the first is shown"
        return entry, data, problem

    def _place(self, line: IssueLine, entry: Mapping[str, Any] | None, data: bytes) -> tuple[int, int]:
        """The range that `line` means: its own, that of its record, or nothing at the start."""
        if line.within == "stored":
            return 0, 0
        if line.offset is not None:
            first = min(line.offset, len(data))
            return first, min(first + (line.length or 0), len(data))
        if line.index is not None and entry is not None and data:
            with suppress(IndexError, ValueError):
                return record_at(data, entry["name"], line.index, self._bounds)[1:]
        return 0, 0


def _unreadable(entry: Mapping[str, Any], failure: Unreadable) -> str:
    """Whether the carrier of `entry` could be read at the load, and why not now."""
    before = hashlib.sha256(failure.data).digest() if failure.data else b""
    if entry["carrier_sha256"] != before:
        return f"the evidence cannot be read any more: {failure.issue.message}"
    some = "only this much of it" if failure.data else "nothing of it"
    return f"{some} could be read, at the load as now: {failure.issue.message}"
