"""What comes from a server that misbehaves, a few times every run and often before a release."""

import pytest

from tests.proofs.pulls import prove


def test_pulls_under_faults_are_right_or_say_why_not() -> None:
    tally = prove(8, seed=1, patience=1)
    assert not tally.breaches, tally.breaches[:5]
    assert all(tally.seen[each] for each in ("stopped", "failed rows", "objects here", "objects told of")), tally.seen


@pytest.mark.long
def test_two_hundred_schedules_of_faults() -> None:
    tally = prove(200, seed=100)
    assert not tally.breaches, tally.breaches[:5]
