"""Puts a case through the real reading path in this process, and says everything that came out."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from unittest.mock import patch

from ctwork.sources import Opening, open_source
from ctwork.sources.base import Blob, Issue
from ctwork.sources.decode import decode
from ctwork.sources.harvest import Decoded
from ctwork.store import reading
from ctwork.store.parse import Parser
from hostile.case import Case

_ID = re.compile(rb'"eventID"[ \t\r\n]*:[ \t\r\n]*"([^"]*)"').findall


@dataclass
class Said:
    """What one case gave."""

    ids: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    decoded: list[tuple[int, Decoded]] = field(default_factory=list)
    """Length of each inflated stream that was decoded with care, and what came out."""


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
                said.ids.update(id_of(part.raw(index)) for index in positions)
    # What the columns say about times and identifiers comes after the reading.
    said.issues += chain.from_iterable(part.issues for part in Parser("s", case.bounds).parse(blobs))
    return said


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
