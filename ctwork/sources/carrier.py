"""Reads the bytes of one blob, read-only and guarded: regular files only, bounded, watched for change while read."""

import errno
import os
import stat
import zlib
from contextlib import suppress

import deflate
import zstandard

from ctwork.sources.base import DEFAULT_BOUNDS, Blob, Bounds, Issue, IssueKind, Member

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NOATIME = getattr(os, "O_NOATIME", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_KEEPS_ATIME = os.ST_RDONLY | getattr(os, "ST_NOATIME", 0)
_exposed: set[tuple[bytes, bool]] = set()
_LOCAL_HEADER = b"PK\x03\x04"
_SALVAGE_STEP = 4_096
_STORED, _DEFLATED, _BZIP2, _LZMA, _ZSTD = 0, 8, 12, 14, 93


class Unreadable(Exception):
    """The blob could not be read as a whole; `issue` says why and `data` holds what was saved (often nothing)."""

    def __init__(self, issue: Issue, data: bytes = b"") -> None:
        super().__init__(issue.message)
        self.issue = issue
        self.data = data


def open_readonly(path: str, *, folder: bool = False) -> int:
    """A descriptor that cannot write, block on a FIFO, follow a final link or (when permitted) move the access time.

    With `folder`, only one for listing a folder. Raises OSError.
    """
    flags = _FLAGS | (_DIRECTORY if folder else 0)
    if _NOATIME:
        with suppress(PermissionError):
            return os.open(path, flags | _NOATIME)
    fd = os.open(path, flags)
    if not os.fstatvfs(fd).f_flag & _KEEPS_ATIME:
        _exposed.add((os.fsencode(path), folder))
    return fd


def take_exposed() -> frozenset[tuple[bytes, bool]]:
    """What this process has opened since the last call although that may have moved its access time: path, is folder.

    Only the owner of a file may ask the system to leave that time alone.
    """
    taken = frozenset(_exposed)
    _exposed.difference_update(taken)
    return taken


def stamp_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """The `Blob.stamp` of a file's status."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def read_carrier(blob: Blob, bounds: Bounds = DEFAULT_BOUNDS) -> bytes:
    """The bytes of `blob` as delivered (a zip member comes decompressed by the zip layer).

    Raises `Unreadable`: VANISHED, UNREADABLE, SPECIAL_FILE, TOO_LARGE, RATIO, TRUNCATED, CRC, UNSUPPORTED or CHANGED;
    its ``data`` is what could be saved.
    """
    try:
        return _read_file(blob, bounds) if blob.member is None else _read_member(blob, blob.member, bounds)
    except OSError as error:
        raise Unreadable(os_issue(blob.name, error)) from error


def os_issue(name: str, error: OSError) -> Issue:
    """The issue for a file that the system will not open or read."""
    if error.errno in (errno.ENOENT, errno.ESTALE):
        return Issue(name, IssueKind.VANISHED, "It was listed, but is gone now.")
    if error.errno == errno.ELOOP:
        return Issue(name, IssueKind.SYMLINK_OUTSIDE, "It is a symbolic link by now, and links are not followed.")
    if error.errno == errno.ENXIO:
        return Issue(name, IssueKind.SPECIAL_FILE, "It is a socket or a device, not a regular file.")
    return Issue(name, IssueKind.UNREADABLE, f"It cannot be read: {error.strerror or error}.")


def _read_file(blob: Blob, bounds: Bounds) -> bytes:
    fd = open_readonly(blob.path)
    try:
        before = os.fstat(fd)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable(Issue(blob.name, IssueKind.SPECIAL_FILE, "It is not a regular file."))
        check_size(blob.name, before.st_size, bounds)
        data = os.read(fd, before.st_size + 1)
        if len(data) != before.st_size:
            data = _read_rest(fd, data, bounds)
        after = os.lstat(blob.path)
    finally:
        os.close(fd)
    if stamp_of(before) != stamp_of(after) or len(data) != before.st_size:
        message = "It changed while it was read; what was read is kept and marked."
        raise Unreadable(Issue(blob.name, IssueKind.CHANGED, message, stored=True), data)
    return data


def _read_rest(fd: int, data: bytes, bounds: Bounds) -> bytes:
    """Everything after a short first read, up to the bound (the file may be growing)."""
    pieces, total = [data], len(data)
    while total <= bounds.inflated_bytes and (piece := os.read(fd, 1 << 20)):
        pieces.append(piece)
        total += len(piece)
    return b"".join(pieces)


def _read_member(blob: Blob, member: Member, bounds: Bounds) -> bytes:
    check_size(blob.name, member.size, bounds)
    fd = open_readonly(blob.path)
    try:
        if member.kind != "pack":
            _check_archive(blob, os.fstat(fd))
        if member.kind == "zip":
            return _read_zip_member(fd, blob.name, member, bounds)
        return _exactly(fd, member.size, member.offset, blob.name)
    finally:
        os.close(fd)


def _check_archive(blob: Blob, now: os.stat_result) -> None:
    """An offset means nothing in another file: size and modification time must be those of the listing."""
    if not stat.S_ISREG(now.st_mode):
        raise Unreadable(Issue(blob.name, IssueKind.SPECIAL_FILE, "Its archive is not a regular file."))
    if (now.st_size, now.st_mtime_ns) != blob.stamp[:2]:
        raise Unreadable(Issue(blob.name, IssueKind.CHANGED, "Its archive changed after it was listed."))


def check_size(name: str, size: int, bounds: Bounds) -> None:
    """Raises Unreadable for more bytes than one file may have."""
    if size > bounds.inflated_bytes:
        message = f"It holds {size:,} bytes; {bounds.limit('inflated_bytes')}."
        raise Unreadable(Issue(name, IssueKind.TOO_LARGE, message))


def _exactly(fd: int, size: int, offset: int, name: str) -> bytes:
    """`size` bytes at `offset`; a shorter file raises TRUNCATED with what there is."""
    data = os.pread(fd, size, offset)
    while len(data) < size:
        piece = os.pread(fd, size - len(data), offset + len(data))
        if not piece:
            message = f"The archive ends {size - len(data):,} bytes before the end of this member."
            gone = size - len(data)
            raise Unreadable(Issue(name, IssueKind.TRUNCATED, message, len(data), gone, stored=True), data)
        data += piece
    return data


def _read_zip_member(fd: int, name: str, member: Member, bounds: Bounds) -> bytes:
    header = os.pread(fd, 30, member.offset)
    if len(header) < 30 or not header.startswith(_LOCAL_HEADER):
        raise Unreadable(Issue(name, IssueKind.TRUNCATED, "The archive holds no member where its directory says."))
    start = member.offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    check_size(name, member.stored, bounds)
    try:
        stored = _exactly(fd, member.stored, start, name)
    except Unreadable as error:
        raise Unreadable(error.issue, _inflate_zip(error.data, name, member)) from error
    return unpack_zip(stored, name, member, bounds)


def unpack_zip(stored: bytes, name: str, member: Member, bounds: Bounds) -> bytes:
    """The content of one zip member from its stored bytes, length and CRC checked.

    Raises `Unreadable` with what could be saved.
    """
    if member.size > max(bounds.ratio_floor_bytes, bounds.ratio * member.stored):
        grown = f"{member.stored:,} to {member.size:,} bytes"
        message = f"It claims to grow from {grown}; {bounds.limit('ratio', ':1')}."
        raise Unreadable(Issue(name, IssueKind.RATIO, message))
    data = _inflate_zip(stored, name, member)
    if member.damage:
        message = "Its compressed data breaks off before its end mark; what comes before that is kept."
        raise Unreadable(Issue(name, IssueKind(member.damage), message, stored=True), data[: member.size])
    if len(data) != member.size or (member.crc is not None and deflate.crc32(data) != member.crc):
        message = "Its content does not match the length and checksum that the archive states."
        raise Unreadable(Issue(name, IssueKind.CRC, message, stored=True), data)
    return data


def _inflate_zip(stored: bytes, name: str, member: Member) -> bytes:
    """Never more than one byte past the size that the directory claims."""
    limit = member.size + 1
    if member.method == _STORED:
        return stored
    if member.method == _DEFLATED:
        with suppress(deflate.DeflateError):
            return bytes(deflate.deflate_decompress(stored, member.size))
        return _salvage_deflate(stored, limit)
    try:
        if member.method == _BZIP2:
            import bz2  # rare

            return bz2.BZ2Decompressor().decompress(stored, limit)
        if member.method == _ZSTD:
            with zstandard.ZstdDecompressor().stream_reader(stored, read_across_frames=True) as reader:
                return reader.read(limit)
        if member.method == _LZMA:
            return _inflate_zip_lzma(stored, limit)
    except (OSError, EOFError, ValueError, zstandard.ZstdError):
        return b""
    message = f"It is compressed by zip method {member.method}, which is not read here."
    raise Unreadable(Issue(name, IssueKind.UNSUPPORTED, message))


def _inflate_zip_lzma(stored: bytes, limit: int) -> bytes:
    """APPNOTE 5.8: two version bytes, the length of the properties, the properties, then a bare LZMA stream."""
    import lzma  # rare

    properties = stored[4 : 4 + int.from_bytes(stored[2:4], "little")]
    try:
        # The standard library decodes these properties only through this underscored name, as its own zipfile does.
        options = lzma._decode_filter_properties(lzma.FILTER_LZMA1, properties)  # type: ignore[attr-defined]
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])
        return decoder.decompress(stored[4 + len(properties) :], limit)
    except lzma.LZMAError:
        return b""


def _salvage_deflate(stored: bytes, limit: int) -> bytes:
    """What a damaged deflate stream still gives, to the byte."""
    decoder, pieces, room = zlib.decompressobj(-15), [], limit
    for at in range(0, len(stored), _SALVAGE_STEP):
        before = decoder.copy()
        try:
            piece = decoder.decompress(stored[at : at + _SALVAGE_STEP], room)
        except zlib.error:
            pieces.append(_up_to_damage(before, stored[at : at + _SALVAGE_STEP])[:room])
            break
        pieces.append(piece)
        room -= len(piece)
        if room <= 0 or decoder.eof:
            break
    return b"".join(pieces)


def _up_to_damage(decoder: "zlib._Decompress", stored: bytes) -> bytes:
    """What the bytes give before the one that breaks the stream."""
    out = bytearray()
    with suppress(zlib.error):
        for at in range(len(stored)):
            out += decoder.decompress(stored[at : at + 1])
    return bytes(out)
