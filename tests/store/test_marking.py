"""Marks as columns: what a mark covers, against a loop over events; records found again by id, hash and time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.model.annotation import SEVERITIES, VERDICTS, Annotation
from ctwork.model.facet import Facets
from ctwork.model.lens import Lens
from ctwork.model.target import EventTarget, SpanTarget, ValueTarget, parse_target
from ctwork.store.stamp import NO_TIME
from ctwork.store.store import Store
from store.conftest import Pair

_COLUMNS = ("tag", "note", "severity", "verdict", "bookmark", "mark")
_VALUES = ("principal", "sourceIPAddress", "resource", "requestParameters.bucketName", "eventName", "service")


@pytest.fixture(scope="module")
def targets(pair: Pair) -> dict[str, Annotation]:
    """Every fifth record as it can be marked; one that cannot be read is none."""
    hashes = pair.store.frame.texts("sha256", np.arange(pair.store.height, dtype=np.uint32))
    return pair.store.targets([row for row in range(0, pair.store.height, 5) if hashes[row]])


def _said(annotation: Annotation, kind: str) -> dict[str, tuple[str, ...]]:
    return {
        "tag": annotation.tags,
        "note": (annotation.note,) if annotation.note else (),
        "severity": (annotation.severity,) if annotation.severity else (),
        "verdict": (annotation.verdict,) if annotation.verdict else (),
        "bookmark": ("true",) if annotation.bookmark else (),
        "mark": (kind,),
    }


def _expected(pair: Pair, marks: dict[str, Annotation]) -> list[dict[str, set[str]]]:
    """Per event and mark column its values, the slow way."""
    found: list[dict[str, set[str]]] = [{column: set() for column in _COLUMNS} for _ in pair.rows]
    hashes = pair.store.frame.texts("sha256", np.arange(pair.store.height, dtype=np.uint32))
    for text, annotation in marks.items():
        target = parse_target(text)
        for row, event in enumerate(pair.rows):
            if isinstance(target, EventTarget):
                covers = hashes[row] == target.sha256 and (event.values("eventID") or ("",))[0] == target.event_id
            elif isinstance(target, ValueTarget):
                covers = target.value in event.values(target.column)
            else:
                assert isinstance(target, SpanTarget)
                covers = event.time_ms != NO_TIME and target.start_ms <= event.time_ms < target.end_ms
            if covers:
                for column, values in _said(annotation, text.partition("/")[0]).items():
                    found[row][column].update(values)
    return found


_ANNOTATIONS = st.builds(
    Annotation,
    bookmark=st.booleans(),
    tags=st.lists(st.sampled_from(["exfil", "c2", "‮x"]), unique=True).map(sorted).map(tuple),
    note=st.sampled_from(["", "n", "a b"]),
    severity=st.sampled_from(["", *SEVERITIES]),
    verdict=st.sampled_from(["", *VERDICTS]),
).filter(lambda each: each.says_something)


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_cover_what_a_loop_says(pair: Pair, targets: dict[str, Annotation], data: st.DataObject) -> None:
    marks = {
        text: replace(said, about=targets[text].about)
        for text, said in data.draw(st.dictionaries(st.sampled_from(sorted(targets)), _ANNOTATIONS, max_size=8)).items()
    }
    rows = st.integers(0, pair.store.height - 1)
    for column, row in data.draw(st.lists(st.tuples(st.sampled_from(_VALUES), rows), max_size=3)):
        for value in pair.rows[row].values(column)[:1]:
            marks[str(ValueTarget(column, value))] = data.draw(_ANNOTATIONS)
    times = sorted(event.time_ms for event in pair.rows if event.time_ms != NO_TIME)
    for first, length in data.draw(st.lists(st.tuples(st.sampled_from(times), st.integers(1, 10**8)), max_size=2)):
        marks[str(SpanTarget(first // 1000 * 1000, first // 1000 * 1000 + length))] = data.draw(_ANNOTATIONS)
    store = pair.store.marked(lambda: marks)
    expected = _expected(pair, marks)
    every = np.arange(store.height, dtype=np.uint32)
    for column in _COLUMNS:
        assert [set(values) for values in store.frame.value_lists(column, every)] == [each[column] for each in expected]
        counts = {row.value: row.count for row in store.look(Lens()).facets(Facets(column)).page(0, 99)}
        named = {value for each in expected for value in each[column]}
        assert {value: n for value, n in counts.items() if value} == {
            value: sum(value in each[column] for each in expected) for value in named
        }
    for text, holds in (
        ("tag:=exfil", lambda each: "exfil" in each["tag"]),
        ("has:mark !verdict:malicious", lambda each: each["mark"] and "malicious" not in each["verdict"]),
        (
            "severity:(high OR low) mark:event",
            lambda each: {"high", "low"} & each["severity"] and "event" in each["mark"],
        ),
    ):
        found = [row for row, each in enumerate(expected) if holds(each)]
        assert store.look(Lens.parse(text)).slice(0, store.height).tolist() == found
    assert store.strays() == ()


def test_other_marks_leave_nothing_of_the_ones_before(pair: Pair, targets: dict[str, Annotation]) -> None:
    text, seen = next(iter(targets.items()))
    said = {text: replace(seen, tags=("one",))}
    before = pair.store.marked(lambda: said)
    assert before.look(Lens.parse("tag:one")).total == 1
    assert [row.value for row in before.look(Lens()).facets(Facets("tag")).page(0, 9)] == ["", "one"]
    after = before.marked(dict)
    assert after.look(Lens.parse("tag:one")).total == 0
    assert [row.value for row in after.look(Lens()).facets(Facets("tag")).page(0, 9)] == [""]
    assert before.look(Lens.parse("tag:one")).total == 1
    assert after.look(Lens.parse("sort:tag:desc")).total == pair.store.height


def test_a_record_without_its_time_is_found_by_its_id(pair: Pair, targets: dict[str, Annotation]) -> None:
    marks = {text: Annotation(bookmark=True) for text in targets}
    store = pair.store.marked(lambda: marks)
    assert store.look(Lens.parse("has:bookmark")).total == len(targets)
    assert store.strays() == ()


def test_a_record_that_is_not_there_is_a_stray(pair: Pair, targets: dict[str, Annotation]) -> None:
    gone = [str(EventTarget("00000000-1111-4222-8333-444444444444", "a" * 64)), str(EventTarget("", "b" * 64))]
    marks = dict.fromkeys(gone, Annotation(bookmark=True))
    store = pair.store.marked(lambda: marks)
    assert store.look(Lens.parse("has:mark")).total == 0
    assert store.strays() == tuple(gone)


def test_of_records_in_conflict_the_one_that_was_marked_is_meant(pair: Pair) -> None:
    rivals = sorted(pair.store.frame.conflicts)
    assert len(rivals) > 1
    for row in rivals:
        marks = pair.store.targets([row])
        said = {text: replace(seen, bookmark=True) for text, seen in marks.items()}
        assert _rows(pair.store.marked(lambda said=said: said)) == [row]


def _rows(store: Store) -> list[int]:
    return store.look(Lens.parse("bookmark:true")).slice(0, store.height).tolist()


def test_marks_are_read_when_a_lens_needs_them(pair: Pair) -> None:
    asked: list[int] = []

    def marks() -> dict[str, Annotation]:
        asked.append(1)
        return {}

    store = pair.store.marked(marks)
    store.look(Lens.parse("verb:write")).page(0, 9)
    assert not asked
    store.look(Lens.parse("has:tag"))
    store.look(Lens.parse("has:note"))
    assert len(asked) == 1
