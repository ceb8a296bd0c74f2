"""When it happened: one bar per bucket of time, below it the share that failed; gaps, marks and the cursor's place.

Errors hang down rather than stand in the bar: at two lines that is the one form in which height and share can both be
read without colour.
"""

from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctwork.tui import clock, glyph, styled
from ctwork.tui.desk import Histogram
from ctwork.tui.ink import Ink, ink
from ctwork.tui.stretch import Stretch
from ctwork.tui.styled import Piece
from ctwork.zone import UTC_ZONE, Zone

_LEFT = 19
_RIGHT = 13
_WIDEST = 4
"""Cells of one bar at most: a single second is no plateau."""


class HistogramStrip(Widget):
    """Shows a `Histogram`; a click asks for the time that was clicked, dragging for a stretch of time."""

    DEFAULT_CSS = "HistogramStrip { height: 2; }"

    class Resized(Message):
        """Another number of bars fits now."""

    class Clicked(Message):
        """The investigator points at a time."""

        def __init__(self, time_ms: int) -> None:
            super().__init__()
            self.time_ms = time_ms

    @dataclass
    class Dragged(Message):
        """A stretch of time is being chosen with the mouse, or is `done`."""

        stretch: Stretch
        done: bool

    def __init__(self) -> None:
        super().__init__()
        self.histogram: Histogram | None = None
        self.time_ms: int | None = None
        self.zone = UTC_ZONE
        self.marks: tuple[int, ...] = ()
        """Times of the marked events."""
        self.stretch: Stretch | None = None
        self._held: int | None = None
        self._dragged = False

    @property
    def bins(self) -> int:
        """Bars that fit."""
        return max(self.size.width - _LEFT - _RIGHT, 8)

    @property
    def scale(self) -> int:
        """Cells per bar: few buckets are drawn wide."""
        bars = len(self.histogram.counts) if self.histogram else 0
        return max(1, min(self.bins // max(bars, 1), _WIDEST))

    # Values in

    def show(self, histogram: Histogram) -> None:
        """Shows `histogram`."""
        self.histogram = histogram
        self.refresh()

    def mark(self, time_ms: int | None) -> None:
        """Marks the bar of `time_ms`."""
        before, self.time_ms = self._bar_of(self.time_ms), time_ms
        after = self._bar_of(time_ms)
        if before != after:
            self._refresh_bars({bar for bar in (before, after) if bar is not None})

    def tell_time(self, zone: Zone) -> None:
        """Writes times in `zone`."""
        self.zone = zone
        self.refresh()

    def tell_marks(self, times_ms: tuple[int, ...]) -> None:
        """Shows where the marked events are."""
        changed = {self._bar_of(time) for time in set(times_ms) ^ set(self.marks)}
        self.marks = times_ms
        self._refresh_bars({bar for bar in changed if bar is not None})

    def tell_stretch(self, stretch: Stretch | None) -> None:
        """Shows which stretch of time is being chosen; draws only the bars that enter or leave it."""
        before, self.stretch = self._bars_in(self.stretch), stretch
        self._refresh_bars(before ^ self._bars_in(stretch))

    # Mouse

    def on_resize(self, event: events.Resize) -> None:
        self.post_message(self.Resized())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._held, self._dragged = self._bar_at(event.x, clamp=False), False
        if self._held is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._held is not None and (self._dragged or self._bar_at(event.x) != self._held):
            self._dragged = True
            self._post_drag(event.x, done=False)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._held is None:
            return
        self.release_mouse()
        if self._dragged:
            self._post_drag(event.x, done=True)
        elif self.histogram is not None:
            self.post_message(self.Clicked(self.histogram.start_ms + self._held * self.histogram.bucket_ms))
        self._held = None

    def _post_drag(self, x: int, *, done: bool) -> None:
        shape, held, bar = self.histogram, self._held, self._bar_at(x)
        if shape is not None and held is not None and bar is not None:
            low, high = min(held, bar), max(held, bar) + 1
            span = Stretch(shape.start_ms + low * shape.bucket_ms, shape.start_ms + high * shape.bucket_ms - 1)
            self.post_message(self.Dragged(span, done))

    # Drawing

    def render_line(self, y: int) -> Strip:
        inks = ink(self)
        shape = self.histogram
        if shape is None or not shape.counts:
            return styled.strip([], self.size.width, inks.base)
        tall = self.size.height - 1
        pieces = [Piece(self._label(y, shape), inks.quiet)]
        marked = {self._bar_of(time) for time in self.marks}
        chosen = self._bars_in(self.stretch)
        here = self._bar_of(self.time_ms)
        for bar, count in enumerate(shape.counts):
            sign, style = self._bar(shape, bar, y, tall, inks) if y < tall else _drop(count, shape.errors[bar], inks)
            if bar in marked and y == self._mark_line(shape, bar, tall):
                sign, style = glyph.MARKED, inks.marked
            elif bar == here and y == tall and sign == " ":
                sign, style = glyph.HERE, inks.cursor
            lit = bar in chosen or bar == here
            pieces.append(Piece(_wide(sign, self.scale), pointed(style, inks.cursor) if lit else style))
        # Right behind the last bar: blank cells before the end of the time would read as a gap in it.
        pieces.append(Piece(self._note(y, shape), inks.quiet))
        return styled.strip(pieces, self.size.width, inks.base)

    def _bar(self, shape: Histogram, bar: int, y: int, tall: int, inks: Ink) -> tuple[str, Style]:
        """A cell of a bar; at the foot of an empty bucket the sign of a gap."""
        count = shape.counts[bar]
        if not count and y == tall - 1:
            return glyph.GAP, inks.gap
        level = -(-count * tall * 8 // max(max(shape.counts), 1)) - (tall - 1 - y) * 8
        return glyph.BARS[max(0, min(level, 8))], inks.bar

    def _mark_line(self, shape: Histogram, bar: int, tall: int) -> int:
        """Where the sign of a mark hides nothing: over the bar if there is room, else below it."""
        level = -(-shape.counts[bar] * tall * 8 // max(max(shape.counts), 1))
        over = tall - 1 - -(-level // 8)
        return over if over >= 0 else tall

    def _label(self, y: int, shape: Histogram) -> str:
        gap = longest_gap(shape)
        said = f">{clock.brief(gap)}" if gap else ""
        height = self.size.height
        if y == max(height - 2, 0):
            form = "%m-%d %H:%M:%S" if _is_short(shape) else "%Y-%m-%d %H:%M"
            return f" {clock.stamp(shape.start_ms, form, self.zone)} ".rjust(_LEFT)
        if y == height - 1:
            failed = sum(shape.errors)
            errors = f"{glyph.DENIED} {_short(failed)} errors " if failed else "no errors "
            if said and height < 4:
                errors = f"{glyph.DENIED} {_short(failed)} {glyph.DOT} gap {said} "
            return errors.rjust(_LEFT)
        return (f"longest gap {said} " if said and y == height - 3 else "").rjust(_LEFT)

    def _note(self, y: int, shape: Histogram) -> str:
        if y == max(self.size.height - 2, 0):
            end = shape.start_ms + shape.bucket_ms * len(shape.counts)
            same_day = clock.day(end, self.zone) == clock.day(shape.start_ms, self.zone)
            zone = self.zone.label(shape.start_ms if same_day else None, end)
            form = f"%M:%S {zone}" if _is_short(shape) else f"%H:%M {zone}" if same_day else "%m-%d %H:%M"
            return " " + clock.stamp(end, form, self.zone)
        if y == self.size.height - 1:
            return f" {clock.length(shape.bucket_ms)}/bar"
        return f" top {_short(max(shape.counts))}" if y == 0 else ""

    # Places

    def _bar_of(self, time_ms: int | None) -> int | None:
        shape = self.histogram
        if shape is None or time_ms is None or not shape.bucket_ms:
            return None
        bar = (time_ms - shape.start_ms) // shape.bucket_ms
        return bar if 0 <= bar < len(shape.counts) else None

    def _bar_at(self, x: int, *, clamp: bool = True) -> int | None:
        """The bar in column `x`, or with `clamp` the one nearest to it."""
        bars = len(self.histogram.counts) if self.histogram is not None else 0
        bar = (x - _LEFT) // self.scale
        if clamp:
            bar = max(0, min(bar, bars - 1))
        return bar if 0 <= bar < bars else None

    def _bars_in(self, stretch: Stretch | None) -> set[int]:
        shape = self.histogram
        if shape is None or stretch is None or not shape.bucket_ms:
            return set()
        first = max((stretch.start_ms - shape.start_ms) // shape.bucket_ms, 0)
        last = min((stretch.end_ms - 1 - shape.start_ms) // shape.bucket_ms, len(shape.counts) - 1)
        return set(range(first, last + 1))

    def _refresh_bars(self, bars: set[int]) -> None:
        if bars:
            first, last = min(bars), max(bars) + 1
            self.refresh(Region(_LEFT + first * self.scale, 0, (last - first) * self.scale, self.size.height))


def _drop(count: int, failed: int, inks: Ink) -> tuple[str, Style]:
    """Below a bar: which share of its events failed, in thirds."""
    return glyph.DROPS[-(-failed * 3 // max(count, 1)) if failed else 0], inks.error_bar


def _wide(sign: str, cells: int) -> str:
    """A sign as wide as a bar; a mark stands once."""
    return sign.ljust(cells) if sign == glyph.MARKED else sign * cells


def longest_gap(shape: Histogram) -> int:
    """The longest stretch of whole buckets without an event between two with some, in ms; 0 when there is none."""
    longest = run = 0
    for count in shape.counts:
        run = 0 if count else run + 1
        longest = max(longest, run)
    return longest * shape.bucket_ms


def pointed(bar: Style, cursor: Style) -> Style:
    """A bar under the cursor: its own colour on the cursor's ground, so that its height and its errors stay seen."""
    if cursor.reverse or cursor.bgcolor is None or cursor.bgcolor == bar.color:
        return bar + Style(bold=True, underline=True)
    return bar + Style(bgcolor=cursor.bgcolor)


def _is_short(shape: Histogram) -> bool:
    """Whether minutes would not tell one end from the other."""
    return shape.bucket_ms * len(shape.counts) < 300_000


def _short(number: int) -> str:
    """A count in at most five cells: ``812``, ``9.4k``, ``30k``, ``2.1M``."""
    for size, unit in ((1_000_000, "M"), (1000, "k")):
        if number >= size:
            whole = number / size
            return f"{whole:.1f}{unit}" if whole < 10 else f"{whole:.0f}{unit}"
    return str(number)
