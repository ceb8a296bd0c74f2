"""The scene of every proof: evidence in all its carriers, a home with a secret, and the real program to run on it."""

import gzip
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-W", "error", "-m", "ctwork")
_TRAIL = Path("AWSLogs/444455556666/CloudTrail/us-east-1/2025/03")
_ORGANISATION = Path("AWSLogs/o-exampleorg1/777788889999")
_WHEN_NS = 1_741_000_000_000_000_000
_AGE_NS = 3 * 86_400 * 10**9
LIMIT_S = 120


@dataclass(frozen=True)
class Said:
    """What one call of the program answered."""

    code: int
    out: bytes
    err: bytes

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """JSON Lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Scene:
    """A folder that holds the evidence, and beside it everything the program may write to."""

    root: Path

    @property
    def evidence(self) -> Path:
        """Everything that must not be touched."""
        return self.root / "evidence"

    @property
    def sources(self) -> tuple[Path, ...]:
        """One carrier of each kind: a folder, a zip, a compressed tar, a plain file."""
        return tuple(self.evidence / name for name in ("logs", "more.zip", "more.tar.gz", "plain.json"))

    def environment(self, **more: str) -> dict[str, str]:
        """This process's environment, with a home, a data folder and a temporary folder inside the scene."""
        unwanted = (
            "PYTHONDONTWRITEBYTECODE",
            "COLUMNS",
            "LINES",
            "NO_COLOR",
            "FORCE_COLOR",
            "PYTHONWARNINGS",
            "XDG_DATA_HOME",
            "CTWORK_TRACEBACK",
        )
        kept = {name: value for name, value in os.environ.items() if name not in unwanted}
        places = {"HOME": "home", "CTWORK_DATA": "data", "TMPDIR": "tmp"}
        for name in places.values():
            (self.root / name).mkdir(exist_ok=True)
        kept |= {name: str(self.root / place) for name, place in places.items()}
        fixed = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        return kept | fixed | more

    def call(
        self,
        *arguments: object,
        before: Sequence[str] = (),
        cwd: Path | None = None,
        program: Sequence[str] = PROGRAM,
        **more: str,
    ) -> Said:
        """One call of the program in a process of its own; `before` is a command that starts it."""
        done = subprocess.run(
            [*before, *program, *map(str, arguments)],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd=cwd or self.root,
            env=self.environment(**more),
            timeout=LIMIT_S,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    @property
    def written(self) -> Iterator[Path]:
        """Every file in the scene outside the evidence."""
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.is_relative_to(self.evidence):
                yield path


def make_scene(root: Path, *, order: int = 0, few: bool = False) -> Scene:
    """Evidence in `root`: about 200 objects (or a `few`), some damaged, some oddly named, some no files at all.

    They are created in a random `order`.
    """
    scene = Scene(root)
    root.mkdir(parents=True, exist_ok=True)
    objects = _objects()
    if few:
        objects = dict([*islice(objects.items(), 8), *list(objects.items())[-9:]])
    names = sorted(objects)
    random.Random(order).shuffle(names)
    for name in names:
        path = Path(os.fsdecode(os.fsencode(scene.evidence) + b"/logs/" + name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(objects[name])
    os.mkfifo(scene.evidence / "logs" / "pipe.json.gz")
    (scene.evidence / "logs" / "out.json").symlink_to("/etc/hostname")
    _write_archives(scene.evidence)
    age(scene.evidence)
    return scene


def age(folder: Path) -> None:
    """Make everything below `folder` look old and long unread, so that any reading would move its access time."""
    for path in [*folder.rglob("*"), folder]:
        if path.lstat().st_mtime_ns != _WHEN_NS:
            os.utime(path, ns=(_WHEN_NS - _AGE_NS, _WHEN_NS), follow_symlinks=False)


def copy_scene(scene: Scene, root: Path) -> Scene:
    """The same evidence elsewhere."""
    shutil.copytree(scene.evidence, root / "evidence", symlinks=True, ignore=shutil.ignore_patterns("pipe.json.gz"))
    os.mkfifo(root / "evidence" / "logs" / "pipe.json.gz")
    age(root / "evidence")
    return Scene(root)


def _sample(*folders: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted((ROOT / "sample_logs" / folder).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(ROOT / "sample_logs"))] = path.read_bytes()
    assert found
    return found


def _objects() -> dict[bytes, bytes]:
    """Name → bytes of what lies in the folder."""
    trail = _sample(
        _TRAIL / "12",
        _ORGANISATION / "CloudTrail/us-east-1/2025/03/12",
        _ORGANISATION / "CloudTrail-Digest/us-east-1/2025/03/12",
    )
    whole = trail[next(iter(trail))]
    odd = {
        b"odd/cut.json.gz": whole[: len(whole) * 2 // 3],
        b"odd/wrong-sum.json.gz": whole[:-8] + bytes(4) + whole[-4:],
        b"odd/empty.json": b"",
        b"odd/half.json": gzip.decompress(whole)[:-40],
        b"odd/notes.txt": b"not a log\n",
        b"odd/\x1b]0;title\x07\x1b[31m.json": b'{"Records":[]}',
        b"odd/not-\xff\xfe-text.json": gzip.decompress(whole),
    }
    return {os.fsencode(name): data for name, data in trail.items()} | odd


def _write_archives(folder: Path) -> None:
    zipped, taped = _sample(_TRAIL / "11"), _sample(_TRAIL / "13")
    with zipfile.ZipFile(folder / "more.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in list(zipped.items())[:25]:
            archive.writestr(zipfile.ZipInfo(name), data)
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in list(taped.items())[:25]:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    (folder / "more.tar.gz").write_bytes(gzip.compress(tape.getvalue(), mtime=0))
    (folder / "plain.json").write_bytes(gzip.decompress(list(zipped.values())[-1]))


def told(out: bytes) -> Any:
    """A status or load report without what no two runs can share: how long it took, and when it was asked."""
    document = json.loads(out)
    document.pop("load", None)
    document.pop("head", None)
    return document


_ONE_AFTER_ANOTHER = """
import sys
from ctwork.cli.main import run
calls, call = [], []
for word in [*sys.argv[1:], "--then"]:
    if word == "--then":
        calls.append(call)
        call = []
    else:
        call.append(word)
for call in calls:
    print(run(call, lambda *_, **__: 0), flush=True)
"""


@dataclass(frozen=True)
class Answers:
    """What a load of the scene comes to."""

    report: Any
    """The load report, without the seconds."""
    issues: bytes
    raw: bytes
    """The original bytes of every event."""


def several(scene: Scene, *calls: Sequence[object], **how: Any) -> tuple[list[int], Said]:
    """Several command lines run in one process, which saves the time to start: their exit codes, and what was said.

    What they answer goes where ``--output`` says; `how` is as in `Scene.call`.
    """
    words = [word for call in calls for word in ("--then", *call)][1:]
    said = scene.call(*words, program=(sys.executable, "-W", "error", "-c", _ONE_AFTER_ANOTHER), **how)
    assert said.code == 0, said
    return [int(line) for line in said.out.split()], said


def answers(scene: Scene, *options: object, ask: Sequence[object] = (), **how: Any) -> Answers:
    """Load the scene and ask for everything; `ask` is for the load alone, `how` is as in `Scene.call`."""
    sources = scene.sources
    files = [scene.root / name for name in ("report.json", "issues.jsonl", "events.raw")]
    codes, said = several(
        scene,
        ("load", *sources, *options, *ask, "--quiet", "--output", files[0]),
        ("issues", *sources, *options, "--quiet", "--output", files[1]),
        ("events", *sources, *options, "--quiet", "--raw", "--output", files[2]),
        **how,
    )
    assert (codes, said.err) == ([3, 3, 3], b""), said
    return Answers(told(files[0].read_bytes()), files[1].read_bytes(), files[2].read_bytes())


def tool(*command: str) -> tuple[str, ...]:
    """`command` as the start of a command line; skips the test when this machine does not have it or forbids it."""
    name = command[0]
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{' '.join(command)} is not permitted here: {done.stderr.decode().strip()}")
    return command


def apart(*kinds: str) -> tuple[str, ...]:
    """`unshare` for the given name spaces, as root or through a user name space of one's own."""
    return tool("unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), *kinds)
