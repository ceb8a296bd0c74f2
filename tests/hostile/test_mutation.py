"""The mutation run in small, and proof that it would notice: the long one is `python -m tests.hostile.mutate`."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctwork.sources.account import Coverage
from ctwork.sources.base import Issue, IssueKind
from ctwork.sources.decode import decode
from hostile.case import R, trail
from hostile.law import breaches
from hostile.mutate import lost, main, turn, victims
from hostile.mutation import mutate

DATA = trail(*R[:4])


@settings(max_examples=200, deadline=None)
@given(st.integers(), st.integers(0, len(DATA) - 1), st.integers(1, 300))
def test_a_mutant_knows_what_it_left_alone(seed: int, start: int, size: int) -> None:
    mutant = mutate(DATA, Random(seed), b"other" * 50)
    wanted = DATA[start : start + size]
    places = mutant.new_places(start, start + len(wanted))
    assert all(mutant.data[place : place + len(wanted)] == wanted for place in places)


def test_the_law_is_noticed_when_broken() -> None:
    good = decode(DATA, "x.json")
    assert not list(breaches(DATA, good))
    short = replace(good, records=good.records[1:], spans=good.spans[1:])
    assert any("holds evidence" in breach for breach in breaches(DATA, short))
    assert list(breaches(DATA, replace(good, coverage=Coverage(1, 2, 3))))
    assert list(breaches(DATA, replace(good, coverage=replace(good.coverage, structure=0, unaccounted=13))))
    assert list(breaches(DATA, replace(good, spans=[(start + 1, end) for start, end in good.spans])))
    assert list(breaches(DATA[:-1] + b"#", good))


def test_a_lost_record_is_noticed() -> None:
    found = decode(DATA, "x.json")
    start, end = found.spans[1]
    gone = replace(found, records=[found.records[0]], spans=[found.spans[0]])
    assert not lost(found, start, end)
    assert lost(gone, start, end)
    told = Issue("x.json", IssueKind.SYNTAX, "damaged", start, end - start)
    assert not lost(replace(gone, issues=[told]), start, end)


def test_the_sample_changed_at_random(sample_logs: Path) -> None:
    some = sorted(sample_logs.rglob("*.json.gz"))[::40]
    everyone = [victim for path in some for victim in victims([path])]
    assert len(everyone) > 20
    assert [found for number in range(400) if (found := turn(everyone, 5, number)[1])] == []


@pytest.mark.long
def test_a_hundred_thousand() -> None:
    assert main(["--count", "100000", "--seed", "3"]) == 0
