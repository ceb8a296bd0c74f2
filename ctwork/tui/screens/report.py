"""The load report: what was read, what was not, where, and the bytes around it."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from ctwork.model.legible import grouped, plain
from ctwork.tui import glyph
from ctwork.tui.desk import Progress, Report, Sieve
from ctwork.tui.screens.inquiry import InquiryScreen
from ctwork.tui.widgets.context_pane import ContextPane
from ctwork.tui.widgets.issue_grid import IssueGrid
from ctwork.tui.widgets.kind_table import KindTable
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.report_head import ReportHead

_KINDS_SHOWN = 3
_KINDS_SHOWN_TALL = 10


class ReportScreen(InquiryScreen):
    """Everything the load could not read or found odd, row by row."""

    AUTO_FOCUS = "IssueGrid"
    GUIDE = "help/report.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "to the event", id="report.open", tooltip="Go to the event that this row names"),
        Binding("escape", "back", "back", id="report.back", tooltip="All rows again, then back"),
        Binding("q,L", "leave", "leave", show=False, id="report.leave", tooltip="Leave the load report"),
        Binding("slash", "filter", "filter", id="report.filter", tooltip="Only rows with a text in them"),
        Binding("E", "export", "export", id="report.export", tooltip="Write the whole report to a file"),
        Binding(
            "equals_sign", "only", "only this kind", id="report.only", tooltip="Only rows of the kind under the cursor"
        ),
        Binding(
            "left_square_bracket",
            "loss(-1)",
            "previous loss",
            show=False,
            id="report.previous",
            tooltip="Row before that is a loss",
        ),
        Binding("right_square_bracket", "loss(1)", "next loss", id="report.next", tooltip="Next row that is a loss"),
        Binding("y", "copy", "copy", show=False, id="report.copy", tooltip="Copy the row under the cursor"),
        Binding("tab,shift+tab", "switch", "kinds", id="report.switch", tooltip="Between the kinds and the rows"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.sieve = Sieve()
        self._report: Report | None = None
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
    def grid(self) -> IssueGrid:
        return self.query_one(IssueGrid)

    @property
    def kinds(self) -> KindTable:
        return self.query_one(KindTable)

    @property
    def pane(self) -> ContextPane:
        return self.query_one(ContextPane)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def writing(self) -> bool:
        return self.prompt.input.has_focus

    # Values down

    def on_mount(self) -> None:
        self.grid.explain("reading …")
        self.mind_house()

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        if progress.generation != self._generation:
            self._generation = progress.generation
            self._ask()

    def sift(self, sieve: Sieve) -> None:
        """Lists the rows of `sieve`."""
        if sieve != self.sieve:
            self.sieve = sieve
            self._ask()

    def _ask(self) -> None:
        self.tell(self.sieve)

    def on_inquiry_screen_told(self, message: InquiryScreen.Told) -> None:
        if message.sieve != self.sieve:
            return
        self._report = message.report
        kinds = message.report.kinds if message.report is not None else ()
        self.kinds.show(kinds, self.sieve.kinds)
        self._arrange()
        self.grid.explain(message.problem or self._empty())
        if message.pages is not None:
            self.grid.show(message.pages)
            if not message.pages.total:
                self.pane.announce(None)
        self.query_one(ReportHead).show(message.report, self._note(), message.extent)

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

    def on_kind_table_chosen(self, message: KindTable.Chosen) -> None:
        self.sift(self.sieve.toggled(message.kind))

    def on_inquiry_screen_found(self, message: InquiryScreen.Found) -> None:
        if message.row is not None:
            self.bench.visit(message.row)
        else:
            self.bench.say(message.problem or "no event was read at this place")

    def on_inquiry_screen_saved(self, message: InquiryScreen.Saved) -> None:
        self.bench.say(message.said)

    def on_prompt_edited(self, message: Prompt.Edited) -> None:
        if message.about == "filter":
            self.sift(self.sieve.saying(message.text))

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        self._close_prompt()
        path = message.text.strip()
        if message.about == "export" and path:
            self.save(path)

    def on_prompt_dismissed(self, message: Prompt.Dismissed) -> None:
        self._close_prompt()
        if message.about == "filter":
            self.sift(self.sieve.saying(""))

    def _close_prompt(self) -> None:
        self.prompt.close()
        self.set_focus(self.grid)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "open" and self.is_mounted:
            line = self.grid.line
            return (self.grid.has_focus and line is not None and line.index is not None) or None
        return True

    def action_open(self) -> None:
        line = self.grid.line
        if line is not None:
            self.find(line)

    def action_back(self) -> None:
        if self.sieve != Sieve():
            self.sift(Sieve())
        else:
            self.action_leave()

    def action_leave(self) -> None:
        self.app.pop_screen()

    def action_filter(self) -> None:
        self.prompt.ask("filter", glyph.FILTER, self.sieve.text)

    def action_only(self) -> None:
        line = self.grid.line
        if line is not None:
            self.sift(self.sieve.toggled(line.kind))

    def action_loss(self, step: int) -> None:
        found = self.grid.next_loss(step)
        if found is None:
            self.bench.say("no later loss" if step > 0 else "no earlier loss")
        else:
            self.grid.go(found)

    def action_export(self) -> None:
        self.prompt.ask("export", "write the report to (.csv .json .jsonl):", "load-report.csv")

    def action_copy(self) -> None:
        line = self.grid.line
        if line is not None:
            place = [
                f"{name} {value}"
                for name, value in (("record", line.index), ("offset", line.offset))
                if value is not None
            ]
            self.bench.copy(" ".join([line.kind, line.source, *place, line.message]))

    def action_switch(self) -> None:
        self.set_focus(self.grid if self.kinds.has_focus else self.kinds)

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        self.classify(event.size)
        self._arrange()
        self.show_progress(self.bench.progress)

    def _arrange(self) -> None:
        """The table of kinds is as tall as it must be, and leaves most of the room to the rows."""
        most = _KINDS_SHOWN_TALL if self.has_class("-tall") else _KINDS_SHOWN
        self.kinds.styles.height = 1 + min(max(self.kinds.total, 1), most)
