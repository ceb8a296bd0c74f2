"""The histogram over what is shown, and the way from error to error."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.model.legible import grouped
from ctwork.model.lens import OLDEST_FIRST
from ctwork.tui import clock
from ctwork.tui.screens.errand import ErrandScreen
from ctwork.tui.screens.modes import ModeScreen
from ctwork.tui.widgets.event_grid import EventGrid
from ctwork.tui.widgets.histogram_strip import HistogramStrip


class StripScreen(ModeScreen):
    """A screen whose events are drawn over time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket",
            "error(-1)",
            "previous error",
            show=False,
            id="error.previous",
            tooltip="Previous event that failed",
        ),
        Binding("right_square_bracket", "error(1)", "next error", id="error.next", tooltip="Next event that failed"),
        Binding("b", "busiest", "burst", show=False, id="time.busiest", tooltip="To the highest bar of the histogram"),
    ]

    @property
    def grid(self) -> EventGrid:
        return self.query_one(EventGrid)

    @property
    def strip(self) -> HistogramStrip:
        return self.query_one(HistogramStrip)

    def shown_ms(self) -> int:
        shape = self.strip.histogram
        return shape.bucket_ms * len(shape.counts) if shape is not None else 0

    def on_histogram_strip_resized(self) -> None:
        self.draw()

    def on_histogram_strip_clicked(self, message: HistogramStrip.Clicked) -> None:
        if self.bench.trail.now.sort == OLDEST_FIRST:
            self.grid.seek(message.time_ms)
        else:
            self.bench.say("no place for a time: the events are not in its order; O on the time brings it back")

    def draw(self) -> None:
        """Counts again what is shown."""
        view = self.view_shown
        if view is not None:
            # Where a value leads, its events are shown within the time of all: the axis stays from value to value.
            whole = self.bench.view if view is self.focused_view else None
            self.count(view, self.strip.bins, whole.span_ms if whole is not None else None)

    def on_errand_screen_counted(self, message: ErrandScreen.Counted) -> None:
        if message.view is self.view_shown:
            self.strip.show(message.histogram)

    def action_busiest(self) -> None:
        shape = self.strip.histogram
        if shape is not None and shape.counts:
            highest = max(range(len(shape.counts)), key=shape.counts.__getitem__)
            self.on_histogram_strip_clicked(HistogramStrip.Clicked(shape.start_ms + highest * shape.bucket_ms))
            self.bench.say(f"{grouped(shape.counts[highest])} events in {clock.length(shape.bucket_ms)}")

    def action_error(self, step: int) -> None:
        view = self.view_shown
        found = view.next_error(self.grid.offset_now, step) if view is not None else None
        if found is None:
            self.bench.say("no later error" if step > 0 else "no earlier error")
        else:
            self.grid.go(found)
