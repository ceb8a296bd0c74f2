"""The conditions of the lens, one of which can be chosen, taken off, or turned into its opposite."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctwork.tui import chips, styled
from ctwork.tui.ink import ink


class ChipRow(Widget, can_focus=True):
    """Stands in the place of the lens while a condition is chosen."""

    DEFAULT_CSS = """
    ChipRow { width: 1fr; height: 1; margin-left: 3; background: $panel; color: $foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace,enter", "off", "take off", id="chip.off", tooltip="Take this condition off the lens"),
        Binding("escape", "leave", "back", id="chip.leave", tooltip="Back to where you were"),
        Binding("right,l", "step(1)", "next", id="chip.next", tooltip="The condition to the right"),
        Binding("left,h", "step(-1)", "previous", id="chip.previous", tooltip="The condition to the left"),
        Binding(
            "exclamation_mark",
            "turn",
            "opposite",
            id="chip.opposite",
            tooltip="The opposite of this condition; the other direction of an order",
        ),
        Binding("home,g", "step(-999)", "first", show=False, id="chip.first", tooltip="The first condition"),
        Binding("end,G", "step(999)", "last", show=False, id="chip.last", tooltip="The last condition"),
    ]

    @dataclass
    class Off(Message):
        """This chip is not wanted any more."""

        place: int

    @dataclass
    class Turned(Message):
        """The opposite of this chip is wanted."""

        place: int

    @dataclass
    class Left(Message):
        """Nothing more is to be changed."""

        elsewhere: bool
        """The keys go to another widget already."""

    def __init__(self, said: Sequence[str]) -> None:
        super().__init__()
        self.said = tuple(said)
        self.chosen = len(self.said) - 1

    def show(self, said: Sequence[str]) -> None:
        """Shows other chips; the choice stays in its place."""
        self.said = tuple(said)
        self.chosen = max(min(self.chosen, len(self.said) - 1), 0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        inks, cells = ink(self), self.size.width
        return styled.strip(chips.row(self.said, cells, inks, self.chosen), cells, inks.base)

    def action_step(self, step: int) -> None:
        self.chosen = max(min(self.chosen + step, len(self.said) - 1), 0)
        self.refresh()

    def action_off(self) -> None:
        self.post_message(self.Off(self.chosen))

    def action_turn(self) -> None:
        self.post_message(self.Turned(self.chosen))

    def action_leave(self) -> None:
        self.post_message(self.Left(elsewhere=False))

    def on_blur(self) -> None:
        if self.app.app_focus:  # else the terminal lost it, and will bring it back
            self.post_message(self.Left(elsewhere=True))
