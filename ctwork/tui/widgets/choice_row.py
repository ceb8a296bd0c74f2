"""One of a few words, all of them on one line; the arrows choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctwork.tui import glyph, styled
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

_LABEL = 10


class ChoiceRow(Widget, can_focus=True):
    """Shows a label and words; the chosen one stands in brackets."""

    DEFAULT_CSS = "ChoiceRow { height: 1; width: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,l,space", "choose(1)", "next", show=False, id="choice.next", tooltip="The next word of the line"
        ),
        Binding("left,h", "choose(-1)", "before", show=False, id="choice.previous", tooltip="The word before it"),
    ]

    @dataclass
    class Chosen(Message):
        """Another word was chosen."""

        name: str | None

    def __init__(self, name: str, words: Sequence[str]) -> None:
        super().__init__(id=f"choice-{name}")
        self.label = name
        self.words = tuple(words)
        self.chosen = 0

    @property
    def word(self) -> str:
        """The chosen word."""
        return self.words[self.chosen]

    def offer(self, words: Sequence[str], chosen: str) -> None:
        """Shows other words, `chosen` among them the chosen one."""
        self.words = tuple(words)
        self.chosen = self.words.index(chosen) if chosen in self.words else 0
        self.refresh()

    def action_choose(self, step: int) -> None:
        self.chosen = (self.chosen + step) % len(self.words)
        self.refresh()
        self.post_message(self.Chosen(self.label))

    def _first(self, cells: int) -> int:
        """The first word that is shown, so that the chosen one is seen in so many cells."""
        first = 0
        while first < self.chosen and sum(len(word) + 2 for word in self.words[first : self.chosen + 1]) > cells:
            first += 1
        return first

    def on_click(self, event: events.Click) -> None:
        first = self._first(self.size.width - _LABEL - 3)
        at = _LABEL + 1 + bool(first)
        for place, word in enumerate(self.words[first:], first):
            if at <= event.x < at + len(word) + 2:
                self.action_choose(place - self.chosen)
            at += len(word) + 2

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        inks = ink(self)
        pieces = [Piece(f" {self.label:<{_LABEL}}", inks.label)]
        first = self._first(self.size.width - _LABEL - 3)
        if first:
            pieces.append(Piece(glyph.MORE, inks.quiet))
        for place, word in enumerate(self.words[first:], first):
            here = place == self.chosen
            said = f"[{word}]" if here else f" {word} "
            style = inks.cursor if here and self.has_focus else inks.title if here else inks.quiet
            pieces.append(Piece(said, style))
        return styled.strip(pieces, self.size.width, inks.base)
