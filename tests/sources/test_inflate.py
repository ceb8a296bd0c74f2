"""Whole, glued, damaged and hostile compressed carriers (facts: reliability 5.1)."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, IssueKind
from ctwork.sources.inflate import inflate

PLAIN = b'{"Records":[' + b",".join(b'{"n":%d}' % number for number in range(20_000)) + b"]}"
MEMBER = gzip.compress(PLAIN, mtime=0)
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
every_compression = pytest.mark.parametrize("kind", COMPRESSIONS)


def kinds(carrier: bytes, bounds: Bounds = DEFAULT_BOUNDS) -> list[IssueKind]:
    return [problem.kind for problem in inflate(carrier, bounds, "x").problems]


def test_plain_data_is_the_same_object() -> None:
    assert inflate(PLAIN).data is PLAIN
    assert inflate(PLAIN).layers == ()


@every_compression
def test_whole(kind: str) -> None:
    found = inflate(COMPRESSIONS[kind](PLAIN))
    assert (found.data, found.layers, found.problems) == (PLAIN, (kind,), ())
    assert type(found.data) is bytes


@every_compression
def test_glued_members_are_joined_and_told(kind: str) -> None:
    member = COMPRESSIONS[kind](PLAIN)
    found = inflate(member * 3, name="x")
    assert found.data == PLAIN * 3
    assert [(issue.source, issue.kind, issue.offset) for issue in found.problems] == [
        ("x", IssueKind.MULTI_MEMBER, len(member))
    ]


@every_compression
@pytest.mark.parametrize("rest", [b"\0" * 100, b"garbage"])
def test_trailing_bytes_are_told(kind: str, rest: bytes) -> None:
    found = inflate(COMPRESSIONS[kind](PLAIN) + rest)
    assert found.data == PLAIN
    told = IssueKind.UNREAD_DATA if rest.strip(b"\0") else IssueKind.TRAILING_DATA
    assert [(issue.kind, issue.length) for issue in found.problems] == [(told, len(rest))]


def test_trailing_bytes_that_end_like_a_trailer_are_told() -> None:
    assert kinds(MEMBER + b"hidden" + MEMBER[-8:]) == [IssueKind.UNREAD_DATA]
    assert kinds(MEMBER + b"hidden" + MEMBER[-4:]) == [IssueKind.UNREAD_DATA]


@every_compression
def test_cut_anywhere_gives_what_was_there_and_tells(kind: str) -> None:
    member = COMPRESSIONS[kind](PLAIN)
    least = {"gzip": len(PLAIN) // 3, "xz": 1}.get(kind, 0)
    for size in [*range(len(member) - 12, len(member)), len(member) // 2]:
        found = inflate(member[:size])
        assert PLAIN.startswith(found.data)
        assert len(found.data) >= least
        assert [issue.kind for issue in found.problems] == [IssueKind.TRUNCATED]


@pytest.mark.parametrize("missing", range(1, 9))
def test_a_missing_trailer_withholds_nothing(missing: int) -> None:
    found = inflate(MEMBER[:-missing])
    assert found.data == PLAIN
    assert [issue.kind for issue in found.problems] == [IssueKind.TRUNCATED]


@pytest.mark.parametrize("place", [-8, -1])
def test_a_wrong_checksum_or_length_is_told_and_nothing_withheld(place: int) -> None:
    damaged = bytearray(MEMBER)
    damaged[place] ^= 1
    found = inflate(bytes(damaged))
    assert found.data == PLAIN
    assert [issue.kind for issue in found.problems] == [IssueKind.CRC]


def _broken_in_the_middle() -> bytes:
    """Two stored blocks, the header of the second invalid: a damage that the decoder notices at once."""
    first = PLAIN[:60_000]
    block = b"\x00" + len(first).to_bytes(2, "little") + (len(first) ^ 0xFFFF).to_bytes(2, "little") + first
    return MEMBER[:10] + block + b"\x07garbage that is no deflate block"


def test_content_before_damage_is_kept_to_the_byte() -> None:
    found = inflate(_broken_in_the_middle())
    assert found.data == PLAIN[:60_000]
    assert [issue.kind for issue in found.problems] == [IssueKind.CRC]


def test_whole_members_after_damage_are_read() -> None:
    found = inflate(_broken_in_the_middle() + b"\x1f\x8b\x08 no member" + MEMBER)
    assert found.data == PLAIN[:60_000] + PLAIN
    assert IssueKind.CRC in [issue.kind for issue in found.problems]


@pytest.mark.parametrize("kind", ["zstd", "xz"])
def test_a_damaged_end_mark_withholds_nothing(kind: str) -> None:
    damaged = bytearray(COMPRESSIONS[kind](PLAIN))
    damaged[-1] ^= 1
    found = inflate(bytes(damaged))
    assert found.data == PLAIN
    assert [issue.kind for issue in found.problems] == [IssueKind.CRC]


def test_header_fields_and_flags() -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile("old name.json", "wb", fileobj=buffer, mtime=1) as file:
        file.write(PLAIN)
    assert inflate(buffer.getvalue()).data == PLAIN
    body = MEMBER[10:]
    everything = b"\x1f\x8b\x08\x1e" + MEMBER[4:10] + b"\x02\x00ab" + b"name\0" + b"comment\0"
    summed = everything + (zlib.crc32(everything) & 0xFFFF).to_bytes(2, "little")
    assert kinds(summed + body + b"\0") == [IssueKind.TRAILING_DATA]
    assert kinds(everything + b"\0\0" + body + b"\0") == [IssueKind.CRC, IssueKind.TRAILING_DATA]
    assert kinds(MEMBER[:3] + b"\xe0" + MEMBER[4:]) == [IssueKind.ENCODING]
    assert inflate(MEMBER[:3] + b"\xe0" + MEMBER[4:]).data == PLAIN
    assert kinds(MEMBER[:2] + b"\x07" + MEMBER[3:]) == [IssueKind.ENCODING]
    assert kinds(MEMBER[:2] + b"\x07" + bytes(30)) == [IssueKind.UNSUPPORTED]
    for size in range(2, len(summed)):
        assert kinds(summed[:size]) == [IssueKind.TRUNCATED]


def test_double_and_triple_layers_but_not_more() -> None:
    twice = gzip.compress(MEMBER)
    assert inflate(twice).layers == ("gzip", "gzip")
    assert inflate(bz2.compress(twice)).data == PLAIN
    deep = inflate(gzip.compress(gzip.compress(twice)))
    assert deep.data == b""
    assert [issue.kind for issue in deep.problems] == [IssueKind.DEPTH]


@every_compression
def test_bombs_end_at_the_bound(kind: str) -> None:
    bounds = Bounds(ratio_floor_bytes=1 << 20)
    bomb = COMPRESSIONS[kind](bytes(40 << 20))
    found = inflate(bomb, bounds)
    assert len(found.data) < 36 << 20
    assert [issue.kind for issue in found.problems] == [IssueKind.RATIO]
    assert kinds(COMPRESSIONS[kind](PLAIN), Bounds(inflated_bytes=1000)) == [IssueKind.TOO_LARGE]


def test_a_lying_length_field_allocates_nothing() -> None:
    assert kinds(b"\x1f\x8b\x08" + bytes(20) + b"\xff\xff\xff\x3f") != []
    lying = MEMBER[:-4] + b"\xff\xff\xff\x3f"
    assert kinds(lying) == [IssueKind.CRC]


def test_nothing_and_next_to_nothing() -> None:
    assert inflate(b"").data == b""
    assert inflate(gzip.compress(b"")).problems == ()
    assert kinds(b"\x1f\x8b") == [IssueKind.TRUNCATED]


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255), st.sampled_from(sorted(COMPRESSIONS)))
def test_a_changed_byte_is_told_or_harmless(content: bytes, place: int, value: int, kind: str) -> None:
    carrier = bytearray(COMPRESSIONS[kind](content))
    carrier[place % len(carrier)] = value
    found = inflate(bytes(carrier))
    told = bool(found.problems)
    assert told or found.data == content or not found.layers or found.data == b""


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh91AY&SY", b"\xfd7zXZ\0"]))
def test_random_bytes_behind_a_magic_never_raise(rest: bytes, magic: bytes) -> None:
    inflate(magic + rest)


def test_a_length_of_nothing_is_no_empty_file() -> None:
    packed = gzip.compress(b"content", mtime=0)
    found = inflate(packed[:-4] + bytes(4))
    assert found.data == b"content"
    assert [problem.kind for problem in found.problems] == [IssueKind.CRC]
