"""Inflates gzip with care: members behind damage are looked for, and a member whose header is lost is found by content.

Formats: RFC 1952 (gzip), RFC 1951 (deflate), RFC 1950 (zlib).
"""

import re
import zlib
from dataclasses import dataclass

from ctwork.sources.base import IssueKind
from ctwork.sources.pump import MAGIC, BrokenStreamError, bounded_inflate
from ctwork.sources.stream import Stream, next_member, pass_over

_STEP_IN = 16 << 10
_FLAG_CRC, _FLAG_EXTRA, _FLAG_NAME, _FLAG_COMMENT, _FLAGS_RESERVED = 2, 4, 8, 16, 0xE0
_START = MAGIC["gzip"] + b"\x08"
_HEAD_BYTES = 512
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]").search
_KNOWN = (b"PAR1", b"PARE", b"PK", b"\xff\xfe", b"\xfe\xff")
"""First bytes of what is binary, but no lost compression: Parquet, zip, UTF-16."""
_BROKEN_TEXT = "The compressed data is damaged; what came before the damage is kept."


@dataclass(frozen=True, slots=True)
class _Lost:
    """A way in which compressed content may lie without the header of gzip."""

    header: int
    """Bytes before it."""
    layer: str
    trailer: int
    """Bytes of its checksum."""
    message: str


_HEADLESS = _Lost(10, "gzip", 8, "The gzip header is damaged; the content behind it was found and is read.")
"""As every delivered log has it: a header without a name."""
_BARE = (
    _Lost(2, "deflate", 4, "A zlib stream where a gzip file was to be expected; it is read."),
    _Lost(0, "deflate", 0, "Compressed data without any header; it is read."),
)


def gzip_stream(stream: Stream, start: int | None = 0) -> None:
    """Inflates every gzip member from `start` on; after a damaged one, goes on at the next that can be read."""
    at = start
    while at is not None and at < len(stream.data) and not stream.full:
        if stream.members and not stream.data.startswith(MAGIC["gzip"], at):
            at = _lost_member(stream, at)
        else:
            stream.open_member(at)
            size, told = stream.size, len(stream.problems)
            end = _gzip_member(stream, at)
            at = _after_damage(stream, at, size, told) if end is None else end


def hidden_stream(stream: Stream) -> str:
    """Inflates content whose compression no first bytes tell of; which it was, "" when nothing was found."""
    data = stream.data
    if data.startswith(_KNOWN) or not _CONTROL(data, 0, _HEAD_BYTES):
        return ""
    for lost in (_HEADLESS, *_BARE):
        if _gives_content(stream, lost, 0):
            gzip_stream(stream, _take_lost(stream, lost, 0))
            return lost.layer
    follower = next_member(stream, _START, 1, _gzip_member, evidence_only=True)
    if follower is None:
        return ""
    pass_over(stream, 0, follower)
    gzip_stream(stream, follower)
    return "gzip"


def _lost_member(stream: Stream, at: int) -> int | None:
    """Where to go on from `at`, where a member should start and does not; a damaged one that is there is read."""
    if _gives_content(stream, _HEADLESS, at):
        return _take_lost(stream, _HEADLESS, at)
    return pass_over(stream, at, next_member(stream, _START, at + 1, _gzip_member))


def _after_damage(stream: Stream, at: int, size: int, told: int) -> int | None:
    """Where to go on after the member at `at` broke off; before it there were `size` bytes and `told` problems."""
    if stream.full:
        return None
    if stream.size == size and _gives_content(stream, _HEADLESS, at):
        del stream.problems[told:]  # the header was to blame, and what is told of it now is all there is to tell
        return _take_lost(stream, _HEADLESS, at)
    if stream.size > size and stream.problems[-1].kind is IssueKind.TRUNCATED:
        return None  # all that follows was part of it
    return next_member(stream, _START, at + 2, _gzip_member)


def _gives_content(stream: Stream, lost: _Lost, at: int) -> bool:
    """Whether content lies at `at` in the way of `lost`: records, or an archive, or anything that its checksum fits."""
    trial = stream.trial()
    try:
        end = _deflate_body(trial, at + lost.header)
        sound = end is not None and lost.trailer > 0 and _check(trial, 0, end, lost.trailer) is not None
    except BrokenStreamError:
        sound = False
    return trial.holds_evidence() or (sound and trial.size > 0 and not trial.problems)


def _take_lost(stream: Stream, lost: _Lost, at: int) -> int | None:
    """Inflates what lies at `at` in the way of `lost`; where to go on."""
    stream.members += 1
    stream.tell(IssueKind.ENCODING, lost.message, at, at + lost.header)
    first = len(stream.pieces)
    try:
        end = _deflate_body(stream, at + lost.header)
    except BrokenStreamError:
        stream.tell(IssueKind.CRC, _BROKEN_TEXT, at)
        return None if stream.full else next_member(stream, _START, at + 2, _gzip_member)
    return None if end is None else _check(stream, first, end, lost.trailer)


def _gzip_member(stream: Stream, at: int) -> int | None:
    """Inflates the member at `at`; its end, or ``None`` when damage or a bound ends it."""
    body = _gzip_header(stream, at)
    if body is None:
        return None
    first = len(stream.pieces)
    try:
        end = _deflate_body(stream, body)
    except BrokenStreamError:
        stream.tell(IssueKind.CRC, _BROKEN_TEXT, at)
        return None
    return None if end is None else _check(stream, first, end, 8)


def _check(stream: Stream, first: int, end: int, size: int) -> int | None:
    """Compares the content from piece `first` on with the checksum of `size` bytes at `end`; where that ends."""
    trailer = stream.data[end : end + size]
    if len(trailer) < size:
        stream.tell(IssueKind.TRUNCATED, "The checksum at the end is cut off; the content before it is whole.", end)
        return None
    if trailer and trailer != _checksum(stream.pieces[first:], size):
        stream.tell(IssueKind.CRC, "The content does not match the checksum stored with it.", end, end + size)
    return end + size


def _checksum(pieces: list[bytes], size: int) -> bytes:
    """The checksum of gzip (CRC-32 and length, 8 bytes) or of zlib (Adler-32, 4 bytes)."""
    crc, adler, length = 0, 1, 0
    for piece in pieces:
        if size == _HEADLESS.trailer:
            crc = zlib.crc32(piece, crc)
        else:
            adler = zlib.adler32(piece, adler)
        length += len(piece)
    if size != _HEADLESS.trailer:
        return adler.to_bytes(4, "big")
    return crc.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")


def _gzip_header(stream: Stream, at: int) -> int | None:
    """Where the deflate data of the member at `at` starts; ``None`` when the header is cut off or unknown."""
    data = stream.data
    header = data[at : at + 10]
    if len(header) < 10:
        stream.tell(IssueKind.TRUNCATED, "It ends within the gzip header.", at)
        return None
    if header[2] != 8:
        stream.tell(IssueKind.UNSUPPORTED, f"Compression method {header[2]} is not known to gzip.", at)
        return None
    flags = header[3]
    if flags & _FLAGS_RESERVED:
        stream.tell(IssueKind.ENCODING, "The gzip header sets reserved flags.", at)
    end = at + 10
    if flags & _FLAG_EXTRA:
        end += 2 + int.from_bytes(data[end : end + 2], "little")
    for flag in (_FLAG_NAME, _FLAG_COMMENT):
        if flags & flag:
            zero = data.find(b"\0", end)
            end = len(data) + 1 if zero < 0 else zero + 1
    summed = data[at:end]
    if flags & _FLAG_CRC:
        end += 2
    if end > len(data):
        stream.tell(IssueKind.TRUNCATED, "It ends within the gzip header.", at)
        return None
    if flags & _FLAG_CRC and zlib.crc32(summed) & 0xFFFF != int.from_bytes(data[end - 2 : end], "little"):
        stream.tell(IssueKind.CRC, "The gzip header does not match its own checksum.", at)
    return end


def _deflate_body(stream: Stream, at: int) -> int | None:
    """Inflates from `at` to the end mark; the offset after it, ``None`` when data or room ends first."""
    decoder = zlib.decompressobj(-15)
    start = at
    while not decoder.eof:
        piece = stream.data[at : at + _STEP_IN]
        if not piece:
            stream.tell(IssueKind.TRUNCATED, "The compressed data ends before its end mark.", start)
            return None
        before, size_before = decoder.copy(), stream.size
        at += len(piece)
        try:
            if not all(stream.add(out) for out in bounded_inflate(decoder, piece)):
                return None
        except zlib.error as error:
            _drain(stream, before, piece, stream.size - size_before)
            raise BrokenStreamError from error
    return at - len(decoder.unused_data)


def _drain(stream: Stream, decoder: "zlib._Decompress", piece: bytes, already: int) -> None:
    """What `piece` gives up to the very byte that is damaged, less the `already` bytes kept of it."""
    out = bytearray()
    try:
        for byte in piece:
            out += decoder.decompress(bytes((byte,)))
    except zlib.error:
        pass
    stream.add(bytes(out[already:]))
