"""One line for a first-time user, gone with the first key."""

from collections.abc import Sequence

from textual.widget import Widget

from ctwork.tui import glyph, styled


class HintLine(Widget):
    """Says what a few keys do."""

    DEFAULT_CSS = "HintLine { height: 1; width: 100%; background: $panel; color: $foreground; }"

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.keys = tuple(keys)
        """``(key as shown, what it does)``, the most useful first."""

    def render(self) -> styled.Content:
        return styled.joined(fitting(self.keys, self.size.width - 1))


def fitting(keys: Sequence[tuple[str, str]], cells: int) -> list[tuple[str, str]]:
    """The line as ``(text, style)`` runs; keys that do not fit are left out from the end."""
    parts = [(" New here? ", "$quiet")]
    used = styled.cells_of(parts[0][0])
    for place, (key, does) in enumerate(keys):
        between = f" {glyph.DOT} " if place else ""
        size = styled.cells_of(f"{between}{key} {does}")
        if used + size > cells:
            break
        used += size
        parts += [(between, "$quiet"), (key, "bold $label"), (f" {does}", "")]
    return parts
