"""The original bytes of a record, read again from where they lie and checked against the hashes taken at load."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ctwork.model.document import canonical
from ctwork.sources.archive import members_in
from ctwork.sources.base import Blob, Bounds, Issue, Member
from ctwork.sources.carrier import Unreadable, read_carrier
from ctwork.sources.decode import decode, record_at
from ctwork.sources.inflate import inflate


@dataclass(frozen=True, slots=True)
class Original:
    """A record as it lies in the evidence."""

    raw: bytes
    start: int
    end: int
    """``inflated[start:end]`` is `raw` (for text wrapped in a string: the wrapper's range)."""
    problem: str = ""
    """Why the bytes cannot be trusted; "" when every hash agreed."""


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

    Raises Unreadable when the carrier cannot be read at all.
    """
    carrier = read_carrier(blob_of(file), bounds)
    inflated = inflate(carrier, bounds, file["name"]).data
    for layer, step in enumerate(filter(None, file["inner"].split("/")), 1):
        items = (item for item in members_in(inflated, file["name"], bounds, layer) if not isinstance(item, Issue))
        _, carrier = next(content for number, content in enumerate(items) if number == int(step))
        inflated = inflate(carrier, bounds, file["name"]).data
    if hashlib.sha256(carrier).digest() != file["carrier_sha256"]:
        return inflated, "the file has changed since it was loaded: its SHA-256 differs"
    if inflated is not carrier and hashlib.sha256(inflated).digest() != file["inflated_sha256"]:
        return inflated, "the inflated content differs from what was loaded"
    return inflated, ""


def read_original(file: Mapping[str, Any], index: int, bounds: Bounds) -> Original:
    """Record `index` of a file-table row, verified. Never raises: what cannot be had is in `problem`."""
    try:
        inflated, problem = read_inflated(file, bounds)
        raw, start, end = record_at(inflated, file["name"], index)
    except Unreadable as failure:
        return Original(b"", 0, 0, failure.issue.message)
    except (IndexError, ValueError, StopIteration):
        return Original(b"", 0, 0, "the file no longer holds this record")
    return Original(raw, start, end, problem)


def record_hashes(file: Mapping[str, Any], indices: list[int], bounds: Bounds, *, meaning: bool = False) -> list[bytes]:
    """SHA-256 of the given records of one file, or of their `meaning`; b"" where a record cannot be had."""
    try:
        inflated, _ = read_inflated(file, bounds)
        records = decode(inflated, file["name"], examine=False).records
    except (Unreadable, ValueError, StopIteration):
        return [b""] * len(indices)
    content = canonical if meaning else bytes
    return [hashlib.sha256(content(records[i])).digest() if i < len(records) else b"" for i in indices]
