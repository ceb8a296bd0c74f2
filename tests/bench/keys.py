"""From a key to the paint it leads to, and the bytes of it, on the real program over a pty. Prints, never asserts.

    python -m tests.bench.keys CASE [SCENARIO…]

A key is pressed when the screen is quiet. Three moments after it are printed, as p50 and p95 in milliseconds:

first  the first byte: the effect of the key itself, a cursor moved or a letter typed, for nothing else is drawn then
rows   the last change of the rows: the page of events and the values of the facet with their counts are those that
       answer the key. Keys that change none are not among them (`n` says how many do)
last   the last byte before the screen is quiet again: the answer is complete, with the histogram, the record under
       the cursor, the offers under what is typed, and whatever else a facet tells of its values

The mean of bytes and the load of the machine stand beside them: without it the figures say little. What is measured is
loaded before.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

from tests.bench.measure import percentile
from tests.tui.terminal import Terminal

_PROGRAM = """
import sys
sys.argv = ["ctwork", {case!r}, *{options!r}]
from ctwork.__main__ import main
main()
"""
_QUIET_S = 0.3
"""So long without a byte, and a paint is over, unless an answer is on its way."""
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


_TITLES = re.compile(r"^.?( time |elapsed|   \S.*? events )")
"""The line of titles over events or over the values of a facet."""
_COUNTS = re.compile(r"events\b.{0,3}? +\u2717")
"""In the titles of a facet, up to its errors; behind them stands what is found out later."""
_OFFERS = 9
"""Lines that the lens and the offers under it may take."""
_RECORD = "\u2500 "
"""What the record under the cursor begins with."""


class Seen:
    """What a person sees: the bytes of a program, drawn as they come."""

    def __init__(self, cells: int, lines: int) -> None:
        self._screen = pyte.Screen(cells, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._kept = range(0)
        self._ends: dict[int, int] = {}

    @property
    def waits(self) -> bool:
        """Whether an answer is on its way: the number of events is not known, or is about to change."""
        return self._screen.display[0].rstrip().endswith("\u2026")

    def rows(self, output: bytes = b"") -> dict[int, str]:
        """The rows on screen after `output`, by line: whole events, and of a value of a facet what is counted at once.

        Offers under what is typed hide the titles and some rows; the rows below them are where they were.
        """
        self._stream.feed(Terminal.cleaned(output))
        shown = list(self._screen.display)
        if not any(map(_TITLES.match, shown)):
            return {y: shown[y][: self._ends[y]] for y in self._ends if y > _OFFERS}
        self._ends, end = {}, 0
        for y, line in enumerate(shown[:-1]):
            if line.startswith(_RECORD):
                break
            if _TITLES.match(line):
                counted = _COUNTS.search(line)
                end = counted.end() if counted else line.find(_RECORD) % (len(line) + 1)
            if end:
                self._ends[y] = end
        return {y: shown[y][:end] for y, end in self._ends.items()}


@dataclass(slots=True)
class Paints:
    """What the keys of one scenario cost; a key without a paint is counted apart."""

    first_ms: list[float] = field(default_factory=list)
    rows_ms: list[float] = field(default_factory=list)
    last_ms: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    blank: int = 0


def press(terminal: Terminal, key: bytes, seen: Seen, paints: Paints | None = None) -> None:
    """Presses `key` and waits until the screen is quiet."""
    rows, changed, drawn = seen.rows(), 0.0, 0
    start = last = time.monotonic()
    came: list[tuple[float, bytes]] = []
    terminal.type(key)
    while drawn < len(came) or not drawn or (seen.waits and time.monotonic() - start < _PATIENCE_S):
        while (now := time.monotonic()) - last < _QUIET_S and now - start < _PATIENCE_S:
            if output := terminal.read(quiet_s=0.001, limit_s=0.002):
                last = time.monotonic()
                came.append(((last - start) * 1000, output))
        # Drawn when it is quiet: the machine is the program's meanwhile.
        for at_ms, output in came[drawn:]:
            before, rows = rows, seen.rows(output)
            changed = at_ms if any(rows[y] != before[y] for y in rows.keys() & before.keys()) else changed
        if not came:
            break
        drawn = len(came)
        if seen.waits:
            last = time.monotonic()
    if paints is None:
        return
    if not came:
        paints.blank += 1
        return
    paints.first_ms.append(came[0][0])
    paints.last_ms.append(came[-1][0])
    paints.sizes.append(sum(len(output) for _, output in came))
    if changed:
        paints.rows_ms.append(changed)


def measure(terminal: Terminal, seen: Seen, scenario: Scenario, rounds: int) -> Paints:
    """`scenario`, `rounds` times."""
    paints = Paints()
    for _ in range(rounds):
        for key in scenario.before:
            press(terminal, key, seen)
        for key in scenario.keys:
            press(terminal, key, seen, paints)
        for key in scenario.after:
            press(terminal, key, seen)
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
    shown = [f"{name:<10} {len(paints.sizes):>3}"]
    for values in (paints.first_ms, paints.rows_ms, paints.last_ms):
        both = (f"{percentile(values, share):.0f}" if values else "-" for share in (50, 95))
        shown.append("".join(f"{value:>6}" for value in both))
    shown.insert(2, f"{len(paints.rows_ms):>3}")
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
    seen = Seen(*options.size)
    seen.rows(terminal.output)
    print(f"{options.case.name}, {options.size[0]}x{options.size[1]}, {options.term}; milliseconds, bytes")
    print(
        f"{'keys':<10} {'n':>3}  {'first p50':>9} {'p95':>2}  {'n':>3}  {'rows p50':>8} {'p95':>3}  "
        f"{'last p50':>8} {'p95':>3}  {'bytes/key':>10} {'most':>8}  {'load':>5}"
    )
    for name in options.scenario or SCENARIOS:
        print(line(name, measure(terminal, seen, SCENARIOS[name], options.rounds)), flush=True)
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
