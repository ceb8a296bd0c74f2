"""The first line: the lens as text, how many events it selects, and its mistakes, said where they were made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from ctwork.model.legible import is_plain
from ctwork.tui import chips, glyph, styled
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

TEXT_LIMIT = 4096
_KEPT = 500
"""Lenses that the arrow keys recall."""


class LensInput(Input):
    """An input that neither blinks nor takes more than a lens could need."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "apply", id="lens.apply", tooltip="Go to the lens as it is written"),
        Binding("escape", "dismiss", "back", id="lens.leave", tooltip="Back to the lens as it was"),
        Binding("tab", "complete", "complete", id="lens.complete", tooltip="Complete with the best of the list"),
        Binding("up", "step(-1)", "earlier lens", id="lens.earlier", tooltip="An earlier lens, or up in the list"),
        Binding("down", "step(1)", "choose", id="lens.later", tooltip="Choose from the list, or a later lens"),
    ]

    class Dismissed(Message):
        """The text is to be forgotten."""

    @dataclass
    class Stepped(Message):
        """Another text is wanted: of the list, or of the history."""

        step: int

    class Hinted(Message):
        """What is begun is to be completed."""

    def __init__(self) -> None:
        super().__init__(
            placeholder="filter: words, field:value, /regex/",
            max_length=TEXT_LIMIT,
            compact=True,
            select_on_focus=False,
        )
        self.chips: tuple[str, ...] = ()
        """The conditions of the lens, as they stand here while nobody writes."""

    def render_line(self, y: int) -> Strip:
        """The text; a mark stands where it goes on beyond what is seen. While nobody writes, its chips."""
        if self.chips and not self.has_focus:
            inks = ink(self)
            return styled.strip(chips.row(self.chips, self.size.width, inks), self.size.width, inks.base)
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

    def action_complete(self) -> None:
        self.post_message(self.Hinted())

    def action_dismiss(self) -> None:
        self.post_message(self.Dismissed())

    def action_step(self, step: int) -> None:
        self.post_message(self.Stepped(step))

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = escaped(" ".join(event.text[: 2 * TEXT_LIMIT].split()))
        self.replace(text[: TEXT_LIMIT - len(self.value)], *sorted(self.selection))


def escaped(text: str) -> str:
    """`text` with what cannot be shown spelled as the lens language spells it: ``\\u{202e}``."""
    return "".join(char if is_plain(char) else f"\\u{{{ord(char):x}}}" for char in text)


class Count(Widget):
    """How many events the lens selects."""

    DEFAULT_CSS = "Count { width: auto; height: 1; color: $quiet; }"

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._cells = 0

    def say(self, text: str, *, steady: bool) -> None:
        """Writes `text`; when `steady`, in no less room than before, for all of the screen would be laid out anew."""
        if text != self.text:
            self.text = text
            before, cells = self._cells, styled.cells_of(text) + 2
            self._cells = max(before, cells) if steady else cells
            self.refresh(layout=self._cells != before)

    def render(self) -> styled.Content:
        return styled.content(" " * (self._cells - 1 - styled.cells_of(self.text)) + f"{self.text} ")


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
        caret: int
        typed: bool
        """By keys, and not put there whole."""

    @dataclass
    class Committed(Message):
        """The text is what the investigator wants."""

        text: str

    @dataclass
    class Stepped(Message):
        """The next (1) or the one before (-1) is wanted: of what may be taken, or of the history."""

        step: int

    class BestWanted(Message):
        """What is begun is to be completed."""

    class Helpless(Message):
        """It was, but there is nothing to complete it with."""

    class Dismissed(Message):
        """The text is to become what it was."""

    def __init__(self) -> None:
        super().__init__()
        self._history: tuple[str, ...] = ()
        self._place = 0
        self._put = ""

    def compose(self) -> ComposeResult:
        yield LensInput()
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

    def show(self, text: str, parts: Sequence[str] = ()) -> None:
        """Writes `text` without saying so, unless it is already there. It stands as its `parts` while nobody writes."""
        if tuple(parts) != self.input.chips:
            self.input.chips = tuple(parts)
            self.input.refresh()
        if text != self.text:
            with self.prevent(Input.Changed):
                self.input.value = text
                self.input.cursor_position = len(text) if self.input.has_focus else 0

    def put(self, text: str, caret: int) -> None:
        """Writes `text` as if it was wanted, but nobody had typed it."""
        self._put = text
        self.input.value = text
        self.input.cursor_position = caret

    def swap(self, other: Widget) -> None:
        """Has `other` stand in the place of the text, and take the keys."""
        self.input.display = False
        self.mount(other, before=self.query_one(Count))
        self.screen.set_focus(other)

    def restore(self, other: Widget) -> None:
        """The text stands in its place again."""
        self.input.display = True
        other.remove()

    def count(self, text: str) -> None:
        """Writes how many events there are; while that is found out, or the lens is written, nothing moves for it."""
        steady = self.input.has_focus or text in (glyph.MORE, glyph.NONE)
        self.query_one(Count).say(text, steady=steady)

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
            self._history = (*self._history[1 - _KEPT :], text)
        self._place = len(self._history)

    def remind(self, earlier: Sequence[str]) -> None:
        """Puts `earlier` lenses, the oldest first, before those that the arrow keys recall."""
        self._history = (*map(escaped, earlier), *self._history)[-_KEPT:]
        self._place = len(self._history)

    def recall(self, step: int) -> None:
        """Writes an earlier lens or a later one, if there is one."""
        place = self._place + step
        if 0 <= place < len(self._history):
            self._place = place
            self.put(self._history[place], len(self._history[place]))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        typed, self._put = event.value != self._put, ""
        self.post_message(self.Edited(event.value, self.input.cursor_position, typed))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.remember(event.value)
        self.post_message(self.Committed(event.value))

    def on_lens_input_dismissed(self, event: LensInput.Dismissed) -> None:
        event.stop()
        self.post_message(self.Dismissed())

    def on_lens_input_hinted(self, event: LensInput.Hinted) -> None:
        event.stop()
        self.post_message(self.BestWanted())

    def on_lens_input_stepped(self, event: LensInput.Stepped) -> None:
        event.stop()
        self.post_message(self.Stepped(event.step))
