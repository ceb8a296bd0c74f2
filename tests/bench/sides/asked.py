"""A side that answers questions: one per line of standard input, one answer with its time per line of output."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from tests.bench.questions import Question

Answer = Callable[[], Any]
"""Turns what was found into plain values to compare; not timed."""


class Asked(Protocol):
    """One engine, opened."""

    def ask(self, question: Question) -> Answer:
        """Find the answer; all of this is timed."""

    def report(self, what: str) -> dict[str, Any]:
        """Figures of the engine's own."""


def serve(open_side: Callable[[], Asked]) -> None:
    """Answer until standard input ends."""
    side = open_side()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "report" in asked:
            print(json.dumps(side.report(asked["report"])), flush=True)
            continue
        question = Question(**asked)
        cpu, began = time.process_time(), time.perf_counter()
        answer = side.ask(question)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        print(json.dumps({"wall_ms": wall * 1000, "cpu_ms": cpu * 1000, "answer": answer()}), flush=True)
