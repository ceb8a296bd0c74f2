"""Conditions on what has no axis, ids, hashes and counts, answered row by row: the slow path."""

import numpy as np

from ctwork.model.predicate import Condition, During, Text
from ctwork.store.cancel import Cancelled
from ctwork.store.frame import COPIES, Frame
from ctwork.store.stamp import id_halves
from ctwork.store.truth import Truth

_SLICE = 1 << 20


def during(frame: Frame, span: During) -> Truth:
    """Per row, whether its time lies in `span`."""
    low, high = frame.bounds(span.start_ms, span.end_ms)
    truth = np.zeros(frame.columns.height, bool)
    truth[low:high] = True
    return truth


def row_truth(frame: Frame, column: str, condition: Condition, span: slice, cancelled: Cancelled) -> Truth:
    """Per row of `span`, whether `condition` accepts its value; not to the end once `cancelled()` turned true."""
    if column == "eventID" and isinstance(condition, Text) and _is_whole_id(condition):
        return _has_id(frame, condition, span)
    if column == COPIES:
        return _copies_truth(frame, condition, span)
    accept = condition.acceptor()
    truth = np.zeros(span.stop - span.start, bool)
    for at in range(span.start, span.stop, _SLICE):
        if cancelled():
            break
        rows = np.arange(at, min(at + _SLICE, span.stop), dtype=np.uint32)
        values = frame.texts(column, rows)
        truth[at - span.start : at - span.start + len(rows)] = [bool(value) and accept(value) for value in values]
    return truth


def _is_whole_id(condition: Text) -> bool:
    """Whether only a whole id can meet the condition; the empty text, which nothing meets, is left to the slow path."""
    return bool(condition.text) and (condition.exact or len(condition.text) == 36)


def _has_id(frame: Frame, condition: Text, span: slice) -> Truth:
    text = condition.text if condition.exact else condition.text.lower()
    high, low = id_halves(text)
    ids = frame.columns.cold["id"][span]
    truth: Truth = (ids[:, 0] == np.uint64(high)) & (ids[:, 1] == np.uint64(low))
    for row, event_id in frame.odd_ids.items():
        if span.start <= row < span.stop:
            truth[row - span.start] = bool(event_id) and condition.accepts(event_id)
    return truth


def _copies_truth(frame: Frame, condition: Condition, span: slice) -> Truth:
    truth = np.full(frame.columns.height, condition.accepts("1"))
    for row, count in frame.copy_counts.items():
        truth[row] = condition.accepts(str(count))
    return truth[span]
