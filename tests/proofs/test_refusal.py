"""A case that would lie with the evidence is refused, and whatever is refused leaves no trace."""

from pathlib import Path

import pytest

from tests.proofs.manifest import manifest
from tests.proofs.scene import Scene, make_scene, several

_CASES = {
    "the source itself": ("logs", "logs"),
    "inside it": ("logs", "logs/case"),
    "deep inside it, not there yet": ("logs", "logs/new/deeper/case"),
    "above it": ("logs", "."),
    "far above it": ("logs", ".."),
    "back into it": ("logs", "../evidence/logs/case"),
    "through a link": ("logs", "../link/case"),
    "beside a file": ("plain.json", "."),
    "above a file": ("plain.json", ".."),
    "with an archive": ("more.zip", "."),
    "with what a pattern finds": ("*.zip", "."),
    "in a folder that a pattern finds": ("log*", "logs/case"),
    "in a case whose store is a link": ("logs", "../linked"),
}
"""Source and case folder, both seen from the folder of the evidence."""
_PLANTED = ("plants/itself", "plants/below", "plants/above")
"""Folders of evidence that hold a case file, made by someone who wants something written there."""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, bool]]:
    """Exit code, line and whether the evidence was left alone, per attempt."""
    scene = make_scene(tmp_path_factory.mktemp("refused"), few=True)
    (scene.root / "link").symlink_to(scene.evidence / "logs")
    (scene.root / "linked").mkdir()
    (scene.root / "linked" / "store").symlink_to(scene.evidence / "logs")
    for name in _PLANTED:
        _plant(scene.evidence / name)
    before = _facts(scene.evidence)
    calls: dict[str, list[object]] = {
        name: ["status", scene.evidence / source, "--case", scene.evidence / case]
        for name, (source, case) in _CASES.items()
    }
    calls |= {name: ["status", scene.evidence / name] for name in _PLANTED}
    codes, said = several(scene, *calls.values(), cwd=scene.evidence)
    lines = said.err.decode().splitlines()
    assert len(lines) == len(codes) == len(calls), said
    untouched = _facts(scene.evidence) == before
    traces = [path for path in scene.root.rglob("*") if path.name in ("lock", "case") or "partial" in path.name]
    return {name: (code, line, untouched and not traces) for name, code, line in zip(calls, codes, lines, strict=True)}


def _plant(folder: Path) -> None:
    target = {"itself": folder, "below": folder / "logs", "above": folder.parent}[folder.name]
    (folder / "logs").mkdir(parents=True)
    (folder / "store").mkdir()
    paths = str(target).encode().hex()
    (folder / "case.json").write_text(f'{{"format": 1, "sources": ["{target}"], "paths": ["{paths}"], "filter": {{}}}}')


def _facts(folder: Path) -> dict[str, dict[str, object]]:
    """The manifest without access times."""
    return {path: {**facts, "atime": 0} for path, facts in manifest(folder).items()}


@pytest.mark.parametrize("name", [*_CASES, *_PLANTED])
def test_a_case_with_the_evidence_is_refused(refused: dict[str, tuple[int, str, bool]], name: str) -> None:
    code, line, untouched = refused[name]
    assert code == 2
    assert line.startswith("ctwork: the case folder ")
    assert line.endswith("(nothing is ever written beside the evidence: name another folder with --case)")
    assert untouched


def test_the_data_folder_may_not_lie_in_the_evidence_either(small: Scene) -> None:
    before = _facts(small.evidence)
    said = small.call("status", small.evidence, CTWORK_DATA=str(small.evidence / "logs" / "data"))
    assert (said.code, said.err.count(b"\n")) == (2, 1)
    assert _facts(small.evidence) == before


def test_a_folder_beside_the_evidence_is_fine_and_nothing_else_appears(small: Scene) -> None:
    """The nearest case there may be; called from inside the evidence, with names that are relative to it.

    A file called `case.json`, as many programs write one, does not make the evidence a case, and no code in it is run.
    """
    (small.evidence / "case.json").write_text('{"title": "something else"}')
    for name in ("json", "typing", "polars", "ctwork.cli"):
        (small.evidence / f"{name}.py").write_text("raise SystemExit('code of the evidence was run')")
    before = _facts(small.evidence)
    said = small.call("status", ".", "--case", "../case", cwd=small.evidence)
    assert said.code == 3, said
    assert _facts(small.evidence) == before
    assert {path.name for path in small.root.iterdir()} == {"evidence", "case", "home", "data", "tmp"}
    assert {path.name for path in (small.root / "case").iterdir()} == {"case.db", "case.json", "store"}
    for place in ("home", "data", "tmp"):
        assert not list((small.root / place).iterdir())
