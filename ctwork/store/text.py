"""Request and response texts: distinct within one part, kept as one compressed frame beside their offsets."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import zstandard
from numpy.typing import NDArray

from ctwork.errors import CaseError

_LEVEL = 1


def pack_texts(texts: Sequence[bytes]) -> dict[str, NDArray[np.uint8] | NDArray[np.uint32]]:
    """`texts` as ``frame`` (zstd) and ``ends`` (offset after each text in the inflated frame)."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.uint64, len(texts)))
    if len(ends) and int(ends[-1]) >= 1 << 32:
        raise OverflowError("a part holds more than 4 GiB of text")
    frame = zstandard.ZstdCompressor(level=_LEVEL).compress(b"".join(texts))
    return {"frame": np.frombuffer(frame, np.uint8), "ends": ends.astype(np.uint32)}


@lru_cache(maxsize=8)
def _inflate(frame: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(frame)
    except zstandard.ZstdError as problem:
        raise CaseError("the store is damaged", "load again with --fresh; marks are kept") from problem


def unpack_texts(frame: NDArray[np.uint8], ends: NDArray[np.uint32]) -> list[bytes]:
    """The texts that `pack_texts` packed, in order. Raises CaseError when they are damaged."""
    whole = _inflate(frame.tobytes())
    starts = [0, *ends.tolist()]
    return [whole[a:b] for a, b in pairwise(starts)]
