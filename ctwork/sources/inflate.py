"""Peels the compression off one carrier: gzip, zstd, bzip2, xz, up to three layers, bounded, saving what damage leaves.

The common case, one whole gzip member, goes through libdeflate in one call. Everything else (damage, several members,
trailing bytes, suspicious size) takes the streaming path, because libdeflate stops after the first member without a
word and gives nothing back on damage. Format: RFC 1952.
"""

from dataclasses import dataclass

import deflate

from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, Issue, IssueKind
from ctwork.sources.directory import ends_as_zip
from ctwork.sources.gzipstream import gzip_stream, hidden_stream
from ctwork.sources.pump import MAGIC
from ctwork.sources.stream import Stream, glued_stream, is_skippable_frame
from ctwork.sources.tape import is_tar

GZIP, _ZSTD, _BZIP2, _XZ = (MAGIC[kind] for kind in ("gzip", "zstd", "bzip2", "xz"))
_BZIP2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")
"""What follows ``BZh1`` to ``BZh9``: a block, or the end of an empty stream."""
_LARGEST_DEFLATE_RATIO = 1032
"""No deflate stream grows more than this (RFC 1951: 258 bytes from two bits)."""
_SMALLEST_GZIP = 18
_UNCHECKED_FLAGS = 0x02
"""libdeflate passes over the header's own checksum; and to it, no length is no content."""


@dataclass(frozen=True, slots=True)
class Inflated:
    """The inflated stream of one carrier."""

    data: bytes
    layers: tuple[str, ...] = ()
    """Compressions removed, outermost first: ``gzip``, ``zstd``, ``bzip2``, ``xz``, ``deflate`` (without a header)."""
    problems: tuple[Issue, ...] = ()
    """What was wrong with them; offsets count in the carrier's own bytes."""


def inflate(carrier: bytes, bounds: Bounds = DEFAULT_BOUNDS, name: str = "") -> Inflated:
    """The inflated content of `carrier`; plain data comes back as the same object. Never raises for hostile input.

    `name` becomes the source of the issues.
    """
    layers: list[str] = []
    problems: list[Issue] = []
    data = carrier
    while True:
        kind = compression_of(data)
        if not kind and len(layers) < bounds.layers and not _is_told_by_content(data):
            stream = Stream(name, data, len(carrier), bounds, problems, len(layers) + 1)
            if found := hidden_stream(stream):
                layers.append(found)
                data = stream.content()
                continue
        if not kind:
            return Inflated(data, tuple(layers), tuple(problems))
        if len(layers) == bounds.layers:
            message = f"{len(layers) + 1} layers of compression and more; {bounds.limit('layers')}."
            problems.append(Issue(name, IssueKind.DEPTH, message, stored=True))
            return Inflated(b"", tuple(layers), tuple(problems))
        layers.append(kind)
        member = whole_member(data, bounds) if kind == "gzip" else None
        whole = None if member is None else bytes(member)
        if whole is None:
            stream = Stream(name, data, len(carrier), bounds, problems, len(layers))
            gzip_stream(stream) if kind == "gzip" else glued_stream(stream, kind)
            whole = stream.content()
        data = whole


def _is_told_by_content(data: bytes) -> bool:
    """Whether content says what it is, so that no lost compression is to be looked for: JSON, tar, zip."""
    return data[:1] in (b"{", b"[", b"") or is_tar(data) or ends_as_zip(data)


def compression_of(data: bytes) -> str:
    """The compression that the first bytes announce, ``""`` for plain data."""
    if data.startswith(GZIP):
        return "gzip"
    if data.startswith(_ZSTD) or is_skippable_frame(data[:4]):
        return "zstd"
    if data.startswith(_BZIP2) and data[4:10] in _BZIP2_BLOCKS:
        return "bzip2"
    return "xz" if data.startswith(_XZ) else ""


def whole_member(carrier: bytes, bounds: Bounds = DEFAULT_BOUNDS) -> bytearray | None:
    """The content of a carrier that is exactly one undamaged gzip member within the bounds, else ``None``.

    libdeflate checks CRC and length at the end of the first member, but does not tell where that end is. The member's
    length field equals the content's length, so when these four bytes first occur at the very end, nothing follows it.
    """
    size = int.from_bytes(carrier[-4:], "little")
    stored = len(carrier)
    if (
        stored < _SMALLEST_GZIP
        or not size
        or carrier[3] & _UNCHECKED_FLAGS
        or size > min(bounds.inflated_bytes, _LARGEST_DEFLATE_RATIO * stored)
    ):
        return None
    if size > bounds.ratio_floor_bytes and size > bounds.ratio * stored:
        return None
    try:
        content = deflate.gzip_decompress(carrier, size)
    except (deflate.DeflateError, ValueError):
        return None
    if len(content) != size or carrier.find(carrier[-4:], 10) != stored - 4:
        return None
    return content
