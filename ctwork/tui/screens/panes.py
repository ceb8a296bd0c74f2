"""The panes of the screen of the lens: which are there in a mode, which has the focus, and the way between them."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size

from ctwork.tui.mode import FIRST, mode_of
from ctwork.tui.screens.hinting import HintingScreen
from ctwork.tui.screens.kin import KinScreen
from ctwork.tui.widgets.detail_pane import DetailPane
from ctwork.tui.widgets.mode_badge import ModeBadge
from ctwork.tui.widgets.vacancy import Vacancy

_ANYWHERE = {
    "mode",
    "edit",
    "write_lens",
    "back",
    "failures",
    "writes",
    "quiet",
    "zoom_out",
    "widen",
    "chips",
    "save_lens",
    "saved",
}
"""Actions that need no event: they also work in a mode that shows none."""


_ROOMY = 160
"""Columns from which on the values beside the events have room for how they went over time."""


class PaneScreen(KinScreen, HintingScreen):
    """A screen of facet, events and record."""

    AUTO_FOCUS = "EventGrid"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="pane.open", tooltip="Read the whole record"),
        Binding("escape", "back", "back", id="pane.back", tooltip="Back to the events"),
        Binding("J", "step(1)", "next event", show=False, id="pane.next", tooltip="Next event, from any pane"),
        Binding(
            "K", "step(-1)", "previous event", show=False, id="pane.previous", tooltip="Previous event, from any pane"
        ),
        Binding("c", "compare", "compare", id="pane.compare", tooltip="Compare records that share an eventID"),
        Binding("tab", "switch(1)", "other pane", show=False, id="pane.switch", tooltip="To the next pane"),
        Binding(
            "shift+tab", "switch(-1)", "other pane", show=False, id="pane.switch-back", tooltip="To the pane before"
        ),
    ]

    @property
    def pane(self) -> DetailPane:
        return self.query_one(DetailPane)

    def home(self, *, applied: bool) -> None:
        if applied:
            self._leave_record()  # an open record would hide what the lens found
        self.set_focus(self.pane if self.has_class("-record") else self.facet if self.mode.leads else self.grid)

    def lay_out(self) -> None:
        self.query_one(ModeBadge).show(self.mode)
        if self.mode.vacant:
            self.query_one(Vacancy).show(self.mode)
        self.remove_class("-record")
        self.set_class(self.mode.leads, "-leading")
        self.set_class(bool(self.mode.vacant), "-vacant")
        self._arrange_pane()
        self.set_focus(self.facet if self.mode.leads else None if self.mode.vacant else self.grid)
        self.refresh_bindings()
        self.hint(self.mode.name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        if self.mode.vacant and action not in _ANYWHERE:
            return None
        if action == "open":
            return self.grid.has_focus or None
        if action == "back":
            return (
                not self.grid.has_focus
                or self.stretch is not None
                or self.counting
                or bool(self.needle)
                or self.mode.name != FIRST
                or None
            )
        if action == "compare":
            return (self.grid.line is not None and self.grid.line.conflict) or None
        return True

    def action_compare(self) -> None:
        line = self.grid.line
        if line is not None and line.conflict:
            self.bench.compare(line.row)

    def on_event_grid_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if self.grid.line is not None:
            self.grid.led = True
            self.add_class("-record")
            self._arrange_pane()
            self.set_focus(self.pane)

    def action_back(self) -> None:
        if self.drop_stretch() or self.stop_counting():
            return
        if self.pane.has_focus:
            self._leave_record()
            self.set_focus(self.grid)
        elif self.needle:
            self.find("")
        elif self.mode.leads and self.grid.has_focus:
            self.set_focus(self.facet)
        elif self.mode.name != FIRST:
            self.enter_mode(mode_of(FIRST))
        else:
            self.set_focus(self.grid)

    def _leave_record(self) -> None:
        self.remove_class("-record")
        self._arrange_pane()

    def action_switch(self, step: int) -> None:
        panes = [pane for pane in (self.facet, self.grid, self.pane) if pane.region]
        place = next((number for number, pane in enumerate(panes) if pane.has_focus), -1)
        if panes:
            self.set_focus(panes[(place + step) % len(panes)])

    def action_step(self, step: int) -> None:
        self.grid.action_move(step)

    def classify(self, size: Size) -> None:
        super().classify(size)
        self.set_class(size.width >= _ROOMY, "-roomy")

    def portion(self) -> None:
        if self.facet_shown and self.facet.wanted is None:
            self.refresh_facet()
        self._arrange_pane()

    def _arrange_pane(self) -> None:
        self.pane.shorten(not (self.has_class("-wide") or self.has_class("-record")))
