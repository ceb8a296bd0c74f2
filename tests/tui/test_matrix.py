"""Twelve kinds of terminal in five sizes: no crash, every line in place, only ASCII where that is all there is."""

import re

import pyte
import pytest
from pyte import screens

from tests.tui.terminal import Terminal
from tests.tui.test_line import restored

RUN = """
from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from tests.tui.desk import HOSTILE, FakeDesk
Workbench(FakeDesk(total=400, hostile=("漢字かな", "e" + chr(0x301) * 3, "x" * 999)), Lens(), title="x").run()
"""
KINDS: dict[str, dict[str, str]] = {
    "xterm truecolor": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "xterm 256": {"TERM": "xterm-256color"},
    "xterm": {"TERM": "xterm"},
    "xterm without colour": {"TERM": "xterm-256color", "NO_COLOR": "1"},
    "xterm in C": {"TERM": "xterm-256color", "LANG": "C"},
    "screen": {"TERM": "screen"},
    "screen 256": {"TERM": "screen-256color", "LANG": "de_DE.UTF-8"},
    "tmux 256": {"TERM": "tmux-256color"},
    "linux console": {"TERM": "linux"},
    "linux console in C": {"TERM": "linux", "LC_ALL": "C"},
    "vt100 latin": {"TERM": "vt100", "LANG": "en_US.ISO-8859-1"},
    "rxvt bright": {"TERM": "rxvt-unicode-256color", "COLORFGBG": "0;15"},
}
EVERY_TIME = {"xterm in C"}
"""The one that differs most from what all other tests use; the others run with the long tests."""
SIZES = ((80, 24), (60, 15), (132, 43), (200, 50), (40, 10))
SMALL = (60, 15)
_COLOR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


class Strict(pyte.Screen):
    """A screen that notes what a real one would have had to scroll or to wrap."""

    wrapped = False

    def draw(self, data: str) -> None:
        for letter in data:
            if self.cursor.x + screens.wcwidth(letter) > self.columns:
                self.wrapped = True
            super().draw(letter)

    def index(self) -> None:
        if self.cursor.y == self.lines - 1:
            self.wrapped = True
        super().index()


@pytest.mark.parametrize(
    "kind", [kind if kind in EVERY_TIME else pytest.param(kind, marks=pytest.mark.long) for kind in KINDS]
)
def test_every_size_of_a_terminal(kind: str) -> None:
    terminals = {(cells, lines): Terminal(RUN, cells, lines, KINDS[kind]) for cells, lines in SIZES}
    for size, terminal in terminals.items():
        terminal.until(b"needs" if tiny(size) else b"help", 30)
        terminal.read(0.3)
    modes = (b"2", b"jl", b"3", b"4.", b"5", b"6", b"7", b"8", b"9", b"0", b"-", b"1")
    for keys in (*modes, b"?", b" ", b"\x1b", b"Lj", b"\x1b", b"\x1b", b"1", b"j", b"\x1b[6~", b"\x1b[H", b"l"):
        for terminal in terminals.values():
            terminal.type(keys)
        for terminal in terminals.values():
            terminal.read(0.3 if keys in (b"?", b"Lj") else 0.04)  # both load a screen first
    for size, terminal in terminals.items():
        terminal.read(0.3)
        drawn = terminal.cleaned(terminal.output)
        terminal.type(b"\x11")
        assert terminal.leave(20) == 0, kind
        restored(terminal.output)
        check(kind, size, terminal.output, drawn)


def tiny(size: tuple[int, int]) -> bool:
    """Whether there is no room for the workbench."""
    return size[0] < SMALL[0] or size[1] < SMALL[1]


def check(kind: str, size: tuple[int, int], output: bytes, drawn: bytes) -> None:
    """What one terminal was sent, and what of it before the workbench was left."""
    assert b"Traceback" not in output
    if "C" in (KINDS[kind].get("LANG"), KINDS[kind].get("LC_ALL")) or "latin" in kind:
        assert output.isascii()
    if "NO_COLOR" in KINDS[kind]:
        assert not _COLOR.search(output)
    screen = Strict(*size)
    pyte.ByteStream(screen).feed(drawn)
    assert not screen.wrapped, (kind, size)
    if not tiny(size):
        shown = list(screen.display)
        assert "filter:" in shown[0], shown
        assert "help" in shown[-1], shown
        # Every row of the table ends in the same cell, however wide the letters in it are.
        ends = {row.index("▐" if "▐" in row else "|") for row in screen_rows(screen) if row.rstrip()[-1:] in "▐|"}
        assert len(ends) <= 1 or size[0] >= 130, ends


def screen_rows(screen: pyte.Screen) -> list[str]:
    """Lines with one character per cell: the second half of a wide letter is a blank."""
    return ["".join(screen.buffer[y][x].data or " " for x in range(screen.columns)) for y in range(screen.lines)]
