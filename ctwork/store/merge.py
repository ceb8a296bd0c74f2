"""Strands become columns: dictionaries unified and sorted, codes remapped, rows ordered, copies folded."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.address import address_class
from ctwork.model.agent import agent_family
from ctwork.model.category import category
from ctwork.model.outcome import outcome_of_code
from ctwork.model.service import service
from ctwork.model.verb import verb
from ctwork.store.axis import ADDRESS, AGENT, AXES, CALL, KEYS, NUMBER_COLUMNS, RESOURCE
from ctwork.store.columns import Codes, Columns, Lists, Texts, code_type, narrow
from ctwork.store.fold import Hasher, fold_copies
from ctwork.store.segment import Array
from ctwork.store.strand import FILE_SCHEMA, ISSUE_SCHEMA, ODD_SCHEMA, Chunk, Strand

_COLD = ("index", "request", "response")


def merge(strands: Sequence[Strand], hasher: Hasher | None) -> Columns:
    """One store from all `strands`.

    `hasher` gives the content hashes of records that share an eventID; without one every delivery stays a row.
    """
    chunks = [chunk for strand in strands for chunk in strand.chunks]
    files, file_maps = _merge_files(chunks)
    time = _gather(chunks, "time", np.int64)
    file = _remapped(chunks, "file", file_maps, files.height)
    index = _gather(chunks, "index", np.uint32)
    order = _order(time, file, index)
    ids = _gather(chunks, "id", np.uint64, width=2)[order]
    keep, copies, twins = fold_copies(ids, file[order], index[order], files, hasher)
    rows = order if keep is None else order[keep]
    ids = ids if keep is None else ids[keep]

    axes: dict[str, Codes] = {}
    tables: dict[str, Mapping[str, Codes]] = {}
    dictionaries: dict[str, pl.Series] = {}
    for axis in AXES:
        maps, tables[axis.name] = _unify_axis(axis.name, [strand.tables[axis.name] for strand in strands], dictionaries)
        height = len(next(iter(tables[axis.name].values())))
        axes[axis.name] = _remapped(chunks, axis.name, _per_chunk(strands, maps), height)[rows]
    resources, maps = _unify_lists(strands, dictionaries)
    axes[RESOURCE] = _remapped(chunks, RESOURCE, _per_chunk(strands, maps), len(resources.starts) - 1)[rows]
    cold: dict[str, Array] = {"id": ids, "file": file[rows]}
    for name in _COLD:
        column = _gather(chunks, name, np.uint32)
        cold[name] = narrow(column[rows], int(column.max(initial=0)) + 1)
    batch = _batches(chunks)
    cold["batch"] = narrow(batch[rows], sum(len(chunk.texts) for chunk in chunks))
    return Columns(
        time=time[rows],
        axes=axes,
        tables=tables,
        dictionaries=dictionaries,
        resources=resources,
        cold=cold,
        files=files,
        issues=_concat([chunk.issues for chunk in chunks], ISSUE_SCHEMA),
        odd=_merge_odd(chunks, rows),
        copies=copies,
        twins=twins,
        texts=_merge_texts(chunks),
    )


def _gather(chunks: Sequence[Chunk], name: str, dtype: Any, width: int = 1) -> Array:
    """The column `name` of all chunks, end to end."""
    total = sum(chunk.rows for chunk in chunks)
    whole: Array = np.empty((total, width) if width > 1 else total, dtype)
    at = 0
    for chunk in chunks:
        whole[at : at + chunk.rows] = chunk.arrays[name]
        chunk.release()
        at += chunk.rows
    return whole


def _batches(chunks: Sequence[Chunk]) -> NDArray[np.uint32]:
    """The text batch of each row, numbered through all chunks."""
    whole = _gather(chunks, "batch", np.uint32)
    at = base = 0
    for chunk in chunks:
        whole[at : at + chunk.rows] += np.uint32(base)
        at += chunk.rows
        base += len(chunk.texts)
    return whole


def _remapped(chunks: Sequence[Chunk], name: str, maps: Sequence[Codes], size: int) -> Codes:
    """The code column `name` of all chunks through each chunk's map, in the smallest type for `size` codes."""
    whole = np.empty(sum(chunk.rows for chunk in chunks), code_type(size))
    at = 0
    for chunk, codes in zip(chunks, maps, strict=True):
        if chunk.rows:
            np.take(codes.astype(whole.dtype), chunk.arrays[name], out=whole[at : at + chunk.rows], mode="clip")
            chunk.release()
        at += chunk.rows
    return whole


def _per_chunk(strands: Sequence[Strand], maps: Sequence[Codes]) -> list[Codes]:
    return [codes for strand, codes in zip(strands, maps, strict=True) for _ in strand.chunks]


def _order(time: NDArray[np.int64], file: Codes, index: Array) -> NDArray[np.intp]:
    """Row numbers, oldest first, ties by file then index."""
    if not time.size:
        return np.empty(0, np.intp)
    ranks, low = time, int(time.min())
    known = time != np.iinfo(np.int64).max
    span = int(time[known].max()) - low + 2 if known.any() else 2
    bits = [int(v).bit_length() for v in (span, int(file.max()), int(index.max()))]
    if sum(bits) > 63:
        return np.lexsort((index, file, ranks))
    key = np.where(known, time - low, span).astype(np.uint64)
    key = (key << np.uint64(bits[1])) | file
    key = (key << np.uint64(bits[2])) | index
    return np.argsort(key, kind="stable")


def _merge_files(chunks: Sequence[Chunk]) -> tuple[pl.DataFrame, list[Codes]]:
    """All files sorted by name, and per chunk the map from its file numbers."""
    whole = _concat([chunk.files for chunk in chunks], FILE_SCHEMA)
    rank = np.empty(whole.height, np.uint32)
    order = whole.select(pl.arg_sort_by("name", "inner", maintain_order=True)).to_series().to_numpy()
    rank[order] = np.arange(whole.height, dtype=np.uint32)
    ends = np.cumsum([chunk.files.height for chunk in chunks])
    return whole[order], np.split(rank, ends[:-1]) if chunks else []


def _unify_axis(
    axis: str, tables: Sequence[pl.DataFrame], dictionaries: dict[str, pl.Series]
) -> tuple[list[Codes], dict[str, Codes]]:
    """Per strand the map from its codes to rows of the common table, and that table; fills in `dictionaries`."""
    keys = list(KEYS[axis])
    absent = pl.DataFrame({name: [""] for name in keys})
    whole = pl.concat([absent, *tables])
    for name in keys:
        dictionaries[name], codes = _rank(whole[name], numeric=name in NUMBER_COLUMNS)
        whole = whole.with_columns(codes)
    distinct = whole.unique(keep="first", maintain_order=True).with_row_index("row")
    rows = whole.join(distinct, on=keys, how="left", maintain_order="left")["row"].to_numpy()
    ends = np.cumsum([1, *(table.height for table in tables)])
    maps = [rows[a:b] for a, b in pairwise(ends)]
    columns = {name: narrow(distinct[name].to_numpy(), len(dictionaries[name])) for name in keys}
    for name, values in _derive(axis, {name: dictionaries[name].gather(distinct[name]) for name in keys}).items():
        dictionaries[name], codes = _rank(pl.Series(name, ["", *values], pl.String))
        columns[name] = narrow(codes.to_numpy()[1:], len(dictionaries[name]))
    return maps, columns


def _rank(values: pl.Series, *, numeric: bool = False) -> tuple[pl.Series, pl.Series]:
    """The sorted distinct `values` (which contain "") and for each value its place among them."""
    if numeric:
        numbers = values.cast(pl.Float64, strict=False).fill_null(float("-inf"))
        frame = pl.DataFrame({"text": values, "number": numbers}).unique().sort("number", "text")
        dictionary = frame["text"].alias(values.name)
    else:
        dictionary = values.unique().sort()
    places = pl.DataFrame({"text": dictionary}).with_row_index("place")
    codes = pl.DataFrame({"text": values}).join(places, on="text", how="left", maintain_order="left")["place"]
    return dictionary, codes.alias(values.name)


def _derive(axis: str, table: Mapping[str, pl.Series]) -> dict[str, list[str]]:
    """The derived columns of one axis table, row by row."""
    if axis == CALL.name:
        rows = list(zip(*(table[name].to_list() for name in KEYS[axis]), strict=True))
        return {
            "outcome": [special or outcome_of_code(error) for *_, error, special in rows],
            "service": [service(row[0]) for row in rows],
            "verb": [verb(_FLAG[row[2]], row[0], row[1]) for row in rows],
            "category": [category(row[5], row[4], _FLAG[row[3]], row[0], row[1]) for row in rows],
        }
    if axis == ADDRESS.name:
        return {"address_class": list(map(address_class, table["sourceIPAddress"].to_list()))}
    if axis == AGENT.name:
        return {"agent_family": list(map(agent_family, table["userAgent"].to_list()))}
    return {}


_FLAG = {"": None, "true": True, "false": False}


def _unify_lists(strands: Sequence[Strand], dictionaries: dict[str, pl.Series]) -> tuple[Lists, list[Codes]]:
    """All resource lists behind one another (list 0 is empty), and per strand the map from its list codes."""
    items = pl.concat(
        [pl.Series(RESOURCE, [""], pl.String), *(strand.list_items.alias(RESOURCE) for strand in strands)]
    )
    dictionaries[RESOURCE], codes = _rank(items)
    starts = [np.zeros(2, np.uint32)]
    maps: list[Codes] = []
    lists, base = 0, 0
    for strand in strands:
        starts.append((strand.list_ends[1:] + np.uint32(base)).astype(np.uint32))
        numbers = np.arange(lists, lists + len(strand.list_ends), dtype=np.uint32)
        numbers[0] = 0
        maps.append(numbers)
        lists += len(strand.list_ends) - 1
        base += int(strand.list_ends[-1])
    return Lists(np.concatenate(starts), codes.to_numpy()[1:].astype(np.uint32)), maps


def _merge_odd(chunks: Sequence[Chunk], rows: NDArray[np.intp]) -> pl.DataFrame:
    """Odd rows renumbered to their final places."""
    starts = np.cumsum([0, *(chunk.rows for chunk in chunks)])
    parts = [
        chunk.odd.with_columns((pl.col("row").cast(pl.Int64) + int(start)).alias("row"))
        for chunk, start in zip(chunks, starts, strict=False)
        if chunk.odd.height
    ]
    if not parts:
        return pl.DataFrame(schema=ODD_SCHEMA)
    whole = pl.concat(parts)
    wanted = whole["row"].to_numpy()
    places = np.flatnonzero(np.isin(rows, wanted))
    found = pl.DataFrame({"row": rows[places].astype(np.int64), "place": places.astype(np.uint32)})
    joined = found.join(whole, on="row", how="inner").select(pl.col("place").alias("row"), "event_id", "event_time")
    return joined.sort("row")


def _merge_texts(chunks: Sequence[Chunk]) -> Texts:
    sides = ("request", "response")
    batches = [batch for chunk in chunks for batch in chunk.texts]
    return Texts(
        frames={side: tuple(batch[side][0] for batch in batches) for side in sides},
        ends={side: tuple(batch[side][1] for batch in batches) for side in sides},
    )


def _concat(frames: Sequence[pl.DataFrame], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)
