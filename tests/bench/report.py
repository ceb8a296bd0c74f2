"""The result as one aligned table: figure, peers, ratios, goal, verdict; and every measured number as JSON."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_HEAD = ("row", "metric", "ctwork", "peers", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Check:
    """One measured number against its bound."""

    value: float
    bound: float
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether the bound is kept; a number that could not be measured keeps none."""
        if math.isnan(self.value):
            return False
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `number` counts as in the list of goals."""

    number: str
    metric: str
    ours: str
    peers: str = ""
    ratio: str = ""
    goal: str = ""
    checks: Sequence[Check] = ()

    @property
    def verdict(self) -> str:
        """``ok``, ``short``, or "" for a line without a goal."""
        return "" if not self.checks else "ok" if all(check.met for check in self.checks) else "short"


@dataclass(slots=True)
class Report:
    """Rows as they are measured, remarks, and the figures behind them."""

    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def add(self, *rows: Row) -> None:
        """Append `rows`."""
        self.rows.extend(rows)

    def text(self) -> str:
        """The table, remarks above it."""
        cells = [(r.number, r.metric, r.ours, r.peers, r.ratio, r.goal, r.verdict) for r in self.rows]
        return "".join(f"{line}\n" for line in (*self.remarks, *_aligned([_HEAD, *cells])))

    def document(self) -> bytes:
        """Rows, remarks and figures as JSON."""
        rows = [
            {
                "row": row.number,
                "metric": row.metric,
                "ctwork": row.ours,
                "peers": row.peers,
                "ratio": row.ratio,
                "goal": row.goal,
                "verdict": row.verdict,
                "checks": [{"value": check.value, "bound": check.bound, "met": check.met} for check in row.checks],
            }
            for row in self.rows
        ]
        return json.dumps({"rows": rows, "remarks": self.remarks, "figures": self.figures}, indent=1).encode()


def at_least(value: float, bound: float) -> Check:
    """`value` must not be smaller than `bound`."""
    return Check(value, bound)


def at_most(value: float, bound: float) -> Check:
    """`value` must not be larger than `bound`."""
    return Check(value, bound, at_least=False)


def times(value: float) -> str:
    """A ratio."""
    return (
        "—"
        if math.isnan(value)
        else f"{value:.0f}x"
        if value >= 20
        else f"{value:.1f}x"
        if value >= 3
        else f"{value:.2f}x"
    )


def megabytes(size: float) -> str:
    """Bytes as MB."""
    return f"{size / 1e6:,.0f} MB"


def said(values: Mapping[str, str]) -> str:
    """``name value`` pairs in one cell."""
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _aligned(table: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
