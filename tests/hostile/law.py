"""The law of conservation, checked from outside: what a decoder says about a stream against the stream itself."""

import json
import re
from collections.abc import Iterator, Sequence

from ctwork.sources.harvest import Decoded

Span = tuple[int, int]
_STRUCTURE = re.compile(
    rb'(?:[\[\]{},:\x1e \t\r\n]|\xef\xbb\xbf|"[^"\\]*+(?:\\.[^"\\]*+)*+"|[-+.\w]++)*+', re.DOTALL
).fullmatch
"""JSON's tokens and nothing else."""
_EVIDENCE = re.compile(rb'"eventID"\s*:\s*"').search
_DEEP = 900
"""Brackets from which the standard library may give up."""


def breaches(data: bytes, found: Decoded) -> Iterator[str]:
    """Every way in which `found` breaks the law for `data`."""
    law = found.coverage
    if law.unaccounted:
        yield f"{law.unaccounted} bytes unaccounted for"
    if law.records + law.structure + law.reported + law.unaccounted != len(data):
        yield f"{law} does not add up to {len(data)}"
    for record, (start, end) in zip(found.records, found.spans, strict=True):
        if not 0 <= start < end <= len(data):
            yield f"a record at {start} to {end}, outside the stream"
        elif found.fidelity == "full" and data[start:end] != record:
            yield f"the record at {start} is not what lies there"
        elif not is_object(record):
            yield f"the record at {start} is no JSON object"
    if found.bystander is None:
        for start, end in gaps([*found.spans, *reported(found)], len(data)):
            if not _STRUCTURE(data, start, end):
                yield f"called structure, but is none: {data[start:end][:80]!r} at {start}"
            elif _EVIDENCE(data, start, end):
                yield f"called structure, but holds evidence: {data[start:end][:80]!r} at {start}"


def reported(found: Decoded) -> list[Span]:
    """The ranges that have a row of their own."""
    return [(row.offset, row.offset + (row.length or 0)) for row in found.issues if row.offset is not None]


def is_cut_short(found: Decoded) -> bool:
    """Whether some ranges are told of only in sum."""
    return any(row.offset is None and row.length is not None for row in found.issues)


def is_object(record: bytes) -> bool:
    """Whether a tolerant reader sees one JSON object."""
    try:
        value = json.loads(record.decode("utf-8", "surrogateescape"), strict=False, parse_int=str, parse_float=str)
    except RecursionError:
        return record.count(b"{") + record.count(b"[") > _DEEP
    except ValueError:
        return False
    return isinstance(value, dict)


def gaps(spans: Sequence[Span], size: int) -> Iterator[Span]:
    """What lies between `spans`, which may overlap."""
    at = 0
    for start, end in sorted(spans):
        if start > at:
            yield at, start
        at = max(at, end)
    if at < size:
        yield at, size
