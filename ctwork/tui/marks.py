"""The marked events as a plain value: which they are, and which was marked last."""

from collections.abc import Sequence
from dataclasses import dataclass

from ctwork.tui.desk import Line


@dataclass(frozen=True, slots=True)
class Marks:
    """Marked events, the one marked last at the end."""

    lines: Sequence[Line] = ()

    @property
    def latest(self) -> Line | None:
        """The one marked last."""
        return self.lines[-1] if self.lines else None

    def before(self, row: int) -> Line | None:
        """The event marked last that is not `row`."""
        return next((line for line in reversed(self.lines) if line.row != row), None)
