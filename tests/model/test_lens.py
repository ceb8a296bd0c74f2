"""A lens as a value: its span, its order, its changed copies and its text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lens_samples import Fields, events, instants, names, predicates

from ctwork.errors import LensError
from ctwork.model.instant import MAX_MS, MIN_MS
from ctwork.model.lens import Lens, Sort
from ctwork.model.predicate import EVERYTHING, And, During, Match, Not, Or, Predicate, Text, Word

NOON_MS = 1_688_990_400_000  # 2023-07-10T12:00:00Z
HOUR_MS = 3_600_000
A, B = Word("a"), Word("b")


@pytest.mark.parametrize(
    ("text", "lens"),
    [
        ("", Lens()),
        ("a", Lens(A)),
        ("time:2023-07-10T12", Lens(start_ms=NOON_MS, end_ms=NOON_MS + HOUR_MS)),
        ("a time:2023-07-10T12.. b", Lens(And((A, B)), NOON_MS)),
        ("(a (time:2023-07-10T12.. b))", Lens(And((A, B)), NOON_MS)),
        ("time:2023-07-10T12.. time:<2023-07-10T13", Lens(EVERYTHING, NOON_MS, NOON_MS + HOUR_MS)),
        ("time:2023-07-10T13.. time:..2023-07-10T12", Lens(EVERYTHING, NOON_MS + HOUR_MS, NOON_MS)),
        ("a OR time:..2023-07-10T12", Lens(Or((A, Match("eventTime", During(None, NOON_MS)))))),
        ("!time:..2023-07-10T12", Lens(Not(Match("eventTime", During(None, NOON_MS))))),
        ("sort:event", Lens(sort=Sort("eventName"))),
        ("a sort:eventTime:desc", Lens(A, sort=Sort(descending=True))),
        ("a OR b sort:event:asc", Lens(Or((A, B)), sort=Sort("eventName"))),
        ("sort:event sort:ip:DESC", Lens(sort=Sort("sourceIPAddress", True))),
        ("sort:requestParameters.x:desc", Lens(sort=Sort("requestParameters.x", True))),
        ('sort:"a b:desc"', Lens(sort=Sort("a b", True))),
        ('sort:"a b"', Lens(sort=Sort("a b"))),
    ],
)
def test_what_a_text_means(text: str, lens: Lens) -> None:
    assert Lens.parse(text) == lens
    assert Lens.parse(str(lens)) == lens


@pytest.mark.parametrize(
    ("lens", "text"),
    [
        (Lens(), ""),
        (Lens(Or((A, B))), "a OR b"),
        (Lens(Or((A, B)), NOON_MS), "time:2023-07-10T12:00:00Z.. (a OR b)"),
        (Lens(A, NOON_MS, NOON_MS - 1), "time:2023-07-10T12:00:00Z..2023-07-10T11:59:59.999Z a"),
        (Lens(sort=Sort(descending=True)), "sort:eventTime:desc"),
        (Lens(And((A, B)), sort=Sort("ip")), "a b sort:sourceIPAddress"),
        (Lens(sort=Sort("x:desc")), 'sort:"x:desc:asc"'),
    ],
)
def test_how_a_lens_is_written(lens: Lens, text: str) -> None:
    assert str(lens) == text
    assert Lens.parse(text) == lens


@pytest.mark.parametrize(
    ("text", "column", "title"),
    [
        ("sort:", 5, "A value is missing after sort:"),
        ("sort:foo", 5, "There is no column foo"),
        ("sort:event:up", 11, "There is no direction up"),
        ("sort:event:", 11, "There is no direction "),
        ("sort:(a b)", 5, "sort: takes one column"),
        ("!sort:event", 1, "An order has no opposite"),
        ("(sort:event)", 1, "sort: orders the whole lens"),
        ("a OR sort:event", 5, "OR needs a condition on both sides"),
    ],
)
def test_mistakes_in_an_order(text: str, column: int, title: str) -> None:
    with pytest.raises(LensError) as caught:
        Lens.parse(text)
    assert (caught.value.column, caught.value.title) == (column, title)
    assert caught.value.hint


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(predicates, st.none() | instants, st.none() | instants, names, st.booleans())
def test_text_and_lens_are_inverses(
    predicate: Predicate, start: int | None, end: int | None, name: str, desc: bool
) -> None:
    lens = Lens(predicate, start, end, Sort(name, desc))
    again = Lens.parse(str(lens))
    assert again == lens
    assert hash(again) == hash(lens)
    assert str(again) == str(lens)


class TestMatching:
    noon = Fields({"eventTime": ("2023-07-10T12:00:00Z",), "eventName": ("a",)})

    def test_the_span_is_half_open(self) -> None:
        assert Lens(start_ms=NOON_MS, end_ms=NOON_MS + 1).matches(self.noon)
        assert not Lens(end_ms=NOON_MS).matches(self.noon)
        assert not Lens(start_ms=NOON_MS + 1).matches(self.noon)

    def test_the_predicate_counts_too(self) -> None:
        assert Lens(A, NOON_MS).matches(self.noon)
        assert not Lens(B, NOON_MS).matches(self.noon)

    def test_an_unreadable_time_is_in_no_span(self) -> None:
        for event in (Fields(), Fields({"eventTime": ("later",)})):
            assert Lens().matches(event)
            assert not Lens(start_ms=MIN_MS).matches(event)

    def test_an_empty_span_matches_nothing(self) -> None:
        lens = Lens.parse("time:2023-07-10 time:2023-07-11")
        assert lens.is_empty_span and not Lens(start_ms=NOON_MS).is_empty_span
        assert not lens.matches(self.noon)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(predicates, predicates, events)
    def test_narrow_and_exclude_part_the_events(self, one: Predicate, two: Predicate, event: Fields) -> None:
        lens = Lens(one)
        held = one.matches(event)
        assert lens.matches(event) == held
        assert lens.narrow(two).matches(event) == (held and two.matches(event))
        assert lens.exclude(two).matches(event) == (held and not two.matches(event))


class TestChangedCopies:
    lens = Lens(A, NOON_MS, None, Sort("eventName"))

    def test_only_what_was_asked_for_changes(self) -> None:
        assert self.lens.with_span(None, NOON_MS) == Lens(A, None, NOON_MS, Sort("eventName"))
        assert self.lens.with_predicate(B) == Lens(B, NOON_MS, None, Sort("eventName"))
        assert self.lens.with_sort("ip", descending=True) == Lens(A, NOON_MS, None, Sort("sourceIPAddress", True))
        assert self.lens == Lens(A, NOON_MS, None, Sort("eventName"))

    def test_narrowing_by_a_time_narrows_the_span(self) -> None:
        narrowed = self.lens.narrow(Match("time", During(None, NOON_MS + HOUR_MS)))
        assert (narrowed.predicate, narrowed.start_ms, narrowed.end_ms) == (A, NOON_MS, NOON_MS + HOUR_MS)

    def test_narrowing_twice_is_narrowing_once(self) -> None:
        part = Match("event", Text("x"))
        once = self.lens.narrow(part)
        assert once.narrow(part) == once
        assert once.parts == (A, Match("eventName", Text("x")))

    def test_widening_takes_a_part_back(self) -> None:
        part = Match("event", Text("x"))
        assert self.lens.narrow(part).widen(part) == self.lens
        assert self.lens.widen(B) == self.lens
        assert self.lens.widen(A).parts == ()

    def test_excluding_what_is_excluded_brings_back_only_it(self) -> None:
        assert self.lens.exclude(Not(B)).predicate == And((A, B))

    def test_a_span_stays_within_what_can_be_written(self) -> None:
        lens = Lens().with_span(MIN_MS - 5, MAX_MS + 5)
        assert (lens.start_ms, lens.end_ms) == (MIN_MS, MAX_MS)

    def test_an_unknown_column_has_no_order(self) -> None:
        with pytest.raises(LensError, match="There is no column foo"):
            Lens().with_sort("foo")

    def test_a_lens_is_a_value(self) -> None:
        assert len({self.lens, Lens.parse(str(self.lens)), Lens()}) == 2
        with pytest.raises(AttributeError):
            self.lens.start_ms = 0  # type: ignore[misc]
