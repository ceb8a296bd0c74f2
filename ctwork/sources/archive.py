"""Opens archives in place: zip and tar members become blobs that point into the file, and nothing is extracted by name.

A plain tar and a zip are read through their directories. A compressed tar is streamed once into a pack file of the
case, so that any record of it can be read again in milliseconds. What is an archive is decided by content.
"""

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ctwork.errors import EnvironmentFailure
from ctwork.sources.base import DEFAULT_BOUNDS, Blob, Bounds, Issue, IssueKind, Member
from ctwork.sources.carrier import Unreadable, open_readonly, os_issue, stamp_of, unpack_zip
from ctwork.sources.directory import ZIP_STARTS, ZIP_TAIL_BYTES, ends_as_zip, zip_members
from ctwork.sources.inflate import compression_of, inflate
from ctwork.sources.layout import file_key, slot_of
from ctwork.sources.membername import NameWatch
from ctwork.sources.pump import inflating
from ctwork.sources.tape import BLOCK, Entry, RangeTape, StreamTape, Tape, entries, is_tar

ARCHIVE_SUFFIXES = (
    *(".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.zstd"),
)
"""Names of files in a folder that are looked into during the walk; others are recognised when they are read."""
RESOURCE_FORK_TEXT = "A Mac resource fork or folder setting, not a log."

Admits = Callable[[str], bool]


def _everything(_: str) -> bool:
    return True


def is_resource_fork(path: str) -> bool:
    """Whether a path is one of the files that a Mac strews: they hold no evidence of AWS."""
    parts = path.replace("\\", "/").split("/")
    return parts[-1].startswith("._") or parts[-1] == ".DS_Store" or "__MACOSX" in parts


def archive_kind(data: bytes, tail: bytes = b"") -> str:
    """``zip``, ``tar`` or ``""`` for inflated content that starts with `data` (512 bytes or more) and ends with `tail`.

    A zip may have anything in front of it, but for JSON: that is read as what it is.
    """
    if data.startswith(ZIP_STARTS):
        return "zip"
    if is_tar(data):
        return "tar"
    return "zip" if not data.startswith((b"{", b"[")) and ends_as_zip(tail or data) else ""


def archive_kind_of(path: str) -> str:
    """``zip``, ``tar``, ``tar+gzip`` (``+zstd``, ``+bzip2``, ``+xz``) for the file at `path`, else ``""``.

    Raises OSError.
    """
    fd = open_readonly(path)
    try:
        head = os.pread(fd, BLOCK, 0)
        compression = compression_of(head)
        if not compression:
            size = os.fstat(fd).st_size
            return archive_kind(head, os.pread(fd, ZIP_TAIL_BYTES, max(0, size - ZIP_TAIL_BYTES)))
        first = StreamTape(inflating(_pieces(fd), compression, [])).read(BLOCK)
        return f"tar+{compression}" if is_tar(first) else ""
    finally:
        os.close(fd)


def expand(
    path: str, name: str, pack: str | None, bounds: Bounds = DEFAULT_BOUNDS, admits: Admits = _everything
) -> Iterator[Blob | Issue]:
    """Every member of the archive at `path` as a blob named ``name!member``; nothing at all for a file that is none.

    Zip members come in time order, tar members in the archive's order. `pack` is the case's file that takes the stored
    bytes of a compressed tar; `admits` decides on each member's name.
    """
    try:
        kind = archive_kind_of(path)
        fd = open_readonly(path) if kind else -1
    except OSError as error:
        yield os_issue(name, error)
        return
    if not kind:
        return
    try:
        archive = _Archive(fd, path, name, stamp_of(os.fstat(fd)), bounds, admits)
        if kind == "zip":
            yield from archive.zip_blobs()
        elif kind == "tar":
            yield from archive.tar_blobs()
        elif pack is None:
            message = "A compressed tar is read through a case folder, and there is none here."
            yield Issue(name, IssueKind.UNSUPPORTED, message)
        else:
            yield from archive.packed_blobs(kind.partition("+")[2], pack)
    except OSError as error:
        yield os_issue(name, error)
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True)
class _Archive:
    fd: int
    path: str
    name: str
    stamp: tuple[int, int, int, int]
    bounds: Bounds
    admits: Admits

    def zip_blobs(self) -> Iterator[Blob | Issue]:
        with open(self.fd, "rb", closefd=False) as file:
            found = list(zip_members(file, self.name, self.bounds))
        yield from (item for item in found if isinstance(item, Issue))
        members = [item for item in found if not isinstance(item, Issue)]
        members.sort(key=lambda item: (file_key(item[0]), item[1].index))
        for name, member in members:
            if is_resource_fork(name):
                yield self._fork(name)
            elif self.admits(name):
                yield self._blob(name, member)

    def tar_blobs(self) -> Iterator[Blob | Issue]:
        tape = RangeTape(lambda size, offset: os.pread(self.fd, size, offset), self.stamp[0])
        for item in self._members(tape):
            if isinstance(item, Entry):
                yield self._blob(item.name, Member("range", item.index, item.offset, item.size, item.size))
            else:
                yield item

    def packed_blobs(self, compression: str, pack: str) -> Iterator[Blob | Issue]:
        problems: list[Issue] = []
        tape = StreamTape(inflating(_pieces(self.fd), compression, problems, self.name, self.bounds))
        with open(pack, "ab", buffering=0) as store:
            for item in self._members(tape):
                if isinstance(item, Issue):
                    yield item
                elif item.size > self.bounds.inflated_bytes:
                    message = f"It holds {item.size:,} bytes; {self.bounds.limit('inflated_bytes')}."
                    yield Issue(f"{self.name}!{item.name}", IssueKind.TOO_LARGE, message)
                else:
                    yield self._packed(item, tape.read(item.size), store, pack)
        yield from problems

    def _packed(self, entry: Entry, data: bytes, store: io.FileIO, pack: str) -> Blob:
        offset = store.tell()
        try:
            written = 0
            while written < len(data):
                written += store.write(data[written:]) or 0
        except OSError as error:
            hint = "Give the case a place with more room, or unpack the archive yourself."
            raise EnvironmentFailure(
                f"The archive cannot be unpacked into the case: {error.strerror}.", hint
            ) from error
        blob = self._blob(entry.name, Member("pack", entry.index, offset, len(data), len(data)))
        return replace(blob, path=pack)

    def _members(self, tape: Tape) -> Iterator[Entry | Issue]:
        """The members that are wanted, up to the bound."""
        watch = NameWatch(self.name, self.bounds)
        for count, item in enumerate(entries(tape, self.name)):
            if count >= self.bounds.members:
                message = f"{count + 1:,} members and more; {self.bounds.limit('members')}. The rest is not read."
                yield Issue(self.name, IssueKind.TOO_LARGE, message)
                return
            if isinstance(item, Issue):
                yield item
                continue
            yield from watch.look_at(item.name)
            if is_resource_fork(item.name):
                yield self._fork(item.name)
            elif self.admits(item.name):
                yield item
        yield from watch.closing()

    def _blob(self, name: str, member: Member) -> Blob:
        return Blob(f"{self.name}!{name}", self.path, member.stored, self.stamp, slot_of(name), member)

    def _fork(self, name: str) -> Issue:
        return Issue(f"{self.name}!{name}", IssueKind.RESOURCE_FORK, RESOURCE_FORK_TEXT)


def _pieces(fd: int) -> Iterator[bytes]:
    at = 0
    while piece := os.pread(fd, 1 << 18, at):
        at += len(piece)
        yield piece


def members_in(
    data: bytes, name: str, bounds: Bounds = DEFAULT_BOUNDS, layer: int = 1
) -> Iterator[tuple[str, bytes] | Issue]:
    """``(name!member, bytes)`` for a blob whose inflated content is itself an archive; nothing when it is none.

    The bytes are as stored (a zip member decompressed by the zip layer); whoever reads them inflates them and, for yet
    another archive, calls this again with ``layer + 1``. At ``bounds.layers`` the contents are told as lost.
    """
    kind = archive_kind(data[:BLOCK], data[-ZIP_TAIL_BYTES:])
    if not kind:
        return
    if layer > bounds.layers:
        message = f"Archives lie {layer} deep in one another; {bounds.limit('layers')}."
        yield Issue(name, IssueKind.DEPTH, message)
        return
    contents = _zip_contents(data, name, bounds) if kind == "zip" else _tar_contents(data, name, bounds)
    for item in contents:
        if isinstance(item, Issue):
            yield item
        elif is_resource_fork(item[0]):
            yield Issue(f"{name}!{item[0]}", IssueKind.RESOURCE_FORK, RESOURCE_FORK_TEXT)
        else:
            yield f"{name}!{item[0]}", item[1]


def nested_carriers(
    data: bytes, name: str, wanted: str, bounds: Bounds = DEFAULT_BOUNDS, layer: int = 1
) -> Iterator[bytes]:
    """The stored bytes of every member whose chain is `wanted`, below the archive `data` named `name`.

    Mostly one; names may repeat, and then the hash of the carrier decides.
    """
    for item in members_in(data, name, bounds, layer):
        if isinstance(item, Issue):
            continue
        if item[0] == wanted:
            yield item[1]
        elif wanted.startswith(f"{item[0]}!"):
            yield from nested_carriers(inflate(item[1], bounds).data, item[0], wanted, bounds, layer + 1)


def _zip_contents(data: bytes, source: str, bounds: Bounds) -> Iterator[tuple[str, bytes] | Issue]:
    for item in zip_members(io.BytesIO(data), source, bounds):
        if isinstance(item, Issue):
            yield item
            continue
        name, member = item
        header = data[member.offset : member.offset + 30]
        start = member.offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        try:
            yield name, unpack_zip(data[start : start + member.stored], f"{source}!{name}", member, bounds)
        except Unreadable as error:
            yield error.issue
            if error.data:
                yield name, error.data


def _tar_contents(data: bytes, source: str, bounds: Bounds) -> Iterator[tuple[str, bytes] | Issue]:
    tape = RangeTape(lambda size, offset: data[offset : offset + size], len(data))
    watch = NameWatch(source, bounds)
    for count, item in enumerate(entries(tape, source)):
        if count >= bounds.members:
            message = f"{count + 1:,} members and more; {bounds.limit('members')}. The rest is not read."
            yield Issue(source, IssueKind.TOO_LARGE, message)
            return
        if isinstance(item, Issue):
            yield item
            continue
        yield from watch.look_at(item.name)
        yield item.name, data[item.offset : item.offset + item.size]
    yield from watch.closing()
