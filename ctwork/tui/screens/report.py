"""The load report: what was read, what was not, where, and the bytes around it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from ctwork.errors import CtworkError
from ctwork.model.legible import grouped, plain
from ctwork.tui import glyph
from ctwork.tui.desk import Extent, Progress, Report, Sieve
from ctwork.tui.keymap import key_of
from ctwork.tui.screens.inquiry import InquiryScreen
from ctwork.tui.screens.sieve import SieveScreen
from ctwork.tui.widgets.context_pane import ContextPane
from ctwork.tui.widgets.issue_grid import IssueGrid
from ctwork.tui.widgets.kind_table import KindTable
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.report_head import ReportHead

_KINDS_SHOWN = 2
_KINDS_SHOWN_TALL = 10


class ReportScreen(SieveScreen):
    """Everything the load could not read or found odd, row by row."""

    AUTO_FOCUS = "IssueGrid"
    GUIDE = "help/report.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "leave", "leave", show=False, id="report.leave", tooltip="Leave the load report"),
        Binding(
            "left_square_bracket",
            "loss(-1)",
            "previous loss",
            show=False,
            id="report.previous",
            tooltip="Row before that is a loss",
        ),
        Binding("right_square_bracket", "loss(1)", "next loss", id="report.next", tooltip="Next row that is a loss"),
        Binding(
            "x",
            "examine",
            "look into the rest",
            id="report.examine",
            tooltip="Look into every record, not only the first",
        ),
        Binding("y", "copy", "copy", show=False, id="report.copy", tooltip="Copy the row under the cursor"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._report: Report | None = None
        self._extent: Extent | None = None
        self._generation = -1
        self._leads = False
        """Whether the row under the cursor names a record."""

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield ReportHead()
        with Container(id="rows"):
            yield KindTable()
            yield IssueGrid()
        yield ContextPane()
        yield Prompt()
        yield from self.compose_foot()

    @property
    def kinds(self) -> KindTable:
        return self.query_one(KindTable)

    @property
    def panes(self) -> tuple[IssueGrid, KindTable]:
        return self.grid, self.kinds

    @property
    def pane(self) -> ContextPane:
        return self.query_one(ContextPane)

    # Values down

    def on_mount(self) -> None:
        self.grid.explain("reading …")
        self.mind_house()

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        if progress.generation != self._generation:
            self._generation = progress.generation
            self.tell(self.sieve)
        self._show_head()

    def on_inquiry_screen_told(self, message: InquiryScreen.Told) -> None:
        if message.sieve != self.sieve:
            return
        self._report, self._extent = message.report, message.extent
        kinds = message.report.kinds if message.report is not None else ()
        self.kinds.show(kinds, self.sieve.kinds)
        self.portion()
        self.grid.explain(message.problem or self._empty())
        if message.pages is not None:
            self.grid.show(message.pages)
            if not message.pages.total:
                self.pane.announce(None)
        self.refresh_bindings()
        self._show_head()

    def _show_head(self) -> None:
        keys = key_of(self.active_bindings, "report.examine"), key_of(self.active_bindings, "app.stop")
        head = self.query_one(ReportHead)
        head.show(self._report, self._note(), self._extent, examining=self.bench.progress.examining, keys=keys)

    def _empty(self) -> str:
        if self.sieve != Sieve():
            return "no row is like that; esc lists all rows"
        if not self.bench.progress.done:
            return "nothing so far; still reading"
        return "nothing to report: everything was read and nothing looked odd"

    def _note(self) -> str:
        total = self._report.issues if self._report is not None else 0
        if self.sieve == Sieve():
            return f"{'' if self.bench.progress.done else 'at least '}{grouped(total)} rows"
        wanted = [*sorted(self.sieve.kinds), *([f'"{plain(self.sieve.text, 20)}"'] if self.sieve.text else [])]
        return f"{grouped(self.grid.total)} of {grouped(total)} rows {glyph.DOT} {' '.join(wanted)}"

    # Intent up

    def on_issue_grid_moved(self, message: IssueGrid.Moved) -> None:
        line = message.line
        self.pane.announce(line)
        if (line.index is not None) != self._leads:
            self._leads = line.index is not None
            self.refresh_bindings()
        self.read(line)

    def on_inquiry_screen_read(self, message: InquiryScreen.Read) -> None:
        if message.line == self.grid.line:
            self.pane.show(message.found, message.problem)

    def on_issue_grid_opened(self) -> None:
        self.action_open()

    def on_inquiry_screen_found(self, message: InquiryScreen.Found) -> None:
        if message.row is not None:
            self.bench.visit(message.row)
        else:
            self.bench.say(message.problem or "no event was read at this place")

    def on_inquiry_screen_saved(self, message: InquiryScreen.Saved) -> None:
        self.bench.say(message.said)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "open" and self.is_mounted:
            line = self.grid.line
            return (self.grid.has_focus and line is not None and line.index is not None) or None
        if action == "examine":
            account = self._report.account if self._report is not None else None
            return (account is not None and account.examined < account.inflated and self.bench.progress.done) or None
        return True

    def action_open(self) -> None:
        line = self.grid.line
        if line is not None:
            self.find(line)

    def action_loss(self, step: int) -> None:
        found = self.grid.next_loss(step)
        if found is None:
            self.bench.say("no later loss" if step > 0 else "no earlier loss")
        else:
            self.grid.go(found)

    def action_examine(self) -> None:
        try:
            self.bench.examine()
        except CtworkError as error:
            self.bench.say(f"{error.title}. {error.hint}")

    def action_copy(self) -> None:
        line = self.grid.line
        if line is not None:
            place = [
                f"{name} {value}"
                for name, value in (("record", line.index), ("offset", line.offset))
                if value is not None
            ]
            self.bench.copy(" ".join([line.kind, line.source, *place, line.message]))

    # Panes

    def portion(self) -> None:
        """The table of kinds is as tall as it must be, and leaves most of the room to the rows."""
        most = _KINDS_SHOWN_TALL if self.has_class("-tall") else _KINDS_SHOWN
        self.kinds.styles.height = 1 + min(max(self.kinds.total, 1), most)
