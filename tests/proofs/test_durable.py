"""Proofs of durability, a few of each every time and all of them before a release."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.proofs.durable import Tally, bits, full, kill, limit


def _holds(tally: Tally, *seen: str) -> None:
    assert not tally.breaches, tally.breaches[:5]
    assert all(tally.seen[each] for each in seen), tally.seen


def test_marks_outlast_kills(tmp_path: Path) -> None:
    _holds(kill(8, seed=3), "kills", "acknowledged")


def test_marks_outlast_a_limit_on_files(tmp_path: Path) -> None:
    _holds(limit(3), "refused")


def test_a_flipped_bit_is_told_or_harmless(tmp_path: Path) -> None:
    _holds(bits(40, seed=5), "told", "harmless")


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can be mounted by root alone")
def test_marks_outlast_full_disks(tmp_path: Path) -> None:
    try:
        tally = full(96 << 10, 400 << 10, 96 << 10)
    except (OSError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"nothing can be mounted here: {problem}")
    _holds(tally, "refused", "acknowledged")


@pytest.mark.long
def test_marks_outlast_a_thousand_kills() -> None:
    tally = kill(1_000, seed=1)
    _holds(tally, "kills", "acknowledged")
    assert tally.slowest_s < 2


@pytest.mark.long
def test_marks_outlast_a_thousand_limits_disks_and_bits() -> None:
    _holds(limit(1_000), "refused")
    _holds(bits(1_000, seed=1), "told", "refused", "harmless")
    if os.geteuid() == 0:
        _holds(full(), "refused", "acknowledged")
