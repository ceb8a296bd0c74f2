"""A hint is shown once per user, and nothing is ever written beside evidence for it."""

from pathlib import Path

import pytest

from ctwork.case.hints import Hints


def test_a_dismissed_hint_stays_away(tmp_path: Path) -> None:
    folder, evidence = tmp_path / "data", tmp_path / "evidence"
    evidence.mkdir()
    hints = Hints(folder, (str(evidence),))
    assert not hints.seen("timeline")
    assert not folder.exists()
    hints.dismiss("timeline")
    hints.dismiss("origins")
    again = Hints(folder, ())
    assert again.seen("timeline")
    assert again.seen("origins")
    assert not again.seen("sessions")


@pytest.mark.parametrize("content", [b"", b"[]", b'{"seen": 3}', b"\xff", b'{"seen": [1, null]}'])
def test_a_broken_file_is_no_hint_seen(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "hints.json").write_bytes(content)
    hints = Hints(tmp_path, ())
    assert not hints.seen("timeline")
    hints.dismiss("timeline")
    assert hints.seen("timeline")


def test_a_user_folder_inside_the_evidence_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    assert Hints(home / "data", (str(home),)).seen("timeline")


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Hints(tmp_path / "file" / "data", ()).dismiss("timeline")
