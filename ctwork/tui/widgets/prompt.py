"""One line that asks for a text and is gone again when it has one."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from ctwork.model.legible import plain
from ctwork.tui import styled

TEXT_LIMIT = 4096


class PromptInput(Input):
    """An input that neither blinks nor takes more than one line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "done", id="prompt.done", tooltip="Take it as it is written"),
        Binding("escape", "leave", "back", id="prompt.leave", tooltip="Leave it as it was"),
    ]

    class Left(Message):
        """The text is to be forgotten."""

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = plain(" ".join(event.text[: 2 * TEXT_LIMIT].split()))
        self.replace(text[: TEXT_LIMIT - len(self.value)], *sorted(self.selection))


class Prompt(Widget):
    """Asks; says what was answered. `name` tells one question from another."""

    DEFAULT_CSS = """
    Prompt {
        layout: horizontal; height: 1; width: 100%; background: $panel; color: $label; display: none;
        & PromptInput { width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground; }
        & PromptInput:focus { border: none; background-tint: transparent; }
        & Ask { width: auto; height: 1; color: $label; padding: 0 1; }
    }
    """

    @dataclass
    class Edited(Message):
        """The text changed."""

        about: str
        text: str

    @dataclass
    class Answered(Message):
        """The text is what the investigator wants."""

        about: str
        text: str

    @dataclass
    class Dismissed(Message):
        """There is no answer."""

        about: str

    def __init__(self) -> None:
        super().__init__()
        self.about = ""

    def compose(self) -> ComposeResult:
        yield Ask()
        yield PromptInput(max_length=TEXT_LIMIT, compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        self.input.cursor_blink = False

    @property
    def input(self) -> PromptInput:
        return self.query_one(PromptInput)

    def ask(self, about: str, question: str, text: str, *, chosen: bool = False) -> None:
        """Asks `question`, with `text` as a start; when it is `chosen`, what is typed takes its place."""
        self.about = about
        self.query_one(Ask).say(question)
        self.display = True
        with self.prevent(Input.Changed):
            self.input.value = text
        self.input.cursor_position = len(text)
        if chosen:
            self.input.select_all()
        self.screen.set_focus(self.input)

    def close(self) -> None:
        """Asks no more."""
        self.display = False

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self.about, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Answered(self.about, event.value))

    def on_prompt_input_left(self, event: PromptInput.Left) -> None:
        event.stop()
        self.post_message(self.Dismissed(self.about))


class Ask(Widget):
    """What is asked."""

    def __init__(self) -> None:
        super().__init__()
        self._said = ""

    def say(self, text: str) -> None:
        """Asks `text`."""
        self._said = text
        self.refresh(layout=True)

    def render(self) -> styled.Content:
        return styled.content(self._said)
