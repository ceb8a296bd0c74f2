"""No crash, no hang, the right records, the damage told, every byte accounted for: one input after the other."""

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from ctwork.sources.base import Weight
from hostile.case import Case
from hostile.corpus import CASES, FAMILIES
from hostile.reader import read, unlike

LONGEST_S = 20
"""A guard against hanging, with room for a busy machine: nothing takes longer than a second or two."""
LEAST = {"A": 50, "B": 102, "C": 41, "D": 58, "E": 20, "F": 31, "G": 47}


@pytest.fixture(autouse=True)
def watchdog() -> Iterator[None]:
    """Ends a test that hangs."""

    def bark(_: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"still reading after {LONGEST_S} s")

    before = signal.signal(signal.SIGALRM, bark)
    signal.alarm(LONGEST_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def params() -> Iterator[object]:
    for case in CASES:
        marks = [pytest.mark.xfail(reason=case.waits_for, strict=True)] if case.waits_for else []
        yield pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", params())
def test_case(case: Case, tmp_path: Path) -> None:
    said = read(case, tmp_path)
    kinds = {str(issue.kind) for issue in said.issues}
    assert said.ids == case.holds, said.issues
    if case.told:
        assert case.told & {issue.kind for issue in said.issues}, kinds
    else:
        losses = [issue for issue in said.issues if issue.kind.weight is Weight.LOSS]
        assert not losses, "nothing is damaged, so nothing may be called lost"
    for size, found in said.decoded:
        law = found.coverage
        assert law.unaccounted == 0
        assert law.records + law.structure + law.reported == size
    if case.meanwhile is None:
        assert not list(unlike(said, case)), "what was read can be shown again, to the byte"


def test_the_corpus_is_large_and_distinct() -> None:
    assert {letter: len(family) >= LEAST[letter] for letter, family in FAMILIES.items()} == dict.fromkeys(LEAST, True)
    assert len({case.name for case in CASES}) == len(CASES)
    files = [case.bytes for case in CASES if not case.is_tree and callable(case.content) is False]
    assert len(CASES) >= 350
    assert len(set(files)) >= len(files) - len(FAMILIES["F"]), "an input that differs in nothing proves nothing"
