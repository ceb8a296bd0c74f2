"""Family G: zip and tar files that hide, repeat, overlap, lie or end too early."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from ctwork.sources.base import Bounds
from hostile.case import Case, R, case, gz, trail

Member = tuple[str, bytes]
A, B, C = ("a.json", R[0]), ("b.json", R[1]), ("c.json", R[2])
THREE = (0, 1, 2)
DEFLATE, STORE = zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED


def zipped(*members: Member, method: int = DEFLATE, comment: bytes = b"") -> bytes:
    """A zip of `members`, names repeated or not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 5, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


def local(name: bytes, data: bytes) -> bytes:
    """One stored member with its local header (APPNOTE 4.3.7)."""
    fields = (20, 0, 0, 0, 0x58A1, zlib.crc32(data), len(data), len(data), len(name), 0)
    return b"PK\x03\x04" + struct.pack("<5H3I2H", *fields) + name + data


def directory(entries: Sequence[tuple[bytes, bytes, int]], start: int, count: int | None = None) -> bytes:
    """The central directory of stored ``(name, data, offset)`` members that begins at `start`, and its end record."""
    listed = b""
    for name, data, offset in entries:
        fields = (20, 20, 0, 0, 0, 0x58A1, zlib.crc32(data), len(data), len(data), len(name), 0, 0, 0, 0, 0, offset)
        listed += b"PK\x01\x02" + struct.pack("<6H3I5H2I", *fields) + name
    number = len(entries) if count is None else count
    return listed + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, number, number, len(listed), start, 0)


def written(*parts: tuple[bytes, bytes], listed: Sequence[int] | None = None, gap: bytes = b"") -> bytes:
    """A zip by hand: `parts` one after the other with `gap` between, of which the directory lists some."""
    body, entries = b"", []
    for name, data in parts:
        entries.append((name, data, len(body)))
        body += local(name, data) + gap
    chosen = range(len(parts)) if listed is None else listed
    return body + directory([entries[number] for number in chosen], len(body))


def tarred(*members: Member, form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of `members`, 1,024 zero bytes at its end."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    ends = sum(512 + -(-len(data) // 512) * 512 for _, data in members)
    return buffer.getvalue() if form != tarfile.USTAR_FORMAT else buffer.getvalue()[: ends + 1024]


def special(kind: bytes, link: str = "") -> bytes:
    """A tar with a member that is no file, between two that are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in (A, ("odd.json", b""), B):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if not data:
                info.type, info.linkname = kind, link
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zip_names() -> Iterator[Case]:
    """Names are only names: nothing is written by them, and the odd ones are told."""
    for name, member, told in (
        ("traversal", "../../etc/cron.d/x.json", "odd-name"),
        ("absolute", "/etc/x.json", "odd-name"),
        ("drive-letter", "C:\\Windows\\x.json", "odd-name"),
        ("backslash-traversal", "..\\..\\x.json", "odd-name"),
        ("escape-codes", "\x1b]2;owned\x07.json", ""),
        ("5000-letters", "n" * 5000 + ".json", "odd-name"),
        ("100-folders", "d/" * 100 + "x.json", "odd-name"),
    ):
        yield case(f"G-zip-name-{name}", zipped(A, (member, R[1])), (0, 1), told, "x.zip")
    null = written((b"a.json\0.txt", R[0]), (b"b.json", R[1]))
    yield case("G-zip-name-with-a-zero", null, (0, 1), "odd-name", "x.zip")
    yield case("G-zip-name-empty", written((b"", R[0]), (b"b.json", R[1])), (0, 1), "odd-name", "x.zip")
    yield case("G-zip-name-not-utf-8", written((b"caf\xe9.json", R[0])), (0,), "", "x.zip")
    twice = written((b"a.json", R[0]), (b"a.json", R[1]))
    yield case("G-zip-name-twice", twice, (0, 1), "odd-name", "x.zip")


def zip_lies() -> Iterator[Case]:
    """Directories that do not say what the file holds."""
    parts = tuple((name.encode(), data) for name, data in (A, B, C))
    whole = written(*parts)
    yield case("G-zip", whole, THREE, "", "x.zip")
    yield case("G-zip-named-json", whole, THREE, "", "x.json")
    yield case("G-zip-last-member-unlisted", written(*parts, listed=(0, 1)), THREE, "unlisted-member", "x.zip")
    yield case("G-zip-middle-member-unlisted", written(*parts, listed=(0, 2)), THREE, "unlisted-member", "x.zip")
    yield case("G-zip-first-member-unlisted", written(*parts, listed=(1, 2)), THREE, "unlisted-member", "x.zip")
    yield case("G-zip-no-member-listed", written(*parts, listed=()), THREE, "unlisted-member truncated", "x.zip")
    yield case(
        "G-zip-bytes-between-members", written(*parts, gap=b"#" * 40), THREE, "trailing-data unread-data", "x.zip"
    )
    offsets = [0, 0, 0]
    body = b"".join(local(*part) for part in parts)
    shared = body + directory([(*part, at) for part, at in zip(parts, offsets, strict=True)], len(body))
    yield case("G-zip-members-share-bytes", shared, THREE, "ratio crc unlisted-member", "x.zip")
    cut = whole[: whole.index(b"PK\x01\x02")]
    yield case("G-zip-directory-missing", cut, THREE, "truncated", "x.zip")
    yield case("G-zip-cut-in-a-member", whole[: whole.index(b"PK\x03\x04", 500) + 300], (0,), "truncated", "x.zip")
    broken = cut.replace(b"PK\x03\x04", b"PX\x03\x04", 2).replace(b"PX\x03\x04", b"PK\x03\x04", 1)
    yield case("G-zip-no-directory-and-a-broken-header", broken, (0, 2), "unread-data", "x.zip")
    yield case("G-zip-end-record-missing", whole[:-22], THREE, "truncated", "x.zip")
    yield case("G-zip-text-behind", whole + b"uploaded by hand", THREE, "trailing-data unread-data", "x.zip")
    script, packed = b"#!/bin/sh\nexit\n", zipped(A, B, C)
    yield case("G-zip-text-in-front", script + whole, THREE, "trailing-data", "x.json")
    yield case("G-zip-program-in-front", b"\x7fELF" + bytes(9000) + packed, THREE, "trailing-data", "logs.run")
    yield case("G-zip-program-in-front-named-zip", b"MZ" + bytes(9000) + packed, THREE, "trailing-data", "logs.zip")
    commented = script + zipped(A, B, comment=b"seized 2024-05-02")
    yield case("G-zip-text-in-front-and-a-comment", commented, (0, 1), "trailing-data", "x.bin")
    yield case("G-zip-text-in-front-in-a-tar", tarred(("a.run", script + packed)), THREE, "trailing-data", "x.tar")
    yield case("G-zip-text-in-front-in-gzip", gz(script + packed), THREE, "trailing-data", "x.gz")
    yield case("G-zip-a-record-in-front", b"log:\n" + R[3] + b"\n" + packed, THREE, "unread-data", "x.zip")
    yield case("G-zip-a-letter-in-front", b"x" + packed, THREE, "trailing-data", "x.zip")
    yield case("G-zip-with-a-comment", zipped(A, B, comment=b"seized 2024-05-02"), (0, 1), "", "x.zip")
    wrong = whole.replace(struct.pack("<I", zlib.crc32(R[1])), b"\xde\xad\xbe\xef")
    yield case("G-zip-checksum-wrong", wrong, THREE, "crc", "x.zip")
    locked = bytearray(whole)
    locked[whole.index(b"PK\x01\x02") + 8] |= 1
    yield case("G-zip-encrypted-member", bytes(locked), (1, 2), "unsupported", "x.zip")
    method = bytearray(whole)
    method[whole.index(b"PK\x01\x02") + 10] = 97
    yield case("G-zip-unknown-method", bytes(method), (1, 2), "unsupported", "x.zip")
    yield case("G-zip-empty", zipped(), (), "", "x.zip")
    yield case("G-zip-of-empty-files", zipped(("a.json", b""), B), (1,), "", "x.zip")


def zip_depth() -> Iterator[Case]:
    """Archives in archives, and archives that grow."""
    inner = zipped(A)
    yield case("G-zip-in-zip", zipped(("in.zip", inner), B), (0, 1), "", "x.zip")
    deep = inner
    for _ in range(4):
        deep = zipped(("in.zip", deep))
    yield case("G-zip-five-deep", deep, (), "depth", "x.zip")
    yield case("G-gzip-in-tar-in-zip", zipped(("in.tar", tarred(("a.json.gz", gz(R[0]))))), (0,), "", "x.zip")
    yield case("G-zip-bomb", lambda: zipped(("a.json", bytes(80 << 20)), B), (1,), "ratio", "x.zip")
    few = Bounds(members=2)
    yield case("G-zip-more-members-than-allowed", zipped(A, B, C), (0, 1), "too-large", "x.zip", bounds=few)
    for name, method in (("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA), ("stored", STORE)):
        yield case(f"G-zip-{name}", zipped(A, B, method=method), (0, 1), "", "x.zip")
    forks = zipped(A, ("__MACOSX/._a.json", b"\0\5\26\7"), ("._b.json", b"\0\5\26\7"))
    yield case("G-zip-resource-forks", forks, (0,), "", "x.zip")


def tars() -> Iterator[Case]:
    """Tape archives. A plain one is read in place."""
    whole = tarred(A, B, C)
    second = 512 + -(-len(R[0]) // 512) * 512
    third = second + 512 + -(-len(R[1]) // 512) * 512
    garbage = whole[:second] + b"\xa5" * 512 + whole[second + 512 :]
    zeros = whole[:second] + bytes(1024) + whole[second:]
    yield case("G-tar", whole, THREE, "", "x.tar")
    yield case("G-tar-named-json", whole, THREE, "", "x.json")
    yield case("G-tar-cut-between-members", whole[:third], (0, 1), "truncated", "x.tar")
    yield case("G-tar-cut-in-a-header", whole[: third + 100], (0, 1), "truncated", "x.tar")
    yield case("G-tar-cut-in-a-member", whole[: third + 512 + 100], (0, 1), "truncated", "x.tar")
    yield case("G-tar-header-is-garbage", garbage, (0, 2), "syntax", "x.tar")
    yield case("G-tar-zeros-between-members", zeros, THREE, "trailing-data unread-data", "x.tar")
    yield case("G-tar-end-mark-missing", whole[:-1024], THREE, "truncated", "x.tar")
    yield case("G-tar-text-behind", whole + b"uploaded by hand", THREE, "trailing-data unread-data", "x.tar")
    yield case("G-tar-name-twice", tarred(A, ("a.json", R[1])), (0, 1), "odd-name", "x.tar")
    yield case("G-tar-name-traversal", tarred(A, ("../../x.json", R[1])), (0, 1), "odd-name", "x.tar")
    yield case("G-tar-name-absolute", tarred(A, ("/etc/x.json", R[1])), (0, 1), "odd-name", "x.tar")
    yield case("G-tar-long-name", tarred(("n" * 300 + ".json", R[0]), form=tarfile.GNU_FORMAT), (0,), "", "x.tar")
    yield case("G-tar-pax", tarred(("é" * 150 + ".json", R[0]), form=tarfile.PAX_FORMAT), (0,), "", "x.tar")
    for name, kind, link, told in (
        ("link-inside", tarfile.SYMTYPE, "a.json", ""),
        ("link-outside", tarfile.SYMTYPE, "/etc/passwd", "symlink-outside"),
        ("hard-link-outside", tarfile.LNKTYPE, "../../etc/passwd", "symlink-outside"),
        ("fifo", tarfile.FIFOTYPE, "", "special-file"),
        ("device", tarfile.CHRTYPE, "", "special-file"),
        ("folder", tarfile.DIRTYPE, "", ""),
    ):
        yield case(f"G-tar-{name}", special(kind, link), (0, 1), told, "x.tar")
    size = bytearray(whole)
    size[second + 124 : second + 135] = b"77777777777"
    field = sum(size[second : second + 148]) + 256 + sum(size[second + 156 : second + 512])
    size[second + 148 : second + 156] = b"%06o\0 " % field
    yield case("G-tar-size-past-the-end", bytes(size), (0,), "truncated", "x.tar")
    yield case("G-tar-gzip", gz(whole), THREE, "", "x.tar.gz")
    yield case("G-tar-gzip-cut", gzip.compress(whole, 0, mtime=0)[: third + 100], (0, 1), "truncated", "x.tar.gz")
    yield case("G-tar-of-log-files", tarred(("a.json.gz", gz(trail(*R[:3])))), THREE, "", "x.tar")


CASES = [*zip_names(), *zip_lies(), *zip_depth(), *tars()]
