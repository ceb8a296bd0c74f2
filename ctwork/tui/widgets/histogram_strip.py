"""When it happened: one bar per bucket of time growing up, its errors hanging down, the cursor's place marked."""

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctwork.tui import clock, glyph, styled
from ctwork.tui.desk import Histogram
from ctwork.tui.ink import Ink, ink
from ctwork.tui.styled import Piece

_LEFT = 19
_RIGHT = 13
_WIDEST = 4
"""Cells of one bar at most: a single second is no plateau."""


class HistogramStrip(Widget):
    """Shows a `Histogram`; a click asks for the time that was clicked."""

    DEFAULT_CSS = "HistogramStrip { height: 2; }"

    class Resized(Message):
        """Another number of bars fits now."""

    class Clicked(Message):
        """The investigator points at a time."""

        def __init__(self, time_ms: int) -> None:
            super().__init__()
            self.time_ms = time_ms

    def __init__(self) -> None:
        super().__init__()
        self.histogram: Histogram | None = None
        self.time_ms: int | None = None

    @property
    def bins(self) -> int:
        """Bars that fit."""
        return max(self.size.width - _LEFT - _RIGHT, 8)

    @property
    def scale(self) -> int:
        """Cells per bar: few buckets are drawn wide."""
        bars = len(self.histogram.counts) if self.histogram else 0
        return max(1, min(self.bins // max(bars, 1), _WIDEST))

    def show(self, histogram: Histogram) -> None:
        """Shows `histogram`."""
        self.histogram = histogram
        self.refresh()

    def mark(self, time_ms: int | None) -> None:
        """Marks the bar of `time_ms`."""
        before, self.time_ms = self._here(), time_ms
        after = self._here()
        if before != after:
            for bar in (before, after):
                if bar is not None:
                    self.refresh(Region(_LEFT + bar * self.scale, 0, self.scale, self.size.height))

    def on_resize(self, event: events.Resize) -> None:
        self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        bar = (event.x - _LEFT) // self.scale
        if self.histogram is not None and 0 <= bar < len(self.histogram.counts):
            self.post_message(self.Clicked(self.histogram.start_ms + bar * self.histogram.bucket_ms))

    def render_line(self, y: int) -> Strip:
        inks = ink(self)
        shape = self.histogram
        if shape is None or not shape.counts:
            return styled.strip([], self.size.width, inks.base)
        tall = self.size.height - 1
        pieces = [Piece(self._label(y, shape), inks.quiet)]
        pieces += self._bars(shape, y, tall, inks) if y < tall else self._drops(shape, inks)
        # Right behind the last bar: blank cells before the end of the time would read as a gap in it.
        pieces.append(Piece(self._note(y, shape), inks.quiet))
        return styled.strip(pieces, self.size.width, inks.base)

    def _label(self, y: int, shape: Histogram) -> str:
        if y == max(self.size.height - 2, 0):
            return f" {clock.stamp(shape.start_ms, '%Y-%m-%d %H:%M')} ".rjust(_LEFT)
        if y == self.size.height - 1:
            failed = sum(shape.errors)
            return (f"{glyph.DENIED} {_short(failed)} errors " if failed else "no errors ").rjust(_LEFT)
        return " " * _LEFT

    def _note(self, y: int, shape: Histogram) -> str:
        if y == max(self.size.height - 2, 0):
            end = shape.start_ms + shape.bucket_ms * len(shape.counts)
            same_day = end // clock.DAY_MS == shape.start_ms // clock.DAY_MS
            return " " + clock.stamp(end, "%H:%M UTC" if same_day else "%m-%d %H:%M")
        if y == self.size.height - 1:
            return f" {clock.length(shape.bucket_ms)}/bar"
        return f" top {_short(max(shape.counts))}" if y == 0 else ""

    def _bars(self, shape: Histogram, y: int, tall: int, inks: Ink) -> list[Piece]:
        most = max(max(shape.counts), 1)
        floor = (tall - 1 - y) * 8
        here = self._here()
        pieces = []
        for bar, count in enumerate(shape.counts):
            level = -(-count * tall * 8 // most) - floor
            sign = glyph.BARS[max(0, min(level, 8))]
            pieces.append(Piece(sign * self.scale, pointed(inks.bar, inks.cursor) if bar == here else inks.bar))
        return pieces

    def _drops(self, shape: Histogram, inks: Ink) -> list[Piece]:
        most = max(max(shape.errors, default=0), 1)
        here = self._here()
        pieces = []
        for bar, count in enumerate(shape.errors):
            sign = glyph.DROPS[-(-count * 3 // most)]
            if bar == here and sign == " ":
                sign = glyph.HERE
            style = inks.cursor if sign == glyph.HERE else pointed(inks.error_bar, inks.cursor)
            pieces.append(Piece(sign * self.scale, style if bar == here else inks.error_bar))
        return pieces

    def _here(self) -> int | None:
        shape = self.histogram
        if shape is None or self.time_ms is None or not shape.bucket_ms:
            return None
        bar = (self.time_ms - shape.start_ms) // shape.bucket_ms
        return bar if 0 <= bar < len(shape.counts) else None


def pointed(bar: Style, cursor: Style) -> Style:
    """A bar under the cursor: its own colour on the cursor's ground, so that its height and its errors stay seen."""
    if cursor.reverse or cursor.bgcolor is None or cursor.bgcolor == bar.color:
        return bar + Style(bold=True, underline=True)
    return bar + Style(bgcolor=cursor.bgcolor)


def _short(number: int) -> str:
    """A count in at most five cells: ``812``, ``9.4k``, ``30k``, ``2.1M``."""
    for size, unit in ((1_000_000, "M"), (1000, "k")):
        if number >= size:
            whole = number / size
            return f"{whole:.1f}{unit}" if whole < 10 else f"{whole:.0f}{unit}"
    return str(number)
