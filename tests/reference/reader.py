"""Reads CloudTrail files the plain way, with the standard library alone: everything into memory, one step at a time.

Undamaged input only. What a container keeps as bytes comes back as those; what it wraps in a string, unwrapped.
"""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WRAPPERS = (("detail", "detail-type"), ("CloudTrailEvent", "EventId"), ("CloudTrailEvent", "EventName"))
"""A member that holds a record, and one that stands beside it."""


@dataclass(frozen=True)
class Found:
    """One record."""

    value: dict[str, Any]
    raw: str | None
    """Its exact text where the container keeps it; None where it was a string inside another."""
    is_row: bool = False
    """A row of a query's result: some fields of a record, in other words."""

    @property
    def event_id(self) -> object:
        return self.value.get("eventID")


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    """``(name, bytes)`` of every file at or below `path`, archives opened and compression removed."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file() and not file.is_symlink():
            yield from opened(str(file.relative_to(path)) if path.is_dir() else file.name, file.read_bytes())


def opened(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """One file's innermost contents."""
    for magic, expand in ((b"\x1f\x8b", gzip.decompress), (b"BZh", bz2.decompress), (b"\xfd7zXZ", lzma.decompress)):
        if data.startswith(magic):
            yield from opened(name, expand(data))
            return
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield from opened(f"{name}!{info.filename}", archive.read(info))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as tape:
            for member in tape:
                if content := tape.extractfile(member):
                    yield from opened(f"{name}!{member.name}", content.read())
    else:
        yield name, data


def records(data: bytes) -> list[Found]:
    """Every CloudTrail record in an inflated file; none for a file that is no JSON."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    found: list[Found] = []
    for value, raw in documents(text):
        found += in_document(value, raw)
    return found


def documents(text: str) -> Iterator[tuple[Any, str]]:
    """The JSON values that follow one another in `text`, with their texts."""
    decoder, at = json.JSONDecoder(), 0
    while (at := skip_blanks(text, at)) < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            return
        yield value, text[at:end]
        at = end


def in_document(value: Any, raw: str) -> list[Found]:
    """The records in one JSON value."""
    if isinstance(value, list):
        return [record for item, text in items(raw) for record in in_document(item, text)]
    if not isinstance(value, dict):
        return []
    if is_record(value):
        return [Found(value, raw)]
    if isinstance(value.get("QueryResultRows"), list):
        rows = [{key: text for cell in row for key, text in cell.items()} for row in value["QueryResultRows"]]
        return [Found(row, None, is_row=True) for row in rows if "eventID" in row]
    for key in ("Records", "Events"):
        if isinstance(value.get(key), list):
            return in_document(value[key], member(raw, key))
    for key, beside in WRAPPERS:
        if key in value and beside in value:
            inner = value[key]
            if isinstance(inner, str):
                return [Found(json.loads(inner), None)]
            return [Found(inner, member(raw, key))] if isinstance(inner, dict) else []
    return []


def is_record(value: dict[str, Any]) -> bool:
    """An API call, an Insight or an aggregated event; not a notification of S3 and the like."""
    if "eventName" in value and "eventSource" in value:
        known = any(key in value for key in ("eventID", "eventVersion", "eventTime"))
        return known and not str(value["eventSource"]).startswith("aws:")
    if "insightDetails" in value:
        return "eventID" in value or "eventVersion" in value
    return all(key in value for key in ("timeWindow", "summary", "eventCategory"))


def items(raw: str) -> Iterator[tuple[Any, str]]:
    """``(value, text)`` of each element of the array `raw`."""
    decoder, at = json.JSONDecoder(), skip_blanks(raw, 1)
    while raw[at] != "]":
        value, end = decoder.raw_decode(raw, at)
        yield value, raw[at:end]
        at = skip_blanks(raw, end)
        if raw[at] == ",":
            at = skip_blanks(raw, at + 1)


def member(raw: str, wanted: str) -> str:
    """The text of the value of `wanted` in the object `raw`; the last one, as readers have it."""
    decoder, at, text = json.JSONDecoder(), skip_blanks(raw, 1), ""
    while raw[at] != "}":
        key, end = decoder.raw_decode(raw, at)
        start = skip_blanks(raw, skip_blanks(raw, end) + 1)
        _, end = decoder.raw_decode(raw, start)
        text = raw[start:end] if key == wanted else text
        at = skip_blanks(raw, end)
        if raw[at] == ",":
            at = skip_blanks(raw, at + 1)
    return text


def skip_blanks(text: str, at: int) -> int:
    """The first offset from `at` that is no white space of JSON."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
