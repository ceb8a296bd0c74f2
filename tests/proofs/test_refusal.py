"""A case that would lie with the evidence is refused, and whatever is refused leaves no trace."""

import pytest

from tests.proofs.manifest import manifest
from tests.proofs.scene import Scene

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


@pytest.mark.parametrize("name", _CASES)
def test_a_case_with_the_evidence_is_refused(small: Scene, name: str) -> None:
    source, case = _CASES[name]
    (small.root / "link").symlink_to(small.evidence / "logs")
    (small.root / "linked").mkdir()
    (small.root / "linked" / "store").symlink_to(small.evidence / "logs")
    before = manifest(small.root / "evidence")
    said = small.call("status", small.evidence / source, "--case", small.evidence / case, cwd=small.evidence)
    assert said.code == 2, said
    assert said.out == b""
    assert said.err.startswith(b"ctwork: the case folder ")
    assert said.err.count(b"\n") == 1
    assert _still(before, manifest(small.root / "evidence"))
    assert not any(path.name in ("case.json", "lock") for path in small.root.rglob("*"))


def test_the_data_folder_may_not_lie_in_the_evidence_either(small: Scene) -> None:
    before = manifest(small.evidence)
    said = small.call("status", small.evidence, CTWORK_DATA=str(small.evidence / "logs" / "data"))
    assert said.code == 2
    assert _still(before, manifest(small.evidence))


def test_a_folder_beside_the_evidence_is_fine_and_nothing_else_appears(small: Scene) -> None:
    """The nearest case there may be; called from inside the evidence, with names that are relative to it."""
    before = manifest(small.evidence)
    said = small.call("status", ".", "--case", "../case", cwd=small.evidence)
    assert said.code == 3, said
    assert _still(before, manifest(small.evidence))
    assert {path.name for path in small.root.iterdir()} == {"evidence", "case", "home", "data", "tmp"}
    assert {path.name for path in (small.root / "case").iterdir()} == {"case.json", "store"}
    assert not list((small.root / "home").iterdir())
    assert not list((small.root / "tmp").iterdir())


def test_evidence_that_holds_a_case_file_of_another_kind_is_evidence(small: Scene) -> None:
    """Many programs call a file `case.json`; one of those does not make its folder a case of ours."""
    (small.evidence / "case.json").write_text('{"title": "something else"}')
    before = manifest(small.evidence)
    said = small.call("status", small.evidence)
    assert said.code == 3, said
    assert _still(before, manifest(small.evidence))


@pytest.mark.parametrize("target", [".", "logs", ".."])
@pytest.mark.parametrize("store", [False, True])
def test_a_planted_case_file_gets_nothing_written_into_the_evidence(small: Scene, target: str, store: bool) -> None:
    target = str((small.evidence / target).resolve())
    if store:
        (small.evidence / "store").mkdir()
    planted = f'{{"format": 1, "sources": ["{target}"], "paths": ["{target.encode().hex()}"], "filter": {{}}}}'
    (small.evidence / "case.json").write_text(planted)
    before = manifest(small.evidence)
    said = small.call("status", small.evidence)
    assert said.code == (2 if store else 3), said
    assert _still(before, manifest(small.evidence))


def _still(before: dict[str, dict[str, object]], after: dict[str, dict[str, object]]) -> bool:
    """Whether nothing changed but the access times of folders."""
    for facts in (*before.values(), *after.values()):
        facts.pop("atime", None)
    return before == after
