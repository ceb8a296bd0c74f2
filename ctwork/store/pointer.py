"""Which generation of a store is in force, and the little one may ask of it without opening it. Imports nothing heavy.

store/CURRENT             the name of the generation in force
"""

import re
from pathlib import Path
from typing import Any

import msgspec
import orjson
import zstandard

from ctwork.errors import CaseError

_GENERATION = re.compile(r"gen-[0-9]{6,}")

FORMAT = 6
"""Grows when the layout changes; a store of another format is read again from the sources."""

CURRENT = "CURRENT"
STAMPS = "stamps.msgpack.zst"
LOAD = "load"
"""Where a load keeps its parts until they are merged."""
SUFFIX = ".part"
"""What the name of a part ends with."""


def current_generation(store: Path) -> Path | None:
    """The folder of the generation in force; None when there is none of this format."""
    return current(store)[0]


def current(store: Path) -> tuple[Path | None, dict[str, Any]]:
    """The generation in force and what its load wrote down, read once; ``(None, {})`` when there is none."""
    try:
        name = (store / CURRENT).read_text().strip()
        # The file lies in a folder that anybody may have handed on: it must not lead out of it.
        if not _GENERATION.fullmatch(name):
            return None, {}
        meta = read_meta(store / name)
    except (OSError, ValueError):
        return None, {}
    return (store / name, meta) if meta.get("format") == FORMAT else (None, {})


def read_meta(generation: Path) -> dict[str, Any]:
    """What the load wrote down about this generation."""
    meta = orjson.loads((generation / "meta.json").read_bytes())
    return meta if isinstance(meta, dict) else {}


def read_stamps(generation: Path) -> dict[str, tuple[int, int, int, int]]:
    """Name → stamp of every blob the generation was read from; cheap, and without polars. Raises CaseError."""
    try:
        packed = zstandard.ZstdDecompressor().decompress((generation / STAMPS).read_bytes())
        return msgspec.msgpack.decode(packed, type=dict[str, tuple[int, int, int, int]])
    except (OSError, ValueError, zstandard.ZstdError, msgspec.MsgspecError) as problem:
        raise CaseError("the store's list of files is damaged", "load again with --fresh; marks are kept") from problem


def pack_stamps(stamps: dict[str, tuple[int, int, int, int]]) -> bytes:
    """What `read_stamps` reads: names repeat their folders, so they shrink to a tenth."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(stamps))
