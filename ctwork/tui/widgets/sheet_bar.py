"""The first line of the Case mode: which lists there are, how long each is, and which one is shown."""

from collections.abc import Mapping

from textual.widget import Widget

from ctwork.model.legible import grouped
from ctwork.tui import styled
from ctwork.tui.listing import SHEETS


class SheetBar(Widget):
    """Names the lists; the shown one stands in brackets."""

    DEFAULT_CSS = "SheetBar { height: 1; width: 100%; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown = SHEETS[0].name
        self._counts: Mapping[str, int] = {}

    def show(self, name: str, counts: Mapping[str, int]) -> None:
        """The list `name` is shown; `counts` are the rows of each that is known."""
        if (name, counts) != (self._shown, self._counts):
            self._shown, self._counts = name, dict(counts)
            self.refresh()

    def render(self) -> styled.Content:
        parts = []
        for sheet in SHEETS:
            count = f" {grouped(self._counts[sheet.name])}" if sheet.name in self._counts else ""
            here = sheet.name == self._shown
            said = f"{sheet.title}{count}"
            parts.append((f"[{said}]" if here else f" {said} ", "bold $label" if here else "$quiet"))
        return styled.joined((*[(" ", "")], *parts))
