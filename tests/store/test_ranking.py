"""Pages of values, portraits, gaps and suggestions against `Tally`, which counts one event at a time."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.model.column import COLUMNS, WORD_COLUMNS, resolve
from ctwork.model.facet import FACET_KEYS, FacetOrder, Facets
from ctwork.model.lens import Lens
from ctwork.model.tally import Tally, values_of
from ctwork.store.cancel import Superseded
from ctwork.store.coding import coding
from ctwork.store.stamp import NO_TIME
from store.build import record, store_of, write_trail
from store.conftest import Pair

_COLUMNS = [column.name for column in COLUMNS if column.name != "sha256"] + [
    "requestParameters.bucketName", "requestParameters", "responseElements", "requestParameters.maxResults",
    "managementEvent", "tlsDetails.tlsVersion", "no.such.path",
]  # fmt: skip
_LENSES = ("", "verb:write", "!outcome:ok", "has:resource", "event:nothing-like-this", "time:2024-01-01..2025-03-12")


def _tally(pair: Pair, lens: Lens, wanted: Facets) -> Tally:
    return Tally(wanted, [row for row in pair.rows if lens.matches(row)])


def _same(pair: Pair, lens: Lens, wanted: Facets, bins: int = 7) -> None:
    pages, slow = pair.store.look(lens).facets(wanted), _tally(pair, lens, wanted)
    rows = slow.page(0, slow.total)
    assert (pages.total, pages.wanted) == (slow.total, wanted)
    assert list(pages.page(0, pages.total)) == rows
    for offset in {0, 3, slow.total - 1, slow.total}:
        assert list(pages.page(offset, 5)) == list(slow.page(offset, 5))
        assert list(pages.portraits(offset, 20, bins)) == list(slow.portraits(offset, 20, bins))
    for place, row in list(enumerate(rows))[:: max(len(rows) // 20, 1)]:
        assert pages.position(row.value) == place
    assert pages.position("no such value") is None


@pytest.mark.parametrize("column", _COLUMNS)
@pytest.mark.parametrize("text", _LENSES)
def test_every_column_pages_as_the_tally_counts(pair: Pair, column: str, text: str) -> None:
    _same(pair, Lens.parse(text), Facets(column))


@pytest.mark.parametrize("key", FACET_KEYS)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ["session", "resource", "eventTime", "bytes_in", "requestParameters.maxResults"])
def test_every_order(pair: Pair, column: str, key: Any, descending: bool) -> None:
    _same(pair, Lens(), Facets(column, FacetOrder(key, descending)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_typed_is_found_as_the_tally_finds_it(pair: Pair, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(_COLUMNS))
    value = data.draw(st.sampled_from(_values(pair, column)))
    start = data.draw(st.integers(0, max(len(value) - 1, 0)))
    needle = value[start : start + data.draw(st.integers(1, 12))]
    needle = data.draw(
        st.sampled_from([needle, needle.upper(), needle[:4] + "x" + needle[4:], f"{needle} {value[:3]}"])
    )
    order = FacetOrder(data.draw(st.sampled_from(FACET_KEYS)), data.draw(st.booleans()))
    _same(pair, Lens.parse(data.draw(st.sampled_from(_LENSES))), Facets(column, order, needle), bins=3)


_known: dict[str, list[str]] = {}


def _values(pair: Pair, column: str) -> list[str]:
    if column not in _known:
        _known[column] = sorted({value for row in pair.rows for value in values_of(row, column)})
    return _known[column]


def test_a_hostile_needle_is_taken_as_it_is(pair: Pair) -> None:
    for needle in (" ", "[", "a(", "\\", "İ", "ß", "\x1b", ".*", "*", "é", "ſ", "a\nb"):
        _same(pair, Lens(), Facets("userAgent", needle=needle))


_EVENTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "eventTime": st.sampled_from(
                ["2024-01-01T00:00:00Z", "2024-01-01T00:00:07Z", "2024-03-01T00:00:00Z", "x", ""]
            ),
            "errorCode": st.sampled_from(["AccessDenied", "Throttling", "NoSuchKey"]),
            "eventName": st.sampled_from(["GetObject", "PutObject", "ListUsers", "é", "10", "9"]),
            "sourceIPAddress": st.sampled_from(["198.51.100.7", "2001:db8::1", ""]),
            "readOnly": st.booleans(),
            "requestParameters": st.fixed_dictionaries(
                {"bucketName": st.sampled_from(["one", "two", "1", "01", "1.0", "ten"])},
                optional={"key": st.sampled_from(["a", "b", "c"]), "roleArn": st.just("arn:aws:iam::1:role/x")},
            ),
        },
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(events=_EVENTS, bins=st.integers(1, 9))
def test_made_up_stores(tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, Any]], bins: int) -> None:
    folder = tmp_path_factory.mktemp("made")
    from store.build import blobs_in
    from store.naive import rows_of

    write_trail(folder / "logs" / "a.json", [record(number, **event) for number, event in enumerate(events)])
    pair = Pair(store_of(folder / "parts", folder / "logs"), rows_of(blobs_in(folder / "logs")))
    for column in ("eventTime", "eventName", "resource", "requestParameters.bucketName", "outcome", "principal"):
        for text in ("", "event:object"):
            _same(pair, Lens.parse(text), Facets(column), bins)
            _same(pair, Lens.parse(text), Facets(column, FacetOrder("last", False), "o"), bins)


def test_many_values_that_go_together_are_told_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """More mixtures of the resources of a page than a byte can number."""
    folder = tmp_path_factory.mktemp("mixed")
    from store.build import blobs_in
    from store.naive import rows_of

    arns = [f"arn:aws:s3:::bucket-{number}" for number in range(10)]
    some = [[{"ARN": arn} for place, arn in enumerate(arns) if number >> place & 1] for number in range(1, 400)]
    write_trail(folder / "logs" / "a.json", [record(n, resources=chosen) for n, chosen in enumerate(some)])
    pair = Pair(store_of(folder / "parts", folder / "logs"), rows_of(blobs_in(folder / "logs")))
    _same(pair, Lens(), Facets("resource"))


@pytest.mark.parametrize("text", ["", "verb:write", "sort:time:desc", "verb:write sort:time:desc"])
def test_gaps(pair: Pair, text: str) -> None:
    view = pair.store.look(Lens.parse(text))
    times = [int(pair.store.frame.columns.time[row]) for row in view.ordered]
    for least in (1, 60_000, 86_400_000, 10**14):
        gaps = [
            place for place in range(1, len(times))
            if NO_TIME not in times[place - 1 : place + 1] and abs(times[place] - times[place - 1]) >= least
        ]  # fmt: skip
        found, place = [], -1
        while (there := view.next_gap(place, 1, least)) is not None:
            found.append(place := there)
        assert found == gaps
        found, place = [], view.total
        while (there := view.next_gap(place, -1, least)) is not None:
            found.append(place := there)
        assert found == gaps[::-1]
    assert pair.store.look(Lens.parse("sort:ip")).next_gap(0, 1, 1) is None


def _after(calls: int) -> Callable[[], bool]:
    left = iter(range(calls))
    return lambda: next(left, None) is None


@pytest.mark.parametrize("column", ["principal", "resource", "eventID", "sha256", "requestParameters.key", "requestID"])
def test_nobody_waits_any_longer(tmp_path_factory: pytest.TempPathFactory, column: str) -> None:
    folder = tmp_path_factory.mktemp("cancel")
    write_trail(folder / "logs" / "a.json", [record(n) for n in range(9)])
    store = store_of(folder / "parts", folder / "logs")
    view = store.look(Lens())
    with pytest.raises(Superseded):
        view.facets(Facets(column), _after(0))
    assert view.facets(Facets(column)).total


@cache
def _short(name: str) -> str:
    return resolve(name).short


@pytest.mark.parametrize(
    "begun", ["", "g", "get", "getobjct", "arn:aws", "root", "198.51", "accessdenied", "zzz", "read"]
)
@pytest.mark.parametrize("field", ["", *WORD_COLUMNS, "ip", "outcome", "source"])
def test_suggestions_are_the_best_of_the_tally(pair: Pair, field: str, begun: str) -> None:
    from ctwork.model.likeness import likeness

    names = [resolve(field).name] if field else list(WORD_COLUMNS)
    grade, expected, ranks = likeness(begun), {}, {}
    for name in names:
        for row in _tally(pair, Lens(), Facets(name, needle=begun)).page(0, 1 << 30):
            if row.value:
                expected[_short(name), row.value] = row.count
                ranks[_short(name), row.value] = (grade(row.value), -row.count)
    plain = {key: rank for key, rank in ranks.items() if rank[0] <= 3}
    ranks = plain or ranks
    expected = {key: count for key, count in expected.items() if key in ranks}
    found = pair.store.suggest(field, begun, 12)
    seen = [each for each in found if each.count]
    assert all(expected[each.field, each.value] == each.count for each in seen)
    assert [ranks[each.field, each.value] for each in seen] == sorted(ranks.values())[: len(seen)]
    assert len(found) >= min(12, len(expected))


def test_what_cannot_be_suggested(pair: Pair) -> None:
    assert pair.store.suggest("nofield", "a", 5) == []
    assert pair.store.suggest("eventID", "a", 5) == []
    assert pair.store.suggest("requestParameters.never.read", "a", 5) == []
    assert [each.value for each in pair.store.suggest("outcome", "failed-l", 5)] == ["failed-login"]


def test_a_column_is_coded_once(pair: Pair) -> None:
    assert coding(pair.store.frame, "principal") is coding(pair.store.frame, "principal")


@pytest.mark.parametrize("column", ["session", "resource"])
def test_portraits_over_the_span_of_another_view(pair: Pair, column: str) -> None:
    over = pair.store.look(Lens()).span_ms
    lens = Lens.parse("verb:write time:2024-01-01..2025-03-12")
    pages, slow = pair.store.look(lens).facets(Facets(column)), _tally(pair, lens, Facets(column))
    assert over is not None
    assert list(pages.portraits(0, 50, 9, over)) == list(slow.portraits(0, 50, 9, over))
    first_half = (over[0], (over[0] + over[1]) // 2)
    assert list(pages.portraits(0, 50, 9, first_half)) == list(slow.portraits(0, 50, 9, first_half))


def test_portraits_that_nobody_waits_for_are_not_drawn(pair: Pair) -> None:
    pages = pair.store.look(Lens.parse("verb:write")).facets(Facets("session"))
    with pytest.raises(Superseded):
        pages.portraits(0, 50, 9, None, lambda: True)
    with pytest.raises(Superseded):
        pair.store.suggest("", "s", 5, lambda: True)


@pytest.mark.parametrize("column", ["tlsDetails.tlsVersion", "requestParameters.bucketName"])
def test_a_path_facet_ends_soon_after_nobody_waits(pair: Pair, tmp_path: Path, column: str) -> None:
    store = store_of(tmp_path / "parts", *_trails(tmp_path))
    asked: list[float] = []

    def tired() -> bool:
        asked.append(thread_time())
        return len(asked) > 6

    with pytest.raises(Superseded):
        store.look(Lens()).facets(Facets(column), tired)
    assert thread_time() - asked[-1] < 0.1
    assert max(later - sooner for sooner, later in pairwise(asked)) < 0.1


def _trails(folder: Path) -> list[Path]:
    """Some thousand records, large ones, in a few files."""
    records = [
        record(number, requestParameters={"bucketName": f"b{number}", "padding": "x" * 4_000})
        for number in range(2_000)
    ]
    return [write_trail(folder / f"{at}.json", records[at : at + 500]) for at in range(0, len(records), 500)]
