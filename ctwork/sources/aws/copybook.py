"""A copy of a bucket on disk and its acquisition log: what is here already, and where the next object goes.

``FOLDER/<bucket>/<key>``                the objects, byte for byte
``FOLDER/ctwork-pull/acquisition.jsonl`` a line per run, object, failure and finding; only ever appended to
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson

from ctwork.errors import CaseError, EnvironmentFailure, UsageError
from ctwork.sources.aws.footprint import lens_of
from ctwork.sources.aws.keyname import path_of, version_path
from ctwork.sources.aws.landing import LOG_FOLDER, PARTIAL
from ctwork.sources.aws.place import SCHEME
from ctwork.sources.aws.terms import Listed
from ctwork.sources.aws.trouble import hint_for
from ctwork.sources.base import Issue, IssueKind

_NARROWING = ("accounts", "regions", "kinds", "since_s", "until_s")
_KINDS = frozenset(kind.value for kind in IssueKind)
_INCOMPLETE = "Incomplete"
LOG = f"{LOG_FOLDER}/acquisition.jsonl"
STATE = f"{LOG_FOLDER}/state"
_STEP = 1 << 20


class Kept(msgspec.Struct, frozen=True):
    """What is needed of an object's line to know it again."""

    bucket: str
    key: str
    path: str
    size: int
    sha256: str
    etag: str
    modified: str = ""
    listed_version: str = ""
    fetched: str = ""
    """When: ISO 8601."""


class Remark(msgspec.Struct, frozen=True):
    """What is needed of the line about a failure or a finding."""

    bucket: str
    key: str
    version: str = ""
    code: str = ""
    """Of a failure."""
    hint: str = ""
    kind: str = ""
    """Of a finding."""
    message: str = ""


class _Line(msgspec.Struct, frozen=True):
    """A line of the log; other members are of no use here."""

    object: Kept | None = None
    failed: Remark | None = None
    finding: Remark | None = None
    run: dict[str, Any] | None = None
    end: dict[str, Any] | None = None


def kept_in(folder: Path) -> Iterator[Kept]:
    """The objects of the copy in `folder`, as its log tells them; none where there is no copy."""
    try:
        with open(folder / LOG, "rb") as file:
            yield from (line.object for line, _ in _lines(file) if line.object is not None)
    except FileNotFoundError:
        return


@dataclass(frozen=True, slots=True)
class Told:
    """What all runs of a copy have told besides the objects."""

    remarks: tuple[Remark, ...]
    """Findings, and failures of the last run that met them, but for objects that have come since."""
    footprints: tuple[Mapping[str, Any], ...]
    """As `Footprint.as_line` keeps them."""

    @property
    def issues(self) -> Iterator[tuple[Remark, Issue]]:
        """The remarks as a load tells them."""
        for each in self.remarks:
            version = f"?versionId={each.version}" if each.version else ""
            name = f"{SCHEME}{each.bucket}/{each.key}{version}"
            yield each, issue_of(name, each.kind, each.code, each.hint, each.message)


def issue_of(name: str, kind: str, code: str, hint: str, message: str) -> Issue:
    """A finding of `kind` with its `message`, or a failure with its `code` and `hint`."""
    if not kind:
        return Issue(name, IssueKind.NOT_FETCHED, f"{code}: {hint}.")
    # A log may come from a later version, which knows more kinds.
    return Issue(name, IssueKind(kind) if kind in _KINDS else IssueKind.CHANGED_SINCE, message)


def told_in(folder: Path) -> Told:
    """What the log of the copy in `folder` tells; nothing where there is no copy."""
    memory = _Memory()
    try:
        with open(folder / LOG, "rb") as file:
            for line, _ in _lines(file):
                memory.take(line)
    except FileNotFoundError:
        pass
    memory.conclude()
    return Told(tuple(memory.remarks.values()), tuple(memory.footprints))


class _Memory:
    """What is still to be told after each line."""

    def __init__(self) -> None:
        self.remarks: dict[tuple[str, str, str, str], Remark] = {}
        self.footprints: list[dict[str, Any]] = []
        self._of_run: set[tuple[str, str, str, str]] = set()
        self._run: dict[str, Any] = {}
        self._unfinished: dict[str, Remark] = {}
        """By source: runs that broke off, and none since that came to its end."""
        self._fetched = 0
        """Objects of a run that has not ended yet."""
        self._last = ""

    def take(self, line: _Line) -> None:
        if (kept := line.object) is not None:
            self.remarks.pop((kept.bucket, kept.key, kept.listed_version, ""), None)
            self._fetched, self._last = self._fetched + 1, kept.fetched
        elif (remark := line.failed or line.finding) is not None:
            place = (remark.bucket, remark.key, remark.version, remark.kind)
            self.remarks[place] = remark
            self._of_run.add(place)
        elif line.run is not None:
            self._break_off()
            self._run, self._of_run = line.run, set()
        elif line.end is not None:
            source = str(self._run.get("source", ""))
            if line.end.get("complete"):
                self._unfinished.pop(source, None)
            else:
                self._unfinished[source] = _unfinished(source)
            if isinstance(line.end.get("footprint"), dict):
                self.footprints.append(line.end["footprint"])
            if line.end.get("complete") and not any(self._run.get(name) for name in _NARROWING):
                self._settle(source)
            self._run, self._fetched = {}, 0

    def conclude(self) -> None:
        """There is no further line."""
        self._break_off()
        for remark in self._unfinished.values():
            self.remarks[remark.bucket, remark.key, "", remark.code] = remark

    def _break_off(self) -> None:
        """The run has no end: what is known of its requests is what came of them."""
        source = str(self._run.get("source", ""))
        if not source:
            return
        self._unfinished[source] = _unfinished(source)
        agent, began = str(self._run.get("user_agent", "")), self._run.get("time")
        self.footprints.append(
            {
                "caller": self._run.get("caller", ""),
                "agent": agent,
                "first": began,
                "last": self._last or began,
                "calls": {"s3:GetObject": self._fetched},
                "lens": lens_of(agent),
            }
        )
        self._run, self._fetched = {}, 0

    def _settle(self, source: str) -> None:
        """A run of all there is below `source` has ended: what failed before and not again fails no longer."""
        for place, remark in list(self.remarks.items()):
            below = f"s3://{remark.bucket}/{remark.key}".startswith(source)
            if not remark.kind and below and place not in self._of_run:
                del self.remarks[place]


def _lines(file: Any) -> Iterator[tuple[_Line, int]]:
    """Each whole line and where it ends. What a crash has cut off is none."""
    decode = msgspec.json.Decoder(_Line).decode
    at = 0
    for text in file:
        at += len(text)
        if not text.endswith(b"\n"):
            return
        try:
            yield decode(text), at
        except msgspec.MsgspecError:
            continue


class Copybook:
    """The one writer of a copy."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError for a folder that holds something else, CaseError when another process writes there.

        Objects that a run recorded which never ended are hashed again, so that not even a power failure is missed.
        """
        self.folder = folder
        self._refuse_strangers()
        try:
            (folder / PARTIAL).mkdir(parents=True, exist_ok=True)
            self._log = os.open(folder / LOG, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as problem:
            raise EnvironmentFailure(
                f"cannot write to {folder}: {problem.strerror}", "name another folder"
            ) from problem
        try:
            fcntl.flock(self._log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            os.close(self._log)
            raise CaseError(
                "another ctwork is writing to this copy", "wait for it, or name another folder"
            ) from problem
        self.kept: dict[tuple[str, str, str], Kept] = {}
        """By bucket, key and the version that was asked for, "" for the current one."""
        self._paths: set[str] = set()
        self._recall()
        self._sweep()

    def _refuse_strangers(self) -> None:
        """A copy is never mixed with what somebody else has put there: that may be evidence."""
        if self.folder.is_dir() and not (self.folder / LOG_FOLDER).is_dir() and any(self.folder.iterdir()):
            raise UsageError(f"{self.folder} holds other files", "nothing is written beside them: name a new folder")

    def _recall(self) -> None:
        """Reads the log; cuts off a line that a crash left unfinished; drops what is not as it was recorded."""
        unsure: list[Kept] = []
        whole = 0
        with open(self.folder / LOG, "rb") as file:
            for line, whole in _lines(file):  # noqa: B007 - its last value is the point
                if line.end is not None:
                    unsure = []
                if (kept := line.object) is not None:
                    self.kept[kept.bucket, kept.key, kept.listed_version] = kept
                    unsure.append(kept)
            size = file.seek(0, os.SEEK_END)
        if whole < size:
            os.ftruncate(self._log, whole)
        doubted = {each.path for each in unsure}
        for place, kept in list(self.kept.items()):
            if not self._is_there(kept, hashed=kept.path in doubted):
                del self.kept[place]
        self._paths = {kept.path for kept in self.kept.values()}

    def _is_there(self, kept: Kept, *, hashed: bool) -> bool:
        path = self.folder / kept.path
        try:
            if path.stat().st_size != kept.size:
                return False
            if not hashed:
                return True
            with open(path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == kept.sha256
        except OSError:
            return False

    def _sweep(self) -> None:
        """Removes what an earlier run left half written; large objects, which go on where they stopped, stay."""
        for left in (self.folder / PARTIAL).iterdir():
            if "-" in left.name:
                left.unlink(missing_ok=True)

    def place(self, bucket: str, label: str, listed: Listed, version: str) -> str | None:
        """Where the object goes, below the folder; None when its bytes are here already.

        What was kept is never written over: bytes that come later under the same key lie beside the first ones.
        """
        kept = self.kept.get((bucket, listed.key, version))
        if kept is not None and kept.etag == listed.etag and kept.size == listed.size:
            return None
        current = self.kept.get((bucket, listed.key, ""))
        if version and listed.latest and current is not None and current.etag == listed.etag:
            return None
        path = f"{label}/{path_of(listed.key)}"
        if path in self._paths or (version and not listed.latest):
            path = f"{label}/{version_path(listed.key, version or listed.etag or listed.modified)}"
        self._paths.add(path)
        return path

    def overwrites(self, bucket: str, listed: Listed) -> Kept | None:
        """What was kept of the same key with other bytes."""
        kept = self.kept.get((bucket, listed.key, ""))
        return None if kept is None or kept.etag == listed.etag else kept

    def add(self, lines: bytes) -> None:
        """Appends whole lines. Raises EnvironmentFailure when the disk is full."""
        try:
            at = 0
            while at < len(lines):
                at += os.write(self._log, lines[at:])
        except OSError as problem:
            raise EnvironmentFailure(
                f"the acquisition log cannot be written: {problem.strerror}",
                "make room and run this again; what is here is not fetched twice",
            ) from problem

    def tell(self, kind: str, said: Mapping[str, Any]) -> None:
        """Appends a line of `kind`."""
        self.add(orjson.dumps({kind: {**said, "time": datetime.now(UTC).isoformat(timespec="milliseconds")}}) + b"\n")

    def close(self, said: Mapping[str, Any]) -> None:
        """Ends the run: everything is on the disk before the line that says so."""
        _flush_disk(self._log)
        self.tell("end", said)
        os.fsync(self._log)
        os.close(self._log)
        self._log = -1

    def abandon(self) -> None:
        """Lets go without an end: the next run looks at the objects of this one again."""
        if self._log >= 0:
            os.close(self._log)
            self._log = -1


def _unfinished(source: str) -> Remark:
    """What is told of a run of `source` that did not come to its end."""
    bucket, _, prefix = source.removeprefix(SCHEME).partition("/")
    return Remark(bucket, prefix, code=_INCOMPLETE, hint=hint_for(_INCOMPLETE))


def _flush_disk(descriptor: int) -> None:
    """Brings all files of the disk that `descriptor` lies on to it: one call instead of one per object."""
    if sys.platform == "linux":
        import ctypes  # once per run

        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) == 0:
            return
    os.sync()
