"""Records delivered more than once: identical bytes are copies of one event, different bytes a conflict."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.store.columns import Codes, Copies, Twins

Hasher = Callable[[pl.DataFrame, Codes, Codes], NDArray[np.uint8]]
"""``(files, file, index)`` → SHA-256 of each record's original bytes, shape (n, 32)."""


def fold_copies(
    ids: NDArray[np.uint64], file: Codes, index: Codes, hashes: Callable[[Codes, Codes], NDArray[np.uint8]] | None
) -> tuple[NDArray[np.intp] | None, Copies, Twins]:
    """Which rows to keep (None: all), where the dropped ones were, and the hashes behind the decision.

    `ids` has shape (n, 2); rows are in final order, so that the first of several copies is the one that stays.
    """
    none = np.empty(0, np.uint32)
    shared = _shared(ids) if hashes is not None else np.empty(0, np.intp)
    if hashes is None or not shared.size:
        return None, Copies(none, none, none), Twins(none, np.empty((0, 32), np.uint8), np.empty(0, bool))
    sha256 = hashes(file[shared], index[shared])
    same_id = _groups(np.ascontiguousarray(ids[shared]).view(np.uint8).reshape(len(shared), 16))
    content = np.concatenate(
        [np.ascontiguousarray(ids[shared]).view(np.uint8).reshape(len(shared), 16), sha256], axis=1
    )
    same = _groups(content)
    first = np.full(int(same.max()) + 1, len(shared), np.int64)
    np.minimum.at(first, same, np.arange(len(shared)))
    primary = first[same]
    dropped = primary != np.arange(len(shared))
    kinds = np.bincount(same_id[first], minlength=int(same_id.max()) + 1)
    conflict = kinds[same_id] > 1

    keep_mask = np.ones(len(ids), bool)
    keep_mask[shared[dropped]] = False
    place = np.cumsum(keep_mask) - 1
    owner = place[shared[primary[dropped]]].astype(np.uint32)
    by_owner = np.argsort(owner, kind="stable")
    gone = shared[dropped][by_owner]
    copies = Copies(owner[by_owner], file[gone].astype(np.uint32), index[gone].astype(np.uint32))
    stays = ~dropped
    twins = Twins(place[shared[stays]].astype(np.uint32), sha256[stays], conflict[stays])
    return np.flatnonzero(keep_mask), copies, twins


def _shared(ids: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Rows whose id occurs more than once, ascending."""
    ranked = np.sort(ids[:, 0])
    twice = ranked[1:][ranked[1:] == ranked[:-1]]
    if not twice.size:
        return np.empty(0, np.intp)
    rows = np.flatnonzero(np.isin(ids[:, 0], np.unique(twice)))
    _, back, counts = np.unique(ids[rows], axis=0, return_inverse=True, return_counts=True)
    return rows[counts[back.reshape(-1)] > 1]


def _groups(keys: NDArray[np.uint8]) -> NDArray[np.intp]:
    """A group number per row of `keys`; equal rows share one."""
    cells = np.ascontiguousarray(keys).view([("", np.void, keys.shape[1])]).reshape(-1)
    return np.unique(cells, return_inverse=True)[1].reshape(-1)
