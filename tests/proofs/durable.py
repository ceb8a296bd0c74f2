"""What was said to be saved is there: after kill -9, on a full disk, and a flipped bit is never taken for the truth.

python -m tests.proofs.durable kill --count 1000 --seed 1
python -m tests.proofs.durable full          (as root: small file systems of memory)
python -m tests.proofs.durable limit
python -m tests.proofs.durable bits --count 1000
"""

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ctwork.case.casebook import Casebook
from ctwork.case.custody import Actor
from ctwork.case.ledger import FILE
from ctwork.errors import CtworkError, EnvironmentFailure
from ctwork.model.annotation import About, Annotation, Change

_ME = Actor("proof", "here", "ctwork test")
_SEEN = Annotation(about=About("2023-07-10T11:42:18Z", "GetObject", "123456789012:user/x", "10.0.0.1", "a.json", 3))
_REOPEN_S = 2.0


def target(number: int) -> str:
    """The `number`-th record that is marked."""
    return f"event/{number:064x}/00000000-0000-4000-8000-{number:012d}"


def saying(number: int) -> Change:
    """What is said of it."""
    return Change(bookmark=True, add_tags=(f"t{number}",), note=f"note {number} " + "x" * (number % 300))


@dataclass
class Tally:
    """What a proof has seen."""

    seen: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def conclude(tally: Tally) -> int:
    """Prints what a proof saw; 1 when there was a breach."""
    if tally.slowest_s > _REOPEN_S:
        tally.breaches.append(f"opening took {tally.slowest_s:.1f} s")
    print(dict(tally.seen), f"slowest opening {tally.slowest_s * 1000:.0f} ms", f"{len(tally.breaches)} breaches")
    for breach in tally.breaches[:20]:
        print("BREACH", breach)
    return bool(tally.breaches)


# -- kill -9 --------------------------------------------------------------------------------------------------------


@dataclass
class Worked:
    """A case that was worked on and killed, time and again."""

    folder: Path
    saved: list[int] = field(default_factory=list)
    """The numbers whose saving was acknowledged."""
    next: int = 0


def killed_once(case: Worked, chance: random.Random, tally: Tally) -> None:
    """One writer that is killed at a random moment, and what it leaves."""
    listen, speak = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(listen)
            _write_for_ever(case, speak)
        finally:
            os._exit(1)
    os.close(speak)
    time.sleep(chance.uniform(0.0, 0.12))
    os.kill(pid, signal.SIGKILL)
    with os.fdopen(listen, "rb") as told:
        saved = [int(each) for each in told.read().split()]
    os.waitpid(pid, 0)
    case.saved += saved
    # The one that was being written may be there or not: nobody was told.
    case.next = max([case.next - 1, *saved]) + 2
    tally.seen["kills"] += 1
    tally.seen["acknowledged"] += len(saved)
    verify(case, tally)


def _write_for_ever(case: Worked, speak: int) -> None:
    book, number = Casebook(case.folder, _ME), case.next
    while True:
        book.mark({target(number): _SEEN}, saying(number))
        os.write(speak, b"%d\n" % number)
        number += 1


def verify(case: Worked, tally: Tally) -> None:
    """Notes every breach: a mark that was acknowledged and is gone, a broken chain, a slow opening, a dead holder."""
    began = time.monotonic()
    book = Casebook(case.folder, _ME)
    try:
        marks = book.marks()
        tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
        tally.breaches += book.faults()
        for number in case.saved:
            said = marks.get(target(number))
            if said is None or (said.tags, said.note) != (saying(number).add_tags, saying(number).note):
                tally.breaches.append(f"mark {number} was acknowledged and is not there: {said}")
        if not book.take():
            tally.breaches.append("a dead holder still holds the case")
    except CtworkError as problem:
        tally.breaches.append(f"it cannot be opened: {problem}")
    finally:
        book.close()


def kill(count: int, seed: int) -> Tally:
    """`count` kills, fifty of each case."""
    chance, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as root:
        case = Worked(Path(root))
        for number in range(count):
            if not number % 50:
                case = Worked(Path(root) / f"case-{number}")
            killed_once(case, chance, tally)
    return tally


# -- full disks -----------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """A file system in memory of `size` bytes. Needs to be root."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", place], check=True)


def full_once(folder: Path, enlarge: Callable[[], None], tally: Tally) -> None:
    """Marks until the disk is full, makes room, goes on: nothing acknowledged is lost, and it works again."""
    book = Casebook(folder, _ME)
    saved, refused = _mark_until_refused(book, 0)
    tally.seen["refused"] += refused
    tally.seen["acknowledged"] += len(saved)
    if refused:
        # It can still be looked at while the disk is full.
        _look(book, saved, "while full", tally)
        enlarge()
        more, _ = _mark_until_refused(book, 100_000, most=3)
        if len(more) < 3:
            tally.breaches.append(f"it does not work again after room was made: {len(more)}")
        saved += more
    book.close()
    again = Casebook(folder, _ME)
    _look(again, saved, "after reopening", tally)
    tally.breaches += again.faults()
    again.close()


def _look(book: Casebook, saved: list[int], when: str, tally: Tally) -> None:
    try:
        marks = book.marks()
    except CtworkError as problem:
        if saved:
            tally.breaches.append(f"{when}: {problem}")
        return
    tally.breaches += [f"{when}: mark {number} is gone" for number in saved if target(number) not in marks]
    strange = set(marks) - set(map(target, saved))
    tally.breaches += [f"{when}: {each} was refused and is there" for each in strange]


def _mark_until_refused(book: Casebook, begin: int, most: int = 20_000) -> tuple[list[int], bool]:
    saved: list[int] = []
    for number in range(begin, begin + most):
        try:
            book.mark({target(number): _SEEN}, saying(number))
        except EnvironmentFailure:
            return saved, True
        saved.append(number)
    return saved, False


def full(least: int = 64 << 10, most: int = 4 << 20, step: int = 4 << 10) -> Tally:
    """A disk of every size from `least` to `most` bytes."""
    tally = Tally()
    for size in range(least, most, step):
        with small_disk(size) as disk:

            def enlarge(disk: Path = disk, size: int = size) -> None:
                subprocess.run(["mount", "-o", f"remount,size={size + (8 << 20)}", str(disk)], check=True)

            full_once(disk / "case", enlarge, tally)
            tally.seen["disks"] += 1
    return tally


def limit(count: int) -> Tally:
    """A limit on the size of a file, as `count` different sizes; in a process of its own, for a limit stays."""
    tally = Tally()
    for number in range(count):
        size = (48 << 10) + number * 4_096 + number % 7 * 512
        with tempfile.TemporaryDirectory() as root:
            listen, speak = os.pipe()
            pid = os.fork()
            if not pid:
                code = 1
                try:
                    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
                    found = Tally()

                    def enlarge() -> None:
                        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

                    full_once(Path(root) / "case", enlarge, found)
                    os.write(speak, "\n".join([str(found.seen["refused"]), *found.breaches]).encode()[:60_000])
                    code = 0
                finally:
                    os._exit(code)
            os.close(speak)
            with os.fdopen(listen) as told:
                refused, *breaches = told.read().split("\n")
            if os.waitpid(pid, 0)[1] or not refused:
                breaches.append(f"the writer ended with a fault at {size}")
            tally.seen["limits"] += 1
            tally.seen["refused"] += int(refused or 0)
            tally.breaches += breaches
    return tally


# -- flipped bits ---------------------------------------------------------------------------------------------------


def bits(count: int, seed: int) -> Tally:
    """One flipped bit at a time: what is read then is the truth, or it is said that something is wrong."""
    chance, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as root:
        whole = Path(root) / "whole"
        book = Casebook(whole, _ME)
        for number in range(60):
            book.mark({target(number): _SEEN}, saying(number))
        truth, anchor = book.marks(), book.head
        book.close()
        content = (whole / FILE).read_bytes()
        for number in range(count):
            folder = Path(root) / "flipped"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            place, bit = chance.randrange(len(content)), chance.randrange(8)
            flipped = bytearray(content)
            flipped[place] ^= 1 << bit
            (folder / FILE).write_bytes(flipped)
            tally.seen[_flipped(folder, truth, anchor, f"bit {bit} of byte {place}", tally)] += 1
            tally.seen["flips"] = number + 1
    return tally


def _flipped(folder: Path, truth: Mapping[str, Annotation], anchor: object, which: str, tally: Tally) -> str:
    book = Casebook(folder, _ME)
    try:
        marks, faults = book.marks(), book.faults([anchor])  # type: ignore[list-item]
    except CtworkError:
        return "refused"
    except Exception as problem:
        tally.breaches.append(f"{which}: {type(problem).__name__}: {problem}")
        return "crashed"
    finally:
        book.close()
    if faults:
        return "told"
    if marks != truth:
        tally.breaches.append(f"{which}: something else is read, and nothing is said")
    return "harmless"


def main(arguments: list[str]) -> int:
    """Runs one proof, prints what it saw; 1 when there was a breach."""
    parser = argparse.ArgumentParser()
    parser.add_argument("proof", choices=["kill", "full", "limit", "bits"])
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    tally = {
        "kill": lambda: kill(asked.count, asked.seed),
        "full": full,
        "limit": lambda: limit(asked.count),
        "bits": lambda: bits(asked.count, asked.seed),
    }[asked.proof]()
    return conclude(tally)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
