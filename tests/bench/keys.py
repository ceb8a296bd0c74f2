"""From a key to the paint it leads to, and the bytes of it, on the real program over a pty. Prints, never asserts.

    python -m tests.bench.keys CASE [SCENARIO…]

A key is pressed when the screen is quiet. Its first paint is the first byte: the effect of the key itself, a cursor
moved or a letter typed, for nothing else is drawn then. Its last paint is the last byte before the screen is quiet
again: the answer is complete, to the last column of a facet. Both are printed, as p50 and p95 in milliseconds, with the
mean of bytes and the load of the machine, without which the figures say little. What is measured is loaded before.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.measure import percentile
from tests.tui.terminal import Terminal

_PROGRAM = """
import sys
sys.argv = ["ctwork", {case!r}, *{options!r}]
from ctwork.__main__ import main
main()
"""
_QUIET_S = 0.3
"""So long without a byte, and a paint is over."""
_PATIENCE_S = 20.0
_LOAD_S = 60.0
"""Whether the sources are as they were takes a while at ten million events."""
_ESC, _DOWN, _UP, _PAGE, _END, _HOME = b"\x1b", b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[F", b"\x1b[H"
_LEFT, _RIGHT, _CLEAR = b"\x1b[D", b"\x1b[C", b"\x15"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Keys whose paints are measured, between keys that are not."""

    keys: tuple[bytes, ...]
    before: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()


def _letters(text: str) -> tuple[bytes, ...]:
    return tuple(letter.encode() for letter in text)


SCENARIOS: Mapping[str, Scenario] = {
    "typing": Scenario(_letters("event:GetObject"), (b"/", _CLEAR), (_ESC,)),
    "words": Scenario(_letters("secret admin"), (b"/", _CLEAR), (_ESC,)),
    "cursor": Scenario((_DOWN,) * 40, (_HOME,)),
    "paging": Scenario((_PAGE,) * 20, (_HOME,)),
    "ends": Scenario((_END, _HOME) * 5),
    "zoom": Scenario((b"z", b"z", b"z", b"Z", b"Z", b"Z"), (_HOME, *(_PAGE,) * 3), (b"u",) * 6),
    "span": Scenario((b" ", _PAGE, _PAGE, _DOWN, _UP, b" "), (_HOME,), (b"u",)),
    "hours": Scenario((b")", b")", b">", b">", b"<", b"(", b"}", b"{"), (_HOME,)),
    "errors": Scenario((b"]",) * 10 + (b"[",) * 5, (_HOME,)),
    "failures": Scenario((b"x", b"x", b"w", b"w")),
    "narrow": Scenario((b"p", b"u", b"e", b"u", b"s", b"u"), (_HOME,)),
    "modes": Scenario((b"2", b"3", b"4", b"5", b"6", b"1")),
    "pivot": Scenario((_DOWN,) * 12 + (_UP,) * 6, (b"2",), (b"1",)),
    "resources": Scenario((_DOWN,) * 8 + (_PAGE,) * 4, (b"3",), (b"1",)),
    "unfold": Scenario((_RIGHT, _DOWN, _DOWN, _LEFT, _DOWN, _RIGHT, _LEFT), (b"2", _HOME), (b"1",)),
    "sort": Scenario((b"O",) * 5, (b"2",), (b"1",)),
    "facets": Scenario((b".", b".", b".", b",", b",", b","), (b"2",), (b"1",)),
    "find": Scenario(_letters("admin"), (b"2", b"/"), (_ESC, b"1")),
    "order": Scenario((b"O", b"O", b"O"), (_HOME, _RIGHT), (_LEFT,)),
}


@dataclass(slots=True)
class Paints:
    """What the keys of one scenario cost; a key without a paint is counted apart."""

    first_ms: list[float] = field(default_factory=list)
    last_ms: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    blank: int = 0


def press(terminal: Terminal, key: bytes, paints: Paints | None = None) -> None:
    """Presses `key` and waits until the screen is quiet."""
    start = time.monotonic()
    before, first, last = len(terminal.output), 0.0, start
    terminal.type(key)
    while (now := time.monotonic()) - last < _QUIET_S and now - start < _PATIENCE_S:
        if terminal.read(quiet_s=0.002, limit_s=0.004):
            last = time.monotonic()
            first = first or last
    if paints is None:
        return
    if not first:
        paints.blank += 1
        return
    paints.first_ms.append((first - start) * 1000)
    paints.last_ms.append((last - start) * 1000)
    paints.sizes.append(len(terminal.output) - before)


def measure(terminal: Terminal, scenario: Scenario, rounds: int) -> Paints:
    """`scenario`, `rounds` times."""
    paints = Paints()
    for _ in range(rounds):
        for key in scenario.before:
            press(terminal, key)
        for key in scenario.keys:
            press(terminal, key, paints)
        for key in scenario.after:
            press(terminal, key)
    return paints


def settle(terminal: Terminal) -> None:
    """Waits until the case is open: while it loads, the counts are no more than a lower bound."""
    terminal.wait_for(" events", 60)
    end = time.monotonic() + _LOAD_S
    while "at least" in terminal.screen()[0] or " files" in terminal.screen()[-1]:
        if time.monotonic() > end:
            raise SystemExit("the case is still loading; load it first: ctwork load CORPUS --case FOLDER")
        terminal.read(0.5, 1)
    terminal.read(1.5, 10)


def line(name: str, paints: Paints) -> str:
    """One row of the table."""
    shown = [f"{name:<10} {len(paints.sizes):>5}"]
    for values in (paints.first_ms, paints.last_ms):
        shown.append(f"{percentile(values, 50):>8.0f} {percentile(values, 95):>8.0f}")
    mean = sum(paints.sizes) / max(len(paints.sizes), 1)
    shown.append(f"{mean:>10,.0f} {max(paints.sizes, default=0):>8,}")
    shown.append(f"{os.getloadavg()[0]:>5.1f}")
    return "  ".join(shown) + (f"   {paints.blank} keys without a paint" if paints.blank else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints."""
    options = _parser().parse_args(arguments)
    code = _PROGRAM.format(case=str(options.case.resolve()), options=["--slow-link"] if options.slow_link else [])
    terminal = Terminal(code, *options.size, {"TERM": options.term})
    settle(terminal)
    print(f"{options.case.name}, {options.size[0]}x{options.size[1]}, {options.term}; milliseconds, bytes")
    print(
        f"{'keys':<10} {'n':>5}  {'first p50':>8} {'p95':>7}  {'last p50':>8} {'p95':>8}  {'bytes/key':>10} "
        f"{'most':>8}  {'load':>5}"
    )
    for name in options.scenario or SCENARIOS:
        print(line(name, measure(terminal, SCENARIOS[name], options.rounds)), flush=True)
    terminal.type(b"\x11")
    terminal.leave(30)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.keys", description="Key to paint over a pty.")
    parser.add_argument("case", type=Path, help="a case folder (ctwork load CORPUS --case FOLDER)")
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help="which keys; all of them by default")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=(80, 24), metavar="CxL")
    parser.add_argument("--term", default="xterm-256color")
    parser.add_argument("--slow-link", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
