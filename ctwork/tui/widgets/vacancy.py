"""What stands in place of a mode that has no engine: what it would tell, and what to do instead."""

from textual.widget import Widget

from ctwork.tui import styled
from ctwork.tui.mode import Mode


class Vacancy(Widget):
    """Says so."""

    DEFAULT_CSS = "Vacancy { display: none; height: 1fr; width: 1fr; padding: 2 4; }"

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode | None = None

    def show(self, mode: Mode) -> None:
        """Speaks of `mode`."""
        self._mode = mode
        self.refresh()

    def render(self) -> styled.Content:
        if self._mode is None:
            return styled.content("")
        head = (styled.content(self._mode.title, "bold"), styled.content(self._mode.tells, "$quiet"))
        said = (
            styled.content(line) for line in ("", *self._mode.vacant.splitlines(), "", "1 leads back to the events")
        )
        return styled.lines((*head, *said))
