"""A first-time user is told three keys, in one line, once per mode."""

from dataclasses import dataclass

from textual import events
from textual.message import Message

from ctwork.resources import toml_table
from ctwork.tui.keymap import key_of
from ctwork.tui.screens.keeping import KeepingScreen
from ctwork.tui.widgets.banner import Banner
from ctwork.tui.widgets.hint_line import HintLine


class HintingScreen(KeepingScreen):
    """Shows a `HintLine` above its foot until a key is pressed."""

    @dataclass
    class New(Message):
        """It is known whether the user has seen the hint of a mode."""

        mode: str
        new: bool

    @dataclass
    class Dismissed(Message):
        """The hint will not come again."""

    def __init__(self) -> None:
        super().__init__()
        self._hint = ""
        """The mode whose hint is shown or would be."""

    def hint(self, mode: str) -> None:
        """Tells of the keys of `mode` unless the user was told before. "" tells nothing any more."""
        self._hint = mode
        self._unhint()
        hints = self.bench.desk.hints
        if mode:
            self.send("hint", lambda: self.New(mode, not hints.seen(mode)), lambda _: self.New(mode, False))

    def on_hinting_screen_new(self, message: New) -> None:
        if not message.new or message.mode != self._hint:
            return
        found = self.active_bindings
        wanted = toml_table("hints.toml").get(message.mode, {}).get("keys", ())
        keys = [(key, does) for name, does in wanted if (key := key_of(found, name))]
        if keys:
            self.mount(HintLine(keys), before=self.query_one(Banner))

    def on_key(self, event: events.Key) -> None:
        """Any key will do, and keeps its meaning."""
        if not self._unhint():
            self._hint = ""  # who presses keys before the hint comes needs none
            return
        mode, hints = self._hint, self.bench.desk.hints
        self._hint = ""

        def dismiss() -> Message:
            hints.dismiss(mode)
            return self.Dismissed()

        self.send("dismiss", dismiss, lambda _: self.Dismissed())

    def _unhint(self) -> bool:
        """Whether a hint was shown, and is gone now."""
        lines = self.query(HintLine)
        shown = bool(lines)
        lines.remove()
        return shown
