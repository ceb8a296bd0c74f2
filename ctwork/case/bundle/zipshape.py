"""Whether a zip is byte for byte of the shape that a bundle's zip has: no gap, no byte that belongs to no member."""

import struct
import zipfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ctwork.case.bundle.vessel import ZIP_MODE, ZIP_TIME

_LOCAL = struct.Struct("<4s5H3I2H")
_CLOSING = struct.Struct("<4s4H2IH")
_EXTRA = struct.Struct("<2H2Q")
_WIDE = 0xFFFFFFFF
_END64_BYTES = 98
"""What closes a zip of more than 65,535 members or 4 GB."""
_UNIX = 3
_VERSION = 45
_TIME = (0, 33)
"""The first moment of 1980, as the format writes it."""
_REPACKED = "the zip was packed again, or changed, after it was made: "


def strange(stream: BinaryIO, members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """What is not as `ctwork export` writes it, in a sentence; none when all is.

    The content of the members says by itself whether it is whole, so a bundle that was packed again may be whole, too.
    """
    at = 0
    for member in members:
        why = "members in another order or with something between them" if member.header_offset != at else ""
        why = why or next(_odd_marks(stream, member), "")
        if why:
            return [_REPACKED + why]
        at = _end(stream, member)
    if not _ends_plainly(stream, members, at):
        return [_REPACKED + "bytes that belong to no member"]
    return []


def _ends_plainly(stream: BinaryIO, members: Sequence[zipfile.ZipInfo], at: int) -> bool:
    """Whether behind the last member there is the directory, and behind that nothing but the record that closes it."""
    central = sum(46 + len(_name(each)) + len(each.extra) + len(each.comment) for each in members)
    left = stream.seek(0, 2) - at - central
    if left == _END64_BYTES:
        return True
    stream.seek(at + central)
    count = len(members)
    return stream.read() == _CLOSING.pack(b"PK\5\6", 0, 0, count, count, central, at, 0)


def _odd_marks(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[str]:
    stream.seek(member.header_offset)
    head = stream.read(_LOCAL.size)
    if len(head) != _LOCAL.size:
        yield "a member without a head"
        return
    _, version, flags, kind, time, day, crc, packed, size, name, extra = _LOCAL.unpack(head)
    if stream.read(name) != _name(member):
        yield "a member with two names"
    if (flags, kind, crc) != (member.flag_bits, member.compress_type, member.CRC):
        yield "a member described in two ways"
    wide = _EXTRA.pack(1, 16, member.file_size, member.compress_size)
    if (packed, size, extra) != (_WIDE, _WIDE, len(wide)) or stream.read(extra) != wide:
        yield "a member of two sizes"
    if member.date_time != ZIP_TIME or (time, day) != _TIME:
        yield "times of other clocks"
    if (member.external_attr, member.create_system, member.comment) != (ZIP_MODE, _UNIX, b""):
        yield "attributes of another system"
    if flags or (version, member.reserved, member.volume, member.internal_attr) != (_VERSION, 0, 0, 0):
        yield "a member made by another program"
    if not (member.create_version == member.extract_version in (20, _VERSION)):
        yield "a member made by another program"


def _end(stream: BinaryIO, member: zipfile.ZipInfo) -> int:
    stream.seek(member.header_offset)
    head = _LOCAL.unpack(stream.read(_LOCAL.size))
    return int(member.header_offset + _LOCAL.size + head[9] + head[10] + member.compress_size)


def _name(member: zipfile.ZipInfo) -> bytes:
    return member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437", "replace")
