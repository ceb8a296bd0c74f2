"""Events and errors over time, counted from the sorted time column."""

from itertools import pairwise

import numpy as np

from ctwork.model.shown import Histogram, Span
from ctwork.store.selection import Selection

_S, _M, _H, _D = 1_000, 60_000, 3_600_000, 86_400_000
ROUND_MS = (
    *(n * _S for n in (1, 2, 5, 10, 15, 30)),
    *(n * _M for n in (1, 2, 5, 10, 15, 30)),
    *(n * _H for n in (1, 2, 3, 6, 12)),
    *(n * _D for n in (1, 2, 7, 14, 28, 91, 182, 364, 1_820, 3_640, 36_400, 364_000, 3_640_000)),
)
"""Bucket widths people read at a glance."""


EMPTY = Histogram(0, _S, (), ())


def histogram(selection: Selection, bins: int, over: Span | None = None) -> Histogram:
    """At most `bins` buckets of a round width `over` a time span, the selection's own if None is given.

    Events without a time, and those outside of the buckets, are left out.

    Buckets are aligned to 1970, so a span that crosses it has at least two.
    """
    span = over or selection.span_ms
    if span is None or bins < 1:
        return EMPTY
    first, last = span
    width = fitting_width(first, last, bins)
    return bucketed(selection, first // width * width, width, last // width - first // width + 1)


def fitting_width(first_ms: int, last_ms: int, bins: int) -> int:
    """The least round width with which the span takes at most `bins` buckets."""
    return next((w for w in ROUND_MS if last_ms // w - first_ms // w < bins), ROUND_MS[-1])


def bucketed(selection: Selection, start_ms: int, bucket_ms: int, buckets: int) -> Histogram:
    """The selection counted into the given buckets."""
    edges = np.arange(buckets + 1, dtype=np.int64) * bucket_ms + start_ms
    rows = np.clip(np.searchsorted(selection.frame.columns.time, edges), selection.low, selection.high)
    places = rows - selection.low if selection.rows is None else np.searchsorted(selection.rows, rows)
    failed = selection.failed(selection.index)
    errors = [int(np.count_nonzero(failed[a:b])) for a, b in pairwise(places)]
    return Histogram(start_ms, bucket_ms, tuple(np.diff(places).tolist()), tuple(errors))
