"""Lenses outlast the session: what is typed is remembered, and a lens can be given a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ctwork.model.lens import Lens
from ctwork.tui.keymap import key_of
from ctwork.tui.screens.chipping import ChipScreen
from ctwork.tui.widgets.lens_bar import LensBar
from ctwork.tui.widgets.prompt import Prompt

_REMEMBERED = 500
_ABOUT = "save-lens"


class KeepingScreen(ChipScreen):
    """Reads and writes the lenses of the case."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "save_lens", "save lens", show=False, id="lens.save", tooltip="Save the lens under a name"),
        Binding("ctrl+o", "saved", "saved lenses", show=False, id="lens.saved", tooltip="Go to a saved lens"),
    ]

    @dataclass
    class Reminded(Message):
        """The lenses of earlier sessions were read."""

        history: Sequence[str]

    @dataclass
    class Kept(Message):
        """Something was written down, or not: what to say of it."""

        said: str
        failed: bool = False

    def __init__(self) -> None:
        super().__init__()
        self._written = 0
        self._lost = False
        """The history cannot be written; that is said once."""

    # History

    def mind_lens(self) -> None:
        super().mind_lens()
        shelf = self.bench.desk.lenses
        self.send("history", lambda: self.Reminded(shelf.history(_REMEMBERED)), lambda _: self.Reminded(()))

    def on_keeping_screen_reminded(self, message: Reminded) -> None:
        self.bar.remind(message.history)

    def applied(self, lens: Lens) -> None:
        text, shelf = str(lens), self.bench.desk.lenses
        if not text:
            return

        def remember() -> Message:
            shelf.remember(text)
            return self.Kept("")

        # Each has a group of its own: a newer one must not take its place.
        self._written += 1
        self.send(f"remember {self._written}", remember, lambda said: self.Kept(f"not remembered: {said}", failed=True))

    def on_keeping_screen_kept(self, message: Kept) -> None:
        if message.said and not (message.failed and self._lost):
            self.bench.say(message.said)
        self._lost = self._lost or message.failed

    # Names

    def action_save_lens(self) -> None:
        if str(self.bench.trail.now):
            self.query_one(Prompt).ask(_ABOUT, "save this lens as:", "")
        else:
            self.bench.say("all events are shown: there is no lens to save")

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        if message.about == _ABOUT:
            self.close_prompt()
            self._save(message.text)

    def on_prompt_dismissed(self, message: Prompt.Dismissed) -> None:
        if message.about == _ABOUT:
            self.close_prompt()

    def _save(self, name: str) -> None:
        text, shelf = str(self.bench.trail.now), self.bench.desk.lenses
        key = key_of(self.active_bindings, "lens.saved")

        def save() -> Message:
            before = {each.name: each.lens for each in shelf.saved()}
            kept = shelf.save(name, text)
            anew = before.get(kept.name, text) != text
            said = f"saved as {kept.name}" + (", which named another lens before" if anew else "")
            return self.Kept(f"{said}; {key} lists the saved lenses" if key else said)

        self.send("save", save, lambda said: self.Kept(f"not saved: {said}"))

    def action_saved(self) -> None:
        from ctwork.tui.screens.saved import SavedScreen  # not needed for the first paint

        if self.bar.input.has_focus:
            self.bar.post_message(LensBar.Dismissed())
        self.app.push_screen(SavedScreen())
