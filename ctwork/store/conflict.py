"""Records that share an eventID and differ in their bytes: which of them there are."""

import numpy as np

from ctwork.store.columns import Columns


def rivals(columns: Columns, row: int) -> list[int]:
    """The rows with the eventID of `row` and other bytes, oldest first; empty when its id is no conflict."""
    twins = columns.twins
    place = int(np.searchsorted(twins.row, row))
    if place == len(twins.row) or twins.row[place] != row or not twins.conflict[place]:
        return []
    ids = columns.cold["id"]
    candidates = twins.row[twins.conflict]
    same = candidates[(ids[candidates] == ids[row]).all(axis=1)]
    return [int(other) for other in same if other != row]
