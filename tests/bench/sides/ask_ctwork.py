"""ctwork answers: a lens is parsed, looked through, and the view asked, with nothing kept from the question before.

python -m tests.bench.sides.ask_ctwork STORE
"""

import hashlib
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ctwork.model.lens import Lens
from ctwork.model.shown import Line
from ctwork.store.frame import Frame
from ctwork.store.store import Store
from ctwork.store.view import View
from tests.bench.memory import resident
from tests.bench.questions import BUCKETS, LINES, TOP, Question
from tests.bench.sides.asked import Answer, Asked, serve

_DETAILS = 300


class Ctwork:
    """The store as the screens use it."""

    def __init__(self, folder: Path) -> None:
        self._empty = resident(os.getpid())
        self._store = Store.open(folder)

    def ask(self, question: Question) -> Answer:
        """Answer without what is kept from before: each key of an investigator is a new lens."""
        self._store.frame._truths.clear()
        view = self._store.look(Lens.parse(question.lens))
        match question.kind:
            case "count" | "words-total":
                return lambda: view.total
            case "words-page":
                return self._ids(view.page(0, LINES))
            case "group" | "group-all":
                return self._facets(view, "principal", None)
            case "pivot":
                return self._facets(view, "resource", TOP)
            case "timeline":
                shape = view.histogram(BUCKETS)
                return lambda: [list(shape.counts), list(shape.errors)]
            case "page" | "resort":
                lines = view.page(question.offset, LINES)
                return lambda: self._texts(lines, question.column)
        raise ValueError(question.kind)

    def report(self, what: str) -> dict[str, Any]:
        """``memory`` in bytes, or ``detail``: milliseconds to read records again, each verified."""
        return self._memory() if what == "memory" else self._details()

    def _facets(self, view: View, column: str, limit: int | None) -> Answer:
        found = self._store.facets(view, [column], limit)
        return lambda: [[*facet.values, facet.count, facet.first_ms, facet.last_ms, facet.errors] for facet in found]

    def _ids(self, lines: Sequence[Line]) -> Answer:
        return lambda: self._texts(lines, "eventID")

    def _texts(self, lines: Sequence[Line], column: str) -> list[str]:
        return self._store.frame.texts(column, np.array([line.row for line in lines], np.uint32))

    def _memory(self) -> dict[str, Any]:
        after = resident(os.getpid())
        return {**sizes(self._store.frame), "resident": after - self._empty}

    def _details(self) -> dict[str, Any]:
        dice, taken = random.Random(11), []
        for _ in range(_DETAILS):
            row = dice.randrange(self._store.height)
            began = time.perf_counter()
            detail = self._store.detail(row)
            taken.append((time.perf_counter() - began) * 1000)
            if detail.problem or hashlib.sha256(detail.raw).hexdigest() != detail.sha256:
                raise AssertionError(f"row {row}: {detail.problem or 'the hash differs'}")
        return {"ms": taken}


def sizes(frame: Frame) -> dict[str, int]:
    """Bytes of the columns: what grows with every event, and what grows with distinct values."""
    columns = frame.columns
    tables = sum(codes.nbytes for table in columns.tables.values() for codes in table.values())
    lists = columns.resources.starts.nbytes + columns.resources.items.nbytes
    return {
        "events": columns.height,
        "hot": columns.time.nbytes + sum(codes.nbytes for codes in columns.axes.values()),
        "cold": sum(array.nbytes for array in columns.cold.values()),
        "tables": tables + lists,
        "dictionaries": int(sum(values.estimated_size() for values in columns.dictionaries.values())),
    }


def _open() -> Asked:
    return Ctwork(Path(sys.argv[1]))


if __name__ == "__main__":
    serve(_open)
