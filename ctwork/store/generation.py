"""A generation: one finished store on disk, written beside its predecessor and switched to in one rename.

store/gen-000001/         hot.seg (memory-mapped), cold.seg (compressed), *.arrow, texts.seg, meta.json
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import zstandard

from ctwork.errors import CaseError
from ctwork.store.columns import Columns, Copies, Lists, Texts, Twins
from ctwork.store.pointer import CURRENT, FORMAT, STAMPS, pack_stamps
from ctwork.store.segment import Array, read_segment, write_segment

LISTED = "listing"
"""Container of file rows that stand for something the listing met and nobody opened."""

_TABLES = ("files", "issues", "odd")


def save_generation(store: Path, columns: Columns, meta: Mapping[str, Any]) -> Path:
    """Write `columns` as the next generation, switch to it, and remove the one before."""
    number = 1 + max((int(path.name[4:]) for path in store.glob("gen-*")), default=0)
    folder = store / f"gen-{number:06d}"
    folder.mkdir(parents=True)
    _write(folder, columns)
    (folder / STAMPS).write_bytes(pack_stamps(stamps_of(columns.files)))
    (folder / "meta.json").write_bytes(orjson.dumps({"format": FORMAT, **meta}))
    for path in (*folder.iterdir(), folder):
        _sync(path)
    pointer = store / (CURRENT + ".partial")
    pointer.write_text(folder.name)
    _sync(pointer)
    pointer.rename(store / CURRENT)
    _sync(store)
    for other in store.glob("gen-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def stamps_of(files: pl.DataFrame) -> dict[str, tuple[int, int, int, int]]:
    """Name → stamp of the blobs in a file table; what was only listed, and members of nested archives, have none."""
    opened = files.filter((pl.col("inner") == "") & (pl.col("container") != LISTED))
    rows = opened.select("root", "path_size", "mtime_ns", "ctime_ns", "inode").iter_rows()
    return {name: (size, mtime, ctime, inode) for name, size, mtime, ctime, inode in rows}


def load_generation(folder: Path) -> Columns:
    """The columns of a generation; hot arrays are memory-mapped, cold ones inflated when first asked for."""
    try:
        tables = {name: pl.read_ipc(folder / f"{name}.arrow") for name in _TABLES}
        values = pl.read_ipc(folder / "dictionaries.arrow")["value"]
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise _damaged() from problem
    header, hot = read_segment(folder / "hot.seg")
    twins = hot["twin_sha256"].reshape(-1, 32)
    return Columns(
        time=hot["time"],
        axes={name: hot[f"axis/{name}"] for name in header["axes"]},
        tables={axis: {name: hot[f"table/{name}"] for name in names} for axis, names in header["tables"].items()},
        dictionaries={name: values.slice(start, size).alias(name) for name, start, size in header["dictionaries"]},
        resources=Lists(hot["list_starts"], hot["list_items"]),
        cold=_Cold(folder / "cold.seg"),
        files=tables["files"],
        issues=tables["issues"],
        odd=tables["odd"],
        copies=Copies(hot["copy_row"], hot["copy_file"], hot["copy_index"]),
        twins=Twins(hot["twin_row"], twins, hot["twin_conflict"]),
        texts=_load_texts(folder / "texts.seg"),
    )


def _write(folder: Path, columns: Columns) -> None:
    start, places = 0, []
    for name, values in columns.dictionaries.items():
        places.append((name, start, len(values)))
        start += len(values)
    header = {
        "axes": list(columns.axes),
        "tables": {axis: list(table) for axis, table in columns.tables.items()},
        "dictionaries": places,
    }
    hot: dict[str, Array] = {
        "time": columns.time,
        **{f"axis/{name}": codes for name, codes in columns.axes.items()},
        **{f"table/{name}": codes for table in columns.tables.values() for name, codes in table.items()},
        "list_starts": columns.resources.starts,
        "list_items": columns.resources.items,
        "copy_row": columns.copies.row,
        "copy_file": columns.copies.file,
        "copy_index": columns.copies.index,
        "twin_row": columns.twins.row,
        "twin_sha256": columns.twins.sha256.reshape(-1),
        "twin_conflict": columns.twins.conflict,
    }
    write_segment(folder / "hot.seg", header, hot)
    write_segment(folder / "cold.seg", *_pack_cold(columns.cold))
    write_segment(folder / "texts.seg", *_pack_texts(columns.texts))
    values = pl.concat([values.alias("value") for values in columns.dictionaries.values()])
    pl.DataFrame({"value": values}).write_ipc(folder / "dictionaries.arrow", compression="zstd")
    for name in _TABLES:
        getattr(columns, name).write_ipc(folder / f"{name}.arrow", compression="zstd")


class _Cold(Mapping[str, Array]):
    """Compressed arrays, each inflated when first asked for."""

    def __init__(self, path: Path) -> None:
        self._header, self._packed = read_segment(path)
        self._kept: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._kept:
            dtype, shape = self._header[name]
            kind = np.dtype(dtype)
            try:
                planes = zstandard.ZstdDecompressor().decompress(self._packed[name].tobytes())
            except zstandard.ZstdError as problem:
                raise _damaged() from problem
            count = int(np.prod(shape))
            cells = np.frombuffer(planes, np.uint8).reshape(kind.itemsize, count).T
            self._kept[name] = np.ascontiguousarray(cells).view(kind).reshape(shape)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._header)

    def __len__(self) -> int:
        return len(self._header)


def _pack_cold(cold: Mapping[str, Array]) -> tuple[dict[str, Any], dict[str, Array]]:
    """Byte planes compress far better than whole numbers: the high bytes of codes hardly change."""
    header, packed = {}, {}
    for name, array in cold.items():
        header[name] = (array.dtype.str, list(array.shape))
        cells = np.ascontiguousarray(array).reshape(-1).view(np.uint8).reshape(-1, array.dtype.itemsize)
        planes = np.ascontiguousarray(cells.T)
        size = zstandard.ZstdCompressor(level=1).compress(planes.data)
        packed[name] = np.frombuffer(size, np.uint8)
    return header, packed


def _pack_texts(texts: Texts) -> tuple[dict[str, Any], dict[str, Array]]:
    header: dict[str, Any] = {}
    arrays: dict[str, Array] = {}
    for side, frames in texts.frames.items():
        ends = texts.ends[side]
        header[side] = ([len(frame) for frame in frames], [len(end) for end in ends])
        arrays[f"{side}_frames"] = np.concatenate([np.empty(0, np.uint8), *frames])
        arrays[f"{side}_ends"] = np.concatenate([np.empty(0, np.uint32), *ends])
    return header, arrays


def _load_texts(path: Path) -> Texts:
    header, arrays = read_segment(path)
    frames, ends = {}, {}
    for side, (frame_sizes, end_sizes) in header.items():
        frames[side] = tuple(np.split(arrays[f"{side}_frames"], np.cumsum(frame_sizes)[:-1])) if frame_sizes else ()
        ends[side] = tuple(np.split(arrays[f"{side}_ends"], np.cumsum(end_sizes)[:-1])) if end_sizes else ()
    return Texts(frames, ends)


def _damaged() -> CaseError:
    return CaseError("the store is damaged", "load again with --fresh; marks are kept")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
