"""The keys that go by time: jumps, elapsed time, other zones, and what was around."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.errors import UsageError
from ctwork.model import relation
from ctwork.model.column import TIME_COLUMN
from ctwork.tui import clock
from ctwork.tui.desk import View
from ctwork.tui.screens.zoom import ZoomScreen
from ctwork.tui.widgets.detail_pane import DetailPane
from ctwork.tui.widgets.facet_table import FacetTable
from ctwork.tui.widgets.prompt import Prompt
from ctwork.zone import UTC_ZONE, Zone

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_LEAST_GAP_MS = 60_000
_UNORDERED = "the events are not in the order of time; O on the time brings it back"


def _hidden(key: str, action: str, said: str, name: str, tooltip: str) -> Binding:
    return Binding(key, action, said, show=False, id=name, tooltip=tooltip)


class MomentScreen(ZoomScreen):
    """A screen whose cursor is at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _hidden("left_curly_bracket", "gap(-1)", "previous gap", "time.gap-before", "Back behind the silence before"),
        _hidden("right_curly_bracket", "gap(1)", "next gap", "time.gap-after", "To the first event after a silence"),
        _hidden("left_parenthesis", f"jump(-{_HOUR_MS})", "hour back", "time.hour-back", "One hour back"),
        _hidden("right_parenthesis", f"jump({_HOUR_MS})", "hour on", "time.hour-on", "One hour on"),
        _hidden("less_than_sign", f"jump(-{_DAY_MS})", "day back", "time.day-back", "One day back"),
        _hidden("greater_than_sign", f"jump({_DAY_MS})", "day on", "time.day-on", "One day on"),
        _hidden("a", "around", "around", "time.around", "What this principal did 5, 15, 60, 240 minutes around"),
        _hidden("t", "elapsed", "elapsed", "time.elapsed", "Time since the marked event, or the time itself"),
        _hidden("T", "zone", "time zone", "time.zone", "Write times in another time zone"),
    ]

    def mind_time(self) -> None:
        """Follows the zone. Called when the screen is mounted."""
        self.watch(self.app, "zone", self._zone_changed, init=not self.bench.zone.is_utc)

    # Jumps

    def _in_time(self) -> View | None:
        """The view, if it has places for times; else says why not."""
        view = self.view_shown
        if view is None or not view.total:
            return None
        if view.lens.sort.column != TIME_COLUMN:
            self.bench.say(_UNORDERED)
            return None
        return view

    def action_gap(self, step: int) -> None:
        if (view := self._in_time()) is None:
            return
        least_ms = self._silence_ms()
        found = view.next_gap(self.grid.offset_now, step, least_ms)
        if found is None:
            self.bench.say(f"no {'later' if step > 0 else 'earlier'} gap of {clock.length(least_ms)} or more")
            return
        self.grid.go(found)
        first, last = self.grid.line_at(found - 1), self.grid.line_at(found)
        if first is not None and last is not None and None not in (first.time_ms, last.time_ms):
            span = abs((last.time_ms or 0) - (first.time_ms or 0))
            self.bench.say(f"no event of this lens for {clock.elapsed(span).lstrip('+')}")

    def _silence_ms(self) -> int:
        """How long a gap is at least: two bars of the strip, for less is not seen as one."""
        shape = self.strip.histogram
        return max(2 * shape.bucket_ms if shape is not None else 0, _LEAST_GAP_MS)

    def action_jump(self, span_ms: int) -> None:
        view, line = self._in_time(), self.grid.line
        if view is None or line is None or line.time_ms is None:
            return
        if view.lens.sort.descending:
            self.bench.say(_UNORDERED)
            return
        before = self.grid.offset_now
        self.grid.seek(line.time_ms + span_ms)
        if span_ms > 0 and self.grid.offset_now == before:
            self.grid.go(before + 1)  # the event is alone in its hour: on is on
        if self.grid.offset_now == before:
            self.bench.say("there is no later event" if span_ms > 0 else "there is no earlier event")

    def action_around(self) -> None:
        line = self.line_here()
        lens = relation.wider(self.bench.trail.now, line) if line is not None else None
        if lens is None:
            self.bench.say("there is no principal with a time here")
        elif lens == self.bench.trail.now:
            self.bench.say("four hours on both sides is the widest; Z looks at more time")
        else:
            self.grid.centre()
            self.bench.go(lens)
            minutes = ((lens.end_ms or 0) - (lens.start_ms or 0)) // 120_000
            self.bench.say(f"this principal, {minutes} minutes before and after; again for more, undo leads back")

    # How times are written

    def action_elapsed(self) -> None:
        grid = self.grid
        grid.tell_time(self.bench.zone, elapsed=not grid.elapsed)
        if grid.elapsed:
            since = "the event marked last" if self.bench.marks.lines else "the event before; m marks one to count from"
            self.bench.say(f"time since {since}")

    def action_zone(self) -> None:
        known = dict.fromkeys((UTC_ZONE.name, self.bench.own_zone.name, "local"))
        names = [name for name in known if name != self.bench.zone.name]
        start = UTC_ZONE.name if not self.bench.zone.is_utc else names[0]
        self.query_one(Prompt).ask("zone", "times in (UTC, local, Europe/Berlin, +02:00)", start, chosen=True)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        if message.about != "zone":
            return
        try:
            self.bench.zone = Zone.of(message.text)
        except UsageError as error:
            self.bench.say(f"{error.title}; {error.hint}")
            return
        self.close_prompt()
        if not self.bench.zone.is_utc:
            self.bench.say(f"times are in {self.bench.zone.name}; in the lens they stay UTC")

    def on_prompt_dismissed(self, message: Prompt.Dismissed) -> None:
        if message.about == "zone":
            self.close_prompt()

    def _zone_changed(self, zone: Zone) -> None:
        self.grid.tell_time(zone, elapsed=self.grid.elapsed)
        self.strip.tell_time(zone)
        self.query_one(DetailPane).tell_time(zone)
        self.query_one(FacetTable).tell_time(zone)
