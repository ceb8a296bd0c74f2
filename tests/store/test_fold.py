"""Copies and conflicts: what the store folds is what a plain dictionary would fold."""

from collections import defaultdict

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ctwork.store.columns import Codes, Copies, Twins
from ctwork.store.fold import Hasher, fold_copies

_ID = st.tuples(st.sampled_from([0, 1, 2**63, 2**64 - 1]), st.sampled_from([0, 1, 7]))
_BYTES = st.integers(0, 3)
"""Which bytes; 0 and 1 mean the same, 2 and 3 mean the same."""
_FIDELITY = st.sampled_from(["full", "derived-text", "lossy"])
_DELIVERIES = st.lists(st.tuples(_ID, _BYTES, _FIDELITY), max_size=30)
"""Per delivery in final order."""
_FULL_DELIVERIES = st.lists(st.tuples(_ID, _BYTES, st.just("full")), max_size=30)

Delivery = tuple[tuple[int, int], int, str]


def _fold(deliveries: list[Delivery]) -> tuple[np.ndarray | None, Copies, Twins]:  # type: ignore[type-arg]
    ids = np.array([pair for pair, _, _ in deliveries], np.uint64).reshape(-1, 2)
    file = np.arange(len(ids), dtype=np.uint32)
    index = np.arange(len(ids), dtype=np.uint32)[::-1].copy()
    files = pl.DataFrame(
        {"fidelity": [fidelity for _, _, fidelity in deliveries], "doubt": [""] * len(deliveries)},
        schema={"fidelity": pl.String, "doubt": pl.String},
    )

    def digests(divisor: int, file: Codes) -> np.ndarray:  # type: ignore[type-arg]
        return np.array([[1 + deliveries[int(row)][1] // divisor] * 32 for row in file], np.uint8).reshape(-1, 32)

    hasher = Hasher(lambda _, file, index: digests(1, file), lambda _, file, index: digests(2, file))
    return fold_copies(ids, file, index, files, hasher)


def _events(deliveries: list[Delivery]) -> list[list[int]]:
    """The deliveries of each event, the one that stays first: obvious and slow."""
    by_id: dict[object, list[int]] = defaultdict(list)
    for row, (pair, _, _) in enumerate(deliveries):
        by_id[pair].append(row)
    events = []
    for rows in by_id.values():
        has_derived = any(deliveries[row][2] == "derived-text" for row in rows)
        best = min(rows, key=lambda row: (["full", "derived-text", "lossy"].index(deliveries[row][2]), row))
        groups: dict[object, list[int]] = defaultdict(list)
        for row in rows:
            stands_for = best if deliveries[row][2] == "lossy" else row
            content = 0 if deliveries[best][2] == "lossy" else deliveries[stands_for][1]
            groups[content // 2 if has_derived else content].append(row)
        events += groups.values()
    for rows in events:
        rows.sort(key=lambda row: (["full", "derived-text", "lossy"].index(deliveries[row][2]), row))
    return sorted(events)


def _check(deliveries: list[Delivery]) -> None:
    keep, copies, twins = _fold(deliveries)
    events = _events(deliveries)
    kept = sorted(rows[0] for rows in events)
    assert (list(range(len(deliveries))) if keep is None else keep.tolist()) == kept
    place = {row: number for number, row in enumerate(kept)}
    expected = sorted((place[rows[0]], later) for rows in events for later in sorted(rows[1:]))
    assert list(zip(copies.row.tolist(), copies.file.tolist(), strict=True)) == expected
    assert copies.index.tolist() == [len(deliveries) - 1 - row for _, row in expected]
    ids = [pair for pair, _, _ in deliveries]
    shared = [row for row in kept if ids.count(ids[row]) > 1]
    assert twins.row.tolist() == [place[row] for row in shared]
    assert twins.conflict.tolist() == [sum(ids[rows[0]] == ids[row] for rows in events) > 1 for row in shared]
    assert [digest[0] - 1 for digest in twins.sha256.tolist()] == [deliveries[row][1] for row in shared]


@settings(deadline=None)
@given(_FULL_DELIVERIES)
def test_folding_is_what_a_dictionary_would_do(deliveries: list[Delivery]) -> None:
    _check(deliveries)


@settings(deadline=None)
@given(_DELIVERIES)
def test_folding_minds_how_far_a_record_is_from_what_was_delivered(deliveries: list[Delivery]) -> None:
    _check(deliveries)


def test_a_table_row_never_stands_for_a_record_nor_contradicts_it() -> None:
    keep, copies, twins = _fold([((1, 1), 3, "lossy"), ((1, 1), 0, "full"), ((1, 1), 1, "derived-text")])
    assert (keep is not None and keep.tolist(), copies.file.tolist(), twins.conflict.tolist()) == ([1], [0, 2], [False])


def test_an_edited_text_contradicts_the_record() -> None:
    _, copies, twins = _fold([((1, 1), 0, "full"), ((1, 1), 2, "derived-text")])
    assert (copies.row.size, twins.conflict.tolist()) == (0, [True, True])


def test_without_hashes_every_delivery_stays() -> None:
    ids = np.zeros((3, 2), np.uint64)
    files = pl.DataFrame({"fidelity": ["full"] * 3, "doubt": [""] * 3})
    keep, copies, twins = fold_copies(ids, np.zeros(3, np.uint32), np.zeros(3, np.uint32), files, None)
    assert keep is None
    assert copies.row.size == twins.row.size == 0


def test_a_record_that_cannot_be_had_again_is_neither_copy_nor_conflict() -> None:
    _, copies, twins = _fold([((1, 1), -1, "full"), ((1, 1), 0, "full"), ((1, 1), -1, "full")])
    assert (copies.row.size, twins.conflict.tolist()) == (0, [False] * 3)
    keep, copies, twins = _fold([((1, 1), -1, "full"), ((1, 1), 0, "full"), ((1, 1), 2, "full")])
    assert (keep is not None and keep.tolist(), twins.conflict.tolist()) == ([0, 1, 2], [False, True, True])
