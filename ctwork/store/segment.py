"""A segment file: one small header and raw numpy buffers, written once and memory-mapped afterwards.

Layout: 8 bytes magic, 4 bytes header length and 4 bytes CRC-32 of the header (little-endian), a MessagePack header,
then the buffers, each at a multiple of 64.
"""

import os
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


def write_segment(path: Path, header: Mapping[str, Any], arrays: Mapping[str, Array], *, sync: bool = False) -> int:
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
        if sync:
            file.flush()
            os.fsync(file.fileno())
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


def read_segment(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header and the read-only, memory-mapped arrays of the segment at `path`.

    Raises CaseError when the file is not a whole segment.
    """
    try:
        whole = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(whole[:8]) != _MAGIC:
            raise ValueError("wrong magic")
        size = int.from_bytes(bytes(whole[8:12]), "little")
        packed = bytes(whole[16 : 16 + size])
        if _seal(packed) != bytes(whole[8:16]):
            raise ValueError("header damaged")
        head = msgspec.msgpack.decode(packed)
        start = -(-(16 + size) // _ALIGN) * _ALIGN
        arrays = {}
        for name, dtype, offset, count in head["arrays"]:
            kind = np.dtype(dtype)
            begin = start + offset
            piece = whole[begin : begin + count * kind.itemsize]
            if piece.size != count * kind.itemsize:
                raise ValueError("cut short")
            arrays[name] = piece.view(np.ndarray).view(kind)
    except (OSError, ValueError) as problem:
        raise CaseError(
            f"the store file {path.name} is damaged", "load again with --fresh; marks are kept"
        ) from problem
    return head["header"], arrays
