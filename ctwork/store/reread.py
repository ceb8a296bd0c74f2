"""The original bytes of a record, read again from where they lie and checked against the hashes taken at load."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ctwork.model.document import canonical
from ctwork.sources.archive import members_in
from ctwork.sources.base import Blob, Bounds, Issue, Member
from ctwork.sources.carrier import Unreadable, read_carrier
from ctwork.sources.decode import placed_at, record_at, records_at
from ctwork.sources.inflate import inflate
from ctwork.sources.parquet import NAME, parquet_record, records_in
from ctwork.store.tabular import Opened, hash_file, open_table

GONE = "the file no longer holds this record"
_CHANGED = "the file has changed since it was loaded: its SHA-256 differs"


@dataclass(frozen=True, slots=True)
class Original:
    """A record as it lies in the evidence."""

    raw: bytes
    start: int
    end: int
    """``inflated[start:end]`` is `raw` (for text wrapped in a string: the wrapper's range)."""
    problem: str = ""
    """Why the bytes cannot be trusted; "" when every hash agreed."""


_LOST = Original(b"", 0, 0, GONE)


def blob_of(file: Mapping[str, Any]) -> Blob:
    """The blob a row of the file table stands for."""
    return Blob(
        name=file["name"],
        path=os.fsdecode(file["path"]),
        size=file["size"],
        stamp=(file["path_size"], file["mtime_ns"], file["ctime_ns"], file["inode"]),
        slot=None,
        member=Member(*orjson.loads(file["member"])) if file["member"] else None,
    )


def read_inflated(file: Mapping[str, Any], bounds: Bounds) -> tuple[bytes, str]:
    """The inflated bytes of a file-table row and what is wrong with them ("" when both hashes agree).

    Of a damaged carrier they are what the load saved of it. Raises Unreadable when nothing can be read at all.
    """
    carrier = _saved_carrier(blob_of(file), bounds)
    inflated = inflate(carrier, bounds, file["name"]).data
    for layer, step in enumerate(filter(None, file["inner"].split("/")), 1):
        items = (item for item in members_in(inflated, file["name"], bounds, layer) if not isinstance(item, Issue))
        _, carrier = next(content for number, content in enumerate(items) if number == int(step))
        inflated = inflate(carrier, bounds, file["name"]).data
    if hashlib.sha256(carrier).digest() != file["carrier_sha256"]:
        return inflated, _CHANGED
    if inflated is not carrier and hashlib.sha256(inflated).digest() != file["inflated_sha256"]:
        return inflated, "the inflated content differs from what was loaded"
    return inflated, ""


def _saved_carrier(blob: Blob, bounds: Bounds) -> bytes:
    """The bytes that the load had before it: of a cut or damaged one, those that could be saved."""
    try:
        return read_carrier(blob, bounds)
    except Unreadable as problem:
        if not problem.data:
            raise
        return problem.data


def read_original(file: Mapping[str, Any], index: int, bounds: Bounds) -> Original:
    """Record `index` of a file-table row, verified. Never raises: what cannot be had is in `problem`."""
    try:
        if (opened := _open_table(file, bounds)) is not None:
            with opened as (fd, _):
                same = bytes.fromhex(hash_file(fd)) == file["carrier_sha256"]
                return Original(*parquet_record(fd, file["name"], index), "" if same else _CHANGED)
        inflated, problem = read_inflated(file, bounds)
        raw, start, end = record_at(inflated, file["name"], index, bounds)
    except Unreadable as failure:
        return Original(b"", 0, 0, failure.issue.message)
    except (IndexError, ValueError, StopIteration):
        return _LOST
    return Original(raw, start, end, problem)


def read_originals(file: Mapping[str, Any], indices: Sequence[int], bounds: Bounds) -> list[Original]:
    """As `read_original`, for many records of one file, which is read once."""
    try:
        if (opened := _open_table(file, bounds)) is not None:
            with opened as (fd, _):
                problem = "" if bytes.fromhex(hash_file(fd)) == file["carrier_sha256"] else _CHANGED
                placed = list(records_in(fd, file["name"], indices))
        else:
            inflated, problem = read_inflated(file, bounds)
            placed = list(placed_at(inflated, file["name"], indices, bounds))
    except Unreadable as failure:
        return [Original(b"", 0, 0, failure.issue.message)] * len(indices)
    except (IndexError, ValueError, StopIteration):
        placed, problem = [], ""
    found = {index: Original(bytes(raw), *span, problem) for index, raw, span in placed}
    return [found.get(index, _LOST) for index in indices]


def read_records(file: Mapping[str, Any], indices: Sequence[int], bounds: Bounds) -> tuple[dict[int, bytes], str]:
    """The original bytes, by index, of those of the records `indices` that the file has, and what is wrong with them.

    As `read_originals`; "" when every hash agreed.
    """
    found = read_originals(file, indices, bounds)
    problem = next((each.problem for each in found if each.problem and each is not _LOST), "")
    return {index: each.raw for index, each in zip(indices, found, strict=True) if each.raw}, problem


def record_hashes(file: Mapping[str, Any], indices: list[int], bounds: Bounds, *, meaning: bool = False) -> list[bytes]:
    """SHA-256 of the given records of one file, or of their `meaning`; b"" where a record cannot be had."""
    content = canonical if meaning else bytes
    try:
        found = {index: hashlib.sha256(content(raw)).digest() for index, raw in records_of(file, indices, bounds)}
    except (Unreadable, ValueError, StopIteration):
        return [b""] * len(indices)
    return [found.get(index, b"") for index in indices]


def records_of(file: Mapping[str, Any], indices: Sequence[int], bounds: Bounds) -> Iterator[tuple[int, bytes]]:
    """Index and original bytes of those of the records `indices` that the file has, in any order.

    Raises Unreadable, ValueError or StopIteration when the file cannot be had.
    """
    if (opened := _open_table(file, bounds)) is not None:
        return _of_table(opened, file["name"], indices)
    inflated, _ = read_inflated(file, bounds)
    return records_at(inflated, file["name"], indices, bounds)


def _of_table(opened: Opened, name: str, indices: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    with opened as (fd, _):
        yield from ((index, raw) for index, raw, _ in records_in(fd, name, indices))


def _open_table(file: Mapping[str, Any], bounds: Bounds) -> Opened | None:
    """A large Parquet file, open; None for anything else."""
    plain = file["container"] == NAME and not (file["layers"] or file["inner"])
    return open_table(blob_of(file), bounds) if plain else None
