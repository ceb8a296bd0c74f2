"""The events marked in this session, as a plain value. They last until the workbench is left."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ctwork.tui.desk import Line


@dataclass(frozen=True, slots=True)
class Marks:
    """Marked events in the order in which they were marked."""

    lines: tuple[Line, ...] = ()

    @property
    def rows(self) -> frozenset[int]:
        """Their row numbers."""
        return frozenset(line.row for line in self.lines)

    @property
    def latest(self) -> Line | None:
        """The one marked last."""
        return self.lines[-1] if self.lines else None

    def toggled(self, line: Line) -> "Marks":
        """With `line` marked, or without when it is already."""
        kept = tuple(each for each in self.lines if each.row != line.row)
        return Marks(kept if len(kept) < len(self.lines) else (*kept, line))

    def before(self, row: int) -> Line | None:
        """The event marked last that is not `row`."""
        return next((line for line in reversed(self.lines) if line.row != row), None)

    def renewed(self, find: Callable[[Line], Line | None]) -> "Marks":
        """With the numbers that the events have now: row numbers change while a load runs."""
        return Marks(tuple(now if (now := find(line)) is not None else line for line in self.lines))


def same_event(one: Line, other: Line) -> bool:
    """Whether two lines show one event, read at different stages of a load."""
    return _lasting(one) == _lasting(other)


def _lasting(line: Line) -> Line:
    return replace(line, row=0, copies=1, conflict=False)


def neighbour(places: Iterable[int], here: int, step: int) -> int | None:
    """The place nearest to `here` after it (`step` 1) or before it (-1)."""
    beyond = [place for place in places if (place - here) * step > 0]
    return min(beyond, key=lambda place: abs(place - here), default=None)
