"""Finds the members of a zip whose directory is lost (a cut download, say) from the header before each of them.

Format: PKWARE APPNOTE 6.3, sections 4.3.7 (local header) and 4.3.9 (data descriptor).
"""

import os
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

from ctwork.sources.base import Issue, IssueKind, Member

_HEADER = struct.Struct("<4s5H3I2H")
HEADER_BYTES = _HEADER.size
HEADER_START = b"PK\x03\x04"
_AFTER_MEMBERS = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08", b"")
"""What the last member is followed by: the directory, its end, what may stand before it, or nothing."""
_DESCRIPTOR_START = b"PK\x07\x08"
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_DEFLATED = 8
_METHODS = (0, 8, 9, 12, 14, 93, 95)
_LONGEST_NAME = 4_096
_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class _Body:
    """The stored bytes of one member."""

    start: int
    stored: int
    size: int
    crc: int | None
    """As the header or the descriptor states it."""
    damage: str = ""
    """As in `Member`."""
    trailer: int = 0
    """Bytes of the descriptor behind it."""

    @property
    def end(self) -> int:
        """Where the next member should start."""
        return self.start + self.stored + self.trailer


def scan_members(
    file: IO[bytes], source: str, largest: int, start: int = 0, stop: int = sys.maxsize
) -> Iterator[tuple[str, Member] | Issue]:
    """``(name, member)`` one after the other from `start` on, until `stop` or the directory; what lies between is told.

    The last may be cut off. A member that does not state its size is inflated to find its end, up to `largest` bytes.
    """
    at, index, whole = start, 0, file.seek(0, os.SEEK_END)
    while at < stop:
        file.seek(at)
        header = file.read(HEADER_BYTES)
        if not _is_header(header):
            follower = -1 if header[:4] in _AFTER_MEMBERS else _next_header(file, at, stop)
            if follower < 0:
                return
            message = f"{follower - at:,} bytes between the members belong to none of them; they are not read."
            yield Issue(source, IssueKind.UNREAD_DATA, message, at, follower - at)
            at = follower
            continue
        _, _, flags, method, *_, name_length, extra_length = _HEADER.unpack(header)
        name = file.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape")
        body = _body_of(file, header, at + HEADER_BYTES + name_length + extra_length, largest)
        if body.end > whole and (nearer := _next_header(file, body.start, stop)) > 0:
            # The length is not to be trusted: another member starts before this one is over.
            body = replace(body, stored=nearer - body.start, trailer=0)
        if problem := _unreadable(flags, method):
            yield Issue(f"{source}!{name}", IssueKind.UNSUPPORTED, problem)
        elif not name.endswith("/"):
            yield name, Member("zip", index, at, body.size, body.stored, method, body.crc, body.damage)
        index += 1
        at = body.end


def _is_header(header: bytes) -> bool:
    """Whether a whole member header is there."""
    return len(header) == HEADER_BYTES and header.startswith(HEADER_START)


def _unreadable(flags: int, method: int) -> str:
    """Why a member cannot be read by its header alone; "" when it can."""
    if flags & _ENCRYPTED:
        return "An encrypted member; unlock the zip first."
    if flags & _SIZES_FOLLOW and method != _DEFLATED:
        return f"Its header does not say where it ends, and zip method {method} does not show it."
    return ""


def _body_of(file: IO[bytes], header: bytes, start: int, largest: int) -> _Body:
    """What the header says about the bytes from `start` on, or what they show where it says nothing."""
    _, _, flags, method, _, _, crc, stored, size, _, _ = _HEADER.unpack(header)
    if stored or not flags & _SIZES_FOLLOW:
        return _Body(start, stored, size, crc)
    return _Body(start, 0, 0, None) if _unreadable(flags, method) else _measured(file, start, largest)


def _next_header(file: IO[bytes], at: int, stop: int) -> int:
    """Where the next member starts after `at`, by a header that says nothing strange; -1 when none does."""
    kept = b""
    file.seek(at + 1)
    base = at + 1
    while base < stop and (piece := file.read(_STEP)):
        window = kept + piece
        place = window.find(HEADER_START)
        while 0 <= place <= len(window) - HEADER_BYTES:
            fields = _HEADER.unpack_from(window, place)
            if base + place >= stop:
                return -1
            if fields[1] & 0xFF < 100 and fields[3] in _METHODS and 0 < fields[9] <= _LONGEST_NAME:
                return base + place
            place = window.find(HEADER_START, place + 1)
        kept = window[-(HEADER_BYTES - 1) :]
        base += len(window) - len(kept)
    return -1


def _measured(file: IO[bytes], start: int, largest: int) -> _Body:
    """The deflate stream at `start`; what is cut or broken ends where it breaks."""
    decoder = zlib.decompressobj(-15)
    file.seek(start)
    stored = size = 0
    while not decoder.eof and size <= largest:
        piece = decoder.unconsumed_tail
        if not piece:
            piece = file.read(_STEP)
            stored += len(piece)
        if not piece:
            return _Body(start, stored, size, None, IssueKind.TRUNCATED.value)
        before = decoder.copy()
        try:
            size += len(decoder.decompress(piece, _STEP))
        except zlib.error:
            taken, more = _up_to_damage(before, piece)
            return _Body(start, stored - len(piece) + taken, size + more, None, IssueKind.CRC.value)
    end = stored - len(decoder.unused_data) - len(decoder.unconsumed_tail)
    return _Body(start, end, size, _stated_crc(file, start + end), trailer=descriptor_size(file, start + end))


def _up_to_damage(decoder: "zlib._Decompress", piece: bytes) -> tuple[int, int]:
    """How many bytes of `piece` can be taken before the one that breaks the stream, and what they give."""
    size = 0
    for taken in range(len(piece)):
        try:
            size += len(decoder.decompress(piece[taken : taken + 1]))
        except zlib.error:
            return taken + 1, size
    return len(piece), size


def _stated_crc(file: IO[bytes], at: int) -> int | None:
    """The checksum in the descriptor behind a member; None when the file ends before it."""
    file.seek(at)
    piece = file.read(8)
    mark = 4 if piece.startswith(_DESCRIPTOR_START) else 0
    return int.from_bytes(piece[mark : mark + 4], "little") if len(piece) >= mark + 4 else None


def descriptor_size(file: IO[bytes], at: int) -> int:
    """Bytes between a member's end and the next header: 12 or 20, and 4 more with the usual mark."""
    file.seek(at)
    piece = file.read(28)
    mark = 4 if piece.startswith(_DESCRIPTOR_START) else 0
    return mark + (20 if piece[mark + 20 : mark + 22] == b"PK" else 12)
