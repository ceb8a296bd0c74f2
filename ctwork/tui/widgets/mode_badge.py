"""The left end of the last line: which mode this is, and the key that leads to it."""

from textual.widget import Widget

from ctwork.tui import styled
from ctwork.tui.keymap import shown
from ctwork.tui.mode import Mode


class ModeBadge(Widget):
    """Names a `Mode`."""

    DEFAULT_CSS = "ModeBadge { width: auto; height: 1; background: $panel; color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode | None = None

    def show(self, mode: Mode) -> None:
        """Names `mode`."""
        if mode != self._mode:
            self._mode = mode
            self.refresh(layout=True)

    def render(self) -> styled.Content:
        mode = self._mode
        if mode is None:
            return styled.content("")
        return styled.joined(((f" {shown(mode.key)}", "bold $label"), (f" {mode.title} ", "bold")))
