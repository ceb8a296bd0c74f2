"""Records fold without recursion and within bounds, name their fields, and hide nothing."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.legible import width
from ctwork.tui.desk import Detail
from ctwork.tui.folding import KEY_LIMIT, MEMBERS, ROWS, TEXT_ROWS, VALUE_LIMIT, Path, Row, decoded, rows, wrapped
from tests.tui.desk import HOSTILE, FakeDesk, nested


def detail(document: Any, facts: tuple[tuple[str, str], ...] = (), problem: str = "") -> Detail:
    return Detail(facts, b"{}", document, (), "ab" * 32, problem)


def members(document: Any, opened: Iterable[Path] = (), cells: int = 80) -> list[Row]:
    found = rows(detail(document), frozenset(opened), cells, brief=False)
    return found[next(place for place, row in enumerate(found) if row.kind == "rule") + 1 :]


def test_facts_come_first_then_places_then_the_record() -> None:
    found = rows(FakeDesk().detail(5), frozenset(), 100, brief=True)
    labels = [row.key.strip() for row in found if row.kind == "fact"]
    assert labels[:4] == ["who", "from", "what", "on"]
    assert labels[-1] == "sha256"
    assert "read" in labels
    assert [row.kind for row in found].index("rule") == len(labels)


def test_a_problem_is_the_first_thing_said() -> None:
    found = rows(detail({}, problem="the carrier changed"), frozenset(), 80, brief=True)
    assert found[0].kind == "alarm"
    assert "not verified" in found[0].value
    assert "the carrier changed" in found[0].value


def test_branches_are_closed_until_opened() -> None:
    document = {"a": {"b": {"c": 1}}, "d": [1, 2]}
    assert [row.key.strip() for row in members(document)] == ["a", "d"]
    shown = members(document, [("a",), ("a", "b"), ("d",)])
    assert [(row.depth, row.key.strip(), row.value) for row in shown] == [
        (0, "a", "{1}"), (1, "b", "{1}"), (2, "c", "1"), (0, "d", "[2]"), (1, "0", "1"), (1, "1", "2"),
    ]  # fmt: skip


def test_fields_are_what_a_lens_takes() -> None:
    document = {"requestParameters": {"tags": [{"key": "x"}], "odd key": 1}}
    shown = members(document, [("requestParameters",), ("requestParameters", "tags"), ("requestParameters", "tags", 0)])
    fields = {row.key.strip(): row.field for row in shown}
    assert fields["key"] == "requestParameters.tags.key"
    assert fields["0"] == "requestParameters.tags"
    assert fields["odd key"] == ""


@pytest.mark.parametrize("text", ['{"Effect": "Allow"}', "%7B%22Effect%22%3A%20%22Allow%22%7D", ' ["a"]'])
def test_json_in_a_text_unfolds(text: str) -> None:
    (closed,) = members({"policy": text})
    assert closed.foldable
    assert closed.value.startswith("JSON text")
    assert closed.leaf == text
    inner = members({"policy": text}, [("policy",)])[1]
    assert "Allow" in inner.value or inner.value == "a"
    assert inner.field == ""


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "{not json}", "[" * 100_000, "%7B", "plain", "{" * 2_000_000])
def test_what_only_looks_like_json_stays_a_text(text: str) -> None:
    assert decoded(text) is None


def test_fifty_levels_and_fifty_thousand() -> None:
    for levels in (50, 50_000):
        value: Any = nested(levels)
        path: Path = ()
        opened = []
        for level in range(levels - 1, max(levels - 60, -1), -1):
            path = (*path, f"level{level}")
            opened += [path, (*path, 0)]
            path = (*path, 0)
        shown = members(value, opened)
        assert shown[-1].depth >= 60 or shown[-1].value == "bottom"


def test_everything_is_bounded() -> None:
    many = {f"k{number}": number for number in range(MEMBERS + 50)}
    shown = members(many)
    assert shown[-1].value == "… 50 more members"
    wide = {f"k{number}": list(range(MEMBERS)) for number in range(20)}
    assert len(members(wide, [(f"k{number}",) for number in range(20)])) <= ROWS + 1
    huge = members({"text": "x" * (VALUE_LIMIT * 2)}, [("text",)])
    assert len(huge) <= TEXT_ROWS + 3
    assert huge[-1].kind == "more"
    assert len(members({"k" * 10_000: 1})[0].key) <= KEY_LIMIT
    assert members({"n": 10**5000})[0].value == "a number too long to show"


def test_scalars_are_spelled_as_json_spells_them() -> None:
    document = {"t": True, "f": False, "n": None, "i": 7, "x": 1.5, "s": "text", "e": ""}
    assert [row.value for row in members(document)] == ["true", "false", "null", "7", "1.5", "text", ""]


@pytest.mark.parametrize("value", HOSTILE)
def test_no_row_holds_anything_dangerous(value: str) -> None:
    document = {value: value, "deep": {value: [value]}, "policy": json.dumps({value: value})}
    sick = replace(detail(document, ((value, value),), value or "?"))
    opened = frozenset({("deep",), ("deep", value), ("policy",), (value,)})
    for row in rows(sick, opened, 40, brief=False):
        assert row.key.isprintable(), row
        assert row.value.isprintable(), row


@given(st.text(max_size=200), st.integers(2, 30))
def test_wrapping_loses_nothing(text: str, cells: int) -> None:
    parts = list(wrapped(text, cells))
    assert "".join(parts) == text
    assert all(width(part) <= cells for part in parts)
