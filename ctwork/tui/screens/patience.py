"""A column that takes long to count: says that it is being counted, for how long, and that esc stops it."""

from time import monotonic

from textual.timer import Timer

from ctwork.model.legible import plain
from ctwork.tui import clock
from ctwork.tui.desk import Facets, View
from ctwork.tui.remark import SHORT
from ctwork.tui.screens.errand import ErrandScreen
from ctwork.tui.screens.facet import FacetScreen

_TELL_S = 0.5
"""What is answered sooner is not announced; after that, how long it has taken is told as often."""


class PatientScreen(FacetScreen):
    """A screen that counts whatever it is asked to, and stops when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self._awaited: Facets | None = None
        self._began_s = 0.0
        self._wait_clock: Timer | None = None

    @property
    def counting(self) -> bool:
        """Whether it is told that values are being counted."""
        return bool(self.is_mounted and self.facet.waiting)

    def count_values(self, view: View, wanted: Facets) -> None:
        if wanted != self._awaited:
            self._await(wanted)
        super().count_values(view, wanted)

    def on_errand_screen_faceted(self, message: ErrandScreen.Faceted) -> None:
        # The answer for a view that is gone is followed by the one for its successor.
        if message.wanted == self._awaited and message.view is self.bench.view:
            self._await(None)

    def stop_counting(self) -> bool:
        """Goes back to the column that was counted before; whether any was being counted."""
        if not self.counting:
            return False
        self.workers.cancel_group(self, "facet")
        column = self._awaited.column if self._awaited is not None else ""
        self._await(None)
        self.bench.say(f"no longer counting {_named(column)}")
        before = self.facet.field or self.mode.facets[0]
        if before != self.field:
            self.count_field(before)
        return True

    def _await(self, wanted: Facets | None) -> None:
        self._awaited, self._began_s = wanted, monotonic()
        if self.facet.waiting:
            self.facet.wait("")
            self.refresh_bindings()
        if self._wait_clock is None:
            self._wait_clock = self.set_interval(_TELL_S, self._tell_wait, pause=True)
        if wanted is None:
            self._wait_clock.pause()
        else:
            self._wait_clock.reset()
            self._wait_clock.resume()

    def _tell_wait(self) -> None:
        if self._awaited is None:
            return
        begun = self.counting
        took = clock.countdown(max(monotonic() - self._began_s, 1))
        self.facet.wait(f"counting {_named(self._awaited.column)}, {took} so far; esc stops")
        if not begun:
            self.refresh_bindings()


def _named(column: str) -> str:
    return plain(SHORT.get(column, column), 40)
