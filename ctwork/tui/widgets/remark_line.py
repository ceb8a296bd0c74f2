"""One line below what is written: how it stands with it, or what is wrong."""

from textual.widget import Widget

from ctwork.tui import glyph, styled


class RemarkLine(Widget):
    """Says one thing."""

    DEFAULT_CSS = "RemarkLine { height: 1; width: 100%; background: $panel; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.said = ""
        self._wrong = False

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Says `text`, as something that went `wrong`."""
        if (text, wrong) != (self.said, self._wrong):
            self.said, self._wrong = text, wrong
            self.refresh()

    def render(self) -> styled.Content:
        sign = f" {glyph.WARNING} " if self._wrong else " "
        style = "bold $denied" if self._wrong else "$quiet"
        return styled.content(styled.shortened(sign + self.said, max(self.size.width - 1, 1)), style)
