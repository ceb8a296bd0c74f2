"""Where a note is written: several lines of markdown, bounded, and whatever is pasted made legible."""

from textual import events
from textual.widgets import TextArea

from ctwork.model.annotation import NOTE_LIMIT
from ctwork.model.legible import plain


class NoteArea(TextArea):
    """A text area that neither blinks nor takes what a terminal would obey."""

    DEFAULT_CSS = """
    NoteArea {
        height: 1fr; width: 1fr; border: round $rule; padding: 0 1; background: $background; color: $foreground;
        &:focus { border: round $label; }
    }
    """

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus", highlight_cursor_line=False)
        self.cursor_blink = False

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        room = max(NOTE_LIMIT - len(self.text), 0)
        self.insert(legible(event.text[: 2 * NOTE_LIMIT])[:room])


def legible(text: str) -> str:
    """`text` with its lines as they are, and every line legible."""
    return "\n".join(plain(line.expandtabs(4)) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
