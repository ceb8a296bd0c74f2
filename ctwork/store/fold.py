"""Records delivered more than once: the same record is one event with several places, another one a conflict.

Records that share an eventID are the same when their bytes are. A record unescaped from a string (``derived-text``) is
also the same as one that says the same in other spelling, and one rebuilt from a table (``lossy``) as whatever has its
id: it cannot contradict what it does not hold. The record nearest to what was delivered stays, and of equally near
ones one whose carrier is whole. A record whose bytes cannot be had again is neither a copy nor a conflict: it stays.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.sources.harvest import DERIVED, FULL, LOSSY
from ctwork.store.columns import Codes, Copies, Twins
from ctwork.store.suspect import file_doubts

RANKS = {FULL: 0, "": 0, DERIVED: 1, LOSSY: 2}
"""How far a record may be from what was delivered."""

Digests = NDArray[np.uint8]
"""Shape (n, 32); all zeros where a record cannot be had again."""


@dataclass(frozen=True, slots=True)
class Hasher:
    """Reads records again; each call takes the file table and each record's file and index in it."""

    bytes: Callable[[pl.DataFrame, Codes, Codes], Digests]
    """SHA-256 of the original bytes."""
    meaning: Callable[[pl.DataFrame, Codes, Codes], Digests]
    """SHA-256 of what they say, whatever the order of the members and the spelling of the texts."""


def fold_copies(
    ids: NDArray[np.uint64], file: Codes, index: Codes, files: pl.DataFrame, hasher: Hasher | None
) -> tuple[NDArray[np.intp] | None, Copies, Twins]:
    """Which rows to keep (None: all), where the dropped ones were, and the hashes behind the decision.

    `ids` has shape (n, 2); rows are in final order, so that of equally good copies the first is the one that stays.
    """
    none = np.empty(0, np.uint32)
    shared = _shared(ids) if hasher is not None else np.empty(0, np.intp)
    if hasher is None or not shared.size:
        return None, Copies(none, none, none), Twins(none, np.empty((0, 32), np.uint8), np.empty(0, bool))
    sha256 = hasher.bytes(files, file[shared], index[shared])
    same_id = _groups(_cells(ids[shared]))
    rank = _ranks(files)[file[shared]]
    unread = np.logical_not(sha256.any(axis=1))
    content = _meant(
        sha256, unread, same_id, rank, lambda rows: hasher.meaning(files, file[shared[rows]], index[shared[rows]])
    )
    same = _groups(np.concatenate([_cells(ids[shared]), content], axis=1))
    primary = _best(same, 2 * rank + _in_doubt(files)[file[shared]])[same]
    dropped = primary != np.arange(len(shared))
    known = np.unique(primary[~unread])
    kinds = np.bincount(same_id[known], minlength=int(same_id.max()) + 1)
    conflict = (kinds[same_id] > 1) & ~unread

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


def _meant(
    sha256: Digests,
    unread: NDArray[np.bool_],
    same_id: NDArray[np.intp],
    rank: NDArray[np.uint8],
    meaning: Callable[[NDArray[np.intp]], Digests],
) -> Digests:
    """What makes records of one id the same: their bytes, or what they mean where some were not delivered as such."""
    if not rank.any() and not unread.any():
        return sha256
    content = sha256.copy()
    mixed = np.isin(same_id, same_id[rank == RANKS[DERIVED]]) & (rank < RANKS[LOSSY])
    rows = np.flatnonzero(mixed)
    if rows.size:
        content[rows] = meaning(rows)
    content[unread] = _numbered(np.flatnonzero(unread))
    best = _best(same_id, rank)[same_id]
    lossy = rank == RANKS[LOSSY]
    content[lossy] = content[best[lossy]]
    return content


def _best(groups: NDArray[np.intp], rank: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Per group its row of the lowest rank, the first of several."""
    order = rank.astype(np.int64) * len(groups) + np.arange(len(groups))
    found = np.full(int(groups.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(found, groups, order)
    return found % len(groups)


def _ranks(files: pl.DataFrame) -> NDArray[np.uint8]:
    """The rank of each file's records."""
    ranks = files["fidelity"].fill_null("").replace_strict(RANKS, return_dtype=pl.UInt8)
    return ranks.to_numpy()


def _in_doubt(files: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether each file's issues put all of its records in doubt."""
    found = np.zeros(files.height, np.bool_)
    found[[number for number, doubts in file_doubts(files).items() if doubts.whole]] = True
    return found


def _numbered(rows: NDArray[np.intp]) -> Digests:
    """Content that nothing else can have, for records whose own is not known."""
    marks = np.zeros((len(rows), 32), np.uint8)
    marks[:, :8] = np.ascontiguousarray(rows.astype(np.uint64)).view(np.uint8).reshape(-1, 8)
    return marks


def _cells(ids: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(ids).view(np.uint8).reshape(len(ids), 16)


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
