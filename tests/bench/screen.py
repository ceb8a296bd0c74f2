"""The screen: first paint beside a trivial app, and a table of millions of rows beside DataTable. Rows 17 and 19."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import ROOT, BenchError, Plan, median
from tests.bench.memory import resident
from tests.bench.report import Report, Row, at_least, at_most, megabytes, said, times
from tests.tui.terminal import Terminal

_TRIVIAL = """
from textual.app import App
from textual.widgets import Static
class Trivial(App):
    def compose(self):
        yield Static("READY")
Trivial().run()
"""
_WORKBENCH = """
import sys
sys.argv = ["ctwork", {source!r}, "--case", {case!r}] + {options!r}
from ctwork.__main__ import main
main()
"""
_VIRTUAL = """
from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from tests.tui.desk import FakeDesk
Workbench(FakeDesk(total={rows}), Lens(), title="bench", theme_name="dark").run()
"""
_TABLE = """
from textual.app import App
from textual.widgets import DataTable
def line(n):
    return (f"12:{{n // 60 % 60:02d}}:{{n % 60:02d}}", "198.51.100.7", f"principal-{{n % 200}}",
            f"DescribeInstances{{n % 300}}", f"arn:aws:s3:::bucket-{{n % 5000}}", "us-east-1", "123837392031", "ok")
class Table(App):
    def compose(self):
        yield DataTable()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("time", "address", "principal", "event", "target", "region", "account", "outcome")
        table.add_rows(map(line, range({rows})))
Table().run()
"""
_QUIT = b"\x11"
_PATIENCE_S = 400.0
"""A DataTable of a million rows takes minutes."""
_PAINTED = (b"filter: words", b"help")
"""The lens bar and the keys: the first and the last line that are always there."""
_CELL = b"198.51.100"
"""Part of an address: rows have been drawn."""
_VIRTUAL_ROWS = (1_000, 100_000, 10_000_000)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Paint:
    """What the first content on the screen cost."""

    wall_s: float
    cpu_s: float
    """Of the process that draws."""
    resident: int
    """Bytes."""


def run(plan: Plan, report: Report) -> None:
    """Measure and add the rows."""
    paints = _first_paints(plan)
    report.remarks.append(f"screen: 80x24, best wall and median CPU of {plan.rounds} turns each")
    for name, own in paints.items():
        if name != "trivial":
            _add_paint(report, name, own, paints["trivial"])
    virtual, table = _tables(plan)
    _add_tables(report, virtual, table)
    report.figures["screen"] = {
        "paint": {name: _plain(own) for name, own in paints.items()},
        "virtual": {rows: _plain(own) for rows, own in virtual.items()},
        "table": {rows: _plain(own) for rows, own in table.items()},
    }


def paint(code: str, needles: Sequence[bytes]) -> Paint:
    """Run `code` on a terminal until all `needles` were drawn."""
    with _terminal(code) as terminal:
        try:
            wall = max(terminal.until(needle, _PATIENCE_S) for needle in needles)
        except AssertionError as problem:
            raise BenchError(f"the screen never showed it: {problem}") from problem
        return Paint(wall, _cpu_s(terminal.pid), resident(terminal.pid))


def _first_paints(plan: Plan) -> dict[str, list[Paint]]:
    source, case = str(ROOT / "sample_logs"), str(plan.scratch / "sample")
    codes = {
        "trivial": (_TRIVIAL, (b"READY",)),
        "a new case": (_WORKBENCH.format(source=source, case=case, options=["--fresh"]), _PAINTED),
        "a known case": (_WORKBENCH.format(source=source, case=case, options=[]), _PAINTED),
        "its screen alone": (_VIRTUAL.format(rows=_VIRTUAL_ROWS[0]), _PAINTED),
    }
    with _terminal(codes["a new case"][0]) as terminal:
        terminal.read(quiet_s=3, limit_s=60)
    paints: dict[str, list[Paint]] = {name: [] for name in codes}
    for _ in range(plan.rounds):
        for name, (code, needles) in codes.items():
            paints[name].append(paint(code, needles))
    return paints


def _tables(plan: Plan) -> tuple[dict[int, list[Paint]], dict[int, list[Paint]]]:
    """Rows → paints: of the workbench over a made-up engine, and of a DataTable."""
    virtual: dict[int, list[Paint]] = {rows: [] for rows in _VIRTUAL_ROWS}
    table: dict[int, list[Paint]] = {rows: [] for rows in sorted({1_000, plan.table_rows})}
    for number in range(plan.rounds):
        for rows, own in virtual.items():
            own.append(paint(_VIRTUAL.format(rows=rows), (_CELL,)))
        for rows, own in table.items():
            if not number or rows <= _VIRTUAL_ROWS[0] * 10:
                own.append(paint(_TABLE.format(rows=rows), (_CELL,)))
    return virtual, table


def _add_paint(report: Report, name: str, ours: list[Paint], trivial: list[Paint]) -> None:
    wall, cpu = _wall(ours) / _wall(trivial), _cpu(ours) / _cpu(trivial)
    report.add(
        Row(
            "17",
            f"start to first paint, {name}",
            f"{_wall(ours):.2f} s, CPU {_cpu(ours):.2f} s, {megabytes(_held(ours))}",
            f"trivial Textual app {_wall(trivial):.2f} s, CPU {_cpu(trivial):.2f} s",
            f"{wall:.2f}, CPU {cpu:.2f}",
            "<= 1.3 of a trivial Textual app",
            (at_most(wall, 1.3),),
        )
    )


def _add_tables(report: Report, virtual: dict[int, list[Paint]], table: dict[int, list[Paint]]) -> None:
    fewest, most, largest = min(virtual), max(virtual), max(table)
    growth = _wall(virtual[most]) / _wall(virtual[fewest])
    held = _held(virtual[most]) / _held(virtual[fewest])
    ratio = _wall(table[largest]) / _wall(virtual[most])
    report.add(
        Row(
            "19",
            "table with many rows, to its first rows",
            said({f"{rows:,}": f"{_wall(own):.2f} s {megabytes(_held(own))}" for rows, own in virtual.items()}),
            "DataTable "
            + said({f"{rows:,}": f"{_wall(own):.2f} s {megabytes(_held(own))}" for rows, own in table.items()}),
            f"{most:,} of {fewest:,} rows {growth:.2f}, memory {held:.2f}; DataTable {largest:,} {times(ratio)}",
            "the same for any number; >= 300x DataTable at 1M",
            (at_most(growth, 1.3), at_most(held, 1.3), *([at_least(ratio, 300)] if largest >= _MILLION else [])),
        )
    )


@contextmanager
def _terminal(code: str) -> Iterator[Terminal]:
    terminal = Terminal(code)
    try:
        yield terminal
    finally:
        with suppress(OSError):
            terminal.type(_QUIT)
        terminal.leave(limit_s=60)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wall(paints: Sequence[Paint]) -> float:
    return min(each.wall_s for each in paints)


def _cpu(paints: Sequence[Paint]) -> float:
    return median([each.cpu_s for each in paints])


def _held(paints: Sequence[Paint]) -> float:
    return median([each.resident for each in paints])


def _plain(paints: Sequence[Paint]) -> list[dict[str, float]]:
    return [{"wall_s": each.wall_s, "cpu_s": each.cpu_s, "resident": each.resident} for each in paints]
