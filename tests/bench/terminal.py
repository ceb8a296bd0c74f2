"""What the terminal room costs: first paint against a trivial app, bytes per key over a pty. Prints, never asserts.

python tests/bench/terminal.py
"""

import os
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


def first_paint(code: str, needle: bytes) -> tuple[float, float]:
    """Milliseconds of wall clock and of CPU from exec to `needle` on the terminal."""
    terminal = Terminal(code)
    wall = terminal.until(needle)
    fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    terminal.type(b"\x11")
    terminal.leave()
    return wall * 1000, cpu * 1000


def compare(label: str, code: str, needle: bytes, runs: int = 7) -> None:
    """Prints the first paint of `code` beside that of a trivial app, run in turns."""
    pairs = [(first_paint(TRIVIAL, b"READY"), first_paint(code, needle)) for _ in range(runs + 1)][1:]
    best = [min(pair[side][0] for pair in pairs) for side in (0, 1)]
    cpu = [statistics.median(pair[side][1] for pair in pairs) for side in (0, 1)]
    print(
        f"{label}: trivial {best[0]:.0f} ms, ours {best[1]:.0f} ms, ratio {best[1] / best[0]:.2f} (best of {runs}); "
        f"CPU {cpu[0]:.0f} and {cpu[1]:.0f} ms, ratio {cpu[1] / cpu[0]:.2f} (median)"
    )


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
        f"held key {len(held) / 100:>6,.0f} B   page {statistics.mean(pages) / (cells * lines):.2f} B/cell   "
        f"RSS {rss:.0f} MB"
    )


def main() -> None:
    """Runs everything."""
    compare("first paint", BENCH.format(total=3000, theme="dark"), b"filter: words")
    compare("first events", BENCH.format(total=3000, theme="dark"), b"198.51.100")
    truecolor = {"COLORTERM": "truecolor"}
    for cells, lines in ((80, 24), (200, 50)):
        keys(f"{cells}x{lines} 256 colours", cells, lines, "dark", {})
        keys(f"{cells}x{lines} truecolor", cells, lines, "dark", truecolor)
        keys(f"{cells}x{lines} ansi-dark", cells, lines, "ansi-dark", {})


if __name__ == "__main__":
    main()
