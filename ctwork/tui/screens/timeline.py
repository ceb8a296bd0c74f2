"""The screen of the lens: histogram, facet, events, record. Lays them out mode by mode."""

from textual.app import ComposeResult
from textual.containers import Container

from ctwork.model.lens import Lens
from ctwork.tui import ruler
from ctwork.tui.desk import Line, Progress, View
from ctwork.tui.mode import FIRST, mode_of
from ctwork.tui.remark import count_text, empty_text, noise_text, still_text
from ctwork.tui.screens.errand import ErrandScreen
from ctwork.tui.screens.panes import PaneScreen
from ctwork.tui.widgets.detail_pane import DetailPane
from ctwork.tui.widgets.event_grid import EventGrid
from ctwork.tui.widgets.facet_table import FacetTable
from ctwork.tui.widgets.histogram_strip import HistogramStrip
from ctwork.tui.widgets.mode_badge import ModeBadge
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.vacancy import Vacancy


class Timeline(PaneScreen):
    """The one screen of the lens: events over time, and in the other modes what they are counted by."""

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

    # Values down

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
        self.mind_marks()
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
        if not view.total:
            self.pane.announce(None)
            self.pane.show(None)
        self.doubted()
        self.draw()

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
        self.strip.mark(message.line.time_ms)
        self.extend_stretch(message.line)
        if message.line.conflict != self._contested:
            self._contested = message.line.conflict
            self.refresh_bindings()
        self.read(message.line.row)

    def on_event_grid_troubled(self, message: EventGrid.Troubled) -> None:
        self.complain(0, message.title, "")

    def on_event_grid_titled(self, message: EventGrid.Titled) -> None:
        self.order(message.field)

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
