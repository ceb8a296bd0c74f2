"""Parts of one worker session, made ready to merge: its value tables as string columns, its rows in those codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from ctwork.errors import CaseError
from ctwork.store.axis import KEYS, RESOURCE
from ctwork.store.packing import packed_parts
from ctwork.store.part import FILE_NUMBERS, FILE_TEXTS, SIDES
from ctwork.store.pointer import SUFFIX
from ctwork.store.segment import Array, Mapped, read_segment

_Stored = tuple[dict[str, Any], Mapped]
"""Header and arrays of a part, as `read_segment` gives them."""

_BYTES = ("path", "carrier_sha256", "inflated_sha256")

FILE_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    **{name: pl.Binary if name in _BYTES else pl.String for name in FILE_TEXTS},
    **dict.fromkeys(FILE_NUMBERS, pl.Int64),
}
ISSUE_SCHEMA = {
    "source": pl.String,
    "kind": pl.String,
    "offset": pl.Int64,
    "length": pl.Int64,
    "index": pl.Int64,
    "message": pl.String,
    "in": pl.String,
}
ODD_SCHEMA = {"row": pl.UInt32, "event_id": pl.String, "event_time": pl.String}


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Rows in the codes of one strand; `files` and `texts` are local to the chunk."""

    arrays: Mapping[str, Array]
    files: pl.DataFrame
    """FILE_SCHEMA; the arrays' ``file`` indexes it."""
    issues: pl.DataFrame
    odd: pl.DataFrame
    texts: Sequence[Mapping[str, tuple[Array, Array]]]
    """Per batch: side → (compressed frame, ends); the arrays' ``batch`` indexes it."""
    release: Callable[[], None] = lambda: None
    """Gives back the memory behind arrays that have been read."""

    @property
    def rows(self) -> int:
        """Records in the chunk."""
        return int(self.arrays["time"].size)


@dataclass(frozen=True, slots=True, eq=False)
class Strand:
    """One consistent set of codes and all rows written in it."""

    tables: Mapping[str, pl.DataFrame]
    """Per axis: string columns; row k is code k; row 0 is all ""."""
    list_ends: Array
    """Resource lists: end offset of list k in `list_items`; list 0 is empty."""
    list_items: pl.Series
    chunks: Sequence[Chunk]


def load_strands(paths: Iterable[Path]) -> list[Strand]:
    """The parts at `paths`, grouped by session. Raises CaseError when a part is damaged or a session has a hole."""
    ordered = sorted(paths, key=lambda path: path.name)
    return [_strand(list(group)) for _, group in groupby(ordered, key=_session)]


def _session(path: Path) -> str:
    return path.name.removesuffix(SUFFIX).rpartition("-")[0]


def _strand(paths: list[Path]) -> Strand:
    parts = [read_segment(path) for path in paths]
    counts = dict.fromkeys((*KEYS, RESOURCE), 0)
    for header, _ in parts:
        for name, (first, size) in header["fresh"].items():
            if first != counts[name] + 1:
                raise CaseError("a part of the load is missing", "load again with --fresh; marks are kept")
            counts[name] += size
    sizes = {axis: [header["fresh"][axis][1] for header, _ in parts] for axis in KEYS}
    absent = pl.Series([""])
    tables = {
        axis: pl.DataFrame(
            {name: pl.concat([absent, _unpacked(parts, f"value/{name}", sizes[axis])]) for name in KEYS[axis]}
        )
        for axis in KEYS
    }
    bases = np.cumsum([0, *(header["list_items"] for header, _ in parts)], dtype=np.uint32)
    ends = [arrays["list/ends"] + base for (_, arrays), base in zip(parts, bases, strict=False)]
    return Strand(
        tables,
        np.concatenate([np.zeros(1, np.uint32), *ends]),
        _unpacked(parts, "list/items", [header["list_items"] for header, _ in parts]),
        _chunks(parts),
    )


def _unpacked(parts: Sequence[_Stored], name: str, sizes: Sequence[int]) -> pl.Series:
    """The text column `name` of all parts, end to end; `sizes` are their lengths."""
    packed = [packed_parts(arrays[name]) for (_, arrays), size in zip(parts, sizes, strict=True) if size]
    if not packed:
        return pl.Series([], dtype=pl.String)
    if all(joined for _, joined in packed):
        return pl.Series([text for text, _ in packed]).str.split("\0").explode()
    return pl.concat(
        pl.Series([text]).str.split("\0").explode() if joined else pl.Series(orjson.loads(text), dtype=pl.String)
        for text, joined in packed
    )


def _chunks(parts: Sequence[_Stored]) -> list[Chunk]:
    """One chunk per part."""
    sizes = [len(arrays["file/size"]) for _, arrays in parts]
    texts = {name: _unpacked(parts, f"file/{name}", sizes) for name in FILE_TEXTS}
    for name in _BYTES:
        texts[name] = texts[name].str.decode("hex")
    numbers = {name: np.concatenate([arrays[f"file/{name}"] for _, arrays in parts]) for name in FILE_NUMBERS}
    files = pl.DataFrame({**texts, **numbers})
    starts = np.cumsum([0, *sizes]).tolist()
    rows = [files.slice(start, size) for start, size in zip(starts, sizes, strict=False)]
    chunks: list[Chunk] = []
    begun: list[Chunk] = []
    for (header, arrays), own in zip(parts, rows, strict=True):
        begun.append(_chunk(header, arrays, own))
        if not header.get("goes_on"):
            chunks.append(_joined(begun))
            begun = []
    # A load that was interrupted in the middle of a file: the next one reads that file again, so this must not count.
    return [*chunks, *map(_without_last, begun)] if begun else chunks


def _joined(pieces: Sequence[Chunk]) -> Chunk:
    """One chunk of parts of which each ends in the middle of the file that the next one begins with."""
    if len(pieces) == 1:
        return pieces[0]
    # The last row of each but the last part is about a file of which the first row of the next part is about, too.
    bases = np.cumsum([0, *(piece.files.height - 1 for piece in pieces)])
    rows = np.cumsum([0, *(piece.rows for piece in pieces)])
    arrays = {name: np.concatenate([piece.arrays[name] for piece in pieces]) for name in pieces[0].arrays}
    counts = [piece.rows for piece in pieces]
    arrays["file"] = arrays["file"] + np.repeat(bases[:-1], counts).astype(np.uint32)
    arrays["batch"] = np.repeat(np.arange(len(pieces), dtype=np.uint32), counts)
    for piece in pieces:
        piece.release()
    return Chunk(
        arrays=arrays,
        files=pl.concat([*(piece.files.head(-1) for piece in pieces[:-1]), pieces[-1].files]),
        issues=pl.concat([piece.issues for piece in pieces]),
        odd=pl.concat(
            [
                piece.odd.with_columns(pl.col("row") + base)
                for piece, base in zip(pieces, rows[:-1].astype(np.uint32), strict=True)
            ]
        ),
        texts=[texts for piece in pieces for texts in piece.texts],
    )


def _without_last(piece: Chunk) -> Chunk:
    """What such a part says of the files before its last one."""
    files = piece.files.head(-1)
    kept = np.flatnonzero(piece.arrays["file"] < files.height)
    return replace(
        piece,
        arrays={name: array[kept] for name, array in piece.arrays.items()},
        files=files,
        issues=piece.issues.filter(pl.col("source").is_in(files["name"].to_list())),
        odd=piece.odd.filter(pl.col("row") < len(kept)),
    )


def _chunk(header: Mapping[str, Any], arrays: Mapped, files: pl.DataFrame) -> Chunk:
    rows = {name.removeprefix("row/"): array for name, array in arrays.items() if name.startswith("row/")}
    rows["id"] = rows["id"].reshape(-1, 2)
    rows["batch"] = np.zeros(len(rows["time"]), np.uint32)
    return Chunk(
        arrays=rows,
        files=files,
        issues=pl.DataFrame(header["issues"], schema=ISSUE_SCHEMA, orient="row"),
        odd=pl.DataFrame(header["odd"], schema=ODD_SCHEMA, orient="row"),
        texts=[{side: (arrays[f"text/{side}/frame"], arrays[f"text/{side}/ends"]) for side in SIDES}],
        release=arrays.release,
    )
