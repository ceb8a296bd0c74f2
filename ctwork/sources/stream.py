"""The slow, careful way through a compressed carrier: member by member, bounded, every irregularity told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ctwork.sources.base import Bounds, Issue, IssueKind
from ctwork.sources.pump import MAGIC, BrokenStreamError, Pump, new_pump
from ctwork.sources.tape import is_tar

_STEP_IN = 16 << 10
_RESYNC_TRIES = 16
"""How many false member starts are tried after damage: three bytes repeat by chance once in 16 MiB."""
_BLANKS = b"\0 \t\r\n"
_EVIDENCE = (b'"event', b'"Records"', b'\\"event')
"""One of these stands near the front of whatever holds records."""
_LOOK_BYTES = 256 << 10


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
    members: int = 0
    """Compressed members met so far."""
    full: bool = False
    """Whether a bound was hit: nothing more is to be inflated."""

    def add(self, piece: bytes) -> bool:
        """Keeps `piece`; False when a bound is hit, which is told here."""
        self.pieces.append(piece)
        self.size += len(piece)
        if self.size > self.bounds.inflated_bytes:
            message = f"It inflates to {self.size:,} bytes and more; {self.bounds.limit('inflated_bytes')}."
            self.tell(IssueKind.TOO_LARGE, message)
            self.full = True
        elif self.size > self.bounds.ratio_floor_bytes and self.size > self.bounds.ratio * self.carrier_bytes:
            grown = self.size // max(1, self.carrier_bytes)
            self.tell(IssueKind.RATIO, f"It inflates {grown}:1 and more; {self.bounds.limit('ratio', ':1')}.")
            self.full = True
        return not self.full

    def tell(self, kind: IssueKind, message: str, offset: int | None = None, end: int | None = None) -> None:
        """Records a problem; `offset` to `end` count in the compressed bytes, and without `end` all the rest is meant.

        Bytes of an inner layer lie nowhere as such: their place is told in words.
        """
        end = len(self.data) if end is None else end
        length = None if offset is None else end - offset
        if self.layer > 1 and offset is not None:
            message = f"{message} (bytes {offset:,} to {end:,} of compression layer {self.layer})"
            offset = length = None
        self.problems.append(Issue(self.name, kind, message, offset, length, stored=True))

    def content(self) -> bytes:
        """Everything inflated so far."""
        return b"".join(self.pieces)

    def trial(self) -> "Stream":
        """A stream over the same bytes whose output and problems count for nothing."""
        return Stream(self.name, self.data, self.carrier_bytes, self.bounds, [], members=1)

    def holds_evidence(self) -> bool:
        """Whether what was inflated looks as if it held records, or is an archive of files."""
        front = b"".join(self.pieces[:8])[:_LOOK_BYTES]
        return is_tar(front) or any(mark in front for mark in _EVIDENCE)

    def open_member(self, at: int) -> None:
        """Counts the member that starts at `at`, and tells when it is not the only one."""
        self.members += 1
        if self.members == 2:
            message = "Several compressed members follow one another; all of them are read."
            self.tell(IssueKind.MULTI_MEMBER, message, at)


ReadMember = Callable[[Stream, int], int | None]
"""Inflates the member at an offset; its end, or ``None`` when damage or a bound ends it."""


def next_member(stream: Stream, magic: bytes, at: int, read: ReadMember, *, evidence_only: bool = False) -> int | None:
    """The next offset from `at` where a member starts that is whole, or that gives records before it breaks.

    With `evidence_only` a whole one has to give records as well.
    """
    for _ in range(_RESYNC_TRIES):
        at = stream.data.find(magic, at)
        if at < 0:
            return None
        trial = stream.trial()
        end = read(trial, at)
        is_whole = end is not None and not trial.problems and not evidence_only
        if trial.size and (is_whole or trial.holds_evidence()):
            return at
        at += 1
    return None


def pass_over(stream: Stream, at: int, follower: int | None) -> int | None:
    """Tells of the bytes from `at` on that are no member, up to the one at `follower`, which comes back."""
    end = len(stream.data) if follower is None else follower
    gap = stream.data[at:end]
    if not gap.strip(_BLANKS):
        where = "lie between compressed members" if follower is not None else "follow the compressed data"
        stream.tell(IssueKind.TRAILING_DATA, f"{end - at:,} zero or blank bytes {where}.", at, end)
    elif follower is not None:
        message = f"{end - at:,} bytes that cannot be inflated lie before compressed data; they are not read."
        stream.tell(IssueKind.UNREAD_DATA, message, at, end)
    else:
        message = f"{end - at:,} bytes that are not compressed data follow it, or damaged data; they are not read."
        stream.tell(IssueKind.UNREAD_DATA, message, at)
    return follower


def glued_stream(stream: Stream, compression: str) -> None:
    """Inflates every zstd, bzip2 or xz member in the layer; skippable zstd frames hold nothing."""
    magic, data = MAGIC[compression], stream.data

    def read(stream: Stream, at: int) -> int | None:
        return _member(stream, compression, at)

    at: int | None = 0
    while at is not None and at < len(data) and not stream.full:
        if compression == "zstd" and is_skippable_frame(data[at : at + 4]):
            at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
            if at > len(data):
                stream.tell(IssueKind.TRUNCATED, "The last skippable frame is cut off.", len(data))
        elif stream.members and not data.startswith(magic, at):
            at = pass_over(stream, at, next_member(stream, magic, at, read))
        else:
            stream.open_member(at)
            end = _member(stream, compression, at)
            at = next_member(stream, magic, at + 1, read) if end is None and not stream.full else end


def is_skippable_frame(head: bytes) -> bool:
    """Whether a zstd frame carries no content (RFC 8878, 3.1.2)."""
    return head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F


def _member(stream: Stream, compression: str, start: int) -> int | None:
    """Inflates the member at `start`; its end, or ``None`` when damage or a bound ends it."""
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
