"""Kills the real program at random moments of a load; what is left is the old truth, the new one, or nothing yet.

python -m tests.proofs.kill --count 200 --seed 1
"""

import argparse
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ctwork.cli.main import run
from ctwork.store.pointer import current_generation
from tests.proofs.scene import PROGRAM, Scene, make_scene

_AT_THE_SWITCH = 0.35
_NEVER = float("inf")
KINDS = ("first", "reload", "fresh")
SIGNALS = (signal.SIGKILL,) * 7 + (signal.SIGTERM, signal.SIGINT, signal.SIGINT)
_COLUMNS = (
    "eventTime,eventID,eventName,principal,session,resource,outcome,source,copies,requestParameters,responseElements"
)


@dataclass(frozen=True)
class Stored:
    """What a store says on its own, the evidence out of reach."""

    status: bytes
    issues: bytes
    events: bytes


@dataclass
class Range:
    """A scene whose evidence was changed after a first load, and what every honest answer is."""

    scene: Scene
    old: Stored
    """Before the change."""
    new: dict[str, Stored] = field(default_factory=dict)
    """After an undisturbed load: a reload, a fresh one, and a first one."""
    lasts_s: dict[str, float] = field(default_factory=dict)
    """How long an undisturbed first load and a reload take, once they have begun to write."""
    seen: Counter[str] = field(default_factory=Counter)
    """What was found after the kills."""


def make_range(root: Path) -> Range:
    """Load, change the evidence, and learn every truth."""
    scene = make_scene(root)
    # Names that are no text are another proof's business.
    for path in (scene.evidence / "logs" / "odd").glob("not-*"):
        path.unlink()
    before = root / "before"
    first_s = _load_undisturbed(scene, before)
    found = Range(scene, stored(scene, before))
    change(scene.evidence / "logs")
    found.lasts_s = {"first": first_s, "reload": _load_undisturbed(scene, _set_up(found, "reload"))}
    found.new["reload"] = stored(scene, root / "case")
    _load_undisturbed(scene, _set_up(found, "fresh"), "--fresh")
    found.new["fresh"] = stored(scene, root / "case")
    # Only who has read the sources before can tell what went and what changed.
    _load_undisturbed(scene, _set_up(found, "first"))
    found.new["first"] = stored(scene, root / "case")
    return found


def _load_undisturbed(scene: Scene, case: Path, *options: str) -> float:
    said = scene.call("load", *scene.sources, "--case", case, "--workers", 2, "--format", "json", *options)
    assert (said.code, said.err) == (3, b""), said
    return float(said.document["load"]["seconds"])


def change(logs: Path) -> None:
    """Something is added, something changed, something taken away."""
    trail = sorted(path for path in logs.rglob("*CloudTrail_us-east-1*.json.gz") if "Digest" not in path.name)
    for path in trail[::4]:
        records = json.loads(gzip.decompress(path.read_bytes()))["Records"]
        records[0]["eventName"] = "Changed"
        path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), mtime=0))
    for path in trail[1::9]:
        path.rename(path.with_name("moved-" + path.name))
    for path in trail[2::9]:
        path.unlink()


def stored(scene: Scene, case: Path) -> Stored:
    """What the store in `case` says; nothing is loaded, because one of its sources is away meanwhile."""
    source, away = scene.sources[-1], scene.root / "away"
    source.rename(away)
    out = scene.root / "said.json"
    said: list[bytes] = []
    try:
        for words in (("status",), ("issues",), ("events", "--columns", _COLUMNS)):
            code = run([words[0], str(case), *words[1:], "--output", str(out), "--format", "jsonl"], lambda *_, **__: 0)
            # A load that was stopped at once has read nothing.
            assert code in (3, 4), (words, code)
            said.append(out.read_bytes() if code == 3 else b"")
    finally:
        away.rename(source)
    return Stored(*said)


def fire(place: Range, kind: str, numbers: Sequence[signal.Signals], dice: random.Random) -> Path:
    """One load killed at random moments, once per signal, looked at after each, and completed; returns its case."""
    case = _set_up(place, kind)
    before = None if kind == "first" else place.old
    for number in numbers:
        before = _one_kill(place, kind, case, number, dice, before)
    said = place.scene.call("load", *place.scene.sources, "--case", case)
    assert (said.code, said.err) == (3, b""), said
    assert stored(place.scene, case) in _truths(place, kind), f"{kind} {numbers}: taken up, it says something else"
    left = {path.name for path in (case / "store").iterdir()} - {"CURRENT", "lock", "pack", "places.json"}
    assert [name[:4] for name in left] == ["gen-"], left
    assert {path.name for path in case.iterdir()} == {"case.db", "case.json", "store"}
    return case


def _truths(place: Range, kind: str) -> list[Stored]:
    # What a fresh load has begun may be completed by one that is not.
    return [place.new[kind]] + [place.new["reload"]] * (kind == "fresh")


def _one_kill(
    place: Range, kind: str, case: Path, number: signal.Signals, dice: random.Random, before: Stored | None
) -> Stored | None:
    """One kill of a load into a case that said `before`; what it says now."""
    began: list[float] = []
    # Most shots fall after the load has begun to write, some at any time before, some into the switch of generations.
    wait_s = dice.uniform(0, place.lasts_s["first" if kind == "fresh" else kind] * 1.1)
    early_s = time.monotonic() + dice.uniform(0, 1) if number is not signal.SIGINT and dice.random() < 0.15 else _NEVER

    switch_s = dice.uniform(0, 0.06) if dice.random() < _AT_THE_SWITCH else _NEVER
    switching: list[float] = []
    generations = set(case.glob("store/gen-*"))

    def moment(pid: int) -> bool:
        now = time.monotonic()
        _note(began, pid)
        if switch_s < _NEVER and not switching and set(case.glob("store/gen-*")) - generations:
            switching.append(now)
        shots = [early_s, *(at + wait_s for at in began if switch_s == _NEVER), *(at + switch_s for at in switching)]
        return now > min(shots)

    hit, code, err = _load(place, kind, case, moment, number)
    if number is signal.SIGINT:
        # The interpreter gives the signal back to the system when it is done with the program.
        assert code in (3, 130) or (code, err) == (-number, b""), (code, err)
        assert b"Traceback" not in err, err
        assert err.count(b"\n") <= 1, err
        place.seen["stopped" if hit else "complete"] += 1
        # What a stopped load has read is the truth that the next one starts from.
        return stored(place.scene, case) if current_generation(case / "store") else before
    assert (code, err) == (-number if hit else 3, b""), (code, err)
    if current_generation(case / "store") is None:
        assert before is None, "the old store is gone"
        place.seen["nothing yet"] += 1
        return None
    now = stored(place.scene, case)
    if now == before:
        place.seen["old"] += 1
        return now
    assert now in _truths(place, kind), f"{kind} {number.name} after {wait_s:.3f} s: neither the old truth nor the new"
    place.seen["new"] += 1
    return now


def _note(began: list[float], pid: int) -> None:
    """Note when the load began: that is when it holds the lock."""
    with suppress(OSError):
        if not began and any(os.readlink(held).endswith("/store/lock") for held in Path(f"/proc/{pid}/fd").iterdir()):
            began.append(time.monotonic())


def _set_up(place: Range, kind: str) -> Path:
    case = place.scene.root / "case"
    shutil.rmtree(case, ignore_errors=True)
    if kind != "first":
        shutil.copytree(place.scene.root / "before", case)
    return case


def _load(
    place: Range, kind: str, case: Path, moment: Callable[[int], bool], number: signal.Signals
) -> tuple[bool, int, bytes]:
    """Run one load; when the `moment` has come, its whole process group gets signal `number`.

    Returns whether it was hit, the exit code and stderr.
    """
    words = [*PROGRAM, "load", *map(str, place.scene.sources), "--case", str(case), "--workers", "2"]
    process = subprocess.Popen(
        words + ["--fresh"] * (kind == "fresh"),
        cwd=place.scene.root,
        env=place.scene.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    hit = False
    while process.poll() is None:
        if not hit and moment(process.pid):
            os.killpg(process.pid, number)
            hit = True
        time.sleep(0.0005)
    _, err = process.communicate(timeout=60)
    return hit and process.returncode != 3, process.returncode, err


def main(arguments: list[str]) -> int:
    """The long version: prints what it found, and raises at the first lie."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    dice = random.Random(asked.seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ctwork-kill-") as folder:
        place = make_range(Path(folder))
        rounds = 0
        while sum(place.seen.values()) < asked.count:
            kind = dice.choice(KINDS)
            numbers = dice.choices(SIGNALS, k=dice.choice((1, 1, 2, 3)))
            try:
                fire(place, kind, numbers, dice)
            except AssertionError:
                print(f"round {rounds}: {kind} {[number.name for number in numbers]}", flush=True)
                raise
            rounds += 1
            if rounds % 20 == 0:
                print(rounds, "rounds", dict(place.seen), f"{time.monotonic() - began:.0f} s", flush=True)
    print(f"{sum(place.seen.values())} kills in {rounds} loads, {time.monotonic() - began:.0f} s: {dict(place.seen)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
