"""Reads tar headers one by one and tells what the standard library's reader passes over in silence.

Formats: POSIX ustar and pax (IEEE Std 1003.1), GNU long names and base-256 sizes. Damage never ends the reading: the
next block whose header checksum is right goes on. A member is a place in a byte stream; nothing is extracted by name.
"""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ctwork.sources.base import Issue, IssueKind

BLOCK = 512
_ZEROS = bytes(BLOCK)
_EXTENSIONS = (b"L", b"K", b"x", b"g")
_REGULAR = (b"0", b"\0", b"7")
_LONGEST_EXTENSION = 1 << 20


class Tape(Protocol):
    """A byte stream read from the front."""

    offset: int
    """Where it stands."""

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        ...

    def skip(self, size: int) -> int:
        """Goes up to `size` bytes forward; how many there were."""
        ...


@dataclass(slots=True)
class RangeTape:
    """A tape over something that can be read at any offset: a file or a buffer of `size` bytes."""

    read_at: Callable[[int, int], bytes]
    """``read_at(size, offset)``."""
    size: int
    offset: int = 0

    def read(self, size: int) -> bytes:
        data = self.read_at(size, self.offset)
        self.offset += len(data)
        return data

    def skip(self, size: int) -> int:
        step = max(0, min(size, self.size - self.offset))
        self.offset += step
        return step


@dataclass(slots=True)
class StreamTape:
    """A tape over pieces that come out of a decompressor."""

    pieces: Iterator[bytes]
    """None of them empty."""
    offset: int = 0
    _rest: bytearray = field(default_factory=bytearray)

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (piece := next(self.pieces, b"")):
            self._rest += piece
        data = bytes(self._rest[:size])
        del self._rest[:size]
        self.offset += len(data)
        return data

    def skip(self, size: int) -> int:
        left = size
        while left and (data := self.read(min(left, 1 << 20))):
            left -= len(data)
        return size - left


@dataclass(frozen=True, slots=True)
class Entry:
    """One regular member; the tape stands at its first byte when it is handed out."""

    name: str
    index: int
    """Position among all members, folders and links included."""
    offset: int
    size: int


def is_tar(head: bytes) -> bool:
    """Whether `head` (512 bytes or more) starts with a tar header: it names something and its checksum is right."""
    return len(head) >= BLOCK and head[0] != 0 and _checksum_fits(head[:BLOCK])


def entries(tape: Tape, source: str) -> Iterator[Entry | Issue]:
    """Every regular member in order, and every irregularity. The caller may read a member's bytes before it goes on."""
    return _Reader(tape, source).entries()


@dataclass(slots=True)
class _Reader:
    tape: Tape
    source: str
    index: int = -1
    zeros: int = 0
    """Zero blocks seen since the last header; two end an archive."""
    damage_at: int | None = None
    longer: dict[str, str] = field(default_factory=dict)
    """What extension headers say about the next member."""

    def entries(self) -> Iterator[Entry | Issue]:
        while True:
            at = self.tape.offset
            block = self.tape.read(BLOCK)
            if len(block) < BLOCK:
                yield from self._end(at, len(block))
                return
            if block == _ZEROS:
                self.zeros += self.damage_at is None
            elif not _checksum_fits(block) or _number(block[124:136]) < 0:
                self.damage_at = at if self.damage_at is None else self.damage_at
            else:
                yield from self._resume(at)
                yield from self._header(block, at)

    def _resume(self, at: int) -> Iterator[Issue]:
        """Tells of what lies between the last member and the valid header at `at`."""
        if self.damage_at is not None:
            message = "The archive is damaged here; reading goes on at the next valid member."
            yield Issue(self.source, IssueKind.SYNTAX, message, self.damage_at, at - self.damage_at)
        elif self.zeros:
            message = "Members follow an end mark inside the archive; they are read."
            yield Issue(self.source, IssueKind.TRAILING_DATA, message, at - self.zeros * BLOCK)
        self.damage_at, self.zeros = None, 0

    def _end(self, at: int, rest: int) -> Iterator[Issue]:
        start = at if self.damage_at is None else self.damage_at
        if self.zeros >= 2:
            if rest or self.damage_at is not None:
                message = "Bytes follow the archive's end mark that are no member; they are not read."
                yield Issue(self.source, IssueKind.TRAILING_DATA, message, start, at + rest - start)
        elif self.damage_at is not None:
            message = "From here on the archive is damaged; members may be lost."
            yield Issue(self.source, IssueKind.SYNTAX, message, start, at + rest - start)
        else:
            message = "The archive ends without its end mark; members may be missing."
            yield Issue(self.source, IssueKind.TRUNCATED, message, at, rest)

    def _header(self, block: bytes, at: int) -> Iterator[Entry | Issue]:
        kind, size = block[156:157], _number(block[124:136])
        if kind in _EXTENSIONS:
            text = self.tape.read(min(size, _LONGEST_EXTENSION))
            self.tape.skip(_padded(size) - len(text))
            self._extend(kind, text)
            return
        self.index += 1
        name = self.longer.get("path") or _name(block)
        if (longer_size := self.longer.get("size", "")).isdecimal():
            size = int(longer_size)
        sparse = kind == b"S" or any(key.startswith("GNU.sparse.") for key in self.longer)
        if kind == b"S":
            self._skip_sparse_map(block)
        start = self.tape.offset
        if kind == b"\0" and name.endswith("/"):
            kind = b"5"
        if kind in _REGULAR and not sparse:
            yield Entry(name, self.index, start, size)
        elif problem := self._not_regular(block, kind, name, sparse):
            yield problem
        self.longer.clear()
        if kind not in (b"1", b"2", b"3", b"4", b"5", b"6"):
            yield from self._pass_content(f"{self.source}!{name}", start, size)

    def _pass_content(self, source: str, start: int, size: int) -> Iterator[Issue]:
        end = start + _padded(size)
        self.tape.skip(end - self.tape.offset)
        if self.tape.offset < start + size:
            message = "The archive ends in the middle of this member."
            yield Issue(source, IssueKind.TRUNCATED, message, start, size)

    def _not_regular(self, block: bytes, kind: bytes, name: str, sparse: bool) -> Issue | None:
        source = f"{self.source}!{name}"
        if kind == b"5":
            return None
        if sparse:
            return Issue(source, IssueKind.UNSUPPORTED, "A sparse member: its bytes are not stored in one piece.")
        if kind not in (b"1", b"2"):
            return Issue(source, IssueKind.SPECIAL_FILE, "A device, a FIFO or an unknown kind of member.")
        target = self.longer.get("linkpath") or _text(block[157:257])
        base = posixpath.dirname(name) if kind == b"2" else ""
        if posixpath.normpath(posixpath.join(base, target)).startswith(("../", "/")):
            return Issue(source, IssueKind.SYMLINK_OUTSIDE, f"A link that leads out of the archive, to {target}.")
        message = f"A link to {target}, which is read under its own name if the archive holds it."
        return Issue(source, IssueKind.DUPLICATE_CONTENT, message)

    def _skip_sparse_map(self, block: bytes) -> None:
        extended = block[482:483]
        while extended not in (b"\0", b""):
            extended = self.tape.read(BLOCK)[504:505]

    def _extend(self, kind: bytes, text: bytes) -> None:
        if kind == b"x":
            self.longer.update(_pax_records(text))
        elif kind != b"g":
            self.longer["path" if kind == b"L" else "linkpath"] = _text(text)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _text(field_bytes: bytes) -> str:
    return field_bytes.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _name(block: bytes) -> str:
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _number(digits: bytes) -> int:
    """An octal or base-256 field; -1 when it is neither."""
    if digits[0] & 0x80:
        return int.from_bytes(digits[1:], "big") if digits[0] == 0x80 else -1
    text = digits.split(b"\0", 1)[0].strip()
    try:
        return int(text, 8) if text else 0
    except ValueError:
        return -1


def _checksum_fits(block: bytes) -> bool:
    """Old writers summed signed bytes, so both sums are accepted."""
    stated = _number(block[148:156])
    total = sum(block) - sum(block[148:156]) + 8 * 32
    if total == stated:
        return True
    high = sum(byte > 127 for byte in block) - sum(byte > 127 for byte in block[148:156])
    return high > 0 and total - 256 * high == stated


def _pax_records(text: bytes) -> dict[str, str]:
    """``length key=value\\n`` records; reading stops at the first that is malformed."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        digits, space, _ = text[at : at + 20].partition(b" ")
        if not space or not digits.isdigit():
            break
        end = at + int(digits)
        key, equals, value = text[at + len(digits) + 1 : end - 1].partition(b"=")
        if not equals or end > len(text) or end <= at:
            break
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        at = end
    return found
