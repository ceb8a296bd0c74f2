"""The next generation from the last one and the parts of a load: what is unchanged stays, what changed is replaced."""

import os
import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.errors import CaseError
from ctwork.model.outcome import outcome_of_code
from ctwork.sources.base import Issue, IssueKind, Weight, path_text
from ctwork.store.axis import KEYS
from ctwork.store.columns import Codes, Columns
from ctwork.store.crew import Crew
from ctwork.store.fold import Digests, Hasher
from ctwork.store.generation import LISTED, load_generation, save_generation, stamps_of
from ctwork.store.listing import Listing
from ctwork.store.merge import merge
from ctwork.store.part import issue_row
from ctwork.store.pointer import SUFFIX, current, current_generation, read_stamps
from ctwork.store.strand import FILE_SCHEMA, ISSUE_SCHEMA, ODD_SCHEMA, Chunk, Strand, load_strands
from ctwork.store.summary import summarise
from ctwork.store.told import LATE, changed, conflicts, history, passed_on, traces, unread, vanished

Stamp = tuple[int, int, int, int]


def known_stamps(store: Path, folder: Path, *, fresh: bool) -> dict[str, Stamp]:
    """Stamps of the blobs that need not be read again, by name: of the generation in force and of finished parts."""
    generation = None if fresh else current_generation(store)
    stamps = {} if generation is None else read_stamps(generation)
    for strand in load_strands(folder.glob(f"*{SUFFIX}")):
        for chunk in strand.chunks:
            stamps |= stamps_of(chunk.files)
    return stamps


def renew(
    store: Path, folder: Path, crew: Crew, listing: Listing, meta: Mapping[str, Any], began: float, *, fresh: bool
) -> dict[str, int]:
    """Write and switch to the next generation; returns its record and issue counts."""
    strands = load_strands(folder.glob(f"*{SUFFIX}"))
    _drop_superseded(strands)
    read = _roots(strands)
    before = _before(store, meta, fresh=fresh)
    told: list[Issue] = []
    if before is not None:
        gone = set(before.files["root"]) - listing.present if listing.complete else set()
        told = [*history(before.issues), *vanished(before.files, gone), *changed(before.files, strands)]
        # A fresh load that was stopped has read some of the files; of the others stays what was known of them.
        if not fresh or (not listing.complete and current(store)[1].get("bounds") == meta.get("bounds")):
            old = strand_of(before)
            strands.insert(0, replace(old, chunks=[_without(old.chunks[0], gone | read)]))
    told += traces(strands, listing, str(next(iter(meta["sources"]), "")))
    opened = _roots(strands)
    strands.append(_listed([*listing.issues, *unread(opened, listing)], told, opened))
    strands = passed_on(strands, listing.issues)
    columns = merge(strands, _hasher(crew))
    # A listing tells of members again each time, and what it told the last time has been kept with them.
    columns = replace(columns, issues=pl.concat([columns.issues, conflicts(columns)]).unique(maintain_order=True))
    summary = summarise(columns)
    save_generation(store, columns, {**meta, "summary": summary, "seconds": time.monotonic() - began})
    weights = [IssueKind(kind).weight for kind in columns.issues["kind"]]
    return {
        "read": summary["records"]["read"],
        "unique": summary["records"]["unique"],
        "copies": summary["records"]["copies"],
        "issues": sum(weight is not Weight.NOTE for weight in weights),
        "lost": sum(weight is Weight.LOSS for weight in weights),
    }


def _before(store: Path, meta: Mapping[str, Any], *, fresh: bool) -> Columns | None:
    """What the last load has left; with `fresh` only for what it told of the same sources, and none when damaged."""
    generation, written = current(store)
    if generation is None:
        return None
    if not fresh:
        return load_generation(generation)
    if any(written.get(name) != meta.get(name) for name in ("sources", "filter")):
        return None
    try:
        return load_generation(generation)
    except CaseError:
        return None


def strand_of(columns: Columns) -> Strand:
    """A finished store as a strand again, copies spelled out as rows of their own."""
    tables = {}
    for axis, keys in KEYS.items():
        table = columns.tables[axis]
        frame = pl.DataFrame({name: columns.dictionaries[name].gather(table[name]) for name in keys})
        if "outcome" in keys:
            usual = [outcome_of_code(code) for code in frame["errorCode"]]
            given = frame["outcome"]
            frame = frame.with_columns(
                pl.when(given == pl.Series(usual, dtype=pl.String)).then(pl.lit("")).otherwise(given).alias("outcome")
            )
        tables[axis] = frame
    copies = columns.copies
    rows = np.concatenate([np.arange(columns.height, dtype=np.uint32), copies.row])
    arrays: dict[str, NDArray[Any]] = {"time": columns.time[rows]}
    arrays |= {name: codes[rows] for name, codes in columns.axes.items()}
    arrays |= {name: columns.cold[name][rows] for name in ("id", "batch", "request", "response")}
    arrays["file"] = np.concatenate([columns.cold["file"], copies.file])
    arrays["index"] = np.concatenate([columns.cold["index"], copies.index])
    again = pl.DataFrame({"row": copies.row, "at": np.arange(columns.height, len(rows), dtype=np.uint32)})
    odd = columns.odd.cast(ODD_SCHEMA)  # type: ignore[arg-type]
    odd = pl.concat([odd, odd.join(again, on="row").select(pl.col("at").alias("row"), "event_id", "event_time")])
    texts = [
        {side: (columns.texts.frames[side][n], columns.texts.ends[side][n]) for side in columns.texts.frames}
        for n in range(len(columns.texts.frames["request"]))
    ]
    chunk = Chunk(arrays, columns.files, columns.issues, odd, texts)
    items = columns.dictionaries["resource"].gather(columns.resources.items)
    return Strand(tables, columns.resources.starts[1:], items, [chunk])


def _drop_superseded(strands: list[Strand]) -> None:
    """A blob that was read twice (it changed between two tries of a load) counts as it was read last."""
    seen: set[str] = set()
    for number in reversed(range(len(strands))):
        chunks = list(strands[number].chunks)
        for place in reversed(range(len(chunks))):
            roots = set(chunks[place].files["root"])
            if twice := roots & seen:
                chunks[place] = _without(chunks[place], twice)
            seen |= roots
        strands[number] = replace(strands[number], chunks=chunks)


def _without(chunk: Chunk, roots: set[str]) -> Chunk:
    """`chunk` without the blobs named `roots`, and without what only a listing or a merge can say."""
    files = chunk.files
    keep = ~files["root"].is_in(list(roots)) & (files["container"] != LISTED)
    stays = keep.to_numpy()
    place = np.cumsum(stays) - 1
    rows = np.flatnonzero(stays[chunk.arrays["file"]])
    arrays = {name: array[rows] for name, array in chunk.arrays.items()}
    arrays["file"] = place[arrays["file"]].astype(np.uint32)
    moved = pl.DataFrame({"row": rows.astype(np.uint32), "to": np.arange(len(rows), dtype=np.uint32)})
    odd = chunk.odd.join(moved, on="row").select(pl.col("to").alias("row"), "event_id", "event_time")
    names = files.filter(keep)["name"]
    issues = chunk.issues.filter(pl.col("source").is_in(names.to_list()) & ~pl.col("kind").is_in(LATE))
    return replace(chunk, arrays=arrays, files=files.filter(keep), issues=issues, odd=odd)


def _roots(strands: Sequence[Strand]) -> set[str]:
    """The names of the blobs that have been opened."""
    return {root for strand in strands for chunk in strand.chunks for root in chunk.files["root"]}


def _listed(issues: Sequence[Issue], told: Sequence[Issue], opened: Set[str]) -> Strand:
    """What the listing met and nobody `opened`, as a strand without rows; `told` are issues of no file that is there.

    A member with an odd name was met and opened: it counts as seen once.
    """
    table = [
        {
            "name": path_text(issue.source),
            "root": path_text(issue.source),
            "path": os.fsencode(issue.source),
            "inner": "",
            "container": LISTED,
            "status": "failed" if issue.kind.weight is Weight.LOSS else "skipped",
            "records": 0,
            "doubt": "",
        }
        for issue in {issue.source: issue for issue in issues}.values()
        if path_text(issue.source) not in opened
    ]
    files = pl.DataFrame(table, schema=FILE_SCHEMA)
    rows = list(map(issue_row, (*issues, *told)))
    arrays: dict[str, NDArray[Any]] = {name: np.empty(0, np.uint32) for name in (*KEYS, "resource", "file", "index")}
    arrays |= {name: np.empty(0, np.uint32) for name in ("batch", "request", "response")}
    arrays |= {"time": np.empty(0, np.int64), "id": np.empty((0, 2), np.uint64)}
    chunk = Chunk(
        arrays,
        files,
        pl.DataFrame(rows, schema=ISSUE_SCHEMA, orient="row"),
        pl.DataFrame(schema=ODD_SCHEMA),
        [],
    )
    tables = {axis: pl.DataFrame({name: [""] for name in keys}) for axis, keys in KEYS.items()}
    return Strand(tables, np.zeros(1, np.uint32), pl.Series("resource", [], pl.String), [chunk])


def _hasher(crew: Crew) -> Hasher:
    """Reads records again in the workers."""

    def digests(meaning: bool, files: pl.DataFrame, file: Codes, index: Codes) -> Digests:
        order = np.lexsort((index, file))
        cuts = np.flatnonzero(np.diff(file[order])) + 1
        groups = np.split(order, cuts)
        wanted = [(files.row(int(file[group[0]]), named=True), tuple(index[group].tolist())) for group in groups]
        found = np.zeros((len(file), 32), np.uint8)
        for number, hashes in crew.hashes(wanted, meaning=meaning):
            for place, digest in zip(groups[number].tolist(), hashes, strict=True):
                if digest:
                    found[place] = np.frombuffer(digest, np.uint8)
        return found

    return Hasher(partial(digests, False), partial(digests, True))
