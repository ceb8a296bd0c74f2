"""What the terminal room costs: time to first paint against a trivial app, and bytes per key over a pty. Prints, never asserts.

    python tests/bench/terminal.py
"""

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.tui.terminal import Terminal

TRIVIAL = """
from textual.app import App
from textual.widgets import Static
class Trivial(App):
    def compose(self):
        yield Static("READY")
Trivial().run()
"""
BENCH = """
from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from tests.tui.desk import FakeDesk
Workbench(FakeDesk(total={total}), Lens(), title="bench", theme_name={theme!r}).run()
"""
DOWN = b"\x1b[B"
PAGE = b"\x1b[6~"


def first_paint(code: str, needle: bytes, runs: int = 7) -> float:
    """Median seconds from exec to `needle` on the terminal."""
    seconds = []
    for _ in range(runs):
        terminal = Terminal(code)
        seconds.append(terminal.until(needle))
        terminal.type(b"\x11")
        terminal.leave()
    return statistics.median(seconds)


def memory_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def keys(label: str, cells: int, lines: int, theme: str, environ: dict[str, str]) -> None:
    """Prints bytes per key at one size and theme."""
    terminal = Terminal(BENCH.format(total=10_000_000, theme=theme), cells, lines, environ)
    terminal.until(b"target")
    first = len(terminal.output) + len(terminal.read(0.5))
    rss = memory_mb(terminal.pid)
    stepped = []
    for _ in range(60):
        terminal.type(DOWN)
        stepped.append(len(terminal.read(0.2)))
    held = b""
    for _ in range(100):
        terminal.type(DOWN)
        held += terminal.read(0.03, 0.03)
    held += terminal.read(0.3)
    terminal.type(b"\x1b[F")
    terminal.read(0.4)
    terminal.type(b"\x1b[H")
    terminal.read(0.4)
    pages = []
    for _ in range(6):
        terminal.type(PAGE)
        pages.append(len(terminal.read(0.3)))
    terminal.type(b"\x11")
    terminal.leave()
    print(
        f"{label:<26} first frame {first:>6,} B   stepped key {statistics.mean(stepped):>6,.0f} B   "
        f"held key {len(held) / 100:>6,.0f} B   page {statistics.mean(pages) / (cells * lines):.2f} B/cell   RSS {rss:.0f} MB"
    )


def main() -> None:
    """Runs everything."""
    trivial = first_paint(TRIVIAL, b"READY")
    ours = first_paint(BENCH.format(total=3000, theme="dark"), b"filter: words")
    print(f"first paint: trivial {trivial * 1000:.0f} ms, workbench {ours * 1000:.0f} ms, ratio {ours / trivial:.2f}")
    truecolor = {"COLORTERM": "truecolor"}
    for cells, lines in ((80, 24), (200, 50)):
        keys(f"{cells}x{lines} 256 colours", cells, lines, "dark", {})
        keys(f"{cells}x{lines} truecolor", cells, lines, "dark", truecolor)
        keys(f"{cells}x{lines} ansi-dark", cells, lines, "ansi-dark", {})


if __name__ == "__main__":
    main()
