"""Reads the central directory of a zip, so that each member can be read later with two system calls and no directory.

Format: PKWARE APPNOTE 6.3. Names are only names. Members that share stored bytes, as in zip bombs, are told, not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from ctwork.sources.base import Bounds, Issue, IssueKind, Member
from ctwork.sources.headerscan import scan_members
from ctwork.sources.membername import NameWatch
from ctwork.sources.unlisted import unlisted_members

if TYPE_CHECKING:
    import zipfile

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
"""First bytes of a zip: a member, the end of an empty directory, the mark of a formerly split archive."""
ZIP_TAIL_BYTES = 22 + 0xFFFF
"""Where the end record of a zip lies: 22 bytes and a comment (APPNOTE 4.3.16)."""
_END, _LISTED = b"PK\x05\x06", b"PK\x01\x02"
_ENCRYPTED = 0x1
_LOCAL_HEADER_BYTES = 30


def ends_as_zip(data: bytes) -> bool:
    """Whether content ends as a zip does, whatever stands at its front: a program that unpacks itself, for one."""
    at = data.rfind(_END, max(0, len(data) - ZIP_TAIL_BYTES))
    if at < 0 or at + 22 > len(data):
        return False
    count, size, comment = (int.from_bytes(data[at + a : at + b], "little") for a, b in ((10, 12), (12, 16), (20, 22)))
    end = at + 22 + comment
    if not count or end > len(data):
        return False
    return data[at - size : at - size + 4] == _LISTED if size <= at else end == len(data)


def zip_members(file: IO[bytes], source: str, bounds: Bounds) -> Iterator[tuple[str, Member] | Issue]:
    """``(name, member)`` for every file in the zip, in the directory's order, or why it cannot be read."""
    import zipfile  # it brings bz2, lzma and threading along

    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, IndexError) as error:
        message = f"The zip's directory cannot be read ({error}); members are read as far as they follow one another."
        yield Issue(source, IssueKind.TRUNCATED, message)
        yield from scan_members(file, source, bounds.inflated_bytes)
        return
    if len(infos) > bounds.members:
        message = f"{len(infos):,} members; {bounds.limit('members')}. The rest is not read."
        yield Issue(source, IssueKind.TOO_LARGE, message)
    overlapping = _overlapping(infos)
    watch = NameWatch(source, bounds)
    for index, info in enumerate(infos[: bounds.members]):
        name = info.orig_filename
        if name.endswith("/") and not info.file_size:
            continue
        yield from watch.look_at(name)
        if info.flag_bits & _ENCRYPTED:
            yield Issue(f"{source}!{name}", IssueKind.UNSUPPORTED, "An encrypted member; unlock the zip first.")
        elif index in overlapping:
            message = "It shares its stored bytes with another member, as a zip bomb does."
            yield Issue(f"{source}!{name}", IssueKind.RATIO, message)
        else:
            place = info.header_offset, info.file_size, info.compress_size
            yield name, Member("zip", index, *place, info.compress_type, info.CRC)
    yield from watch.closing()
    yield from unlisted_members(file, infos, archive.start_dir, source, bounds.inflated_bytes)


def _overlapping(infos: list[zipfile.ZipInfo]) -> set[int]:
    """Indices of members that start before the stored bytes of an earlier one end."""
    order = sorted(range(len(infos)), key=lambda index: infos[index].header_offset)
    found: set[int] = set()
    end = 0
    for index in order:
        info = infos[index]
        if info.header_offset < end:
            found.add(index)
        end = max(end, info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size)
    return found
