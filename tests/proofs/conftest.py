"""What the proofs share: one investigation under oath, and what the same evidence comes to without witnesses."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.scene import Answers, Scene, answers, make_scene
from tests.proofs.witness import Sworn, keep, kept, once, testify


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "proofs"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def sworn(shared: Path) -> Sworn:
    """Every command and the workbench, watched; as alone and as closely as this machine permits."""
    prefix = ("unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--net")
    alone = shutil.which("unshare") and not subprocess.run([*prefix, "true"], capture_output=True).returncode
    found: Sworn = _made_once(
        shared,
        "sworn",
        lambda: testify(shared / "watched", prefix=prefix if alone else (), traced=shutil.which("strace") is not None),
    )
    return found


@pytest.fixture(scope="session")
def plain(shared: Path) -> Scene:
    """The same evidence, at another place, that nobody watches. Not to be changed."""
    found: Scene = _made_once(shared, "plain", lambda: make_scene(shared / "plain"))
    return found


@pytest.fixture(scope="session")
def truth(shared: Path, plain: Scene) -> Answers:
    """What the evidence comes to."""
    found: Answers = _made_once(shared, "truth", lambda: answers(plain))
    return found


def _made_once(folder: Path, name: str, make: Callable[[], Any]) -> Any:
    with once(folder, name) as missing:
        if missing is not None:
            keep(missing, make())
    return kept(folder, name)


@pytest.fixture
def small(tmp_path: Path) -> Scene:
    """A small scene of one's own: a few files, to be changed at will."""
    return make_scene(tmp_path, few=True)
