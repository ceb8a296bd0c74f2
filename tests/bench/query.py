"""Questions: ctwork beside Polars strings and DuckDB on Parquet, in turn, input by input. Rows 5 and 8 to 14."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.load import loaded
from tests.bench.measure import PYTHON, ROOT, BenchError, Plan, agree, environment, median, percentile, take_turn
from tests.bench.questions import INPUTS
from tests.bench.report import Check, Report, Row, at_least, at_most, said, times

_SIDES = ("ctwork", "polars", "duckdb")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a kind of question must keep: milliseconds at ten million events, and distance from the peers."""

    number: str
    metric: str
    most_ms: float
    polars: float = 0
    duckdb: float = 0

    @property
    def text(self) -> str:
        """The goal as the table shows it."""
        peers = [f"{bound:g}x {name}" for name, bound in (("polars", self.polars), ("duckdb", self.duckdb)) if bound]
        return f"10M: <= {self.most_ms:g} ms" + (f"; >= {', '.join(peers)}" if peers else "")


GOALS = {
    "count": Goal("9", "substring in event names, count", 20, 20, 2),
    "words-page": Goal("10", "phrase in all word columns, first page", 100, 30, 3),
    "words-total": Goal("10", "phrase in all word columns, exact total", 200, 30, 3),
    "group": Goal("11", "group by principal (count, first, last, errors), filtered", 80, 6),
    "group-all": Goal("11", "group by principal, all events", 120, 3),
    "timeline": Goal("12", "timeline of 200 buckets, filtered", 40, 15, 3),
    "page": Goal("13", "page of 50 at an offset, filtered, by address", 100, 25, 15),
    "resort": Goal("13", "page of 50 in the middle, all events, by a column", 200),
    "pivot": Goal("14", "resource pivot, top 50, filtered", 120, 6, 3),
}

PIVOTS = {
    "facet-all": 50,
    "facet-lens": 200,
    "facet-page": 10,
    "portraits-all": 100,
    "portraits-lens": 100,
    "suggest": 30,
    "gap": 60,
}
"""What the panes of a pivot ask, and milliseconds at ten million events. No peer offers the same."""

Taken = dict[str, dict[str, list[dict[str, float]]]]
"""Kind → side → per input the quickest wall and CPU milliseconds."""


def run(plan: Plan, report: Report) -> None:
    """Measure, check that all answers agree, and add the rows. Raises BenchError."""
    store, folder = loaded(plan), plan.scratch / "questions"
    rows = int(take_turn([PYTHON, "-m", "tests.bench.export", str(store), str(folder)]).said["rows"])
    questions = json.loads((folder / "questions.json").read_text())
    taken: Taken = {}
    with _asked(plan, store, folder) as sides:
        for kind, inputs in questions.items():
            taken[kind] = _ask(sides, inputs, plan.rounds)
        detail = sides["ctwork"].report("detail")["ms"]
        memory = {name: side.report("memory") for name, side in sides.items()}
    report.remarks.append(
        f"questions: {rows:,} events; p50 / p95 ms over {INPUTS} inputs, the best of {plan.rounds} turns each"
    )
    _add_memory(report, memory, rows)
    _add_detail(report, detail)
    for kind, goal in GOALS.items():
        report.add(_row(goal, taken[kind]))
    pivots = take_turn([PYTHON, "-m", "tests.bench.sides.pivots", str(store)]).said
    for kind, most_ms in PIVOTS.items():
        report.add(_pivot_row(kind, pivots[kind], most_ms))
    report.figures["pivots"] = pivots
    report.figures["query"] = {"rows": rows, "taken": taken, "detail_ms": detail, "memory": memory, "inputs": questions}


class _Side:
    """A process that answers questions."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        command = [PYTHON, "-m", f"tests.bench.sides.ask_{name}", *arguments]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answer()

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer and what it took."""
        return self._exchange(question)

    def report(self, what: str) -> dict[str, Any]:
        """Figures of the engine's own."""
        return self._exchange({"report": what})

    def end(self) -> None:
        """Let the process go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _exchange(self, message: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BenchError(f"{self.name} ended in the middle of a question")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer


@contextmanager
def _asked(plan: Plan, store: Path, folder: Path) -> Iterator[dict[str, _Side]]:
    arguments = {"ctwork": [str(store)], "polars": [str(folder)], "duckdb": [str(folder), str(plan.workers)]}
    sides: dict[str, _Side] = {}
    try:
        for name in _SIDES:
            sides[name] = _Side(name, arguments[name])
        yield sides
    finally:
        for side in sides.values():
            side.end()


def _ask(sides: Mapping[str, _Side], inputs: list[dict[str, Any]], rounds: int) -> dict[str, list[dict[str, float]]]:
    """Every input to every side in turn; one unmeasured turn on the last input warms all of them up."""
    best: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for side in sides.values():
        side.ask(inputs[-1])
    for question in inputs:
        tries: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, side in sides.items():
                tries[name].append(side.ask(question))
        agree(f"{question}", {name: own[0]["answer"] for name, own in tries.items()})
        for name, own in tries.items():
            best[name].append({unit: min(each[unit] for each in own) for unit in ("wall_ms", "cpu_ms")})
    return best


def _row(goal: Goal, taken: Mapping[str, list[dict[str, float]]]) -> Row:
    wall = {name: [each["wall_ms"] for each in own] for name, own in taken.items()}
    high = {name: percentile(own, 95) for name, own in wall.items()}
    shown = {name: f"{median(own):.1f} / {high[name]:.1f}" for name, own in wall.items()}
    ratios = {name: high[name] / high["ctwork"] for name in _SIDES[1:]}
    checks: list[Check] = [at_most(high["ctwork"], goal.most_ms)]
    checks += [
        at_least(ratios[name], bound) for name, bound in (("polars", goal.polars), ("duckdb", goal.duckdb)) if bound
    ]
    return Row(
        goal.number,
        goal.metric,
        shown["ctwork"],
        said({name: shown[name] for name in ratios}),
        said({name: times(ratio) for name, ratio in ratios.items()}),
        goal.text,
        checks,
    )


def _pivot_row(kind: str, taken: list[float], most_ms: float) -> Row:
    high = percentile(taken, 95)
    shown = f"{median(taken):.1f} / {high:.1f}"
    return Row(
        "14", f"pivot pane: {kind}", shown, "none offers it", "", f"10M: <= {most_ms:g} ms", (at_most(high, most_ms),)
    )


def _add_memory(report: Report, memory: Mapping[str, Mapping[str, int]], rows: int) -> None:
    ours = memory["ctwork"]
    columns = (ours["hot"] + ours["cold"]) / rows
    distinct = (ours["tables"] + ours["dictionaries"]) / rows
    peers = {name: memory[name]["bytes"] / rows for name in ("polars", "duckdb")}
    ratio = peers["polars"] / (columns + distinct)
    report.add(
        Row(
            "5",
            "resident columns, all but texts",
            f"{columns:.1f} B/event + {distinct:.1f} distinct values",
            said({"polars": f"{peers['polars']:.0f} B/event", "duckdb table": f"{peers['duckdb']:.0f} B/event"}),
            f"polars {times(ratio)}, duckdb {times(peers['duckdb'] / (columns + distinct))}",
            "<= 70 B/event + dictionaries; >= 6x less than polars",
            (at_most(columns, 70), at_least(ratio, 6)),
        ),
        Row("5", "  grown resident set after all questions", f"{ours['resident'] / rows:.1f} B/event"),
    )


def _add_detail(report: Report, taken: list[float]) -> None:
    high = percentile(taken, 95)
    report.add(
        Row(
            "8",
            f"original bytes of {len(taken)} random records, verified",
            f"{median(taken):.1f} / {high:.1f} ms, longest {max(taken):.1f}",
            "none offers it",
            "",
            "p95 <= 10 ms",
            (at_most(high, 10),),
        )
    )
