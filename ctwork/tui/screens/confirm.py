"""Asks before something that others would feel."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from ctwork.tui import styled
from ctwork.tui.screens.bench import BenchScreen


class Question(Widget):
    """Some lines of text, the first one a title."""

    DEFAULT_CSS = "Question { height: 1fr; width: 1fr; padding: 1 3; }"

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def render(self) -> styled.Content:
        first, *rest = self._lines
        return styled.lines((styled.content(first, "bold"), *(styled.content(line) for line in ("", *rest))))


class ConfirmScreen(BenchScreen):
    """Does it when the answer is yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "yes, do it", id="confirm.yes", tooltip="Do what was asked about"),
        Binding("escape,n,q", "leave", "no", id="confirm.no", tooltip="Leave everything as it is"),
    ]

    def __init__(self, lines: Sequence[str], agree: Callable[[], None]) -> None:
        super().__init__()
        self._question = Question(lines)
        self._agree = agree

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield self._question
        yield from self.compose_foot()

    def on_mount(self) -> None:
        self.mind_house()

    def action_agree(self) -> None:
        self.dismiss()
        self._agree()

    def action_leave(self) -> None:
        self.dismiss()
