"""A screen with a list in which rows are found by a few letters: what is looked for, its prompt, and the way back."""

from textual.widget import Widget

from ctwork.tui import glyph
from ctwork.tui.screens.bench import BenchScreen
from ctwork.tui.widgets.prompt import Prompt

_FIND = "find"


class NeedleScreen(BenchScreen):
    """A list and a `Prompt`.

    Textual calls the handlers of a subclass beside those that are here: they are for prompts about something else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.needle = ""

    @property
    def table(self) -> Widget:
        """The list."""
        raise NotImplementedError

    def draw(self) -> None:
        """Lists the rows that hold the needle."""
        raise NotImplementedError

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def writing(self) -> bool:
        return self.prompt.input.has_focus

    def action_find(self) -> None:
        self.prompt.ask(_FIND, glyph.FILTER, self.needle)

    def on_prompt_edited(self, message: Prompt.Edited) -> None:
        if message.about == _FIND:
            self.seek(message.text)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        if message.about == _FIND:
            self.close_prompt()

    def on_prompt_dismissed(self, message: Prompt.Dismissed) -> None:
        if message.about == _FIND:
            self.seek("")
        self.close_prompt()

    def seek(self, needle: str) -> None:
        """Lists the rows that hold `needle`."""
        self.needle = needle
        self.draw()

    def close_prompt(self) -> None:
        """Gives the keys back to the list."""
        self.prompt.close()
        self.set_focus(self.table)

    def action_back(self) -> None:
        if self.needle:
            self.seek("")
        else:
            self.dismiss()

    def action_leave(self) -> None:
        self.dismiss()
