"""The keys that turn a value into a lens, the same on every screen that has a value under its cursor."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.tui import intent, remark, ruler
from ctwork.tui.desk import Line
from ctwork.tui.screens.bench import BenchScreen


class PivotScreen(BenchScreen):
    """A screen whose cursor is on an event and on one of its values."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "edit", "filter", id="lens.edit", tooltip="Write the lens"),
        Binding(
            "equals_sign", "only", "only this", id="narrow.only", tooltip="Only events with the value under the cursor"
        ),
        Binding(
            "exclamation_mark",
            "without",
            "exclude",
            id="narrow.without",
            tooltip="Leave out the value under the cursor",
        ),
        Binding("O", "order", "sort", show=False, id="lens.order", tooltip="Sort by the value under the cursor"),
        Binding("p", "narrow('principal')", "principal", id="narrow.principal", tooltip="Only this principal"),
        Binding("z", "zoom", "zoom", id="time.zoom-in", tooltip="Look closer at the time around the cursor"),
        Binding("Z", "zoom_out", "zoom out", show=False, id="time.zoom-out", tooltip="Look at more time"),
        Binding("i", "narrow('ip')", "address", show=False, id="narrow.address", tooltip="Only this address"),
        Binding("e", "narrow('event')", "event", show=False, id="narrow.event", tooltip="Only events of this name"),
        Binding("s", "narrow('session')", "session", show=False, id="narrow.session", tooltip="Only this session"),
        Binding("r", "narrow('resource')", "resource", show=False, id="narrow.target", tooltip="Only this resource"),
        Binding("v", "narrow('service')", "service", show=False, id="narrow.service", tooltip="Only this service"),
        Binding(
            "x", "failures", "failures", show=False, id="narrow.failures", tooltip="Only what failed, or all again"
        ),
        Binding("w", "writes", "writes", show=False, id="narrow.writes", tooltip="Only calls that change something"),
        Binding("y", "copy_value", "copy", show=False, id="copy.value", tooltip="Copy the value under the cursor"),
        Binding("Y", "copy_record", "copy record", show=False, id="copy.record", tooltip="Copy the record as text"),
    ]

    def line_here(self) -> Line | None:
        """The event under the cursor."""
        raise NotImplementedError

    def value_here(self) -> tuple[str, str]:
        """Lens field and raw value under the cursor; the field is "" where no lens can name the place."""
        raise NotImplementedError

    def text_here(self) -> str:
        """What a person would copy here."""
        raise NotImplementedError

    def record_here(self) -> bytes:
        """The bytes of the record on screen; empty when there is none."""
        raise NotImplementedError

    def shown_ms(self) -> int:
        """Length of the time that is on screen; 0 for none."""
        raise NotImplementedError

    def action_narrow(self, field: str) -> None:
        line = self.line_here()
        if line is not None:
            self._narrow(field, ruler.value(line, field), without=False)

    def action_only(self) -> None:
        self._narrow(*self.value_here(), without=False)

    def action_without(self) -> None:
        self._narrow(*self.value_here(), without=True)

    def action_failures(self) -> None:
        self.bench.go(intent.toggled(self.bench.trail.now, intent.FAILURES))

    def action_writes(self) -> None:
        self.bench.go(intent.toggled(self.bench.trail.now, intent.WRITES))

    def action_order(self) -> None:
        self.order(self.value_here()[0])

    def order(self, field: str) -> None:
        """Sorts by lens field `field`."""
        if not field:
            self.bench.say("no lens can name this place; choose a field of the record")
            return
        lens = intent.ordered(self.bench.trail.now, field)
        self.bench.go(lens)
        self.bench.say(remark.order_text(lens))

    def action_zoom(self) -> None:
        """Looks closer at the time around the cursor."""
        raise NotImplementedError

    def action_zoom_out(self) -> None:
        """Looks at more time."""
        raise NotImplementedError

    def action_copy_value(self) -> None:
        text = self.text_here()
        if text:
            self.bench.copy(text)

    def action_copy_record(self) -> None:
        raw = self.record_here()
        if raw:
            self.bench.copy(raw.decode("utf-8", "backslashreplace"))

    def _narrow(self, field: str, value: str, *, without: bool) -> None:
        if not field:
            self.bench.say("no lens can name this place; choose a field of the record")
        elif not value:
            self.bench.say(f"there is no {field} here")
        else:
            narrow = intent.without if without else intent.only
            self.bench.go(narrow(self.bench.trail.now, field, value))
