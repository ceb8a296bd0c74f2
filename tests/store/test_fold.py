"""Copies and conflicts: what the store folds is what a plain dictionary would fold."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ctwork.store.columns import Codes
from ctwork.store.fold import fold_copies

_ID = st.tuples(st.sampled_from([0, 1, 2**63, 2**64 - 1]), st.sampled_from([0, 1, 7]))
_DELIVERIES = st.lists(st.tuples(_ID, st.integers(0, 2)), max_size=30)
"""Per delivery in final order: its id and which content it has."""


def _fold(deliveries: list[tuple[tuple[int, int], int]]) -> tuple:  # type: ignore[type-arg]
    ids = np.array([pair for pair, _ in deliveries], np.uint64).reshape(-1, 2)
    file = np.arange(len(ids), dtype=np.uint32)
    index = np.arange(len(ids), dtype=np.uint32)[::-1].copy()

    def hashes(file: Codes, index: Codes) -> np.ndarray:  # type: ignore[type-arg]
        return np.array([[deliveries[int(row)][1]] * 32 for row in file], np.uint8).reshape(-1, 32)

    return fold_copies(ids, file, index, hashes)


@given(_DELIVERIES)
def test_folding_is_what_a_dictionary_would_do(deliveries: list[tuple[tuple[int, int], int]]) -> None:
    keep, copies, twins = _fold(deliveries)
    groups: dict[object, list[int]] = defaultdict(list)
    contents: dict[object, set[int]] = defaultdict(set)
    for row, (pair, content) in enumerate(deliveries):
        groups[pair, content].append(row)
        contents[pair].add(content)
    kept = sorted(rows[0] for rows in groups.values())
    assert (list(range(len(deliveries))) if keep is None else keep.tolist()) == kept
    place = {row: number for number, row in enumerate(kept)}
    expected = sorted((place[rows[0]], later) for rows in groups.values() for later in rows[1:])
    assert list(zip(copies.row.tolist(), copies.file.tolist(), strict=True)) == expected
    assert copies.index.tolist() == [len(deliveries) - 1 - row for _, row in expected]
    shared = [row for row in kept if sum(pair == deliveries[row][0] for pair, _ in deliveries) > 1]
    assert twins.row.tolist() == [place[row] for row in shared]
    assert twins.conflict.tolist() == [len(contents[deliveries[row][0]]) > 1 for row in shared]
    assert [digest[0] for digest in twins.sha256.tolist()] == [deliveries[row][1] for row in shared]


def test_without_hashes_every_delivery_stays() -> None:
    ids = np.zeros((3, 2), np.uint64)
    keep, copies, twins = fold_copies(ids, np.zeros(3, np.uint32), np.zeros(3, np.uint32), None)
    assert keep is None
    assert copies.row.size == twins.row.size == 0
