"""The compiled lens against its reference meaning: on real and odd records, for predicates of every kind."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.errors import LensError
from ctwork.model.column import COLUMNS, WORD_COLUMNS
from ctwork.model.glob import escape_glob
from ctwork.model.lens import Lens
from ctwork.model.predicate import (
    EVERYTHING,
    And,
    Anywhere,
    Between,
    Compare,
    During,
    Match,
    Network,
    Not,
    Or,
    Phrase,
    Predicate,
    Present,
    Regex,
    Text,
    Wildcard,
    Word,
)
from ctwork.model.regex import compile_regex
from ctwork.store.compile import select
from store.conftest import Pair

PATHS = (
    "requestParameters",
    "requestParameters.bucketName",
    "requestParameters.key",
    "requestParameters.roleArn",
    "requestParameters.filterSet.items",
    "requestParameters.maxResults",
    "requestParameters.Host",
    "requestParameters.a",
    "responseElements",
    "responseElements.credentials.accessKeyId",
    "responseElements.ConsoleLogin",
    "responseElements.a",
    "resources",
    "resources.ARN",
    "resources.type",
    "userIdentity",
    "userIdentity.sessionContext",
    "tlsDetails.tlsVersion",
    "additionalEventData",
    "additionalEventData.bytesTransferredOut",
    "requestID",
    "insightDetails",
    "no.such.path",
)
COLUMN_NAMES = [column.name for column in COLUMNS if column.name != "sha256"]
NUMBERS = ("0", "1", "2", "3", "-1", "1.5", "1e3", "4096", "1e400", "x", "")
NETWORKS = ("192.168.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "192.0.2.7", "2001:db8::/32", "10.8.8.10/32", "nonsense")
HOSTILE = ("", " ", "é", "İ", "ß", "\u0130stanbul", "*", "?", "\\", "a*b?c", "\n", "\u2028", "%", "ſ", "K")


class _Draws:
    """Draws predicates whose values come from the records at hand."""

    def __init__(self, pair: Pair, draw: Callable[..., Any]) -> None:
        self._pair = pair
        self._draw = draw

    def predicate(self, depth: int = 3) -> Predicate:
        kind = self._draw(st.integers(0, 9 if depth else 5))
        if kind >= 6:
            parts = tuple(self.predicate(depth - 1) for _ in range(self._draw(st.integers(0 if kind < 9 else 1, 3))))
            return Not(parts[0]) if kind == 9 else (And, Or)[kind % 2](parts)
        if kind == 0:
            return self._anywhere()
        column = self._draw(st.sampled_from(COLUMN_NAMES + list(PATHS)))
        return Match(column, self._condition(column))

    def _anywhere(self) -> Predicate:
        text = self._text(self._draw(st.sampled_from(WORD_COLUMNS)))
        condition = self._draw(st.sampled_from((self._text_like, self._wildcard, self._regex)))
        return self._draw(st.sampled_from((Word(text), Phrase(text), Anywhere(condition(text)), EVERYTHING)))

    def _condition(self, column: str) -> Any:
        text = self._text(column)
        makers = (
            self._text_like,
            self._wildcard,
            self._regex,
            self._compare,
            self._between,
            self._during,
            self._network,
        )
        return self._draw(st.sampled_from((*makers, lambda _: Present())))(text)

    def _text(self, column: str) -> str:
        """A value of the column, often bent; sometimes one that nobody would think of."""
        if self._draw(st.integers(0, 9)) == 0:
            return self._draw(st.sampled_from(HOSTILE))
        rows = self._pair.rows
        start = self._draw(st.integers(0, len(rows) - 1))
        values: tuple[str, ...] = ()
        for step in range(0, len(rows), 17):
            values = rows[(start + step) % len(rows)].values(column)
            if values:
                break
        value = self._draw(st.sampled_from(values)) if values else "nothing"
        return self._bent(value[:200])

    def _bent(self, value: str) -> str:
        first = self._draw(st.integers(0, max(0, len(value) - 1)))
        last = self._draw(st.integers(first, len(value)))
        ways = (
            value,
            value,
            value.upper(),
            value.lower(),
            value.swapcase(),
            value[first:last],
            value[first:],
            value[:first] + "x" + value[first + 1 :],
        )
        return self._draw(st.sampled_from((*ways, value[:first] + value[last:], *re.split("[:/ ]", value)[:4])))

    def _text_like(self, text: str) -> Text:
        return Text(text, self._draw(st.booleans()))

    def _wildcard(self, text: str) -> Wildcard:
        first = self._draw(st.integers(0, len(text)))
        last = self._draw(st.integers(first, len(text)))
        middle = self._draw(st.sampled_from(("*", "?", "**", "*?", "")))
        pattern = escape_glob(text[:first]) + middle + escape_glob(text[last:])
        return Wildcard(self._draw(st.sampled_from((pattern, pattern + "*", "*" + pattern))), self._draw(st.booleans()))

    def _regex(self, text: str) -> Regex:
        body = re.escape(text[:20])
        shape = self._draw(st.sampled_from(("{}", "^{}", "{}$", "(?:{}|zzz)", "[^{}]*x", "{}.*s")))
        pattern, exact = shape.format(body), self._draw(st.booleans())
        try:
            compile_regex(pattern, exact)
        except LensError:
            pattern = body
        return Regex(pattern, exact)

    def _compare(self, text: str) -> Compare:
        return Compare(self._draw(st.sampled_from(("<", "<=", "=", ">", ">="))), self._number(text))

    def _between(self, text: str) -> Between:
        return Between(self._number(text), self._number(text))

    def _number(self, text: str) -> str:
        return self._draw(st.sampled_from((*NUMBERS, text)))

    def _during(self, _: str) -> During:
        return During(self.instant(), self.instant())

    def instant(self) -> int | None:
        time = self._draw(st.sampled_from(self._pair.rows)).time_ms
        return self._draw(st.sampled_from((None, time, time + 1, time - 1)))

    def _network(self, text: str) -> Network:
        return Network(self._draw(st.sampled_from((*NETWORKS, text, text + "/24"))))


def _check_lens(pair: Pair, data: st.DataObject) -> None:
    draws = _Draws(pair, data.draw)
    spanned = data.draw(st.booleans())
    lens = Lens(draws.predicate(), draws.instant() if spanned else None, draws.instant() if spanned else None)
    view = pair.store.look(lens)
    expected = [row for row, event in enumerate(pair.rows) if lens.matches(event)]
    assert view.selection.chosen.tolist() == expected, str(lens)
    assert view.total == len(expected)


def _check_predicate(pair: Pair, data: st.DataObject) -> None:
    predicate = _Draws(pair, data.draw).predicate()
    found = select(pair.store.frame, predicate, 0, pair.store.height, lambda: False)
    rows = list(range(pair.store.height)) if found is None else found.tolist()
    assert rows == [row for row, event in enumerate(pair.rows) if predicate.matches(event)], predicate


_QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
_LONG = settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))


@_QUICK
@given(data=st.data())
def test_a_lens_selects_what_it_matches(pair: Pair, data: st.DataObject) -> None:
    _check_lens(pair, data)


@_QUICK
@given(data=st.data())
def test_a_predicate_that_is_not_canonical_selects_what_it_matches(pair: Pair, data: st.DataObject) -> None:
    _check_predicate(pair, data)


@pytest.mark.long
@_LONG
@given(data=st.data())
def test_many_lenses_select_what_they_match(pair: Pair, data: st.DataObject) -> None:
    _check_lens(pair, data)


@pytest.mark.long
@_LONG
@given(data=st.data())
def test_many_predicates_select_what_they_match(pair: Pair, data: st.DataObject) -> None:
    _check_predicate(pair, data)


@pytest.mark.parametrize("column", ["verb", "resource", "source", "copies", "sha256", "requestParameters.bucketName"])
def test_what_holds_for_every_event_or_for_none(pair: Pair, column: str) -> None:
    given = Match(column, Present())
    other = Match("eventID", Present())
    for everything in (Or((given, Not(given))), Or((given, other, Not(given))), Not(And((given, Not(given), other)))):
        assert pair.store.look(Lens(everything)).total == pair.store.height
        assert pair.store.look(Lens(Not(everything))).total == 0
        assert pair.store.look(Lens(And((everything, other)))).total == sum(map(other.matches, pair.rows))


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_reads_as_the_slow_way_does(pair: Pair, column: Any) -> None:
    rows = np.arange(pair.store.height, dtype=np.uint32)
    expected = [event.values(column.name) for event in pair.rows]
    assert list(map(tuple, pair.store.frame.value_lists(column.name, rows))) == expected
    assert pair.store.frame.texts(column.name, rows) == [" ".join(values) for values in expected]


@pytest.mark.parametrize("path", PATHS)
def test_every_path_reads_as_the_slow_way_does(pair: Pair, path: str) -> None:
    rows = np.arange(pair.store.height, dtype=np.uint32)
    expected = [event.values(path) for event in pair.rows]
    assert list(map(tuple, pair.store.frame.value_lists(path, rows))) == expected
    assert any(expected) == (path != "no.such.path")


@pytest.mark.parametrize("name", ["tag", "note", "severity", "finding"])
def test_columns_of_marks_are_empty_before_anything_is_marked(pair: Pair, name: str) -> None:
    assert pair.store.look(Lens(Match(name, Present()))).total == 0
    assert pair.store.look(Lens(Not(Match(name, Present())))).total == pair.store.height


@pytest.mark.parametrize(
    "text", ["", "00000000-0000-0000-0000-000000000000", "X", "abcdef00-0000-4000-8000-000000000001"]
)
@pytest.mark.parametrize("exact", [False, True])
def test_ids_are_found_as_a_loop_finds_them(pair: Pair, text: str, exact: bool) -> None:
    for shown in (text, text.upper(), text.lower()):
        match = Match("eventID", Text(shown, exact))
        expected = [row for row, event in enumerate(pair.rows) if match.matches(event)]
        found = select(pair.store.frame, match, 0, pair.store.height, lambda: False)
        assert found is not None
        assert found.tolist() == expected


def test_the_hash_of_a_record_can_be_asked_for(pair: Pair) -> None:
    sha256 = pair.rows[5].values("sha256")[0]
    assert pair.store.look(Lens(Match("sha256", Text(sha256)))).selection.chosen.tolist() == [5]
