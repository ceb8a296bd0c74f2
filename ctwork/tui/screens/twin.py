"""Two texts line by line, side by side or one above the other: what every screen that compares has."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical

from ctwork.tui.screens.aside import AsideScreen
from ctwork.tui.widgets.twin_head import TwinHead
from ctwork.tui.widgets.twin_pane import TwinPane


class TwinScreen(AsideScreen):
    """Two panes that move together."""

    AUTO_FOCUS = "#left"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "difference(1)", "next difference", id="conflict.next", tooltip="Next line that differs"),
        Binding(
            "N",
            "difference(-1)",
            "previous difference",
            show=False,
            id="conflict.previous",
            tooltip="Previous line that differs",
        ),
    ]

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        with Container(id="twins"):
            for side in ("left", "right"):
                with Vertical(id=f"{side}-side"):
                    yield TwinHead()
                    yield TwinPane(side)
        yield from self.compose_foot()

    @property
    def panes(self) -> tuple[TwinPane, TwinPane]:
        """Left and right."""
        return self.query_one("#left", TwinPane), self.query_one("#right", TwinPane)

    def explain(self, text: str) -> None:
        """Says in both panes why there is nothing to compare."""
        for pane in self.panes:
            pane.explain(text)

    def on_twin_pane_moved(self, message: TwinPane.Moved) -> None:
        left, right = self.panes
        (right if message.pane is left else left).follow(message.pane)

    def action_difference(self, step: int) -> None:
        pane = self.panes[0]
        place = pane.offset_now + step
        while 0 <= place < pane.total and pane.pairs[place].alike:
            place += step
        if 0 <= place < pane.total:
            pane.go(place)
        else:
            self.bench.say("no later difference" if step > 0 else "no earlier difference")
