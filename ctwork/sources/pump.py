"""One shape for every decompressor, and a stream that pumps through member after member without holding it all."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import zstandard

from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, Issue, IssueKind

MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
"""First bytes of a member of each compression."""
_STEP_OUT = 1 << 20
_XZ_MEMORY = 256 << 20
"""The decoder of ``xz -9`` takes 65 MiB."""
_ZSTD_STEP = 1 << 10
"""Input per call: zstd has no output limit per call, and one KiB cannot give more than 32 MiB."""


class BrokenStreamError(Exception):
    """The compressed data itself is invalid."""


class Pump(Protocol):
    """The decoder of one compressed member."""

    ended: bool
    """The end mark was met and the checksum fits."""
    unused: bytes
    """What was fed past that."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Everything that `data` adds, in pieces of bounded size. Raises BrokenStreamError."""
        ...


@dataclass(slots=True)
class _GzipPump:
    decoder: "zlib._Decompress"
    ended: bool = False
    unused: bytes = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            yield from bounded_inflate(self.decoder, data)
        except zlib.error as error:
            raise BrokenStreamError(str(error)) from error
        self.ended, self.unused = self.decoder.eof, self.decoder.unused_data


def bounded_inflate(decoder: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What `data` adds to a zlib decoder, in pieces of 1 MiB at most. Raises zlib.error."""
    while True:
        out = decoder.decompress(data, _STEP_OUT)
        yield out
        data = decoder.unconsumed_tail
        if not data and len(out) < _STEP_OUT:
            return


@dataclass(slots=True)
class _ZstdPump:
    decoder: "zstandard.ZstdDecompressionObj"
    ended: bool = False
    unused: bytes = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            for at in range(0, len(data), _ZSTD_STEP):
                yield self.decoder.decompress(data[at : at + _ZSTD_STEP])
                if self.decoder.eof:
                    self.ended, self.unused = True, self.decoder.unused_data + data[at + _ZSTD_STEP :]
                    return
        except zstandard.ZstdError as error:
            raise BrokenStreamError(str(error)) from error


class _BlockDecoder(Protocol):
    """What the bzip2 and xz decoders of the standard library share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


@dataclass(slots=True)
class _BlockPump:
    decoder: _BlockDecoder
    broken: tuple[type[Exception], ...]
    ended: bool = False
    unused: bytes = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            yield self.decoder.decompress(data, _STEP_OUT)
            while not self.decoder.eof and not self.decoder.needs_input:
                yield self.decoder.decompress(b"", _STEP_OUT)
        except self.broken as error:
            raise BrokenStreamError(str(error)) from error
        self.ended, self.unused = self.decoder.eof, self.decoder.unused_data


def new_pump(compression: str) -> Pump:
    """A pump for one member of `compression`, a key of `MAGIC`."""
    if compression == "gzip":
        return _GzipPump(zlib.decompressobj(31))
    if compression == "zstd":
        return _ZstdPump(zstandard.ZstdDecompressor().decompressobj())
    if compression == "bzip2":
        import bz2  # rare

        return _BlockPump(bz2.BZ2Decompressor(), (OSError, ValueError))
    import lzma  # rare

    return _BlockPump(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY), (lzma.LZMAError,))


def inflating(
    pieces: Iterator[bytes], compression: str, problems: list[Issue], name: str = "", bounds: Bounds = DEFAULT_BOUNDS
) -> Iterator[bytes]:
    """What `pieces` inflate to (never an empty piece), member after member; what goes wrong ends it, in `problems`.

    Only the ratio is bounded: a tar of a year's logs is rightly larger than one file may be.
    """
    pump: Pump | None = None
    taken = given = members = 0
    for piece in pieces:
        taken += len(piece)
        data = piece
        while data:
            if pump is None:
                data = data.lstrip(b"\0") if members else data
                if members and not data.startswith(MAGIC[compression][: len(data)]):
                    if data:
                        message = "Bytes that are not compressed data follow the archive; they are not read."
                        problems.append(Issue(name, IssueKind.TRAILING_DATA, message, taken - len(data), stored=True))
                        return
                    break
                pump = new_pump(compression)
                members += 1
            try:
                for out in pump.feed(data):
                    given += len(out)
                    if given > max(bounds.ratio_floor_bytes, bounds.ratio * taken):
                        message = f"It inflates {given // taken}:1 and more; {bounds.limit('ratio', ':1')}."
                        problems.append(Issue(name, IssueKind.RATIO, message, taken, stored=True))
                        return
                    if out:
                        yield out
            except BrokenStreamError as error:
                message = f"The compressed data is damaged ({error}); what follows is lost."
                problems.append(Issue(name, IssueKind.CRC, message, taken - len(data), stored=True))
                return
            data, pump = (pump.unused, None) if pump.ended else (b"", pump)
    if pump is not None:
        message = "The compressed data ends before its end mark."
        problems.append(Issue(name, IssueKind.TRUNCATED, message, taken, stored=True))
