"""Family A: what can be wrong with the compression around a log file."""

import bz2
import lzma
import zlib
from collections.abc import Iterator

import zstandard

from ctwork.sources.base import Bounds
from hostile.case import Case, R, case, gz, trail
from hostile.container import zipped

PLAIN = trail(*R[:3])
GZ = gz(PLAIN)
HEADER, BODY, TRAILER = GZ[:10], GZ[10:-8], GZ[-8:]
THREE = (0, 1, 2)
SMALL = Bounds(ratio_floor_bytes=1 << 20)


def with_flags(flags: int, fields: bytes = b"", crc: bytes | None = None) -> bytes:
    """The same member with header `flags` and their `fields` (RFC 1952, 2.3.1); `crc` is the header's checksum."""
    return b"\x1f\x8b\x08" + bytes((flags,)) + HEADER[4:] + fields + (crc or b"") + BODY + TRAILER


def flipped(data: bytes, at: int) -> bytes:
    """`data` with one bit turned over."""
    return data[:at] + bytes((data[at] ^ 0x10,)) + data[at + 1 :]


def stored_late(first: bytes, bad: bytes) -> bytes:
    """A member whose damage comes after `first`, which is flushed to a byte of its own: how much is saved is exact."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH) + bad


def headers() -> Iterator[Case]:
    """Headers that gzip allows, and some that it does not."""
    full = b"\x1f\x8b\x08\x02" + HEADER[4:]
    right = (zlib.crc32(full) & 0xFFFF).to_bytes(2, "little")
    yield case("A-file-name-in-header", with_flags(8, b"log.json\0"), THREE)
    yield case("A-escape-codes-in-header-name", with_flags(8, b"\x1b]2;owned\x07\x1b[2J\0"), THREE)
    yield case("A-comment-in-header", with_flags(16, b"copied by hand\0"), THREE)
    yield case("A-extra-field", with_flags(4, b"\x04\0AB\0\0"), THREE)
    yield case("A-empty-extra-field", with_flags(4, b"\0\0"), THREE)
    yield case("A-every-header-field", with_flags(28, b"\x04\0AB\0\0name\0comment\0"), THREE)
    yield case("A-text-flag", with_flags(1), THREE)
    yield case("A-header-checksum", with_flags(2, crc=right), THREE)
    yield case("A-header-checksum-wrong", with_flags(2, crc=b"\xde\xad"), THREE, "crc")
    yield case("A-reserved-flags", with_flags(0xE0), THREE, "encoding")
    yield case("A-modification-time", GZ[:4] + b"\xff\xff\xff\xff" + GZ[8:], THREE)
    yield case("A-unknown-system", GZ[:9] + b"\x77" + GZ[10:], THREE)
    yield case("A-unknown-method", GZ[:2] + b"\x07" + GZ[3:], THREE, "encoding")
    yield case("A-endless-header-name", with_flags(8).replace(b"\0", b"x"), (), "truncated crc unsupported")
    for level in (0, 1, 9):
        yield case(f"A-level-{level}", gz(PLAIN, level), THREE, file="x.json.gz")


def cuts() -> Iterator[Case]:
    """Files that end too early."""
    for missing in (1, 4, 7, 8):
        yield case(f"A-{missing}-bytes-of-the-trailer-missing", GZ[:-missing], THREE, "truncated", "x.json.gz")
    yield case("A-nothing-at-all", b"", (), file="x.json.gz")
    yield case(
        "A-nothing-at-all-in-a-delivered-name",
        b"",
        (),
        "truncated",
        "111122223333_CloudTrail_us-east-1_20240501T0005Z_AAAAAAAAAAAAAAAA.json.gz",
    )
    yield case("A-magic-only", GZ[:2], (), "truncated", "x.json.gz")
    yield case("A-half-a-header", GZ[:6], (), "truncated", "x.json.gz")
    yield case("A-header-only", HEADER, (), "truncated", "x.json.gz")
    yield case("A-cut-in-the-middle", stored_late(trail(*R[:3])[:-2], b""), THREE, "truncated", "x.json.gz")
    yield case("A-cut-in-a-record", stored_late(trail(*R[:3])[:-90], b""), (0, 1), "truncated", "x.json.gz")
    yield case("A-second-half-is-zeros", stored_late(trail(*R[:3])[:-90], b"\0" * 300), (0, 1), "crc truncated")


def damage() -> Iterator[Case]:
    """Bytes that changed."""
    yield case("A-checksum-wrong", GZ[:-8] + flipped(TRAILER, 1), THREE, "crc", "x.json.gz")
    yield case("A-length-wrong", GZ[:-8] + flipped(TRAILER, 5), THREE, "crc", "x.json.gz")
    yield case("A-length-claims-4-GiB", GZ[:-4] + b"\xff\xff\xff\xff", THREE, "crc", "x.json.gz")
    yield case("A-length-claims-nothing", GZ[:-4] + b"\0\0\0\0", THREE, "crc", "x.json.gz")
    yield case("A-damaged-after-two-records", stored_late(trail(*R[:3])[:-90], b"\x07\xff"), (0, 1), "crc")
    yield case("A-first-block-invalid", HEADER + b"\xff" * 40, (), "crc", "x.json.gz")
    yield case("A-carriage-return-inserted", GZ[:20] + b"\r" + GZ[20:], (), "crc truncated", "x.json.gz")
    yield case("A-newline-before-the-magic", b"\n" + GZ, THREE, "trailing-data", "x.json.gz")
    yield case("A-newline-after-the-end", GZ + b"\n", THREE, "trailing-data unread-data", "x.json.gz")
    yield case("A-zeros-after-the-end", GZ + b"\0" * 512, THREE, "trailing-data unread-data", "x.json.gz")
    yield case("A-text-after-the-end", GZ + b"uploaded by hand", THREE, "trailing-data unread-data", "x.json.gz")


def members() -> Iterator[Case]:
    """Several members in one file."""
    lines = [gz(line + b"\n") for line in R[:10]]
    cut = len(PLAIN) // 2
    yield case("A-two-members", gz(PLAIN) + gz(trail(*R[3:5])), range(5), "multi-member", "x.json.gz")
    yield case("A-ten-members-of-a-line", b"".join(lines), range(10), "multi-member", "x.json.gz")
    yield case("A-a-record-across-members", gz(PLAIN[:cut]) + gz(PLAIN[cut:]), THREE, "multi-member", "x.json.gz")
    yield case("A-an-empty-member-first", gz(b"") + GZ, THREE, "multi-member", "x.json.gz")
    yield case("A-an-empty-member-last", GZ + gz(b""), THREE, "multi-member", "x.json.gz")
    yield case("A-the-same-member-twice", GZ + GZ, (*THREE, *THREE), "multi-member", "x.json.gz")
    yield case("A-second-member-cut", lines[0] + lines[1][:-9], (0, 1), "truncated", "x.json.gz")
    yield case("A-second-member-hidden-by-a-plain-start", trail(R[0]) + gz(R[1]), (0,), "syntax", "x.json.gz")
    yield case(
        "A-first-of-three-damaged", flipped(lines[0], 2) + lines[1] + lines[2], range(3), "encoding", "x.json.gz"
    )
    broken = stored_late(R[0] + b"\n", b"\x07\xff")
    yield case("A-whole-members-after-a-damaged-one", broken + lines[1] + lines[2], range(3), "crc", "x.json.gz")
    yield case(
        "A-zeros-between-members", lines[0] + b"\0" * 64 + lines[1], (0, 1), "trailing-data unread-data", "x.json.gz"
    )


def lost() -> Iterator[Case]:
    """Members whose start is gone, and members behind damage: found by what they hold."""
    one, two, three = (gz(line + b"\n") for line in R[:3])
    broken = stored_late(R[1] + b"\n", b"\x07\xff")
    zeroed = bytes(10) + GZ[10:]
    packed = [zstandard.ZstdCompressor(write_checksum=True).compress(line + b"\n") for line in R[:3]]
    blocks = [bz2.compress(line + b"\n") for line in R[:3]]
    boxes = [lzma.compress(line + b"\n") for line in R[:3]]
    yield case("A-magic-broken-in-any-name", b"\x1e" + GZ[1:], THREE, "encoding", "evidence.bin")
    yield case("A-header-zeroed-in-any-name", zeroed, THREE, "encoding", "evidence")
    yield case("A-header-zeroed-and-cut", zeroed[:-4], THREE, "truncated", "evidence")
    yield case("A-header-zeroed-and-sum-wrong", zeroed[:-8] + flipped(TRAILER, 1), THREE, "crc", "evidence")
    yield case("A-header-zeroed-and-more-members", zeroed + gz(R[3]), range(4), "encoding", "evidence")
    yield case("A-header-zeroed-inside-gzip", gz(zeroed), THREE, "encoding", "evidence.gz")
    yield case("A-header-zeroed-inside-zip", zipped(("a.json.gz", zeroed)), THREE, "encoding", "x.zip")
    yield case("A-binary-in-front-of-a-member", b"\x01\x02 dump \0" * 9 + GZ, THREE, "unread-data", "memory.dmp")
    yield case("A-second-of-three-without-magic", one + b"\0\0" + two[2:] + three, THREE, "encoding", "x.json.gz")
    yield case("A-second-of-three-without-method", one + flipped(two, 2) + three, THREE, "encoding", "x.json.gz")
    yield case("A-second-of-three-broken-inside", one + broken + three, THREE, "crc", "x.json.gz")
    yield case("A-second-of-three-overwritten", one + b"\xa5" * len(two) + three, (0, 2), "unread-data", "x.json.gz")
    yield case("A-second-broken-and-third-cut", one + broken + three[:-4], THREE, "crc", "x.json.gz")
    yield case("A-every-member-without-magic", b"".join(b"??" + gz(R[n])[2:] for n in range(3)), THREE, "encoding")
    yield case("A-zstd-second-of-three-damaged", packed[0] + flipped(packed[1], 9) + packed[2], (0, 2), "crc", "x.zst")
    yield case(
        "A-bzip2-second-of-three-damaged", blocks[0] + flipped(blocks[1], 60) + blocks[2], (0, 2), "crc", "x.bz2"
    )
    yield case("A-xz-second-of-three-damaged", boxes[0] + flipped(boxes[1], 60) + boxes[2], (0, 2), "crc", "x.xz")
    yield case("A-zstd-zeros-between", packed[0] + bytes(64) + packed[1], (0, 1), "trailing-data", "x.zst")


def layers() -> Iterator[Case]:
    """Compression in compression, and names that say something else."""
    yield case("A-twice", gz(GZ), THREE, file="x.json.gz")
    yield case("A-three-times", gz(gz(GZ)), THREE, file="x.json.gz.gz.gz")
    yield case("A-four-times", gz(gz(gz(GZ))), (), "depth", "x.json.gz")
    yield case("A-mixed-layers", bz2.compress(lzma.compress(GZ)), THREE, file="x.json.gz")
    yield case("A-gzip-named-json", GZ, THREE)
    yield case("A-plain-named-gz", PLAIN, THREE, file="x.json.gz")
    yield case("A-empty-content", gz(b""), (), file="x.json.gz")
    yield case("A-byte-order-mark-inside", gz(b"\xef\xbb\xbf" + PLAIN), THREE, file="x.json.gz")
    yield case("A-utf-16-inside", gz(PLAIN.decode().encode("utf-16")), THREE, "encoding")
    yield case("A-zlib-stream", zlib.compress(PLAIN), THREE, "encoding", "x.json.gz")
    yield case("A-zlib-stream-damaged-sum", zlib.compress(PLAIN)[:-1] + b"?", THREE, "crc", "x.json.gz")
    yield case("A-bare-deflate", BODY, THREE, "encoding", "x.json.gz")
    yield case("A-compress-z", b"\x1f\x9d\x90" + BODY, (), "not-json unsupported", "x.json.Z.gz")
    yield case("A-lz4", b"\x04\x22\x4d\x18" + BODY, (), "not-json unsupported", "x.json.gz")


def others() -> Iterator[Case]:
    """The other compressions."""
    frame = zstandard.ZstdCompressor(write_checksum=True).compress(PLAIN)
    skip = b"\x50\x2a\x4d\x18\x04\0\0\0note"
    pair = bz2.compress(R[0] + b"\n") + bz2.compress(R[1] + b"\n")
    for kind, data in (("bzip2", bz2.compress(PLAIN)), ("xz", lzma.compress(PLAIN)), ("zstd", frame)):
        yield case(f"A-{kind}-named-gz", data, THREE, file="x.json.gz")
        yield case(f"A-{kind}-with-text-behind", data + b"text", THREE, "trailing-data unread-data", "x.json.gz")
    yield case("A-bzip2-cut", bz2.compress(PLAIN)[:-5], THREE, "truncated", "x.json.bz2")
    yield case("A-xz-cut", lzma.compress(PLAIN)[:-5], THREE, "truncated", "x.json.xz")
    yield case("A-zstd-cut", frame[:-3], THREE, "truncated", "x.json.zst")
    yield case("A-bzip2-two-streams", pair, (0, 1), "multi-member", "x.json.bz2")
    yield case("A-bzip2-damaged", flipped(bz2.compress(PLAIN), 60), (), "crc", "x.json.bz2")
    yield case("A-zstd-skippable-frame-first", skip + frame, THREE, file="x.json.zst")
    yield case("A-zstd-skippable-frame-only", skip, (), file="x.json.zst")
    yield case("A-zstd-skippable-frame-cut", frame + skip[:6], THREE, "truncated", "x.json.zst")
    yield case("A-zstd-checksum-wrong", flipped(frame, len(frame) - 1), THREE, "crc", "x.json.zst")
    yield case("A-zstd-two-frames", frame + frame, (*THREE, *THREE), "multi-member", "x.json.zst")


def bombs() -> Iterator[Case]:
    """Small files that want much room; the records before the bound are kept."""
    zeros = bytes(3 << 20)
    padded = trail(*R[:3])[:-2] + b" " * (3 << 20) + b"]}"
    yield case("A-zeros-without-end", lambda: gz(bytes(70 << 20), 9), (), "ratio", "x.json.gz")
    yield case("A-bomb-in-three-layers", lambda: gz(gz(gz(zeros))), (), "ratio", "x.json.gz", bounds=SMALL)
    yield case("A-blank-bomb-behind-records", lambda: gz(padded), THREE, "ratio", "x.json.gz", bounds=SMALL)
    yield case("A-bzip2-bomb", lambda: bz2.compress(zeros), (), "ratio", "x.json.bz2", bounds=SMALL)
    yield case("A-xz-bomb", lambda: lzma.compress(zeros), (), "ratio", "x.json.xz", bounds=SMALL)
    yield case(
        "A-zstd-bomb", lambda: zstandard.ZstdCompressor().compress(zeros), (), "ratio", "x.json.zst", bounds=SMALL
    )
    yield case("A-longer-than-allowed", GZ, THREE, "too-large", bounds=Bounds(inflated_bytes=1_000))


CASES = [*headers(), *cuts(), *damage(), *members(), *lost(), *layers(), *others(), *bombs()]
