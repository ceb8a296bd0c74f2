"""One side's turn: a fresh process, its CPU and wall seconds, and what it said on standard output."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.memory import Peak, watched

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


class BenchError(Exception):
    """A side failed, or two sides disagree: the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and where scratch files may go."""

    corpus: Path
    scratch: Path
    rounds: int = 3
    workers: int = 2
    """Processes or threads of each side."""
    table_rows: int = 10_000
    """Rows of the largest DataTable."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one run of one side cost."""

    wall_s: float
    cpu_s: float
    """User and system, with every descendant that was waited for."""
    began: float
    """On the system's monotonic clock, just before the process was started."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """The JSON object in the last line of its output."""
    peak: Peak | None = None


def take_turn(command: Sequence[str], *, memory: bool = False, environ: Mapping[str, str] | None = None) -> Turn:
    """Run `command` to its end, with `environ` besides what every side has. Raises BenchError when it fails.

    Memory is sampled only on request: sampling costs CPU that would distort the times.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment() | dict(environ or {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with watched(process.pid, active=memory) as peak:
        # A side says one short line; the pipes cannot fill up before its end.
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    output, complaint = process.communicate()
    if process.returncode:
        raise BenchError(f"{' '.join(command[:6])} … ended with {process.returncode}:\n{complaint.decode()[-2000:]}")
    return Turn(wall, usage.ru_utime + usage.ru_stime, began, last_object(output), peak)


def environment() -> dict[str, str]:
    """The environment of a side: this one's, without what would let a side behave differently."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CTWORK", "POLARS", "TEXTUAL"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def last_object(output: bytes) -> dict[str, Any]:
    """The JSON object in the last line of `output`; {} when there is none."""
    lines = output.strip().splitlines()
    found = json.loads(lines[-1]) if lines and lines[-1].startswith(b"{") else {}
    return found if isinstance(found, dict) else {}


def median(values: Sequence[float]) -> float:
    """The median; NaN of nothing."""
    return float(np.median(values)) if len(values) else float("nan")


def percentile(values: Sequence[float], share: float) -> float:
    """The `share` (0 to 100) percentile, interpolated; NaN of nothing."""
    return float(np.percentile(values, share)) if len(values) else float("nan")


def agree(what: str, answers: Mapping[str, Any]) -> None:
    """Raises BenchError unless every side gave the same answer."""
    reference, *others = answers.items()
    for name, answer in others:
        if answer != reference[1]:
            said = "\n".join(f"  {side}: {str(given)[:600]}" for side, given in (reference, (name, answer)))
            raise BenchError(f"the sides disagree on {what}:\n{said}")
