"""A part: what one worker made of one batch of files, in codes of that worker's own session.

Parts of a session are written in order, and each ships only the values its predecessors did not (see `intern`), so any
set of parts that is complete up to some point can be merged; a crash leaves exactly such a set.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ctwork.sources.base import Issue, IssueKind, path_text
from ctwork.store.axis import KEYS, PLACE, RESOURCE
from ctwork.store.doubt import Doubts
from ctwork.store.intern import Fresh
from ctwork.store.packing import pack_column, transposed
from ctwork.store.pointer import SUFFIX
from ctwork.store.segment import Array, write_segment
from ctwork.store.text import pack_texts

if TYPE_CHECKING:
    from ctwork.store.early import Early

SIDES = ("request", "response")
_NO_SLOT = -1


@dataclass(slots=True, eq=False)
class FileRow:
    """One blob that was opened: where it lies, what it was, what it held."""

    name: str
    root: str
    """Name of the blob this row was read from; differs from `name` for nested archive members."""
    path: str
    member: str
    """The fields of `Member` as a JSON list; "" for a file of its own."""
    inner: tuple[int, ...]
    """Positions of nested archive members below the blob, outermost first."""
    size: int
    stamp: tuple[int, int, int, int]
    slot: int | None
    carrier_sha256: str = ""
    """Hexadecimal, as the next."""
    inflated_sha256: str = ""
    inflated_size: int = 0
    layers: tuple[str, ...] = ()
    container: str = ""
    fidelity: str = ""
    status: str = "read"
    """``read``, ``with_issues``, ``failed`` or ``skipped``."""
    records: int = 0
    accounted: int = 0
    """Bytes of the inflated stream that are records, or structure that a reader knows."""
    reported: int = 0
    """Bytes of the inflated stream that issues are about, and no record."""
    examined: int = 0
    """Bytes of it that were looked into record by record; none where only the typed decoder went."""
    unaccounted: int = 0
    """Bytes of it that are neither record, nor known structure, nor reported: an issue tells of them."""
    exposed: bool = False
    """Whether reading it may have moved its access time."""
    doubts: Doubts | None = None
    """Which of its records its issues put in doubt; None for none."""

    def doubt(self, issues: Iterable[Issue]) -> None:
        """Takes in what `issues` say about the records."""
        self.doubts = self.doubts or Doubts()
        for issue in issues:
            self.doubts.add(issue)

    def mind(self, touched: Iterable[tuple[IssueKind, int]]) -> None:
        """Takes in records that issues without a row of their own are about."""
        for kind, index in touched:
            self.doubts = self.doubts or Doubts()
            self.doubts.mark(kind, index)


FILE_TEXTS: Mapping[str, Callable[[FileRow], str]] = {
    "name": lambda file: path_text(file.name),
    "root": lambda file: path_text(file.root),
    "path": lambda file: os.fsencode(file.path).hex(),
    "member": lambda file: file.member,
    "inner": lambda file: "/".join(map(str, file.inner)),
    "carrier_sha256": lambda file: file.carrier_sha256,
    "inflated_sha256": lambda file: file.inflated_sha256,
    "layers": lambda file: "+".join(file.layers),
    "container": lambda file: file.container,
    "fidelity": lambda file: file.fidelity,
    "status": lambda file: file.status,
    "doubt": lambda file: str(file.doubts or ""),
}
"""Text columns of the file table; the path is hexadecimal because a path need not be text."""
FILE_NUMBERS: Mapping[str, Callable[[FileRow], int]] = {
    "size": lambda file: file.size,
    "path_size": lambda file: file.stamp[0],
    "mtime_ns": lambda file: file.stamp[1],
    "ctime_ns": lambda file: file.stamp[2],
    "inode": lambda file: file.stamp[3],
    "slot": lambda file: _NO_SLOT if file.slot is None else file.slot,
    "inflated_size": lambda file: file.inflated_size,
    "records": lambda file: file.records,
    "accounted": lambda file: file.accounted,
    "reported": lambda file: file.reported,
    "unaccounted": lambda file: file.unaccounted,
    "examined": lambda file: file.examined,
    "exposed": lambda file: int(file.exposed),
}


@dataclass(frozen=True, slots=True)
class OddRow:
    """A record whose id or time is not of the usual shape, by row in the part."""

    row: int
    event_id: str | None
    event_time: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One batch, decoded."""

    session: str
    number: int
    files: Sequence[FileRow]
    issues: Sequence[Issue]
    odd: Sequence[OddRow]
    fresh: Mapping[str, Fresh[Any]]
    """Per axis name: the values first met in this part."""
    arrays: Mapping[str, Array]
    """Per row ``time``, ``id`` (n × 2), ``file`` and ``index``, a code per axis, ``resource``, and the text refs."""
    texts: Mapping[str, list[bytes]]
    """``request`` and ``response``: distinct texts; ref 0 is "absent", ref k is text k - 1."""
    goes_on: bool = False
    """Whether its last file goes on in the next part of the session, which has the row about all of that file."""
    early: "Sequence[Early]" = ()
    """Of a session's first part: its first records, to be shown at once. Not saved."""


def part_path(folder: Path, session: str, number: int) -> Path:
    """Where part `number` of `session` lies; sorted names give the order of writing within a session."""
    return folder / f"{session}-{number:06d}{SUFFIX}"


def save_part(folder: Path, part: Part) -> Path:
    """Write `part` into `folder`; the file appears whole or not at all."""
    arrays = {f"row/{name}": array for name, array in part.arrays.items()}
    arrays["row/id"] = np.ascontiguousarray(arrays["row/id"]).reshape(-1)
    arrays |= dict(_packed_files(part.files))
    for axis in KEYS:
        arrays |= dict(_packed_values(axis, part.fresh[axis].values))
    lists = part.fresh[RESOURCE].values
    arrays["list/ends"] = np.cumsum(list(map(len, lists)), dtype=np.uint32)
    arrays["list/items"] = pack_column([item for row in lists for item in row])
    for side, texts in part.texts.items():
        for name, array in pack_texts(texts).items():
            arrays[f"text/{side}/{name}"] = array
    header = {
        "session": part.session,
        "number": part.number,
        "goes_on": part.goes_on,
        "issues": list(map(issue_row, part.issues)),
        "odd": [(odd.row, odd.event_id, odd.event_time) for odd in part.odd],
        "fresh": {name: (fresh.first, len(fresh.values)) for name, fresh in part.fresh.items()},
        "list_items": sum(map(len, lists)),
    }
    path = part_path(folder, part.session, part.number)
    write_segment(path, header, arrays)
    return path


def issue_row(issue: Issue) -> tuple[str, str, int | None, int | None, int | None, str, str | None]:
    """An issue as the issue table has it: source, kind, offset, length, index, message, in."""
    source, message = path_text(issue.source), path_text(issue.message)
    return source, issue.kind.value, issue.offset, issue.length, issue.index, message, within(issue)


def issue_of(row: Mapping[str, Any]) -> Issue:
    """The issue that became `row` of the issue table."""
    kept = {name: value for name, value in row.items() if name not in {"kind", "in"}}
    return Issue(**kept, kind=IssueKind(row["kind"]), stored=row["in"] == "stored")


def within(issue: Issue) -> str | None:
    """Which bytes an issue is about: ``stored`` (compressed, as they lie there) or ``inflated``; None for no place."""
    if issue.stored:
        return "stored"
    return None if issue.offset is None else "inflated"


def _packed_files(files: Sequence[FileRow]) -> Iterator[tuple[str, Array]]:
    for name, text in FILE_TEXTS.items():
        yield f"file/{name}", pack_column([text(file) for file in files])
    for name, number in FILE_NUMBERS.items():
        yield f"file/{name}", np.array([number(file) for file in files], np.int64)


def _packed_values(axis: str, values: Sequence[Any]) -> Iterator[tuple[str, Array]]:
    columns = KEYS[axis]
    if len(columns) == 1:
        yield f"value/{columns[0]}", pack_column(values)
        return
    texts = dict(zip(columns, transposed(values, len(columns)), strict=True))
    if axis == PLACE.name:
        # The account came from the identity where the record names no recipient.
        pairs = zip(texts["account"], texts["recipientAccountId"], strict=True)
        texts["account"] = [own or given for own, given in pairs]
    for name, column in texts.items():
        yield f"value/{name}", pack_column(column)
