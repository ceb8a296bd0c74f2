"""The columns of a store: an index over the evidence, held as codes, tables and sorted dictionaries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.store.segment import Array

Codes = NDArray[np.unsignedinteger]
Places = NDArray[np.integer[Any]]
"""Codes or positions of whatever width."""


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """A table of lists: row k holds ``items[starts[k]:starts[k + 1]]``; row 0 is empty."""

    starts: NDArray[np.uint32]
    items: NDArray[np.uint32]

    def row(self, code: int) -> NDArray[np.uint32]:
        """The item codes of list `code`."""
        return self.items[int(self.starts[code]) : int(self.starts[code + 1])]


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Further places of records that were delivered more than once with identical bytes, sorted by row."""

    row: NDArray[np.uint32]
    file: NDArray[np.uint32]
    index: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """Content hashes of all records whose eventID occurs more than once, sorted by row."""

    row: NDArray[np.uint32]
    sha256: NDArray[np.uint8]
    """Shape (n, 32)."""
    conflict: NDArray[np.bool_]
    """Whether the bytes under the id differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Request and response texts: compressed frames, one per part."""

    frames: Mapping[str, tuple[Array, ...]]
    """``request`` / ``response`` → compressed frame per batch."""
    ends: Mapping[str, tuple[Array, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Everything a lens can ask about, one row per unique record, oldest first, ties by source then index."""

    time: NDArray[np.int64]
    """Milliseconds since 1970 UTC; `stamp.NO_TIME` when missing."""
    axes: Mapping[str, Codes]
    """Per axis name, and for ``resource``: one code per row."""
    tables: Mapping[str, Mapping[str, Codes]]
    """Per axis name: per column, a dictionary code for each table row."""
    dictionaries: Mapping[str, pl.Series]
    """Per column: the distinct values, sorted; index 0 is "" and means absent."""
    resources: Lists
    cold: Mapping[str, Array]
    """``id`` (n × 2 halves), ``file``, ``index``, ``batch``, ``request``, ``response``: what masks seldom need."""
    files: pl.DataFrame
    """One row per blob that was opened, sorted by name."""
    issues: pl.DataFrame
    odd: pl.DataFrame
    """Rows whose id or time is not of the usual shape: ``row, event_id, event_time``."""
    copies: Copies
    twins: Twins
    texts: Texts

    @property
    def height(self) -> int:
        """Unique records."""
        return int(self.time.size)


def narrow(codes: Array, size: int) -> Codes:
    """`codes` in the smallest unsigned type that can hold `size` distinct values."""
    return codes.astype(code_type(size), copy=False)


def code_type(size: int) -> type[np.unsignedinteger]:
    """The smallest unsigned type that can hold `size` distinct values."""
    return np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32
