"""An opening case over real loads: events before the load is done, and the same event found in every store."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "scenes",
    [
        ("first_load", "unchanged_again", "changed_again", "damaged"),
        ("growing",),
        ("stopped",),
        ("closed", "reopened_after_closing"),
        ("killed",),
        ("vanished",),
        ("the_load_is_told",),
        ("examined",),
        ("marked", "found_in_another_archive", "missing_from_other_evidence"),
        ("marked", "taken_out"),
        ("marked", "held_by_another"),
        ("marked", "a_damaged_journal_hides_no_event"),
    ],
    ids=lambda scenes: scenes[-1],
)
def test_scenes_are_played_to_the_end(tmp_path: Path, scenes: tuple[str, ...]) -> None:
    """See `case.scene`; each scene finds the folder as the one before has left it."""
    for scene in scenes:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "case.scene", str(tmp_path), scene],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, ""), f"{scene}: {done.stderr}"
