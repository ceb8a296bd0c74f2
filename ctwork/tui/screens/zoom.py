"""How much of the time is looked at: closer, further and back, and a stretch chosen from here to there."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.model.lens import Lens
from ctwork.tui import intent
from ctwork.tui.desk import Line
from ctwork.tui.screens.strip import StripScreen
from ctwork.tui.stretch import Stretch
from ctwork.tui.widgets.histogram_strip import HistogramStrip

Span = tuple[int | None, int | None]
"""Of a lens: milliseconds since 1970 UTC, half open; None for an open end."""


def _span(lens: Lens) -> Span:
    return lens.start_ms, lens.end_ms


class ZoomScreen(StripScreen):
    """A screen that looks at more or at less of the time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "stretch",
            "span",
            show=False,
            id="time.span",
            tooltip="Begin a span of time here; again looks into it",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.stretch: Stretch | None = None
        """What is being chosen."""
        self._zoomed: list[tuple[Span, Span]] = []
        """Where looking closer led and whence, so that looking further leads back."""

    def action_stretch(self) -> None:
        if self.stretch is not None:
            self.look_into()
            return
        line = self.line_here()
        if line is None or line.time_ms is None:
            self.bench.say("there is no time here to begin a span at")
            return
        self.choose_stretch(Stretch(line.time_ms, line.time_ms))
        self.bench.say("move to the other end; space looks into the span, esc drops it")

    def choose_stretch(self, stretch: Stretch | None) -> None:
        """Shows which stretch would be looked into."""
        self.stretch = stretch
        self.grid.tell_stretch(stretch)
        self.strip.tell_stretch(stretch)
        self.refresh_bindings()

    def extend_stretch(self, line: Line) -> None:
        """The stretch, if one was begun, goes to where the cursor is."""
        if self.stretch is not None and line.time_ms is not None:
            self.stretch = self.stretch.to(line.time_ms)
            self.grid.tell_stretch(self.stretch)
            self.strip.tell_stretch(self.stretch)

    def drop_stretch(self) -> bool:
        """Forgets what was being chosen; whether there was anything."""
        dropped = self.stretch is not None
        if dropped:
            self.choose_stretch(None)
        return dropped

    def look_into(self) -> bool:
        """Narrows the lens to the stretch; whether there was one."""
        stretch = self.stretch
        if stretch is None:
            return False
        self.drop_stretch()
        self._zoom_to(stretch.of(self.bench.trail.now))
        return True

    def on_histogram_strip_dragged(self, message: HistogramStrip.Dragged) -> None:
        self.choose_stretch(message.stretch)
        if message.done:
            self.look_into()

    def action_zoom(self) -> None:
        line, shown_ms, now = self.line_here(), self.shown_ms(), self.bench.trail.now
        if self.look_into() or line is None or line.time_ms is None or not shown_ms:
            return
        if now.start_ms is not None and now.end_ms is not None and now.end_ms - now.start_ms <= intent.CLOSEST_MS:
            self.bench.say("this second is the closest; Z looks at more time")
        else:
            self._zoom_to(intent.closer(now, line.time_ms, shown_ms))

    def _zoom_to(self, lens: Lens) -> None:
        self._zoomed.append((_span(lens), _span(self.bench.trail.now)))
        self.bench.go(lens)

    def action_zoom_out(self) -> None:
        now = self.bench.trail.now
        while self._zoomed and self._zoomed[-1][0] != _span(now):
            self._zoomed.pop()
        lens = now.with_span(*self._zoomed.pop()[1]) if self._zoomed else intent.further(now)
        if lens == now:
            self.bench.say("all of the time is shown")
        self.bench.go(lens)
