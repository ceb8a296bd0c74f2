"""Looks between the members of a zip for what its directory does not list: hidden members, and bytes that are none.

Format: PKWARE APPNOTE 6.3, 4.3. A directory can be shortened, or name other places, without a word from most readers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from ctwork.sources.account import speaks_of_records
from ctwork.sources.base import Issue, IssueKind, Member
from ctwork.sources.headerscan import HEADER_BYTES, HEADER_START, descriptor_size, scan_members

if TYPE_CHECKING:
    import zipfile

_SIZES_FOLLOW = 0x8
_END_START = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 0xFFFF
_LONGEST_LOOK = 64 << 20
_ROWS = 100
"""Gaps without members that one archive may tell of."""


def unlisted_members(
    file: IO[bytes], infos: Sequence[zipfile.ZipInfo], directory_at: int, source: str, largest: int
) -> Iterator[tuple[str, Member] | Issue]:
    """``(name, member)`` for each member that lies outside everything in `infos`, with what there is to tell."""
    told, index = 0, len(infos)
    for start, end in _gaps(file, infos, directory_at):
        file.seek(start)
        piece = file.read(min(end - start, _LONGEST_LOOK))
        first = piece.find(HEADER_START)
        found = list(scan_members(file, source, largest, start + first, end)) if first >= 0 else []
        for item in found:
            if isinstance(item, Issue):
                yield item
                continue
            name, member = item
            message = "The archive's directory does not list this member; it is read all the same."
            yield Issue(f"{source}!{name}", IssueKind.UNLISTED_MEMBER, message, member.offset)
            yield name, replace(member, index=index)
            index += 1
        if not found and piece.strip(b"\0"):
            told += 1
            if told <= _ROWS:
                where = "between the members" if start else "in front of the first member"
                message = f"{end - start:,} bytes {where} belong to none; they are not read."
                # What may be evidence is a loss; the program in front of an archive that unpacks itself is none.
                kind = IssueKind.UNREAD_DATA if speaks_of_records(piece) else IssueKind.TRAILING_DATA
                yield Issue(source, kind, message, start, end - start)
    yield from _behind(file, source)


def _gaps(file: IO[bytes], infos: Sequence[zipfile.ZipInfo], directory_at: int) -> Iterator[tuple[int, int]]:
    """Ranges before the directory that no listed member covers and that are long enough for a member."""
    order = sorted(infos, key=lambda info: info.header_offset)
    starts = [*(max(0, info.header_offset) for info in order), directory_at]
    if starts[0]:
        yield 0, starts[0]
    at = 0
    for info, follower in zip(order, starts[1:], strict=True):
        least = info.header_offset + HEADER_BYTES + len(info.orig_filename) + info.compress_size
        # A member's own header is read only where there is room for another behind it.
        at = max(at, _end_of(file, info, directory_at) if follower - least >= HEADER_BYTES else least)
        if follower - at >= HEADER_BYTES:
            yield at, follower


def _end_of(file: IO[bytes], info: zipfile.ZipInfo, directory_at: int) -> int:
    """Where the stored bytes of a listed member end, its descriptor included."""
    if info.header_offset < 0:
        return 0
    file.seek(info.header_offset)
    header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(HEADER_START):
        return info.header_offset
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    end = min(info.header_offset + HEADER_BYTES + lengths + info.compress_size, directory_at)
    return end + descriptor_size(file, end) if header[6] & _SIZES_FOLLOW else end


def _behind(file: IO[bytes], source: str) -> Iterator[Issue]:
    """Bytes after the end of the directory and its comment."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _END_BYTES - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_START)
    if at < 0:
        return
    end = start + at + _END_BYTES + int.from_bytes(tail[at + 20 : at + 22], "little")
    if end < size:
        message = f"{size - end:,} bytes follow the end of the archive; they are not read."
        yield Issue(source, IssueKind.TRAILING_DATA, message, end, size - end)
