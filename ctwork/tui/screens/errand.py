"""What a screen sends out for, in threads: the record under its cursor, the histogram of its view."""

from dataclasses import dataclass
from time import monotonic

from textual import work
from textual.message import Message
from textual.worker import get_current_worker

from ctwork.errors import CtworkError
from ctwork.tui.desk import Detail, Histogram, View
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

    _moved_at = 0.0

    def read(self, row: int) -> None:
        """Sends for the record of event `row`: at once for a single step, after a rest while the cursor runs."""
        now = monotonic()
        resting, self._moved_at = now - self._moved_at > 2 * _REST_S, now
        self._read(row, 0.0 if resting else _REST_S)

    def count(self, view: View, bins: int) -> None:
        """Sends for the histogram of `view`."""
        self._count_over(view, bins)

    @work(thread=True, exclusive=True, group="read", exit_on_error=False)
    def _read(self, row: int, rest_s: float) -> None:
        worker = get_current_worker()
        if rest_s and worker.cancelled_event.wait(rest_s):
            return
        message = self.Read(row, None, "")
        try:
            message = self.Read(row, self.bench.desk.detail(row), "")
        except CtworkError as error:
            message = self.Read(row, None, f"{error.title}. {error.hint}")
        except Exception as error:  # the top of a worker: a fault below must not take the screen along
            message = self.Read(row, None, f"the record cannot be read ({type(error).__name__})")
        if not worker.is_cancelled:
            self.post_message(message)

    @work(thread=True, exclusive=True, group="histogram", exit_on_error=False)
    def _count_over(self, view: View, bins: int) -> None:
        worker = get_current_worker()
        try:
            histogram = view.histogram(bins)
        except CtworkError:
            histogram = Histogram(0, 1, (), ())
        if not worker.is_cancelled:
            self.post_message(self.Counted(view, histogram))
