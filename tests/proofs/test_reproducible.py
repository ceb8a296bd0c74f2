"""Whoever loads the same evidence, wherever, whenever, with however many hands, gets the same bytes."""

from pathlib import Path

import pytest

from tests.proofs.scene import Answers, answers, make_scene

_WAYS = {
    "far away": (
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "0", "PYTHONUTF8": "0"},
        ("--workers", 1),
        3,
    ),
    "all hands": (
        {"TZ": "America/St_Johns", "LC_ALL": "POSIX", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "4294967295"},
        ("--workers", 7, "--memory", 64),
        4,
    ),
}


@pytest.mark.parametrize("way", _WAYS)
def test_every_way_to_load_comes_to_the_same(truth: Answers, tmp_path: Path, way: str) -> None:
    environ, options, order = _WAYS[way]
    scene = make_scene(tmp_path / "another place", order=order)
    cwd = scene.evidence / "logs" if order == 3 else Path("/")
    assert answers(scene, ask=options, cwd=cwd, **environ) == truth
