"""The rows a predicate selected inside a time span, ascending."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ctwork.store.frame import Frame
from ctwork.store.parallel import gather
from ctwork.store.stamp import NO_TIME


@dataclass(frozen=True, eq=False)
class Selection:
    """Row numbers in [low, high); `rows` None means all of them."""

    frame: Frame
    low: int
    high: int
    rows: NDArray[np.uint32] | None

    @property
    def total(self) -> int:
        """How many rows are selected."""
        return self.high - self.low if self.rows is None else len(self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether no event is left out."""
        return self.rows is None and self.total == self.frame.columns.height

    @cached_property
    def chosen(self) -> NDArray[np.uint32]:
        """The selected rows, spelled out."""
        return np.arange(self.low, self.high, dtype=np.uint32) if self.rows is None else self.rows

    @property
    def index(self) -> NDArray[np.uint32] | slice:
        """The selected rows as the cheapest index into a column."""
        return slice(self.low, self.high) if self.rows is None else self.rows

    def failed(self, rows: NDArray[np.uint32] | slice) -> NDArray[np.bool_]:
        """Per row of `rows`, whether its outcome is not ok."""
        failed = self.frame.failed
        return failed[rows] if isinstance(rows, slice) else gather(failed, rows)

    def place(self, row: int) -> int:
        """How many selected rows come before `row`."""
        return max(0, min(row, self.high) - self.low) if self.rows is None else int(np.searchsorted(self.rows, row))

    @cached_property
    def timed(self) -> int:
        """How many selected rows have a time: those without come last."""
        return self.place(int(np.searchsorted(self.frame.columns.time, NO_TIME)))

    @cached_property
    def span_ms(self) -> tuple[int, int] | None:
        """First and last event time, ms since 1970 UTC; None without any."""
        time = self.frame.columns.time
        count = self.timed
        if not count:
            return None
        first, last = (self.low, self.low + count - 1) if self.rows is None else self.rows[[0, count - 1]].tolist()
        return int(time[first]), int(time[last])
