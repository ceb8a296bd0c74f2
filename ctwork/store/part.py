"""A part: what one worker made of one batch of files, in codes of that worker's own session.

Parts of a session are written in order, and each ships only the values its predecessors did not (see `intern`), so any
set of parts that is complete up to some point can be merged; a crash leaves exactly such a set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ctwork.sources.base import Issue
from ctwork.store.intern import Fresh
from ctwork.store.segment import Array, read_segment, write_segment
from ctwork.store.text import pack_texts

SUFFIX = ".part"


class FileRow(msgspec.Struct, array_like=True, gc=False):
    """One blob that was opened: where it lies, what it was, what it held."""

    name: str
    root: str
    """Name of the blob this row was read from; differs from `name` for nested archive members."""
    path: bytes
    member: str
    """The fields of `Member` as a JSON list; "" for a file of its own."""
    inner: tuple[int, ...]
    """Positions of nested archive members below the blob, outermost first."""
    size: int
    stamp: tuple[int, int, int, int]
    slot: int | None
    carrier_sha256: bytes
    inflated_sha256: bytes
    inflated_size: int
    layers: tuple[str, ...]
    container: str
    fidelity: str
    status: str
    """``read``, ``with_issues``, ``failed`` or ``skipped``."""
    records: int


class OddRow(msgspec.Struct, array_like=True, gc=False):
    """A record whose id or time is not of the usual shape, by row in the part."""

    row: int
    event_id: str | None
    event_time: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One batch, decoded."""

    session: str
    number: int
    files: list[FileRow]
    issues: list[Issue]
    odd: list[OddRow]
    fresh: Mapping[str, Fresh[Any]]
    """Per axis name: the values first met in this part."""
    arrays: Mapping[str, Array]
    """``time``, ``id`` (n × 2), ``file`` and ``index`` per row, one code array per axis, ``resource``, and the text refs."""
    texts: Mapping[str, list[bytes]]
    """``request`` and ``response``: distinct texts; ref 0 is "absent", ref k is text k - 1."""


def legal_text(text: str) -> str:
    """`text` as valid Unicode: undecodable bytes of file names and half surrogates become ``\\udcXX`` escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def part_path(folder: Path, session: str, number: int) -> Path:
    """Where part `number` of `session` lies; sorted names give the order of writing within a session."""
    return folder / f"{session}-{number:06d}{SUFFIX}"


def save_part(folder: Path, part: Part) -> Path:
    """Write `part` into `folder`; the file appears whole or not at all."""
    arrays = dict(part.arrays)
    arrays["id"] = np.ascontiguousarray(arrays["id"]).reshape(-1)
    for side, texts in part.texts.items():
        for name, array in pack_texts(texts).items():
            arrays[f"{side}_{name}"] = array
    header = {
        "session": part.session,
        "number": part.number,
        "files": part.files,
        "issues": [
            (legal_text(i.source), i.kind.value, legal_text(i.message), i.offset, i.length, i.index) for i in part.issues
        ],
        "odd": part.odd,
        "fresh": {name: (fresh.first, fresh.values) for name, fresh in part.fresh.items()},
    }
    path = part_path(folder, part.session, part.number)
    write_segment(path, header, arrays)
    return path


@dataclass(frozen=True, slots=True, eq=False)
class StoredPart:
    """A part as read back: arrays are memory-mapped, texts stay compressed."""

    path: Path
    header: dict[str, Any]
    arrays: dict[str, Array]

    @property
    def rows(self) -> int:
        """Records in the part."""
        return int(self.arrays["time"].size)


def load_part(path: Path) -> StoredPart:
    """The part at `path`. Raises CaseError when it is damaged."""
    header, arrays = read_segment(path)
    return StoredPart(path, header, arrays)
