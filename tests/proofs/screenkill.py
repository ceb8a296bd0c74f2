"""Ends the real workbench while somebody marks in it: what its screen said was saved is in the journal.

python -m tests.proofs.screenkill kill --count 1000 --seed 1
python -m tests.proofs.screenkill hangup --count 100        (also: terminate, closed)
"""

import argparse
import os
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from ctwork.case.casebook import Casebook
from ctwork.case.custody import Actor
from ctwork.case.ledger import FILE
from ctwork.errors import CtworkError
from tests.proofs.durable import Tally, conclude
from tests.tui.terminal import ROOT, Terminal

_PROGRAM = """
import sys
sys.argv = ["ctwork", {case!r}]
from ctwork.__main__ import main
main()
"""
_SAVED = re.compile(r"saved as #([0-9,]+) ([0-9a-f]{8})")
_OPEN_S = 30.0
_MARKING_S = 1.2
_ENDING_S = 5.0
_ENDS: Mapping[str, Callable[[Terminal], None]] = {
    "kill": lambda terminal: os.kill(terminal.pid, signal.SIGKILL),
    "hangup": lambda terminal: os.kill(terminal.pid, signal.SIGHUP),
    "terminate": lambda terminal: os.kill(terminal.pid, signal.SIGTERM),
    "closed": lambda terminal: os.close(terminal.fd),
}


def ended_once(case: Path, how: str, chance: random.Random, tally: Tally) -> None:
    """Opens `case`, marks for a random while, ends the program, and looks what there is."""
    terminal = Terminal(_PROGRAM.format(case=str(case)), 80, 24)
    terminal.until(b"AssumeRole", _OPEN_S)
    end = time.monotonic() + chance.uniform(0.05, _MARKING_S)
    while time.monotonic() < end:
        terminal.type(b"mj" if chance.random() < 0.9 else b"U")
        terminal.read(quiet_s=chance.uniform(0.002, 0.02), limit_s=0.05)
    _ENDS[how](terminal)
    with suppress(OSError):
        # What was written before the end has been shown.
        while select.select([terminal.fd], [], [], 0)[0] and (chunk := os.read(terminal.fd, 1 << 16)):
            terminal.output += chunk
    _reap(terminal.pid, tally)
    if how != "closed":
        os.close(terminal.fd)
    tally.seen["ends"] += 1
    verify(case, _told(terminal), tally)


def _reap(pid: int, tally: Tally) -> None:
    end = time.monotonic() + _ENDING_S
    while not os.waitpid(pid, os.WNOHANG)[0]:
        if time.monotonic() > end:
            tally.breaches.append("it does not end")
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return
        time.sleep(0.01)


def _told(terminal: Terminal) -> list[tuple[int, str]]:
    """What the screen says at the end was saved: number and the first digits of the hash."""
    found = _SAVED.findall(" ".join(terminal.screen()))
    return [(int(number.replace(",", "")), digits) for number, digits in found]


def verify(case: Path, told: list[tuple[int, str]], tally: Tally) -> None:
    """Notes every breach of what was told."""
    began = time.monotonic()
    book = Casebook(case, Actor("proof", "here", "ctwork test"))
    try:
        book.marks()
        tally.slowest_s = max(tally.slowest_s, time.monotonic() - began)
        tally.breaches += book.faults()
        hashes = {each.seq: each.hash for each in book.entries()}
        for number, digits in told:
            tally.seen["told"] += 1
            if not hashes.get(number, "").startswith(digits):
                tally.breaches.append(f"#{number} {digits} was said to be saved and is not there")
        if not book.take():
            tally.breaches.append("a dead holder still holds the case")
        tally.seen["entries"] = len(hashes)
    except CtworkError as problem:
        tally.breaches.append(f"it cannot be opened: {problem}")
    finally:
        book.close()


def prove(how: str, count: int, seed: int) -> Tally:
    """`count` ends of one kind, fifty of each journal."""
    chance, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory() as root:
        case = Path(root) / "case"
        load = [sys.executable, "-m", "ctwork", "load", str(ROOT / "sample_logs"), "--case", str(case), "--quiet"]
        subprocess.run(load, check=False, cwd=ROOT, stdout=subprocess.DEVNULL)
        for number in range(count):
            if number and not number % 50:
                for path in case.glob(f"{FILE}*"):
                    path.unlink()
            ended_once(case, how, chance, tally)
    return tally


def main(arguments: list[str]) -> int:
    """Runs one proof, prints what it saw; 1 when there was a breach."""
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=list(_ENDS))
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    tally = prove(asked.how, asked.count, asked.seed)
    return conclude(tally)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
