"""One whole investigation under oath: every command and the workbench, while the system writes down what they do."""

import fcntl
import json
import os
import pickle
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.proofs import strace
from tests.proofs.inotify import Watch
from tests.proofs.manifest import folders, manifest
from tests.proofs.scene import PROGRAM, Said, Scene, make_scene
from tests.proofs.workbench import visit

COMMANDS: dict[str, tuple[str, ...]] = {
    "load": ("--format", "json"),
    "status": ("--format", "json"),
    "issues": (),
    "events": ("--raw", "--quiet"),
    "show": ("--quiet",),
    "count": ("--by", "principal,event", "--quiet"),
    "timeline": ("--bucket", "1h", "--quiet"),
}
"""Every headless command, with its options."""
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "wJalrProofSecretKeyThatMustNotLeak0123456",
    "AWS_SESSION_TOKEN": "FwoProofSessionTokenThatMustNotLeak//////////wEaD",
    "CTWORK_CANARY": "canary-7f3e9a54c1d24b0d-must-not-sing",
}
IN_PROFILE = "ProfileSecretThatMustNotLeakEither0123456"
_NOTE_MODULES = """
import atexit, json, os, sys
def note():
    with open(os.environ["PROOF_MODULES"], "w") as file:
        json.dump(sorted(sys.modules), file)
atexit.register(note)
own, leave = os.getpid(), os._exit
def leave_noted(code):
    if os.getpid() == own:
        note()
    leave(code)
os._exit = leave_noted  # the workbench leaves this way, its workers too
"""
"""What the interpreter runs before the program, which stays as it is: at the end it writes down what was imported."""


@dataclass
class Sworn:
    """What the witnesses saw, command by command; the workbench is one of them."""

    scene: Scene
    said: dict[str, Said] = field(default_factory=dict)
    acts: dict[str, list[strace.Act]] = field(default_factory=dict)
    """System calls that could write, and those of the network; empty when there is no strace."""
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What inotify saw in the evidence."""
    modules: dict[str, set[str]] = field(default_factory=dict)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    after: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Manifests of the evidence."""
    alone: bool = False
    """Whether there was no network at all."""


def testify(root: Path, *, prefix: tuple[str, ...], traced: bool) -> Sworn:
    """Run everything on a new scene in `root`; `prefix` starts each command, `traced` puts strace in between."""
    scene = make_scene(root)
    _plant(scene)
    told = Sworn(scene, before=manifest(scene.evidence), alone=bool(prefix))
    with Watch(folders(told.before)) as watch:
        for name in (*COMMANDS, "open"):
            log = root / "trace" / name
            log.parent.mkdir(exist_ok=True)
            start = (*prefix, *(strace.command(log) if traced else ()))
            notes = root / "notes" / f"{name}.json"
            environ = {**SECRETS, "PROOF_MODULES": str(notes)}
            environ["PYTHONPATH"] = os.pathsep.join((str(root / "notes"), scene.environment()["PYTHONPATH"]))
            told.said[name] = _run(scene, name, start, environ, told)
            told.acts[name] = list(strace.acts(log, root)) if traced else []
            told.modules[name] = set(json.loads(notes.read_bytes()))
            watch.drain()
    told.events, told.after = watch.seen, manifest(scene.evidence)
    return told


def _run(scene: Scene, name: str, start: tuple[str, ...], environ: dict[str, str], told: Sworn) -> Said:
    if name == "open":
        words = [*start, *PROGRAM, *map(str, scene.sources)]
        code, stream = visit(words, scene.environment(**environ), str(scene.root), needle=b"1,448 events")
        return Said(code, stream, b"")
    more: tuple[str, ...] = COMMANDS[name]
    if name == "show":
        more = (
            *more,
            json.loads(told.said["events"].out.splitlines()[-1])["eventID"],
        )
    return scene.call(name, *scene.sources, *more, before=start, **environ)


def _plant(scene: Scene) -> None:
    """A secret in the profile, and the note taker."""
    folder = scene.root / "home" / ".aws"
    folder.mkdir(parents=True)
    (folder / "credentials").write_text(f"[default]\naws_secret_access_key = {IN_PROFILE}\n")
    (scene.root / "notes").mkdir()
    (scene.root / "notes" / "sitecustomize.py").write_text(_NOTE_MODULES)


@contextmanager
def once(folder: Path, name: str) -> Iterator[Path | None]:
    """Where the first of several test processes leaves what all of them need; None for those who find it there."""
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / f"{name}.pickle"
        yield None if kept.exists() else kept


def keep(path: Path, thing: object) -> None:
    """Write `thing` for `kept`."""
    path.write_bytes(pickle.dumps(thing))


def kept(folder: Path, name: str) -> Any:
    """What `keep` wrote."""
    return pickle.loads((folder / f"{name}.pickle").read_bytes())
