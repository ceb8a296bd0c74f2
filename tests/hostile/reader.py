"""Puts a case through the real reading path in this process, and says everything that came out."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ctwork.sources import Opening, open_source
from ctwork.sources.base import Blob, Issue
from ctwork.sources.decode import decode
from ctwork.sources.harvest import Decoded
from ctwork.store import reading
from ctwork.store.parse import Parser
from ctwork.store.part import FILE_NUMBERS, FILE_TEXTS, FileRow
from ctwork.store.reread import read_original, record_hashes
from hostile.case import Case

_ID = re.compile(rb'"eventID"[ \t\r\n]*:[ \t\r\n]*"([^"]*)"').findall


@dataclass
class Said:
    """What one case gave."""

    ids: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    decoded: list[tuple[int, Decoded]] = field(default_factory=list)
    """Length of each inflated stream that was decoded with care, and what came out."""
    places: list[tuple[FileRow, dict[int, bytes]]] = field(default_factory=list)
    """Each file as the load notes it, with the records that were read of it by their index."""


def read(case: Case, folder: Path) -> Said:
    """Lists and reads what the case puts into `folder`."""
    source, said = folder / "source", Said()
    source.mkdir()
    case.plant(source)
    walked = list(open_source([str(source)], Opening(pack=str(folder / "pack"), bounds=case.bounds)).walk())
    said.issues += [item for item in walked if isinstance(item, Issue)]
    if case.meanwhile:
        case.meanwhile(source)
    # As a load does with the first files it finds.
    blobs = [replace(item, examine=True) for item in walked if isinstance(item, Blob)]
    with patch.object(reading, "decode", _watched(said)):
        for blob in blobs:
            for part in reading.read_blob(blob, case.bounds):
                positions = part.indices or range(len(part.records))
                raws = {index: part.raw(index) for index in positions}
                said.ids.update(map(id_of, raws.values()))
                said.places.append((part.file, raws))
    # What the columns say about times and identifiers comes after the reading.
    said.issues += chain.from_iterable(part.issues for part in Parser("s", case.bounds).parse(blobs))
    return said


def unlike(said: Said, case: Case) -> Iterator[str]:
    """Every record that cannot be read again from what the load has noted, or comes back otherwise."""
    for row, raws in said.places:
        file = noted(row)
        digests = record_hashes(file, list(raws), case.bounds)
        for (index, raw), digest in zip(raws.items(), digests, strict=True):
            found = read_original(file, index, case.bounds)
            if found.problem or found.raw != raw or digest != hashlib.sha256(raw).digest():
                yield f"record {index} of {row.name}: {found.problem or 'other bytes'}"


def noted(row: FileRow) -> dict[str, Any]:
    """`row` as the store gives it back."""
    file = {name: text(row) for name, text in FILE_TEXTS.items()}
    file |= {name: number(row) for name, number in FILE_NUMBERS.items()}
    return file | {name: bytes.fromhex(str(file[name])) for name in ("path", "carrier_sha256", "inflated_sha256")}


def _watched(said: Said):  # type: ignore[no-untyped-def]
    def watched(data: bytes, *rest: object, **options: object) -> Decoded:
        found = decode(data, *rest, **options)  # type: ignore[arg-type]
        said.decoded.append((len(data), found))
        return found

    return watched


def id_of(raw: bytes) -> str:
    """The eventID of a record, as text; by its looks when no reader of JSON would go so deep."""
    try:
        return str(json.loads(raw.decode("utf-8", "surrogateescape"), strict=False, parse_int=str).get("eventID"))
    except RecursionError:
        return str(_ID(raw)[-1].decode())
