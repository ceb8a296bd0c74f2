"""The screen of the lens: histogram, facet, events, record. Lays them out mode by mode."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from ctwork.model.lens import OLDEST_FIRST, Lens
from ctwork.tui import ruler
from ctwork.tui.desk import Line, Progress, View
from ctwork.tui.mode import FIRST, mode_of
from ctwork.tui.remark import count_text, empty_text, noise_text, still_text
from ctwork.tui.screens.errand import ErrandScreen
from ctwork.tui.screens.hinting import HintingScreen
from ctwork.tui.screens.kin import KinScreen
from ctwork.tui.widgets.detail_pane import DetailPane
from ctwork.tui.widgets.event_grid import EventGrid
from ctwork.tui.widgets.facet_table import FacetTable
from ctwork.tui.widgets.histogram_strip import HistogramStrip
from ctwork.tui.widgets.mode_badge import ModeBadge
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.vacancy import Vacancy

_ANYWHERE = {
    "mode",
    "edit",
    "write_lens",
    "back",
    "failures",
    "writes",
    "quiet",
    "zoom_out",
    "widen",
    "chips",
    "save_lens",
    "saved",
}
"""Actions that need no event: they also work in a mode that shows none."""


class Timeline(KinScreen, HintingScreen):
    """The one screen of the lens: events over time, and in the other modes what they are counted by."""

    AUTO_FOCUS = "EventGrid"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="pane.open", tooltip="Read the whole record"),
        Binding("escape", "back", "back", id="pane.back", tooltip="Back to the events"),
        Binding(
            "left_square_bracket",
            "error(-1)",
            "previous error",
            show=False,
            id="error.previous",
            tooltip="Previous event that failed",
        ),
        Binding("right_square_bracket", "error(1)", "next error", id="error.next", tooltip="Next event that failed"),
        Binding("J", "step(1)", "next event", show=False, id="pane.next", tooltip="Next event, from any pane"),
        Binding(
            "K", "step(-1)", "previous event", show=False, id="pane.previous", tooltip="Previous event, from any pane"
        ),
        Binding("c", "compare", "compare", id="pane.compare", tooltip="Compare records that share an eventID"),
        Binding("tab", "switch(1)", "other pane", show=False, id="pane.switch", tooltip="To the next pane"),
        Binding(
            "shift+tab", "switch(-1)", "other pane", show=False, id="pane.switch-back", tooltip="To the pane before"
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._contested = False
        self._measured = False

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield from self.compose_lens()
        yield HistogramStrip()
        with Container(id="body"):
            with Container(id="main"):
                yield FacetTable()
                yield EventGrid()
            yield DetailPane()
        yield Vacancy()
        yield Prompt()
        yield from self.compose_foot()

    # Parts

    @property
    def grid(self) -> EventGrid:
        return self.query_one(EventGrid)

    @property
    def pane(self) -> DetailPane:
        return self.query_one(DetailPane)

    # What the pivot keys take

    def line_here(self) -> Line | None:
        return self.grid.line

    def value_here(self) -> tuple[str, str]:
        if self.facet.has_focus:
            return self.facet.path[-1] if self.facet.path else ("", "")
        if self.pane.has_focus:
            return self.pane.value
        line = self.grid.line
        return self.grid.field, ruler.value(line, self.grid.field) if line is not None else ""

    def text_here(self) -> str:
        row = self.pane.row if self.pane.has_focus else None
        return (row.leaf or row.value) if row is not None else self.value_here()[1]

    def record_here(self) -> bytes:
        return self.pane.detail.raw if self.pane.detail is not None else b""

    def shown_ms(self) -> int:
        shape = self.query_one(HistogramStrip).histogram
        return shape.bucket_ms * len(shape.counts) if shape is not None else 0

    # Values down

    def home(self, *, applied: bool) -> None:
        if applied:
            self._leave_record()  # an open record would hide what the lens found
        self.set_focus(self.pane if self.has_class("-record") else self.facet if self.mode.leads else self.grid)

    @property
    def writing(self) -> bool:
        return super().writing or self.prompt.input.has_focus

    def start_foot(self) -> ComposeResult:
        yield ModeBadge()

    def on_mount(self) -> None:
        self.query_one(ModeBadge).show(self.mode)
        self.mind_house()
        self.mind_lens()
        self.hint(self.mode.name)
        self.mind_time()
        self.grid.explain("reading …")
        self.watch(self.app, "view", self._view_changed)
        self.watch(self.app, "busy", self.doubted, init=False)

    def _view_changed(self, view: View | None) -> None:
        if view is None:
            return
        if self.mode.leads and view.total:
            self.doubted()  # the value under the cursor of the facet is about to lead
        else:
            self.view_changed()
        self.refresh_facet()  # behind the page and the histogram: what is looked at first comes first
        self.weigh_noise(view)
        if self.bench.progress.done and not self._measured:
            self._measured = True
            self.measure()

    def view_changed(self) -> None:
        view = self.view_shown
        if view is None:
            return
        self.grid.explain(empty_text(view, self.bench.progress))
        self.grid.show(view)
        self.renew_marks()
        if not view.total:
            self.pane.announce(None)
            self.pane.show(None)
        self.doubted()
        self._draw()

    def lay_out(self) -> None:
        self.query_one(ModeBadge).show(self.mode)
        if self.mode.vacant:
            self.query_one(Vacancy).show(self.mode)
        self.remove_class("-record")
        self.set_class(self.mode.leads, "-leading")
        self.set_class(bool(self.mode.vacant), "-vacant")
        self._arrange_pane()
        self.set_focus(self.facet if self.mode.leads else None if self.mode.vacant else self.grid)
        self.refresh_bindings()
        self.hint(self.mode.name)

    def on_errand_screen_measured(self, message: ErrandScreen.Measured) -> None:
        self.grid.tell_accounts(message.extent is not None and len(message.extent.accounts) > 1)

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        self.doubted()

    def doubted(self) -> None:
        view, busy = self.bench.view, self.bench.busy
        answered = view is not None and view.lens == self.bench.lens and not self.wrong
        said = count_text(view if answered else None, self.bench.progress, busy=busy and not self.wrong)
        self.bar.count(said + (noise_text(self.hidden) if answered else ""))
        # While an answer is on its way the rows of the last one stay as they are: it takes a blink.
        self.grid.outdate("" if answered or view is None or (busy and not self.wrong) else still_text(view))

    # Intent up: the grid and the record

    def on_event_grid_moved(self, message: EventGrid.Moved) -> None:
        self.query_one(HistogramStrip).mark(message.line.time_ms)
        self.extend_stretch(message.line)
        if message.line.conflict != self._contested:
            self._contested = message.line.conflict
            self.refresh_bindings()
        self.read(message.line.row)

    def on_event_grid_troubled(self, message: EventGrid.Troubled) -> None:
        self.complain(0, message.title, "")

    def on_event_grid_titled(self, message: EventGrid.Titled) -> None:
        self.order(message.field)

    def on_event_grid_opened(self) -> None:
        self.action_open()

    def visit(self, row: int) -> None:
        """Puts the cursor on event `row`; a lens that hides it gives way, and undo brings it back."""
        if self.mode.name != FIRST:
            self.enter_mode(mode_of(FIRST))
        view = self.bench.view
        place = view.position(row) if view is not None and view.total else None
        if self.grid.has_at(place, row):
            self.grid.go(place or 0)
        else:
            self.grid.want(row)
            self.bench.say("the lens hid this event; undo brings the lens back")
            self.bench.go(Lens())
        self.set_focus(self.grid)

    def on_errand_screen_read(self, message: ErrandScreen.Read) -> None:
        line = self.grid.line
        if line is not None and line.row == message.row:
            self.pane.announce(line)
            self.pane.show(message.detail, message.problem)

    # Time

    def on_histogram_strip_resized(self) -> None:
        self._draw()

    def on_histogram_strip_clicked(self, message: HistogramStrip.Clicked) -> None:
        if self.bench.trail.now.sort == OLDEST_FIRST:
            self.grid.seek(message.time_ms)
        else:
            self.bench.say("no place for a time: the events are not in its order; O on the time brings it back")

    def _draw(self) -> None:
        view = self.view_shown
        if view is not None:
            # Where a value leads, its events are shown within the time of all: the axis stays from value to value.
            whole = self.bench.view if view is self.focused_view else None
            self.count(view, self.query_one(HistogramStrip).bins, whole.span_ms if whole is not None else None)

    def on_errand_screen_counted(self, message: ErrandScreen.Counted) -> None:
        if message.view is self.view_shown:
            self.query_one(HistogramStrip).show(message.histogram)

    def action_error(self, step: int) -> None:
        view = self.view_shown
        found = view.next_error(self.grid.offset_now, step) if view is not None else None
        if found is None:
            self.bench.say("no later error" if step > 0 else "no earlier error")
        else:
            self.grid.go(found)

    # Panes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        if self.mode.vacant and action not in _ANYWHERE:
            return None
        if action == "open":
            return self.grid.has_focus or None
        if action == "back":
            return (
                not self.grid.has_focus
                or self.stretch is not None
                or bool(self.needle)
                or self.mode.name != FIRST
                or None
            )
        if action == "compare":
            return (self.grid.line is not None and self.grid.line.conflict) or None
        return True

    def action_compare(self) -> None:
        line = self.grid.line
        if line is not None and line.conflict:
            self.bench.compare(line.row)

    def action_open(self) -> None:
        if self.grid.line is not None:
            self.grid.led = True
            self.add_class("-record")
            self._arrange_pane()
            self.set_focus(self.pane)

    def action_back(self) -> None:
        if self.drop_stretch():
            return
        if self.pane.has_focus:
            self._leave_record()
            self.set_focus(self.grid)
        elif self.needle:
            self.find("")
        elif self.mode.leads and self.grid.has_focus:
            self.set_focus(self.facet)
        elif self.mode.name != FIRST:
            self.enter_mode(mode_of(FIRST))
        else:
            self.set_focus(self.grid)

    def _leave_record(self) -> None:
        self.remove_class("-record")
        self._arrange_pane()

    def action_switch(self, step: int) -> None:
        panes = [pane for pane in (self.facet, self.grid, self.pane) if pane.region]
        place = next((number for number, pane in enumerate(panes) if pane.has_focus), -1)
        if panes:
            self.set_focus(panes[(place + step) % len(panes)])

    def action_step(self, step: int) -> None:
        self.grid.action_move(step)

    def on_resize(self, event: events.Resize) -> None:
        self.classify(event.size)
        if self.facet_shown and self.facet.wanted is None:
            self.refresh_facet()
        self._arrange_pane()
        self.show_progress(self.bench.progress)

    def _arrange_pane(self) -> None:
        self.pane.shorten(not (self.has_class("-wide") or self.has_class("-record")))
