"""Which rows of the load report are listed, and what is asked for in the prompt below them."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.tui import glyph
from ctwork.tui.desk import Sieve
from ctwork.tui.screens.inquiry import InquiryScreen
from ctwork.tui.widgets.issue_grid import IssueGrid
from ctwork.tui.widgets.kind_table import KindTable
from ctwork.tui.widgets.prompt import Prompt


class SieveScreen(InquiryScreen):
    """A list of rows of a load report that keys make shorter and longer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "filter", id="report.filter", tooltip="Only rows with a text in them"),
        Binding("E", "export", "export", id="report.export", tooltip="Write the whole report to a file"),
        Binding(
            "equals_sign", "only", "only this kind", id="report.only", tooltip="Only rows of the kind under the cursor"
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.sieve = Sieve()

    @property
    def grid(self) -> IssueGrid:
        return self.query_one(IssueGrid)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def writing(self) -> bool:
        return self.prompt.input.has_focus

    def sift(self, sieve: Sieve) -> None:
        """Lists the rows of `sieve`."""
        if sieve != self.sieve:
            self.sieve = sieve
            self.tell(sieve)

    def on_kind_table_chosen(self, message: KindTable.Chosen) -> None:
        self.sift(self.sieve.toggled(message.kind))

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

    def action_back(self) -> None:
        if self.sieve != Sieve():
            self.sift(Sieve())
        else:
            self.action_leave()

    def action_filter(self) -> None:
        self.prompt.ask("filter", glyph.FILTER, self.sieve.text)

    def action_only(self) -> None:
        line = self.grid.line
        if line is not None:
            self.sift(self.sieve.toggled(line.kind))

    def action_export(self) -> None:
        self.prompt.ask("export", "write the report to (.csv .json .jsonl):", "load-report.csv")
