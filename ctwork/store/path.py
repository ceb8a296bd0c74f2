"""Dotted paths into the record: the slow way, still correct. Each path is read once per store and kept as codes.

Request and response paths come from the stored texts, each distinct text once; every other path re-reads the evidence.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from ctwork.model.column import ISSUE_COLUMN, RAW_COLUMN
from ctwork.model.document import at_path, read_json, scalar_leaves, scalar_text
from ctwork.sources.base import Bounds
from ctwork.sources.carrier import Unreadable
from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.columns import Codes, Columns, Lists
from ctwork.store.intern import Interner
from ctwork.store.parallel import stable_order
from ctwork.store.reread import records_of
from ctwork.store.suspect import issue_kinds
from ctwork.store.text import unpack_texts

_SIDES = {"requestParameters": "request", "responseElements": "response"}
_LOOK = 64
"""Records between two looks at whether the answer is still wanted: some ms, however large they are."""
_SORTED = 1 << 20
"""Rows put in the order of their files in one go: a tenth of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class PathColumn:
    """The values of one list column: a list code per row, the lists, and the sorted distinct values (0 is "")."""

    codes: Codes
    lists: Lists
    values: pl.Series


class PathColumns:
    """Reads paths on demand and keeps them."""

    def __init__(self, columns: Columns, bounds: Bounds) -> None:
        self._columns = columns
        self._bounds = bounds
        self._kept: dict[str, PathColumn] = {}

    def has(self, path: str) -> bool:
        """Whether `path` has been read."""
        return path in self._kept

    def column(self, path: str, cancelled: Cancelled = never) -> PathColumn:
        """The values of `path` for every row; of `ISSUE_COLUMN` too, which is in no record.

        Raises Superseded soon after `cancelled()` turns true.
        """
        if path not in self._kept:
            own = path == ISSUE_COLUMN
            self._kept[path] = _issues(self._columns) if own else self._read(path, cancelled)
        return self._kept[path]

    def hashes(self, rows: NDArray[np.uint32]) -> list[str]:
        """SHA-256 of the original bytes of each of `rows`; "" where they cannot be had."""
        found = dict.fromkeys(rows.tolist(), "")
        for place, raw in self._originals(np.asarray(rows)):
            found[place] = hashlib.sha256(raw).hexdigest()
        return [found[row] for row in rows.tolist()]

    def _read(self, path: str, cancelled: Cancelled) -> PathColumn:
        lists: Interner[tuple[str, ...]] = Interner((), limit=1 << 62)
        codes = np.zeros(self._columns.height, np.uint32)
        head, _, rest = path.partition(".")
        if head in _SIDES:
            self._from_texts(_SIDES[head], _reader(rest), lists, codes, cancelled)
        else:
            read = _reader("" if path == RAW_COLUMN else path)
            every = self._originals(np.arange(self._columns.height, dtype=np.uint32), cancelled)
            for number, (row, raw) in enumerate(every):
                if not number % _LOOK:
                    still_wanted(cancelled)
                codes[row] = lists[read(raw)]
        return _packed(codes, [(), *lists.ship().values])

    def _from_texts(
        self,
        side: str,
        read: Callable[[bytes], tuple[str, ...]],
        lists: Interner[tuple[str, ...]],
        codes: Codes,
        cancelled: Cancelled,
    ) -> None:
        columns = self._columns
        batch = columns.cold["batch"]
        refs = columns.cold[side]
        still_wanted(cancelled)
        order = stable_order(batch, len(columns.texts.frames[side]))
        ends = np.searchsorted(batch[order], np.arange(len(columns.texts.frames[side])), side="right")
        start = 0
        for number, end in enumerate(ends.tolist()):
            rows = order[start:end]
            start = end
            if not len(rows):
                continue
            texts = unpack_texts(columns.texts.frames[side][number], columns.texts.ends[side][number])
            used = np.unique(refs[rows]).tolist()
            table = np.zeros(len(texts) + 1, np.uint32)
            for number_used, ref in enumerate(used):
                if not number_used % _LOOK:
                    still_wanted(cancelled)
                if ref:
                    table[ref] = lists[read(texts[ref - 1])]
            codes[rows] = table[refs[rows]]

    def _originals(self, rows: NDArray[np.uint32], cancelled: Cancelled = never) -> Iterator[tuple[int, bytes]]:
        """Each of `rows` with its original bytes, file by file; rows whose file cannot be read are left out."""
        for group in self._by_file(rows, cancelled):
            number = int(self._columns.cold["file"][group[0]])
            entry = self._columns.files.row(number, named=True)
            places = dict(zip(self._columns.cold["index"][group].tolist(), group.tolist(), strict=True))
            with suppress(Unreadable, StopIteration):
                yield from ((places[index], bytes(raw)) for index, raw in records_of(entry, [*places], self._bounds))

    def _by_file(self, rows: NDArray[np.uint32], cancelled: Cancelled) -> Iterator[NDArray[np.uint32]]:
        """`rows` in groups, one per file. Some files at a time: the first group does not wait for the last."""
        file = self._columns.cold["file"][rows]
        files = self._columns.files.height
        step = max(files * _SORTED // max(len(rows), 1), 1)
        for first in range(0, files, step):
            still_wanted(cancelled)
            places = np.flatnonzero((file >= first) & (file < first + step))
            numbers = file[places]
            order = np.argsort(numbers, kind="stable")
            cuts = np.flatnonzero(np.diff(numbers[order])) + 1
            yield from np.split(rows[places[order]], cuts) if len(places) else ()


def _reader(path: str) -> Callable[[bytes], tuple[str, ...]]:
    """JSON text → values at `path` ("" = everything below)."""
    key = path.rpartition(".")[2]
    needle = f'"{key}"'.encode() if key.isascii() and key.isidentifier() else b""

    def read(raw: bytes) -> tuple[str, ...]:
        if needle and raw.find(needle) < 0 and raw.find(b"\\u") < 0:
            return ()
        try:
            nodes = at_path(orjson.loads(raw), path) if path else [orjson.loads(raw)]
            leaves = [leaf for node in nodes for leaf in scalar_leaves(node)]
            if not all(isinstance(leaf, str | bool) for leaf in leaves):
                raise ValueError
        except ValueError:
            try:
                document = read_json(raw)
            except (ValueError, RecursionError):
                return ()
            leaves = [
                leaf for node in (at_path(document, path) if path else [document]) for leaf in scalar_leaves(node)
            ]
        return tuple(dict.fromkeys(text for leaf in leaves if (text := _legal(scalar_text(leaf)))))

    return read


def _legal(text: str) -> str:
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _issues(columns: Columns) -> PathColumn:
    """The issue kinds that touch each row."""
    lists: Interner[tuple[str, ...]] = Interner((), limit=1 << 62)
    codes = np.zeros(columns.height, np.uint32)
    for row, kinds in issue_kinds(columns):
        codes[row] = lists[kinds]
    return _packed(codes, [(), *lists.ship().values])


def _packed(codes: Codes, lists: list[tuple[str, ...]]) -> PathColumn:
    values = sorted({value for items in lists for value in items})
    place = {value: number for number, value in enumerate(values, 1)}
    starts = np.cumsum([0, *map(len, lists)], dtype=np.uint32)
    items = np.fromiter((place[value] for row in lists for value in row), np.uint32, int(starts[-1]))
    return PathColumn(codes, Lists(starts, items), pl.Series(["", *values], dtype=pl.String))
