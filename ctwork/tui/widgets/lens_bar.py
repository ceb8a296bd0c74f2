"""The first line: the lens as text, how many events it selects, and its mistakes, said where they were made."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from ctwork.model.column import COLUMNS
from ctwork.model.legible import is_plain
from ctwork.tui import glyph, styled
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

TEXT_LIMIT = 4096
_NAME = re.compile(r"[A-Za-z_][A-Za-z_.]*$")
_NAMES = tuple(dict.fromkeys(name for column in COLUMNS for name in (column.short, column.name)))
"""What may stand before a colon, the short names first."""


class LensInput(Input):
    """An input that neither blinks nor takes more than a lens could need."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "apply", id="lens.apply", tooltip="Go to the lens as it is written"),
        Binding("escape", "dismiss", "back", id="lens.leave", tooltip="Back to the lens as it was"),
        Binding("tab", "complete", "complete", id="lens.complete", tooltip="Complete the name of a column"),
        Binding("up", "recall(-1)", "earlier lens", id="lens.earlier", tooltip="A lens that was used before"),
        Binding("down", "recall(1)", "later lens", show=False, id="lens.later", tooltip="A lens that was used later"),
    ]

    class Dismissed(Message):
        """The text is to be forgotten."""

    @dataclass
    class Recalled(Message):
        """Another text of the history is wanted."""

        step: int

    def render_line(self, y: int) -> Strip:
        """The text; a mark stands where it goes on beyond what is seen."""
        line, cells = super().render_line(y), self.content_size.width
        ahead = self.scroll_offset.x > 0
        behind = styled.cells_of(self.value) - self.scroll_offset.x > cells
        if cells < 3 or not self.value:
            return line
        label = ink(self).label
        mark = styled.strip([Piece(glyph.MORE, label)], 1, label)
        parts = [mark if ahead else line.crop(0, 1), line.crop(1, cells - 1), mark if behind else line.crop(cells - 1)]
        return line.join(parts)

    def on_blur(self) -> None:
        """Left alone, the text shows its beginning."""
        self.cursor_position = 0

    @dataclass
    class Completed(Message):
        """The name of a column was begun; several end it, or none."""

        names: tuple[str, ...]

    def action_complete(self) -> None:
        begun = _NAME.search(self.value[: self.cursor_position])
        text = begun[0] if begun else ""
        names = tuple(name for name in _NAMES if name.lower().startswith(text.lower()))
        whole = shared(names) if text else ""
        if len(whole) >= len(text) and whole:
            place = self.cursor_position
            self.replace(whole + (":" if len(names) == 1 else ""), place - len(text), place)
        if len(names) != 1:
            self.post_message(self.Completed(names if text else tuple(column.short for column in COLUMNS)))

    def action_dismiss(self) -> None:
        self.post_message(self.Dismissed())

    def action_recall(self, step: int) -> None:
        self.post_message(self.Recalled(step))

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = escaped(" ".join(event.text[: 2 * TEXT_LIMIT].split()))
        self.replace(text[: TEXT_LIMIT - len(self.value)], *sorted(self.selection))


def shared(names: Collection[str]) -> str:
    """How all of `names` begin."""
    first, last = min(names, default=""), max(names, default="")
    alike = (place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1])
    return first[: next(alike, min(len(first), len(last)))]


def escaped(text: str) -> str:
    """`text` with what cannot be shown spelled as the lens language spells it: ``\\u{202e}``."""
    return "".join(char if is_plain(char) else f"\\u{{{ord(char):x}}}" for char in text)


class Count(Widget):
    """How many events the lens selects."""

    DEFAULT_CSS = "Count { width: auto; height: 1; color: $quiet; }"

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.refresh(layout=True)

    def render(self) -> styled.Content:
        return styled.content(f" {self.text} ")


class LensBar(Widget):
    """Takes a lens as text and says what the investigator wants with it."""

    DEFAULT_CSS = """
    LensBar {
        layout: horizontal; height: 1; background: $panel; color: $label;
        & LensInput {
            margin-left: 3; width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
        }
        & LensInput:focus { border: none; background-tint: transparent; }
    }
    """

    @dataclass
    class Edited(Message):
        """The text changed; the lens may follow while it is typed."""

        text: str

    @dataclass
    class Committed(Message):
        """The text is what the investigator wants."""

        text: str

    @dataclass
    class Offered(Message):
        """Names that a column begun at `column` may have."""

        column: int
        names: tuple[str, ...]

    class Dismissed(Message):
        """The text is to become what it was."""

    def __init__(self) -> None:
        super().__init__()
        self._history: tuple[str, ...] = ()
        self._place = 0

    def compose(self) -> ComposeResult:
        yield LensInput(
            placeholder="filter: words, field:value, /regex/",
            max_length=TEXT_LIMIT,
            compact=True,
            select_on_focus=False,
        )
        yield Count()

    def render(self) -> styled.Content:
        return styled.content(f" {glyph.FILTER}")

    def on_mount(self) -> None:
        self.input.cursor_blink = False

    @property
    def input(self) -> LensInput:
        return self.query_one(LensInput)

    @property
    def text(self) -> str:
        """The lens as it is written now."""
        return self.input.value

    def show(self, text: str) -> None:
        """Writes `text` without saying so, unless it is already there."""
        if text != self.text:
            with self.prevent(Input.Changed):
                self.input.value = text
                self.input.cursor_position = len(text) if self.input.has_focus else 0

    def count(self, text: str) -> None:
        """Writes how many events there are."""
        self.query_one(Count).say(text)

    def edit(self) -> None:
        """Takes the cursor at once, so that text typed in the same burst as the key ends up here."""
        self.screen.set_focus(self.input)
        self.input.cursor_position = len(self.text)

    @property
    def caret(self) -> int:
        """Cell of the first character of the text, as it is scrolled now."""
        return 3 - self.input.scroll_offset.x

    def remember(self, text: str) -> None:
        """Adds `text` to what the arrow keys recall."""
        if text and (not self._history or self._history[-1] != text):
            self._history = (*self._history[-99:], text)
        self._place = len(self._history)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.remember(event.value)
        self.post_message(self.Committed(event.value))

    def on_lens_input_dismissed(self, event: LensInput.Dismissed) -> None:
        event.stop()
        self.post_message(self.Dismissed())

    def on_lens_input_completed(self, event: LensInput.Completed) -> None:
        event.stop()
        # Behind what the change of the text sets off, which would take the names away again.
        self.call_later(self.post_message, self.Offered(self.input.cursor_position, event.names))

    def on_lens_input_recalled(self, event: LensInput.Recalled) -> None:
        event.stop()
        place = self._place + event.step
        if 0 <= place < len(self._history):
            self._place = place
            self.input.value = self._history[place]
            self.input.cursor_position = len(self._history[place])
