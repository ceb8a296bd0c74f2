"""Events over time: every event with a time is in exactly one bucket."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.model.lens import Lens
from ctwork.store.histogram import EMPTY, ROUND_MS
from ctwork.store.stamp import NO_TIME
from store.conftest import Pair

_LENSES = (
    "",
    "verb:write",
    "error:AccessDenied",
    "time:2023-07-10T12:00..2023-07-10T12:10",
    "time:2025-03-12 !verb:read",
    "event:nothing-like-this",
)


def _naive(pair: Pair, lens: Lens, start: int, width: int, buckets: int) -> tuple[list[int], list[int]]:
    counts: Counter[int] = Counter()
    errors: Counter[int] = Counter()
    for event in pair.rows:
        if event.time_ms != NO_TIME and lens.matches(event):
            bucket = (event.time_ms - start) // width
            counts[bucket] += 1
            errors[bucket] += event.values("outcome") not in ((), ("ok",))
    assert not set(counts) - set(range(buckets))
    return [counts[n] for n in range(buckets)], [errors[n] for n in range(buckets)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.sampled_from(_LENSES), bins=st.integers(1, 400))
def test_buckets_hold_what_a_loop_counts(pair: Pair, text: str, bins: int) -> None:
    lens = Lens.parse(text)
    found = pair.store.look(lens).histogram(bins)
    assert len(found.counts) <= max(bins, 2)
    assert found.bucket_ms in ROUND_MS
    assert found.start_ms % found.bucket_ms == 0
    assert (list(found.counts), list(found.errors)) == _naive(
        pair, lens, found.start_ms, found.bucket_ms, len(found.counts)
    )
    assert found == EMPTY or (found.counts[0] and found.counts[-1])


@pytest.mark.parametrize("width", [60_000, 3_600_000, 90_000])
def test_a_timeline_has_the_buckets_asked_for(pair: Pair, width: int) -> None:
    lens = Lens.parse("time:2025-03-12T03..2025-03-12T09")
    found = pair.store.timeline(pair.store.look(lens), width)
    assert found.bucket_ms == width
    assert sum(found.counts)
    assert (list(found.counts), list(found.errors)) == _naive(pair, lens, found.start_ms, width, len(found.counts))


def test_no_event_no_bucket(pair: Pair) -> None:
    view = pair.store.look(Lens.parse("event:nothing-like-this"))
    assert view.histogram(10) == EMPTY
    assert pair.store.timeline(view, 1_000).counts == ()
    assert pair.store.look(Lens.parse("")).histogram(0) == EMPTY


def test_events_without_a_time_are_in_no_bucket(pair: Pair) -> None:
    timed = sum(event.time_ms != NO_TIME for event in pair.rows)
    assert 0 < timed < pair.store.height
    assert sum(pair.store.look(Lens.parse("")).histogram(50).counts) == timed


def test_the_span_of_another_view_gives_its_buckets(pair: Pair) -> None:
    whole = pair.store.look(Lens.parse("verb:write"))
    part = pair.store.look(Lens.parse("verb:write error:AccessDenied"))
    axis, found = whole.histogram(40), part.histogram(40, whole.span_ms)
    assert (found.start_ms, found.bucket_ms, len(found.counts)) == (axis.start_ms, axis.bucket_ms, len(axis.counts))
    assert sum(found.counts) == sum(found.errors) == sum(part.histogram(40).counts) > 0
    assert all(few <= many for few, many in zip(found.counts, axis.counts, strict=True))
    nothing = pair.store.look(Lens.parse("event:nothing-like-this"))
    assert nothing.span_ms is None
    assert set(nothing.histogram(40, whole.span_ms).counts) == {0}
