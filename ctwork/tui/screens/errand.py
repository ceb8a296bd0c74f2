"""What a screen sends out for, in threads: the record under its cursor, the histogram of its view."""

from dataclasses import dataclass
from time import monotonic

from textual.message import Message

from ctwork.tui.desk import Detail, Extent, Histogram, View
from ctwork.tui.screens.pivot import PivotScreen

_REST_S = 0.08
"""How long the cursor must rest before its record is read, when it was moving."""


class ErrandScreen(PivotScreen):
    """A screen whose answers arrive as messages, each with the question it answers."""

    @dataclass
    class Read(Message):
        """A record was read, or could not be."""

        row: int
        detail: Detail | None
        problem: str

    @dataclass
    class Counted(Message):
        """A histogram was made."""

        view: View
        histogram: Histogram

    @dataclass
    class Measured(Message):
        """It is known which time, accounts and regions the events are of."""

        extent: Extent | None

    _moved_at = 0.0

    def read(self, row: int) -> None:
        """Sends for the record of event `row`: at once for a single step, after a rest while the cursor runs."""
        now = monotonic()
        resting, self._moved_at = now - self._moved_at > 2 * _REST_S, now
        self.send(
            "read",
            lambda: self.Read(row, self.bench.desk.detail(row), ""),
            lambda said: self.Read(row, None, said),
            rest_s=0.0 if resting else _REST_S,
        )

    def count(self, view: View, bins: int) -> None:
        """Sends for the histogram of `view`."""
        nothing = Histogram(0, 1, (), ())
        self.send("histogram", lambda: self.Counted(view, view.histogram(bins)), lambda _: self.Counted(view, nothing))

    def measure(self) -> None:
        """Sends for the extent of the events."""
        desk = self.bench.desk
        self.send("extent", lambda: self.Measured(desk.extent()), lambda _: self.Measured(None))
