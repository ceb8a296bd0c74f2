"""Rows of events that were named one by one, whatever number of names there is."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ctwork.store.frame import Frame
from ctwork.store.selection import Selection
from ctwork.store.stamp import read_ids
from ctwork.store.view import View


def rows_with(frame: Frame, event_ids: Iterable[str]) -> NDArray[np.uint32]:
    """The rows whose eventID is one of `event_ids`, ascending; letter case matters."""
    wanted = sorted(set(event_ids))
    halves, odd = read_ids(wanted)
    plain = np.ones(len(wanted), bool)
    plain[odd] = False
    ids = frame.columns.cold["id"]
    rows = np.flatnonzero(np.isin(ids[:, 0], halves[plain, 0]))
    both = {tuple(pair) for pair in halves[plain].tolist()}
    found = {row for row, pair in zip(rows.tolist(), ids[rows].tolist(), strict=True) if tuple(pair) in both}
    found -= frame.odd_ids.keys()
    names = {wanted[place] for place in odd}
    found |= {row for row, text in frame.odd_ids.items() if text in names}
    return np.array(sorted(found), np.uint32)


def narrowed(view: View, rows: NDArray[np.uint32]) -> View:
    """Those of `rows`, ascending, that `view` shows, in its order."""
    shown = view.selection
    kept = np.intersect1d(shown.chosen, rows)
    return View(view.lens, Selection(shown.frame, shown.low, shown.high, kept.astype(np.uint32)))
