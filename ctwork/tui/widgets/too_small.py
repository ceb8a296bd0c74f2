"""What a terminal below 60×15 shows in place of squeezed panes."""

from textual.widget import Widget

from ctwork.tui import styled


class TooSmall(Widget):
    """Says how large the terminal must be."""

    DEFAULT_CSS = "TooSmall { layer: above; width: 100%; height: 100%; background: $background; display: none; }"

    def render(self) -> styled.Content:
        return styled.lines(
            [
                styled.content("ctwork needs 60 by 15 cells."),
                styled.content(f"This terminal has {self.size.width} by {self.size.height}."),
            ]
        )
