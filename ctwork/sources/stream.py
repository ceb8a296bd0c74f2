"""The slow, careful way through a compressed carrier: member by member, bounded, every irregularity told."""

import zlib
from dataclasses import dataclass, field

from ctwork.sources.base import Bounds, Issue, IssueKind
from ctwork.sources.pump import MAGIC, BrokenStreamError, Pump, bounded_inflate, new_pump

_STEP_IN = 16 << 10
_RESYNC_TRIES = 16
"""How many false member starts are tried after damage: three bytes repeat by chance once in 16 MiB."""
_FLAG_CRC, _FLAG_EXTRA, _FLAG_NAME, _FLAG_COMMENT, _FLAGS_RESERVED = 2, 4, 8, 16, 0xE0


@dataclass(slots=True)
class Stream:
    """One layer being inflated: where its output collects and its problems go."""

    name: str
    data: bytes
    """The layer's compressed bytes."""
    carrier_bytes: int
    """Size of the outermost layer: the ratio bound is measured against it, so that nesting does not multiply it."""
    bounds: Bounds
    problems: list[Issue]
    layer: int = 1
    """1 for the outermost."""
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, piece: bytes) -> bool:
        """Keeps `piece`; False when a bound is hit, which is told here."""
        self.pieces.append(piece)
        self.size += len(piece)
        if self.size > self.bounds.inflated_bytes:
            message = f"It inflates to {self.size:,} bytes and more; {self.bounds.limit('inflated_bytes')}."
            self.tell(IssueKind.TOO_LARGE, message)
            return False
        if self.size > self.bounds.ratio_floor_bytes and self.size > self.bounds.ratio * self.carrier_bytes:
            grown = self.size // max(1, self.carrier_bytes)
            self.tell(IssueKind.RATIO, f"It inflates {grown}:1 and more; {self.bounds.limit('ratio', ':1')}.")
            return False
        return True

    def tell(self, kind: IssueKind, message: str, offset: int | None = None) -> None:
        """Records a problem; `offset` counts in the compressed bytes and the rest of them is meant.

        Bytes of an inner layer lie nowhere as such: their place is told in words.
        """
        length = None if offset is None else len(self.data) - offset
        if self.layer > 1 and offset is not None:
            message = f"{message} (bytes {offset:,} to {len(self.data):,} of compression layer {self.layer})"
            offset = length = None
        self.problems.append(Issue(self.name, kind, message, offset, length, stored=True))

    def content(self) -> bytes:
        """Everything inflated so far."""
        return b"".join(self.pieces)


def glued_stream(stream: Stream, compression: str) -> None:
    """Inflates every zstd, bzip2 or xz member in the layer; skippable zstd frames hold nothing."""
    at, members, data = 0, 0, stream.data
    while at < len(data):
        if compression == "zstd" and is_skippable_frame(data[at : at + 4]):
            at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
            continue
        if not _another_member(stream, at, members, MAGIC[compression]):
            return
        members += 1
        end = _member(stream, compression, at)
        if end is None:
            return
        at = end
    if at > len(data):
        stream.tell(IssueKind.TRUNCATED, "The last skippable frame is cut off.", len(data))


def is_skippable_frame(head: bytes) -> bool:
    """Whether a zstd frame carries no content (RFC 8878, 3.1.2)."""
    return head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F


def _member(stream: Stream, compression: str, start: int) -> int | None:
    """Inflates the member at `start`; its end, or ``None`` when nothing more can be read."""
    at, size_before = start, stream.size
    pump = new_pump(compression)
    while not pump.ended:
        piece = stream.data[at : at + _STEP_IN]
        if not piece:
            stream.tell(IssueKind.TRUNCATED, "The compressed data ends before its end mark.", start)
            return None
        try:
            if not all(stream.add(out) for out in pump.feed(piece)):
                return None
        except BrokenStreamError:
            _replay(stream, new_pump(compression), start, at, stream.size - size_before)
            stream.tell(IssueKind.CRC, "The compressed data is damaged; what came before the damage is kept.", at)
            return None
        at += len(piece)
    return at - len(pump.unused)


def _replay(stream: Stream, pump: Pump, start: int, damage: int, already: int) -> None:
    """What the damaged step gives to the very byte, less the `already` bytes kept: these decoders cannot be copied."""
    out = bytearray()
    try:
        for piece in pump.feed(stream.data[start:damage]):
            out += piece
        for at in range(damage, len(stream.data)):
            for piece in pump.feed(stream.data[at : at + 1]):
                out += piece
    except BrokenStreamError:
        pass
    stream.add(bytes(out[already:]))


def _another_member(stream: Stream, at: int, members: int, magic: bytes) -> bool:
    """Whether a further member starts at `at`; tells of it, or of the trailing bytes that are none."""
    if not members:
        return True
    if stream.data.startswith(magic, at):
        if members == 1:
            message = "Several compressed members follow one another; all of them are read."
            stream.tell(IssueKind.MULTI_MEMBER, message, at)
        return True
    rest = len(stream.data) - at
    if not stream.data[at:].strip(b"\0 \t\r\n"):
        stream.tell(IssueKind.TRAILING_DATA, f"{rest:,} zero or blank bytes follow the compressed data.", at)
    else:
        message = f"{rest:,} bytes that are not compressed data follow it, or damaged data; they are not read."
        stream.tell(IssueKind.UNREAD_DATA, message, at)
    return False


def gzip_stream(stream: Stream) -> None:
    """Inflates every gzip member in the layer; after a damaged one, goes on at the next whole one."""
    at, members = 0, 0
    while at < len(stream.data) and _another_member(stream, at, members, MAGIC["gzip"]):
        members += 1
        end = _gzip_member(stream, at)
        if end is None:
            return
        at = end


def _gzip_member(stream: Stream, at: int) -> int | None:
    """Inflates the member at `at`; its end, or ``None`` when nothing more can be read."""
    body = _gzip_header(stream, at)
    if body is None:
        return None
    first = len(stream.pieces)
    try:
        end = _deflate_body(stream, body)
    except BrokenStreamError:
        stream.tell(IssueKind.CRC, "The compressed data is damaged; what came before the damage is kept.", at)
        return _next_whole_member(stream, at + 2)
    if end is None:
        return None
    trailer = stream.data[end : end + 8]
    if len(trailer) < 8:
        stream.tell(IssueKind.TRUNCATED, "The checksum at the end is cut off; the content before it is whole.", end)
        return None
    crc, size = 0, 0
    for piece in stream.pieces[first:]:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
    if trailer != crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little"):
        stream.tell(IssueKind.CRC, "The content does not match the checksum stored with it.", end)
    return end + 8


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


def _next_whole_member(stream: Stream, at: int) -> int | None:
    """The next offset from `at` where an undamaged gzip member starts; what lies between was told as damaged."""
    for _ in range(_RESYNC_TRIES):
        at = stream.data.find(b"\x1f\x8b\x08", at)
        if at < 0:
            return None
        trial = Stream(stream.name, stream.data, stream.carrier_bytes, stream.bounds, [])
        if _gzip_member(trial, at) is not None and trial.size and not trial.problems:
            return at
        at += 1
    return None
