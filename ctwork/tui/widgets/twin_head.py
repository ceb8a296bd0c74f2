"""Where one of two conflicting records was read."""

from textual.widget import Widget

from ctwork.tui import styled


class TwinHead(Widget):
    """Three lines: source, place, hash."""

    DEFAULT_CSS = "TwinHead { height: 3; width: 100%; color: $quiet; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[str] = []

    def show(self, rows: list[str]) -> None:
        """Shows `rows`."""
        self._rows = rows
        self.refresh()

    def render(self) -> styled.Content:
        room = max(self.size.width - 2, 1)
        return styled.lines(styled.content(f" {styled.fitted(row, room)}") for row in self._rows)
