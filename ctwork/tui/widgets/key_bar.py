"""The footer: the keys that do something here and now, as many as fit, derived from the bindings."""

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.widget import Widget

from ctwork.tui import styled

Key = tuple[str, str, str]
"""``(key as shown, description, action key)``."""


class KeyBar(Widget):
    """Shows keys, most useful first; a click presses one."""

    DEFAULT_CSS = "KeyBar { width: 1fr; height: 1; background: $panel; color: $quiet; }"

    class Pressed(Message):
        """The investigator clicked on a key."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[Key, ...] = ()

    def show(self, keys: Sequence[Key]) -> None:
        """Shows `keys`, and drops from the end what does not fit."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.refresh()

    def fitting(self) -> list[tuple[int, Key]]:
        """``(first cell, key)`` for the keys that fit. The last key (help) keeps its place whatever happens."""
        if not self._keys:
            return []
        *front, last = self._keys
        room = self.size.width - 1 - _cells(last)
        at = 1
        placed = []
        for key in front:
            if at + _cells(key) > room:
                break
            placed.append((at, key))
            at += _cells(key)
        return [*placed, (at, last)]

    def render(self) -> styled.Content:
        parts = [(" ", "")]
        for _, (shown, description, _) in self.fitting():
            parts += [(shown, "bold $label"), (f" {description}  ", "")]
        return styled.joined(parts)

    def on_click(self, event: events.Click) -> None:
        for at, key in self.fitting():
            if at <= event.x < at + _cells(key) - 2:
                self.post_message(self.Pressed(key[2]))


def _cells(key: Key) -> int:
    return styled.cells_of(key[0]) + styled.cells_of(key[1]) + 3
