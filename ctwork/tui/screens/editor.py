"""The mark editor: what to say of an event, a value, a span, a moment, or of all that a lens shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, TextArea

from ctwork.errors import UsageError
from ctwork.model.annotation import NOTHING_SAID, Annotation
from ctwork.model.legible import grouped
from ctwork.tui import glyph
from ctwork.tui.casework import NOT_SAVED
from ctwork.tui.markform import Offer, Written, change_of, severities, verdicts
from ctwork.tui.markport import Marking
from ctwork.tui.screens.bench import BenchScreen
from ctwork.tui.tagging import KnownTags
from ctwork.tui.widgets.choice_row import ChoiceRow
from ctwork.tui.widgets.note_area import NoteArea
from ctwork.tui.widgets.prompt import Ask, PromptInput
from ctwork.tui.widgets.remark_line import RemarkLine

_TAGS_LIMIT = 4096


class EditorScreen(BenchScreen):
    """Asks what to say of something; nothing that was written is lost when it cannot be saved."""

    AUTO_FOCUS = "PromptInput"
    GUIDE = "help/editor.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", id="editor.save", tooltip="Save the mark", priority=True),
        Binding("escape", "leave", "cancel", id="editor.leave", tooltip="Leave the mark as it was"),
        Binding("ctrl+o", "other", "mark other", id="editor.other", tooltip="Mark the value, the span, or all instead"),
        Binding("tab", "switch(1)", "next field", show=False, id="editor.next", tooltip="To the next field"),
        Binding("shift+tab", "switch(-1)", "before", show=False, id="editor.previous", tooltip="To the field before"),
    ]

    @dataclass
    class Told(Message):
        """It is known what is said so far, and of how many events."""

        offer: Offer
        said: Annotation
        count: int
        tags: Sequence[str]
        problem: str = ""

    def __init__(self, offers: Sequence[Offer], place: int = 0) -> None:
        super().__init__()
        self._offers = tuple(offers)
        self._place = place
        self._before: Annotation | None = None
        """None while it is not known."""
        self._start = Written()
        self._count = 0
        self._sure = self._dropping = self._saving = False

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield RemarkLine("what")
        with Horizontal(id="tags"):
            yield Ask()
            yield PromptInput(max_length=_TAGS_LIMIT, compact=True, select_on_focus=False)
        yield ChoiceRow("severity", severities(many=False))
        yield ChoiceRow("verdict", verdicts(many=False))
        yield NoteArea()
        yield RemarkLine("remark")
        yield from self.compose_foot()

    def on_mount(self) -> None:
        self.mind_house()
        self.tags.cursor_blink = False
        self.query_one("#tags Ask", Ask).say("tags     ")
        self.note.border_title = "note, in markdown"
        self._choose(self._place)

    @property
    def tags(self) -> PromptInput:
        return self.query_one(PromptInput)

    @property
    def note(self) -> NoteArea:
        return self.query_one(NoteArea)

    @property
    def writing(self) -> bool:
        return isinstance(self.focused, Input | TextArea)

    @property
    def offer(self) -> Offer:
        """What is being marked."""
        return self._offers[self._place]

    @property
    def many(self) -> bool:
        """Whether it is all that a lens shows."""
        return self.offer.subject.lens is not None

    # What is said so far

    def _choose(self, place: int) -> None:
        self._place = place
        self._before = None
        self._sure = False
        offer, port = self.offer, self.bench.desk.marks
        self._call(offer.told)
        self.remark("reading …")

        def ask() -> Message:
            lens = offer.subject.lens
            count = 1 if lens is None else port.count(lens)
            return self.Told(offer, port.said_of(offer.subject), count, port.tags())

        self.send("said", ask, lambda said: self.Told(offer, NOTHING_SAID, 0, (), said))

    def on_editor_screen_told(self, message: Told) -> None:
        if message.offer is not self.offer:
            return
        untouched = self.written == self._start
        self._before, self._count = message.said, message.count
        self._start = Written.of(message.said, many=self.many)
        self.tags.suggester = KnownTags(message.tags)
        shown = self._start if untouched else self.written
        self._fill(shown)
        if self.many:
            self._call(f"all {grouped(message.count)} {self.offer.told}")
        self.remark(message.problem or self._how(), wrong=bool(message.problem))

    def _how(self) -> str:
        said = "tab goes from field to field; ctrl+s saves"
        return f"{said}; ctrl+o marks something else" if len(self._offers) > 1 else said

    @property
    def written(self) -> Written:
        """What stands in the fields."""
        severity, verdict = (self.query_one(f"#choice-{name}", ChoiceRow).word for name in ("severity", "verdict"))
        return Written(self.tags.value, severity, verdict, self.note.text)

    def _fill(self, shown: Written) -> None:
        with self.prevent(Input.Changed, TextArea.Changed):
            if self.tags.value != shown.tags:
                self.tags.value = shown.tags
                self.tags.cursor_position = len(shown.tags)
            if self.note.text != shown.note:
                self.note.text = shown.note
        self.query_one("#choice-severity", ChoiceRow).offer(severities(many=self.many), shown.severity)
        self.query_one("#choice-verdict", ChoiceRow).offer(verdicts(many=self.many), shown.verdict)

    def _call(self, told: str) -> None:
        self.query_one("#what", RemarkLine).say(f"mark {glyph.CLOSED} {told}")

    def remark(self, text: str, *, wrong: bool = False) -> None:
        """Says how it stands."""
        self.query_one("#remark", RemarkLine).say(text, wrong=wrong)

    # Keys

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._touched()

    def on_text_area_changed(self) -> None:
        self._touched()

    def on_choice_row_chosen(self) -> None:
        self._touched()

    def _touched(self) -> None:
        self._sure = self._dropping = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_switch(1)

    def on_prompt_input_left(self, event: PromptInput.Left) -> None:
        event.stop()
        self.action_leave()

    def on_key(self, event: events.Key) -> None:
        # A text area takes the escape key for itself, where it would end the way out.
        if event.key == "escape" and self.note.has_focus:
            event.stop()
            event.prevent_default()
            self.action_leave()

    def action_switch(self, step: int) -> None:
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_other(self) -> None:
        if len(self._offers) > 1:
            self._choose((self._place + 1) % len(self._offers))
        else:
            self.remark("there is nothing else to mark from here")

    def action_leave(self) -> None:
        if self.written != self._start and not self._dropping:
            self._dropping = True
            self.remark("escape once more drops what you have written; ctrl+s saves it")
            return
        self.dismiss()

    def action_save(self) -> None:
        before = self._before
        if before is None or self._saving:
            return
        try:
            change = change_of(self.written, before, many=self.many)
        except UsageError as error:
            self.remark(f"{error.title}: {error.hint}", wrong=True)
            return
        if change.is_nothing:
            self.dismiss()
            self.bench.say("nothing was changed")
            return
        if self.many and not self._sure:
            self._sure = True
            self.remark(f"ctrl+s once more marks all {grouped(self._count)} events; U takes that back")
            return
        self._saving = True
        self.remark("saving …")
        port, subject = self.bench.desk.marks, self.offer.subject
        self.bench.write(lambda: port.mark(subject, change), self._saved, self._unsaved)

    def _saved(self, done: Marking) -> None:
        self._saving = False
        if self.is_current:
            self.dismiss()
        self.bench.saved("marked" if done.changed == 1 else f"marked {grouped(done.changed)} events", done)

    def _unsaved(self, problem: str) -> None:
        self._saving = self._sure = False
        self.remark(f"{NOT_SAVED}: {problem} Your text is kept here.", wrong=True)
