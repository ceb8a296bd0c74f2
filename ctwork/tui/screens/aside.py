"""What the screens beside the timeline share: the way to an event, the way back, the way to the other pane."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from ctwork.tui.screens.bench import BenchScreen


class AsideScreen(BenchScreen):
    """A screen with two panes that tells of the evidence and leads back to the events."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "to the event", id="aside.open", tooltip="Go to the event under the cursor"),
        Binding("escape", "back", "back", id="aside.back", tooltip="One step back"),
        Binding("q", "leave", "leave", show=False, id="aside.leave", tooltip="Back to where you were"),
        Binding("tab,shift+tab", "switch", "other pane", id="aside.switch", tooltip="Between the two panes"),
    ]

    @property
    def panes(self) -> tuple[Widget, Widget]:
        """The two that have a cursor."""
        raise NotImplementedError

    def action_open(self) -> None:
        """Leads to the event under the cursor."""
        raise NotImplementedError

    def action_back(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        self.app.pop_screen()

    def action_switch(self) -> None:
        one, other = self.panes
        self.set_focus(other if one.has_focus else one)
