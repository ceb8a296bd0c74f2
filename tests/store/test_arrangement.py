"""A page of an order that has not been worked out is the page of the whole order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ctwork.store.arrangement import Arrangement

_RANKS = st.lists(st.integers(0, 6), max_size=60).map(lambda ranks: np.array(ranks, np.uint32))


@given(ranks=_RANKS, first=st.integers(0, 70), limit=st.integers(0, 20))
def test_a_page_needs_no_whole_order(
    ranks: "np.ndarray[tuple[int], np.dtype[np.uint32]]", first: int, limit: int
) -> None:
    arrangement = Arrangement(ranks, int(ranks.max(initial=0)))
    expected = np.argsort(ranks, kind="stable").tolist()
    assert arrangement.slice(first, first + limit).tolist() == expected[first : first + limit]
    assert [arrangement.position(place) for place in expected] == list(range(len(expected)))
    assert arrangement.order.tolist() == expected
    assert arrangement.slice(first, first + limit).tolist() == expected[first : first + limit]
