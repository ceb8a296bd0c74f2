"""Pivots against a loop over the events."""

from collections import defaultdict
from itertools import product

import pytest

from ctwork.model.column import COLUMNS
from ctwork.model.instant import format_instant
from ctwork.model.lens import Lens
from ctwork.model.tally import value_key
from ctwork.store.stamp import NO_TIME
from store.conftest import Pair
from store.naive import Row

_SINGLE = [(column.name,) for column in COLUMNS if column.kind != "mark"]
_PATHS = [("requestParameters.bucketName",), ("managementEvent",), ("requestParameters",), ("tlsDetails.tlsVersion",)]
_SEVERAL = [
    ("principal", "eventName"), ("resource", "outcome"), ("eventName", "resource"), ("resource", "requestParameters"),
    ("eventTime", "sourceIPAddress"), ("source", "copies"), ("eventID", "resource", "verb"),
]  # fmt: skip


def _naive(pair: Pair, lens: Lens, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    groups: dict[tuple[str, ...], list[tuple[int, bool]]] = defaultdict(list)
    for event in pair.rows:
        if lens.matches(event):
            failed = event.values("outcome") not in ((), ("ok",))
            for key in product(*(_keys(event, column) for column in columns)):
                groups[key].append((event.time_ms, failed))
    facets = [
        (key, len(found), *_span([time for time, _ in found]), sum(failed for _, failed in found))
        for key, found in groups.items()
    ]
    keys = [value_key(column) for column in columns]
    return sorted(
        facets, key=lambda facet: (-facet[1], [key(value) for key, value in zip(keys, facet[0], strict=True)])
    )


def _keys(event: Row, column: str) -> tuple[str, ...]:
    """Times are grouped by the instant they mean, however it is written."""
    if column == "eventTime":
        return ("" if event.time_ms == NO_TIME else format_instant(event.time_ms),)
    return event.values(column) or ("",)


def _span(times: list[int]) -> tuple[int | None, int | None]:
    known = [time for time in times if time != NO_TIME]
    return min(known, default=None), max(known, default=None)


@pytest.mark.parametrize("columns", [*_SINGLE, *_PATHS, *_SEVERAL], ids=",".join)
@pytest.mark.parametrize("text", ["", "verb:write"])
def test_a_pivot_counts_what_a_loop_counts(pair: Pair, columns: tuple[str, ...], text: str) -> None:
    lens = Lens.parse(text)
    facets = pair.store.facets(pair.store.look(lens), columns)
    assert [(facet.values, facet.count, facet.first_ms, facet.last_ms, facet.errors) for facet in facets] == _naive(
        pair, lens, columns
    )


def test_a_limit_keeps_the_most_frequent(pair: Pair) -> None:
    view = pair.store.look(Lens.parse(""))
    assert pair.store.facets(view, ["eventName"], 5) == pair.store.facets(view, ["eventName"])[:5]


def test_nothing_has_no_facets(pair: Pair) -> None:
    assert pair.store.facets(pair.store.look(Lens.parse("event:nothing-like-this")), ["eventName"]) == []


def test_a_column_of_marks_has_one_empty_value(pair: Pair) -> None:
    (facet,) = pair.store.facets(pair.store.look(Lens.parse("")), ["tag"])
    assert (facet.values, facet.count) == (("",), pair.store.height)
