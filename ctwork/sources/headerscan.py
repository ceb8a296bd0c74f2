"""Finds the members of a zip whose directory is lost (a cut download, say) from the header before each of them.

Format: PKWARE APPNOTE 6.3, sections 4.3.7 (local header) and 4.3.9 (data descriptor).
"""

import struct
import sys
import zlib
from collections.abc import Iterator
from typing import IO

from ctwork.sources.base import Member

_HEADER = struct.Struct("<4s5H3I2H")
HEADER_BYTES = _HEADER.size
HEADER_START = b"PK\x03\x04"
_DESCRIPTOR_START = b"PK\x07\x08"
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_DEFLATED = 8
_STEP = 1 << 16


def scan_members(
    file: IO[bytes], largest: int, start: int = 0, stop: int = sys.maxsize
) -> Iterator[tuple[str, Member]]:
    """``(name, member)`` one after the other from `start` on, until `stop` or until something else follows.

    The last may be cut off. A member that does not state its size is inflated to find its end, up to `largest` bytes.
    """
    at, index = start, 0
    while at < stop:
        file.seek(at)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or not header.startswith(HEADER_START):
            return
        _, _, flags, method, _, _, crc, stored, size, name_length, extra_length = _HEADER.unpack(header)
        name = file.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape")
        body = at + _HEADER.size + name_length + extra_length
        end = body + stored
        if flags & _ENCRYPTED:
            return
        if flags & _SIZES_FOLLOW and not stored:
            if method != _DEFLATED:
                return
            stored, size, crc = _measure(file, body, largest)
            end = body + stored + descriptor_size(file, body + stored)
        if not name.endswith("/"):
            yield name, Member("zip", index, at, size, stored, method, crc)
        index += 1
        at = end


def _measure(file: IO[bytes], start: int, largest: int) -> tuple[int, int, int]:
    """Stored size, size and CRC of the deflate stream at `start`; what is cut or broken ends where it breaks."""
    decoder = zlib.decompressobj(-15)
    file.seek(start)
    stored = size = crc = 0
    while not decoder.eof and size <= largest and (piece := decoder.unconsumed_tail or file.read(_STEP)):
        fresh = 0 if decoder.unconsumed_tail else len(piece)
        try:
            out = decoder.decompress(piece, _STEP)
        except zlib.error:
            break
        stored += fresh
        size += len(out)
        crc = zlib.crc32(out, crc)
    return stored - len(decoder.unused_data), size, crc


def descriptor_size(file: IO[bytes], at: int) -> int:
    """Bytes between a member's end and the next header: 12 or 20, and 4 more with the usual mark."""
    file.seek(at)
    piece = file.read(28)
    mark = 4 if piece.startswith(_DESCRIPTOR_START) else 0
    return mark + (20 if piece[mark + 20 : mark + 22] == b"PK" else 12)
