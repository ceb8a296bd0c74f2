"""Parts of one worker session, made ready to merge: its value tables as string columns, its rows in those codes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ctwork.errors import CaseError
from ctwork.store.axis import ADDRESS, AGENT, CALL, IDENTITY, MESSAGE, PLACE, RESOURCE, TRANSFER
from ctwork.store.part import StoredPart, load_part
from ctwork.store.segment import Array

KEYS: Mapping[str, tuple[str, ...]] = {
    CALL.name: CALL.columns[:8],
    PLACE.name: PLACE.columns,
    ADDRESS.name: ADDRESS.columns[:1],
    AGENT.name: AGENT.columns[:1],
    MESSAGE.name: MESSAGE.columns,
    TRANSFER.name: TRANSFER.columns,
    IDENTITY.name: IDENTITY.columns,
}
"""The columns that parts ship per axis; the others are derived from them when merged."""

FILE_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "name": pl.String,
    "root": pl.String,
    "path": pl.Binary,
    "member": pl.String,
    "inner": pl.String,
    "size": pl.Int64,
    "mtime_ns": pl.Int64,
    "ctime_ns": pl.Int64,
    "inode": pl.UInt64,
    "path_size": pl.Int64,
    "slot": pl.Int64,
    "carrier_sha256": pl.Binary,
    "inflated_sha256": pl.Binary,
    "inflated_size": pl.Int64,
    "layers": pl.String,
    "container": pl.String,
    "fidelity": pl.String,
    "status": pl.String,
    "records": pl.Int64,
}
ISSUE_SCHEMA = {
    "source": pl.String,
    "kind": pl.String,
    "offset": pl.Int64,
    "length": pl.Int64,
    "index": pl.Int64,
    "message": pl.String,
}
_LARGEST_COUNT = 2**63

ODD_SCHEMA = {"row": pl.UInt32, "event_id": pl.String, "event_time": pl.String}


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Rows in the codes of one strand; `files` and `texts` are local to the chunk."""

    arrays: Mapping[str, Array]
    files: pl.DataFrame
    """FILE_SCHEMA; the arrays' ``file`` indexes it."""
    issues: pl.DataFrame
    odd: pl.DataFrame
    texts: Sequence[Mapping[str, tuple[Array, Array]]]
    """Per batch: side → (compressed frame, ends); the arrays' ``batch`` indexes it."""

    @property
    def rows(self) -> int:
        """Records in the chunk."""
        return int(self.arrays["time"].size)


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """One consistent set of codes and all rows written in it."""

    tables: Mapping[str, pl.DataFrame]
    """Per axis: string columns; row k is code k; row 0 is all ""."""
    list_ends: Array
    """Resource lists: end offset of list k in `list_items`; list 0 is empty."""
    list_items: pl.Series
    chunks: Sequence[Chunk]


def load_strands(paths: Iterable[Path]) -> list[Strand]:
    """The parts at `paths`, grouped by session. Raises CaseError when a session has a hole."""
    parts = sorted((load_part(path) for path in paths), key=lambda part: (part.header["session"], part.header["number"]))
    return [_strand(list(group)) for _, group in groupby(parts, key=lambda part: part.header["session"])]


def _strand(parts: list[StoredPart]) -> Strand:
    tables = {axis: _table(axis, _values(parts, axis)) for axis in KEYS}
    lists = _values(parts, RESOURCE)
    ends = np.cumsum([0, *map(len, lists)], dtype=np.uint32)
    items = pl.Series("resource", [item for row in lists for item in row], pl.String)
    return Strand(tables, ends, items, [_chunk(part) for part in parts])


def _values(parts: list[StoredPart], name: str) -> list[Any]:
    """All values a session shipped for `name`, in code order from 1."""
    values: list[Any] = []
    for part in parts:
        first, fresh = part.header["fresh"][name]
        if first != len(values) + 1:
            raise CaseError("a part of the load is missing", "load again with --fresh; marks are kept")
        values += fresh
    return values


def _table(axis: str, values: list[Any]) -> pl.DataFrame:
    columns = KEYS[axis]
    if len(columns) == 1:
        return pl.DataFrame({columns[0]: pl.Series(["", *values], dtype=pl.String)})
    width = len(columns)
    rows = [("",) * width, *(value if len(value) == width else (*value, *("",) * (width - len(value))) for value in values)]
    texts = {name: list(map(_text, column)) for name, column in zip(columns, zip(*rows, strict=True), strict=True)}
    if axis == PLACE.name:
        texts["account"] = [own or given for own, given in zip(texts["account"], texts["recipientAccountId"], strict=True)]
    return pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _count(value) if isinstance(value, int | float) else str(value)


def _count(value: float) -> str:
    """A byte counter as integer text, as `Event` has it: AWS writes ``4096.0``; what no counter can be is absent."""
    return str(int(value)) if 0 <= value < _LARGEST_COUNT else ""


def _chunk(part: StoredPart) -> Chunk:
    arrays = {name: array for name, array in part.arrays.items() if not name.endswith(("_frame", "_ends"))}
    arrays["id"] = arrays["id"].reshape(-1, 2)
    arrays["batch"] = np.zeros(part.rows, np.uint32)
    texts = {side: (part.arrays[f"{side}_frame"], part.arrays[f"{side}_ends"]) for side in ("request", "response")}
    return Chunk(
        arrays=arrays,
        files=file_table(part.header["files"]),
        issues=pl.DataFrame(
            [(source, kind, offset, length, index, text) for source, kind, text, offset, length, index in part.header["issues"]],
            schema=ISSUE_SCHEMA,
            orient="row",
        ),
        odd=pl.DataFrame(part.header["odd"], schema=ODD_SCHEMA, orient="row"),
        texts=[texts],
    )


def file_table(rows: list[list[Any]]) -> pl.DataFrame:
    """`FileRow`s, as decoded from a part header, in FILE_SCHEMA."""
    flat = [
        (
            name,
            root,
            path,
            member,
            "/".join(map(str, inner)),
            size,
            stamp[1],
            stamp[2],
            stamp[3],
            stamp[0],
            slot,
            carrier,
            inflated,
            inflated_size,
            "+".join(layers),
            container,
            fidelity,
            status,
            records,
        )
        for (
            name, root, path, member, inner, size, stamp, slot, carrier, inflated,
            inflated_size, layers, container, fidelity, status, records,
        ) in rows
    ]  # fmt: skip
    return pl.DataFrame(flat, schema=FILE_SCHEMA, orient="row")
