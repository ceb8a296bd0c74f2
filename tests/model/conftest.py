"""Real records as bytes, set by set, for the rules that must hold on all of them."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest


class _Trail(msgspec.Struct):
    Records: list[msgspec.Raw]


@pytest.fixture(scope="session")
def real_records(shared_data: Path) -> dict[str, list[bytes]]:
    """Every record of every shared set: original bytes where the file is a plain trail log, written again elsewhere."""
    folders = sorted(folder for folder in shared_data.iterdir() if folder.is_dir())
    return {folder.name: [raw for file in sorted(folder.rglob("*")) for raw in _records_in(file)] for folder in folders}


def _records_in(file: Path) -> Iterator[bytes]:
    if not file.is_file() or file.name == "LICENSE":
        return
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    try:
        yield from map(bytes, msgspec.json.decode(data, type=_Trail).Records)
    except msgspec.MsgspecError:
        for text in (data, *data.splitlines()):
            try:
                document = json.loads(text)
            except ValueError:
                continue
            yield from (json.dumps(record, separators=(",", ":")).encode() for record in _walk(document))
            if text is data:
                return


def _walk(document: Any) -> Iterator[dict[str, Any]]:
    """The records in a container of the shared sets: list, Records, Events, EventBridge detail, lookup-events."""
    if isinstance(document, list):
        for element in document:
            yield from _walk(element)
    elif isinstance(document, dict):
        for member in ("Records", "Events", "detail", "CloudTrailEvent"):
            if member in document:
                inner = document[member]
                yield from _walk(json.loads(inner) if isinstance(inner, str) else inner)
                return
        if {"eventName", "userIdentity", "eventVersion", "insightDetails"} & document.keys():
            yield document
