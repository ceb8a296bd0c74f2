"""Slices, pages, positions and neighbours of a view, against plain lists."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.model.column import COLUMNS, kind_of
from ctwork.model.lens import Lens
from ctwork.model.numeral import number
from ctwork.store.cancel import Superseded
from ctwork.store.stamp import NO_TIME
from ctwork.store.view import View
from store.conftest import Pair
from store.naive import Row

_SORTS = [column.name for column in COLUMNS if column.kind != "mark"] + [
    "requestParameters.bucketName",
    "requestParameters.maxResults",
    "additionalEventData.bytesTransferredOut",
    "requestID",
    "managementEvent",
]
_LENSES = (
    "",
    "verb:write",
    "error:AccessDenied",
    "!service:s3",
    "has:resource",
    "event:nothing-like-this",
    "time:2024-01-01..2025-03-12",
)


def _key(row: Row, column: str) -> tuple[object, ...]:
    """Where `row` stands by `column`: nothing first, numbers by size, then texts; lists by their first value."""
    if column == "eventTime":
        return (row.time_ms,)
    values = row.values(column)
    if not values:
        return (0, 0, "")
    parsed = number(values[0]) if kind_of(column) in ("number", "path") else None
    return (2, 0, values[0]) if parsed is None else (1, parsed, "")


def _expected(pair: Pair, lens: Lens) -> list[int]:
    rows = [row for row, event in enumerate(pair.rows) if lens.matches(event)]
    ordered = sorted(rows, key=lambda row: _key(pair.rows[row], lens.sort.column), reverse=lens.sort.descending)
    if not lens.sort.descending:
        return ordered
    # Reversing sorts ties the other way round; equal values stay oldest first, but for time itself.
    if lens.sort.column == "eventTime":
        return rows[::-1]
    return sorted(rows, key=lambda row: _Backwards(_key(pair.rows[row], lens.sort.column)))


class _Backwards:
    def __init__(self, key: tuple[object, ...]) -> None:
        self.key = key

    def __lt__(self, other: "_Backwards") -> bool:
        return bool(self.key > other.key)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", _SORTS)
def test_every_order_is_that_of_the_values(pair: Pair, column: str, descending: bool) -> None:
    lens = Lens.parse("verb:write").with_sort(column, descending=descending)
    assert pair.store.look(lens).ordered.tolist() == _expected(pair, lens)


def _views(pair: Pair) -> list[tuple[View, list[int]]]:
    lenses = [
        Lens.parse(text).with_sort(*sort) if sort else Lens.parse(text) for text in _LENSES for sort in ((), ("ip",))
    ]
    lenses += [Lens.parse(f"{text} sort:time:desc") for text in _LENSES]
    return [(pair.store.look(lens), _expected(pair, lens)) for lens in lenses]


@pytest.fixture(scope="module")
def views(pair: Pair) -> list[tuple[View, list[int]]]:
    return _views(pair)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 3 * len(_LENSES) - 1), offset=st.integers(-5, 3_000), limit=st.integers(0, 60))
def test_a_slice_is_a_slice_of_the_list(
    views: list[tuple[View, list[int]]], number: int, offset: int, limit: int
) -> None:
    view, expected = views[number]
    offset = min(offset, len(expected) + 3)
    assert view.slice(offset, limit).tolist() == expected[max(offset, 0) : max(offset, 0) + limit]


def test_a_page_is_the_slice_as_lines(pair: Pair, views: list[tuple[View, list[int]]]) -> None:
    for view, expected in views:
        lines = view.page(3, 20)
        assert [line.row for line in lines] == expected[3:23]
        for line in lines:
            event = pair.rows[line.row]
            assert line.time_ms == (None if event.time_ms == NO_TIME else event.time_ms)
            said = (line.principal, line.session, line.service, line.event, line.address, line.region, line.account)
            names = ("principal", "session", "service", "eventName", "sourceIPAddress", "awsRegion", "account")
            assert said == tuple("".join(event.values(name)) for name in names)
            assert (line.outcome, line.error, line.verb) == tuple(
                "".join(event.values(name)) for name in ("outcome", "errorCode", "verb")
            )
            assert (line.targets, line.target) == (len(event.values("resource")), (*event.values("resource"), "")[0])
            assert line.copies == event.event.copies


def test_a_row_is_found_where_it_stands(views: list[tuple[View, list[int]]]) -> None:
    for view, expected in views:
        for place in range(0, len(expected), 23):
            assert view.position(expected[place]) == place


def test_a_row_outside_the_view_is_placed_beside_its_time(pair: Pair, views: list[tuple[View, list[int]]]) -> None:
    for view, expected in views:
        inside = set(expected)
        for row in range(0, pair.store.height, 31):
            place = view.position(row)
            if not expected:
                assert place is None
            elif row not in inside:
                assert place is not None
                assert 0 <= place < len(expected)
                if view.lens.sort.column == "eventTime" and not view.lens.sort.descending:
                    assert place == min(sum(other < row for other in expected), len(expected) - 1)


def _next_error(pair: Pair, expected: Sequence[int], offset: int, step: int) -> int | None:
    at = offset + step
    while 0 <= at < len(expected):
        if pair.rows[expected[at]].values("outcome") not in ((), ("ok",)):
            return at
        at += step
    return None


@pytest.mark.parametrize("step", [1, -1])
def test_the_next_error_is_the_nearest_one(pair: Pair, views: list[tuple[View, list[int]]], step: int) -> None:
    for view, expected in views:
        for offset in [-1, 0, *range(7, len(expected), 97), len(expected) - 1, len(expected)]:
            assert view.next_error(offset, step) == _next_error(pair, expected, offset, step)


def test_the_next_error_is_found_far_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    from store.build import record, store_of, write_trail

    folder = tmp_path_factory.mktemp("far")
    failed = (2, 4_099, 4_903, 9_000)  # on the edges of the stretches that are looked at together
    write_trail(
        folder / "e" / "a.json", [record(n, **({"errorCode": "X"} if n in failed else {})) for n in range(20_000)]
    )
    for text in ("", "event:Get*", "sort:ip"):
        view = store_of(folder / text.replace("*", "_").replace(":", "-"), folder / "e").look(Lens.parse(text))
        assert [view.next_error(offset, 1) for offset in (-1, 2, 4_099, 4_903, 9_000)] == [*failed, None]
        assert [view.next_error(offset, -1) for offset in (20_000, 9_000, 4_903, 4_099, 2)] == [*failed[::-1], None]


def test_an_answer_nobody_waits_for_is_given_up(pair: Pair) -> None:
    with pytest.raises(Superseded):
        pair.store.look(Lens.parse("s3"), lambda: True)
