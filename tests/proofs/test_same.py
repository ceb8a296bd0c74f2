"""A source that cannot be written to, and a user who may do nothing but read, come to the same, byte for byte."""

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def without_traces(said: Answers) -> Answers:
    """`said` without the note that access times may have moved, which is told to whoever does not own the files."""
    report = {**said.report, "issues": [row for row in said.report["issues"] if row["kind"] != "access-time"]}
    rows = [line for line in said.issues.splitlines(keepends=True) if b'"access-time"' not in line]
    return Answers(report, b"".join(rows), said.raw)


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
    # A file that leaves is written beside its name and put there whole: the folder has to be the user's.
    os.chown(scene.root, _NOBODY, _NOBODY)
    said = answers(scene, before=nobody)
    assert without_traces(said) == truth
    (note,) = [row for row in map(json.loads, said.issues.splitlines()) if row["kind"] == "access-time"]
    files, folders = map(int, re.findall(r"(\d+) (?:files|folders)", note["message"]))
    opened = {path for path in scene.evidence.rglob("*") if path.is_file() and not path.is_symlink()}
    assert 0 < files <= len(opened)
    assert folders > 0
    assert truth == without_traces(truth), "whoever owns the files leaves no trace"
    made = [path for path in (scene.root / "data").rglob("*") if path.is_file()]
    assert made
    assert {path.stat().st_uid for path in made} == {_NOBODY}
