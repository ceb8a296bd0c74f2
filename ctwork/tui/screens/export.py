"""The export dialog: which events, in which form, into which file, and without what; escape stops it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from ctwork.model.leave import REDACTIONS, Form, Leave, Left
from ctwork.model.legible import grouped
from ctwork.tui import glyph
from ctwork.tui.markform import Scope
from ctwork.tui.screens.bench import BenchScreen
from ctwork.tui.screens.errand import superseded
from ctwork.tui.widgets.choice_row import ChoiceRow
from ctwork.tui.widgets.prompt import Ask, PromptInput
from ctwork.tui.widgets.remark_line import RemarkLine

_GROUP = "export"
_RAW = "raw"
_BAR = 20


class ExportScreen(BenchScreen):
    """Asks, exports, and says what left."""

    AUTO_FOCUS = "ChoiceRow"
    GUIDE = "help/export.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "export", "export", id="export.write", tooltip="Write the file", priority=True),
        Binding("escape", "stop", "stop, back", id="export.stop", tooltip="Stop the export, or leave the dialog"),
        Binding("tab", "switch(1)", "next field", show=False, id="export.next", tooltip="To the next field"),
        Binding("shift+tab", "switch(-1)", "before", show=False, id="export.previous", tooltip="To the field before"),
    ]

    @dataclass
    class Known(Message):
        """The forms are known."""

        forms: Sequence[Form]
        problem: str = ""

    @dataclass
    class Passed(Message):
        """So many events have left."""

        events: int
        total: int

    @dataclass
    class Done(Message):
        """The file is there, or could not be written."""

        left: Left | None
        problem: str = ""

    def __init__(self, scopes: Sequence[Scope], chosen: str = "") -> None:
        super().__init__()
        self._scopes: Mapping[str, Scope] = {each.name: each for each in scopes}
        self._chosen = chosen
        self._forms: Mapping[str, Form] = {}
        self._name = ""
        """The name of the file as it was last proposed."""
        self.under_way = False

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield RemarkLine("what")
        yield ChoiceRow("events", tuple(self._scopes))
        yield ChoiceRow("form", (glyph.MORE,))
        yield ChoiceRow("redact", REDACTIONS)
        with Horizontal(id="path"):
            yield Ask()
            yield PromptInput(compact=True, select_on_focus=False)
        yield RemarkLine("about")
        yield RemarkLine("remark")
        yield from self.compose_foot()

    def on_mount(self) -> None:
        self.mind_house()
        self.path.cursor_blink = False
        self.query_one(Ask).say("file")
        self._row("events").offer(tuple(self._scopes), self._chosen)
        port = self.bench.desk.exports
        self.send("forms", lambda: self.Known(port.forms()), lambda said: self.Known((), said))
        self._describe()

    @property
    def path(self) -> PromptInput:
        return self.query_one(PromptInput)

    @property
    def writing(self) -> bool:
        return self.path.has_focus

    def _row(self, name: str) -> ChoiceRow:
        return self.query_one(f"#choice-{name}", ChoiceRow)

    # What is chosen

    def on_export_screen_known(self, message: Known) -> None:
        self._forms = {each.name: each for each in message.forms}
        if self._forms:
            self._row("form").offer(tuple(self._forms), "")
            self._propose()
        self._say(message.problem, wrong=bool(message.problem))
        self._describe()

    def on_choice_row_chosen(self, message: ChoiceRow.Chosen) -> None:
        if message.name == "form":
            self._propose()
        self._describe()

    def _propose(self) -> None:
        """A file name for the form, unless the user has written one."""
        form = self._forms.get(self._row("form").word)
        if form is not None and self.path.value == self._name:
            self._name = f"{self._row('events').word}{form.suffix}"
            self.path.value = self._name

    def _describe(self) -> None:
        scope, form = self._scopes[self._row("events").word], self._forms.get(self._row("form").word)
        self.query_one("#what", RemarkLine).say(f"export {glyph.CLOSED} {scope.told}")
        told = "" if form is None else form.told
        if form is not None and form.name == _RAW:
            told += "; session tokens and other secrets are in them, and nothing can be taken out"
        self.query_one("#about", RemarkLine).say(told)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.query_one("#remark", RemarkLine).say(text or "tab goes from field to field; ctrl+s exports", wrong=wrong)

    # Keys

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_export()

    def on_prompt_input_left(self, event: PromptInput.Left) -> None:
        event.stop()
        self.action_stop()

    def action_switch(self, step: int) -> None:
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_export(self) -> None:
        path, form = self.path.value.strip(), self._row("form").word
        if self.under_way or form not in self._forms:
            return
        if not path:
            self._say("a file needs a name", wrong=True)
            return
        scope = self._scopes[self._row("events").word]
        wanted = Leave(scope.lens, scope.marked, form, path, self._row("redact").word)
        port = self.bench.desk.exports

        def told(events: int, total: int) -> None:
            self.post_message(self.Passed(events, total))

        self.under_way = True
        self._say(f"{_bar(0, 1)} reading the events; escape stops it")
        self.send(_GROUP, lambda: self.Done(port.leave(wanted, told, superseded)), lambda said: self.Done(None, said))

    def on_export_screen_passed(self, message: Passed) -> None:
        if self.under_way:
            done = f"{grouped(message.events)} of {grouped(message.total)} events; escape stops it"
            self._say(f"{_bar(message.events, message.total)} {done}")

    def on_export_screen_done(self, message: Done) -> None:
        self.under_way = False
        self.bench.look_at_case()
        left = message.left
        if left is None:
            self._say(f"nothing was written: {message.problem}", wrong=True)
            return
        self.dismiss()
        doubts = f"; the bytes of {grouped(left.problems)} could not be had" if left.problems else ""
        self.bench.say(f"{left.name}: {grouped(left.events)} events, sha256 {left.sha256[:12]}, in the journal{doubts}")

    def action_stop(self) -> None:
        if not self.under_way:
            self.dismiss()
            return
        self.workers.cancel_group(self, _GROUP)
        self.under_way = False
        self._say("stopped; nothing was written")


def _bar(done: int, total: int) -> str:
    full = min(_BAR, done * _BAR // total) if total else 0
    return "█" * full + "▁" * (_BAR - full)
