"""Loading: ctwork beside DuckDB, the standard library and the floor. Rows 1 to 4, 6 and 7."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import PYTHON, BenchError, Plan, Turn, agree, median, take_turn
from tests.bench.report import Report, Row, at_least, at_most, megabytes, said, times

_MANY = 1_000_000
"""From so many events on the standard library has one turn: its turn takes minutes."""
_SETTLE_S = 1.0
"""Workers of an abandoned load need a moment to notice."""


@dataclass(frozen=True, slots=True)
class Side:
    """One contestant and the command that loads the corpus."""

    name: str
    command: Callable[[], Sequence[str]]
    slow: bool = False


Turns = dict[str, list[Turn]]


def run(plan: Plan, report: Report) -> None:
    """Measure, check that all sides read the same events, and add the rows. Raises BenchError."""
    case, parquet = plan.scratch / "case", plan.scratch / "duckdb.parquet"
    sides = _sides(plan, case, parquet)
    warm = take_turn(sides[-1].command())
    if not warm.said["files"]:
        raise BenchError(f"{plan.corpus} holds no .json.gz files")
    turns: Turns = {side.name: [] for side in sides}
    rows = 0
    for number in range(plan.rounds):
        for side in sides:
            if not (side.slow and number and rows >= _MANY):
                turns[side.name].append(take_turn(side.command()))
        rows = rows or _same_events(turns, case, parquet)
    memory = {side.name: take_turn(side.command(), memory=True) for side in sides[:2]}
    first = [_first_events(plan, number) for number in range(plan.rounds)]
    store = case / "store"
    again = [take_turn([PYTHON, "-m", "tests.bench.sides.reopen", str(store)]) for _ in range(plan.rounds + 1)][1:]
    if any(turn.said["rows"] != rows for turn in again):
        raise BenchError("the store opened again holds other events")

    stored = int(warm.said["stored"])
    report.remarks.append(f"load: {rows:,} events in {warm.said['files']:,} files, {megabytes(stored)} stored")
    _add_times(report, turns, rows)
    _add_first(report, first, turns)
    _add_memory(report, memory, rows)
    _add_disk(report, store, parquet, stored, rows)
    _add_again(report, again, turns, rows)
    report.figures["load"] = {
        "rows": rows,
        "turns": {name: [{"wall_s": turn.wall_s, "cpu_s": turn.cpu_s} for turn in own] for name, own in turns.items()},
        "first_s": first,
        "reopen_s": [turn.wall_s for turn in again],
        "peaks": {
            name: {"together": turn.peak.together, "separately": turn.peak.separately}
            for name, turn in memory.items()
            if turn.peak
        },
    }


def _sides(plan: Plan, case: Path, parquet: Path) -> list[Side]:
    corpus, workers = str(plan.corpus), str(plan.workers)
    bench = [PYTHON, "-m"]

    def ours() -> Sequence[str]:
        shutil.rmtree(case, ignore_errors=True)
        command = [*bench, "ctwork", "load", corpus, "--fresh", "--case", str(case), "--workers", workers]
        return [*command, "--quiet", "--format", "json"]

    def ducks() -> Sequence[str]:
        parquet.unlink(missing_ok=True)
        return [*bench, "tests.bench.sides.ducks", corpus, workers, str(parquet)]

    return [
        Side("ctwork", ours),
        Side("duckdb", ducks),
        Side("stdlib", lambda: [*bench, "tests.bench.sides.plain", corpus], slow=True),
        Side(
            "floor without the inflated hash", lambda: [*bench, "tests.bench.sides.floor", corpus, workers, "carrier"]
        ),
        Side("floor", lambda: [*bench, "tests.bench.sides.floor", corpus, workers]),
    ]


def _same_events(turns: Turns, case: Path, parquet: Path) -> int:
    """How many events every side read. Raises BenchError when they differ in number or in any count per event name."""
    census = [PYTHON, "-m", "tests.bench.sides.census"]
    answers = {
        "ctwork": take_turn([*census, "ctwork", str(case / "store")]).said,
        "duckdb": take_turn([*census, "duckdb", str(parquet)]).said,
        "stdlib": turns["stdlib"][0].said,
    }
    agree("the number of events", {name: said["rows"] for name, said in answers.items()})
    agree("events per name", {name: said["events"] for name, said in answers.items()})
    return int(answers["ctwork"]["rows"])


def _first_events(plan: Plan, number: int) -> float:
    """Wall seconds from the start of the program until the first events of a new case can be seen."""
    case = plan.scratch / f"first-{number}"
    turn = take_turn([PYTHON, "-m", "tests.bench.sides.first", str(plan.corpus), str(case)])
    time.sleep(_SETTLE_S)
    shutil.rmtree(case, ignore_errors=True)
    return float(turn.said["seen"]) - turn.began


def _add_times(report: Report, turns: Turns, rows: int) -> None:
    cpu = {name: median([turn.cpu_s for turn in own]) for name, own in turns.items()}
    wall = {name: median([turn.wall_s for turn in own]) for name, own in turns.items()}
    peer, floor = cpu["duckdb"] / cpu["ctwork"], cpu["ctwork"] / cpu["floor"]
    bare = "floor without the inflated hash"
    report.add(
        Row(
            "1",
            "load, CPU",
            f"{cpu['ctwork']:.2f} s, {rows / cpu['ctwork'] / 1e3:,.0f}k events/s",
            said({name: f"{cpu[name]:.2f} s" for name in ("duckdb", "stdlib", "floor")}),
            f"duckdb {times(peer)}, of the floor {times(floor)}, stdlib {times(cpu['stdlib'] / cpu['ctwork'])}",
            ">= 2.0x duckdb, <= 4.5x the floor",
            (at_least(peer, 2.0), at_most(floor, 4.5)),
        ),
        Row("1", f"  {bare}", "", f"{cpu[bare]:.2f} s", f"of it {times(cpu['ctwork'] / cpu[bare])}"),
        Row(
            "2",
            "load, wall (everything, texts too)",
            f"{wall['ctwork']:.2f} s",
            said({name: f"{wall[name]:.2f} s" for name in ("duckdb", "stdlib", "floor")}),
            f"duckdb {times(wall['duckdb'] / wall['ctwork'])}",
            ">= 2.5x duckdb (without texts)",
            (at_least(wall["duckdb"] / wall["ctwork"], 2.5),),
        ),
    )


def _add_first(report: Report, first: Sequence[float], turns: Turns) -> None:
    ours, theirs = median(first), median([turn.wall_s for turn in turns["duckdb"]])
    report.add(
        Row(
            "3",
            "first events, wall",
            f"{ours:.2f} s",
            f"duckdb {theirs:.2f} s (none before the end)",
            f"duckdb {times(theirs / ours)}",
            "<= 0.5 s; >= 25x sooner than duckdb at 2M",
            (at_most(ours, 0.5), at_least(theirs / ours, 25)),
        )
    )


def _add_memory(report: Report, memory: dict[str, Turn], rows: int) -> None:
    ours, theirs = memory["ctwork"].peak, memory["duckdb"].peak
    assert ours is not None
    assert theirs is not None
    ratio = ours.together / theirs.together
    report.add(
        Row(
            "4",
            "peak memory of the load, at one moment",
            f"{megabytes(ours.together)}, {ours.together / rows:,.0f} B/event",
            f"duckdb {megabytes(theirs.together)}, {theirs.together / rows:,.0f} B/event",
            f"{ratio:.2f} of duckdb",
            "<= 0.9 of duckdb (10M: <= 120 B/event)",
            (at_most(ratio, 0.9),),
        ),
        Row(
            "4",
            "  sum of each process's own peak",
            megabytes(ours.separately),
            f"duckdb {megabytes(theirs.separately)}",
            f"{ours.separately / theirs.separately:.2f} of duckdb",
        ),
    )


def _add_disk(report: Report, store: Path, parquet: Path, stored: int, rows: int) -> None:
    files = {path.name: path.stat().st_size for path in store.rglob("*") if path.is_file()}
    total, theirs = sum(files.values()), parquet.stat().st_size
    largest = sorted(files.items(), key=lambda item: -item[1])[:6]
    report.add(
        Row(
            "6",
            "store on disk",
            f"{total / rows:.1f} B/event, {total / stored:.2f} of the source",
            f"duckdb Parquet {theirs / rows:.1f} B/event, source {stored / rows:.0f}",
            f"{total / theirs:.2f} of duckdb",
            "<= 60 B/event, <= 0.25 of the source",
            (at_most(total / rows, 60), at_most(total / stored, 0.25)),
        ),
        *(Row("6", f"  {name}", f"{size / rows:.1f} B/event") for name, size in largest),
    )
    report.figures["disk"] = {"ctwork": files, "duckdb": theirs, "source": stored}


def _add_again(report: Report, again: Sequence[Turn], turns: Turns, rows: int) -> None:
    ours, load = median([turn.wall_s for turn in again]), median([turn.wall_s for turn in turns["ctwork"]])
    report.add(
        Row(
            "7",
            "open again, to the first page",
            f"{ours:.2f} s",
            f"load {load:.2f} s",
            times(load / ours),
            "10M: <= 0.8 s; >= 50x faster than loading",
            (at_most(ours, 0.8), at_least(load / ours, 50)),
        )
    )


def loaded(plan: Plan) -> Path:
    """A store of the corpus: what `run` left, or a new one."""
    store = plan.scratch / "case" / "store"
    if not (store / "CURRENT").is_file():
        take_turn(_sides(plan, store.parent, plan.scratch / "unused")[0].command())
    return store
