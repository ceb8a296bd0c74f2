"""Rows that unfold: which row of a list and which child of it stands at an offset. Plain values."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Folds:
    """Rows of which some are open; the children of an open row stand right below it."""

    rows: int
    open: tuple[tuple[int, int], ...] = ()
    """``(row, children)``, ascending by row."""

    @property
    def total(self) -> int:
        """Rows and children."""
        return self.rows + sum(children for _, children in self.open)

    def at(self, offset: int) -> tuple[int, int | None]:
        """The row at `offset`, and which of its children; None for the row itself."""
        starts = self._starts()
        place = bisect_right(starts, offset) - 1
        if place < 0:
            return offset, None
        row, children = self.open[place]
        below = offset - starts[place]
        if 0 < below <= children:
            return row, below - 1
        return (row, None) if not below else (row + below - children, None)

    def offset(self, row: int, child: int | None = None) -> int:
        """Where `row`, or a child of it, stands."""
        above = sum(children for each, children in self.open if each < row)
        return row + above + (0 if child is None else child + 1)

    def opened(self, row: int, children: int) -> "Folds":
        """With `row` open and `children` below it."""
        kept = tuple(pair for pair in self.open if pair[0] != row)
        return Folds(self.rows, tuple(sorted((*kept, (row, children)))) if children else kept)

    def closed(self, row: int) -> "Folds":
        """With `row` folded."""
        return Folds(self.rows, tuple(pair for pair in self.open if pair[0] != row))

    def _starts(self) -> list[int]:
        """Where each open row stands."""
        before = accumulate((children for _, children in self.open), initial=0)
        return [row + above for (row, _), above in zip(self.open, before, strict=False)]
