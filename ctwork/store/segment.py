"""A segment file: one small header and raw numpy buffers, written once and memory-mapped afterwards.

Layout: 8 bytes magic, 4 bytes header length and 4 bytes CRC-32 of the header (little-endian), a MessagePack header,
then the buffers, each at a multiple of 64.
"""

import mmap
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ctwork.errors import CaseError

_MAGIC = b"ctwseg2\n"
_ALIGN = 64

Array = NDArray[Any]


def write_segment(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array]) -> int:
    """Write `header` and `arrays` to `path` under a temporary name, then rename; returns the bytes written."""
    places: list[tuple[str, str, int, int]] = []
    offset = 0
    for name, array in arrays.items():
        places.append((name, array.dtype.str, offset, array.size))
        offset += -(-array.nbytes // _ALIGN) * _ALIGN
    head = msgspec.msgpack.encode({"header": dict(header), "arrays": places}, enc_hook=_plain_text)
    start = -(-(16 + len(head)) // _ALIGN) * _ALIGN
    partial = path.with_name(path.name + ".partial")
    with open(partial, "wb") as file:
        file.write(_MAGIC + _seal(head) + head)
        file.write(bytes(start - 16 - len(head)))
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).data)
            file.write(bytes(-array.nbytes % _ALIGN))
    partial.rename(path)
    return start + offset


def _seal(head: bytes) -> bytes:
    """What stands before the header, so that a damaged one is never read."""
    return len(head).to_bytes(4, "little") + zlib.crc32(head).to_bytes(4, "little")


def _plain_text(value: object) -> str:
    """A number in place of text comes as a kind of text of its own, which the encoder does not know."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a segment header cannot hold {type(value).__name__}")


class Mapped(dict[str, Array]):
    """The read-only arrays of one segment, views into a memory map."""

    def __init__(self, arrays: Mapping[str, Array], pages: mmap.mmap) -> None:
        super().__init__(arrays)
        self._pages = pages

    def release(self) -> None:
        """Give the pages read so far back to the system; reading on fetches them again."""
        self._pages.madvise(mmap.MADV_DONTNEED)


def read_segment(path: Path) -> tuple[dict[str, Any], Mapped]:
    """The header and the arrays of the segment at `path`.

    Raises CaseError when the file is not a whole segment.
    """
    try:
        with open(path, "rb") as file:
            pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if pages[:8] != _MAGIC:
            raise ValueError("wrong magic")
        size = int.from_bytes(pages[8:12], "little")
        packed = pages[16 : 16 + size]
        if _seal(packed) != pages[8:16]:
            raise ValueError("header damaged")
        head = msgspec.msgpack.decode(packed)
        start = -(-(16 + size) // _ALIGN) * _ALIGN
        arrays = {
            name: np.frombuffer(pages, np.dtype(dtype), count, start + offset)
            if count
            else np.empty(0, np.dtype(dtype))
            for name, dtype, offset, count in head["arrays"]
        }
    except (OSError, ValueError) as problem:
        raise CaseError(
            f"the store file {path.name} is damaged", "load again with --fresh; marks are kept"
        ) from problem
    return head["header"], Mapped(arrays, pages)
