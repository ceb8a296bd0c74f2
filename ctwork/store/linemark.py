"""What marks say of the lines of one page."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ctwork.model.annotation import VERDICTS, worst
from ctwork.model.shown import LineMark
from ctwork.store.frame import Frame


def line_marks(frame: Frame, rows: NDArray[np.uint32]) -> Sequence[LineMark | None]:
    """For each of `rows` what marks say of it; None where there is none."""
    kinds = frame.value_lists("mark", rows)
    if not any(kinds):
        return [None] * len(rows)
    parts: list[Any] = [frame.value_lists(column, rows) for column in ("severity", "verdict", "tag")]
    return [
        LineMark("event" in kind, worst(severities), _gravest(verdicts), tuple(tags)) if kind else None
        for kind, severities, verdicts, tags in zip(kinds, *parts, strict=True)
    ]


def _gravest(verdicts: Sequence[str]) -> str:
    return max(verdicts, key=lambda each: VERDICTS.index(each) if each in VERDICTS else -1, default="")
