"""A source that cannot be written to, and a user who may do nothing but read, come to the same, byte for byte."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctwork.case.outlet import HEAD_SUFFIX
from tests.proofs.scene import ROOT, Answers, Scene, answers, apart, copy_scene, tool

_NOBODY = 65534


def test_a_read_only_mount_comes_to_the_same(plain: Scene, truth: Answers) -> None:
    unshare = apart("--mount")
    evidence = plain.evidence
    script = (
        f"mount --bind '{evidence}' '{evidence}' && mount -o remount,ro,bind '{evidence}' || exit 98; "
        f"touch '{evidence}/logs/x' 2>/dev/null && exit 97; "
        'exec "$@"'
    )
    case = plain.root / "read-only"
    assert answers(plain, "--case", case, before=(*unshare, "sh", "-c", script, "sh")) == truth
    assert not (evidence / "logs" / "x").exists()


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everyone may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="ctwork-proof-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_user_without_rights_comes_to_the_same(plain: Scene, truth: Answers, public: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    nobody = tool("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups")
    tool(*nobody, sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import ctwork, polars")
    scene = copy_scene(plain, public)
    for path in [scene.evidence, *scene.evidence.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    scene.environment()
    for place in ("home", "data", "tmp"):
        os.chown(scene.root / place, _NOBODY, _NOBODY)
    for name in ("report.json", "issues.jsonl", "events.raw"):
        for written in (scene.root / name, scene.root / (name + HEAD_SUFFIX)):
            written.touch()
            os.chown(written, _NOBODY, _NOBODY)
    assert answers(scene, before=nobody) == truth
    made = [path for path in (scene.root / "data").rglob("*") if path.is_file()]
    assert made
    assert {path.stat().st_uid for path in made} == {_NOBODY}
