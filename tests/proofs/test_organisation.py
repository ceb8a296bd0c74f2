"""A small organisation every time; 100,000 objects before a release."""

from pathlib import Path

import pytest

from tests.proofs.durable import Tally
from tests.proofs.organisation import Manner, fill, prove
from tests.servers import Server


def test_an_organisation_is_pulled_in_spite_of_interruptions(seaweed: Server, tmp_path: Path) -> None:
    tally = Tally()
    prove(fill(seaweed, "small-organisation", 500, seed=2), tmp_path / "copy", 2, 2, tally, Manner(in_flight=16))
    assert not tally.breaches, tally.breaches[:5]
    assert tally.seen["objects"] == 500
    assert any(name.startswith("stopped by") for name in tally.seen), tally.seen


@pytest.mark.long
def test_a_hundred_thousand_objects_are_pulled_in_spite_of_interruptions(seaweed: Server, tmp_path: Path) -> None:
    tally = Tally()
    prove(fill(seaweed, "organisation", 100_000, seed=1), tmp_path / "copy", 6, 1, tally, Manner())
    assert not tally.breaches, tally.breaches[:5]
