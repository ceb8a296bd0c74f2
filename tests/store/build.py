"""Stores made in a test from the real parts, in this process: no worker is forked and nothing is left running."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.sources import open_source
from ctwork.sources.base import DEFAULT_BOUNDS, Blob
from ctwork.store.axis import AXIS_OF, RESOURCE
from ctwork.store.columns import Codes, Columns
from ctwork.store.fold import Hasher
from ctwork.store.merge import merge
from ctwork.store.parse import Parser
from ctwork.store.part import save_part
from ctwork.store.reread import record_hashes
from ctwork.store.store import Store
from ctwork.store.strand import load_strands
from store.trail import event_id, record, write_trail

__all__ = ["blobs_in", "cells", "columns_of", "event_id", "hashes", "record", "store_of", "write_trail"]


def blobs_in(*sources: Path) -> list[Blob]:
    """Every blob below `sources`; what cannot be listed is left out."""
    return [item for item in open_source(list(map(str, sources))).walk() if isinstance(item, Blob)]


def columns_of(
    blobs: Sequence[Blob], folder: Path, *, sessions: int = 1, batch: int = 1_000_000, limit: int = 100_000
) -> Columns:
    """`blobs` parsed in turns by so many sessions, `batch` blobs to a part, and merged."""
    folder.mkdir(parents=True, exist_ok=True)
    parsers = [Parser(f"s{number}", DEFAULT_BOUNDS, limit=limit) for number in range(sessions)]
    batches = [blobs[at : at + batch] for at in range(0, len(blobs), batch)]
    paths = [
        save_part(folder, part) for turn, some in enumerate(batches) for part in parsers[turn % sessions].parse(some)
    ]
    return merge(load_strands(paths), hashes)


def store_of(folder: Path, *sources: Path) -> Store:
    """A store over everything in `sources`; its one part is kept in `folder`."""
    return Store.of(columns_of(blobs_in(*sources), folder), {})


def _digests(meaning: bool, files: pl.DataFrame, file: Codes, index: Codes) -> NDArray[np.uint8]:
    """Read from the evidence one by one, as the workers do in a load."""
    found = [
        record_hashes(files.row(int(number), named=True), [int(at)], DEFAULT_BOUNDS, meaning=meaning)[0] or bytes(32)
        for number, at in zip(file, index, strict=True)
    ]
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, 32)


hashes = Hasher(partial(_digests, False), partial(_digests, True))


def cells(store: Store, columns: Sequence[str] = ()) -> dict[str, Any]:
    """Everything a store says, with no trace of how it is coded: to compare two stores."""
    frame, rows = store.frame, np.arange(store.height, dtype=np.uint32)
    names = columns or [*AXIS_OF, RESOURCE, "eventTime", "eventID", "source", "copies"]
    said: dict[str, Any] = {name: frame.value_lists(name, rows) for name in names}
    said["index"] = frame.columns.cold["index"].tolist()
    said["requestParameters"] = frame.value_lists("requestParameters", rows)
    said["responseElements"] = frame.value_lists("responseElements", rows)
    said["files"] = frame.columns.files["name"].to_list()
    said["copy"] = list(
        zip(*(getattr(frame.columns.copies, name).tolist() for name in ("row", "file", "index")), strict=True)
    )
    said["conflicts"] = sorted(frame.conflicts)
    said["issues"] = sorted(frame.columns.issues.rows(), key=str)
    return said
