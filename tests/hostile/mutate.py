"""The long run: real files, changed at random, against the law of conservation.

    python -m tests.hostile.mutate --count 100000 --seed 1 [--data DIR]... [--only N]

Says how far it is once in a while and prints every breach with what it takes to see it again: `--seed S --only N`.
Exit code 1 when there was one.
"""

import argparse
import gzip
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from ctwork.sources.decode import decode
from ctwork.sources.harvest import Decoded
from ctwork.sources.inflate import inflate

if __package__ == "tests.hostile":
    from tests.hostile.law import breaches, is_cut_short, reported
    from tests.hostile.mutation import Mutant, mutate
else:
    from hostile.law import breaches, is_cut_short, reported
    from hostile.mutation import Mutant, mutate

ROOT = Path(__file__).resolve().parents[2]
DATA = (ROOT.parent / "shared" / "data", ROOT / "sample_logs")
LARGEST = 64 << 10
"""Longer files are left out: the shapes are the same, and a hundred thousand turns want to end."""
LONGEST_S = 20
GZIP_SHARE = 0.2
NAME = "x.json.gz"


@dataclass(frozen=True)
class Victim:
    """A real file, inflated and undamaged."""

    path: Path
    data: bytes
    records: tuple[bytes, ...]
    spans: tuple[tuple[int, int], ...]
    is_full: bool


def victims(folders: Sequence[Path]) -> Iterator[Victim]:
    """Every file at or below `folders` that holds records."""
    paths = [path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*"))]
    for path in sorted(path for path in paths if path.is_file()):
        if path.stat().st_size <= LARGEST:
            data = inflate(path.read_bytes()).data
            found = decode(data, NAME)
            if found.records and len(data) <= LARGEST:
                yield Victim(path, data, tuple(found.records), tuple(found.spans), found.fidelity == "full")


def judge(victim: Victim, mutant: Mutant) -> Iterator[str]:
    """The breaches of one changed stream."""
    data = mutant.data
    found = decode(data, NAME)
    yield from breaches(data, found)
    if victim.is_full:
        for span in victim.spans:
            for place in mutant.new_places(*span):
                if loss := lost(found, place, place + span[1] - span[0]):
                    yield f"the untouched record {loss}"


def judge_packed(victim: Victim, mutant: Mutant) -> Iterator[str]:
    """The breaches of one changed gzip file: what came out differs only if that is told."""
    inflated = inflate(mutant.data, name=NAME)
    found = decode(inflated.data, NAME)
    yield from breaches(inflated.data, found)
    if inflated.data != victim.data and not inflated.problems and not found.issues:
        yield "the content differs, and nothing is told"
    if victim.is_full:
        same = next((n for n, (a, b) in enumerate(zip(inflated.data, victim.data, strict=False)) if a != b), None)
        whole = min(len(inflated.data), len(victim.data)) if same is None else same
        for start, end in victim.spans:
            if end <= whole and (loss := lost(found, start, end)):
                yield f"the record before the damage {loss}"


def lost(found: Decoded, start: int, end: int) -> str:
    """Why the record at ``[start, end)`` is neither delivered nor told; "" when it is."""
    if (start, end) in found.spans or is_cut_short(found):
        return ""
    if any(a <= start and end <= b for a, b in reported(found)):
        return ""
    if found.bystander is not None:
        return f"at {start} is in a file set aside as {found.bystander}"
    around = [span for span in found.spans if span[0] <= start and end <= span[1]]
    return f"at {start} is " + (f"swallowed by the record at {around[0]}" if around else "gone")


def turn(everyone: Sequence[Victim], seed: int, number: int) -> tuple[str, list[str]]:
    """One mutation, always the same for the same numbers: what was done, and what was wrong."""
    dice = Random(f"{seed}/{number}")
    victim, other = dice.choice(everyone), dice.choice(everyone)
    packed = dice.random() < GZIP_SHARE
    carrier = gzip.compress(victim.data, dice.choice((0, 1, 6)), mtime=0) if packed else victim.data
    mutant = mutate(carrier, dice, gzip.compress(other.data, 1, mtime=0) if packed else other.data)
    recipe = f"{victim.path.name}{' in gzip' if packed else ''}: {mutant.recipe}"
    try:
        found = list((judge_packed if packed else judge)(victim, mutant))
    except Exception as error:  # whatever it is, it is a breach
        found = [f"{type(error).__name__}: {error}"]
    return recipe, found


def bark(_: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"still reading after {LONGEST_S} s")


def main(arguments: Sequence[str]) -> int:
    """Runs, and says what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, action="append")
    parser.add_argument("--only", type=int)
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGALRM, bark)
    everyone = list(victims(asked.data or [folder for folder in DATA if folder.is_dir()]))
    print(f"{len(everyone)} files with {sum(len(one.records) for one in everyone)} records", flush=True)
    numbers = range(asked.count) if asked.only is None else [asked.only]
    began, slowest, bad = time.monotonic(), 0.0, Counter[str]()
    for done, number in enumerate(numbers, 1):
        before = time.perf_counter()
        signal.alarm(LONGEST_S)
        recipe, found = turn(everyone, asked.seed, number)
        signal.alarm(0)
        slowest = max(slowest, time.perf_counter() - before)
        for breach in found:
            bad[breach.split(" at ")[0][:40]] += 1
            print(f"--seed {asked.seed} --only {number}: {recipe[:300]}: {breach[:300]}", flush=True)
        if done % 5_000 == 0:
            print(f"{done} done in {time.monotonic() - began:.0f} s, {bad.total()} breaches", flush=True)
    took = time.monotonic() - began
    print(f"{len(numbers)} mutations, {bad.total()} breaches, slowest {slowest:.2f} s, {took:.0f} s in all")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
