"""Modes: one key each, all through the one lens; in most of them a counted value leads the events beside it."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.model.lens import Lens
from ctwork.tui import intent
from ctwork.tui.desk import View
from ctwork.tui.mode import FIRST, Mode, mode_of, modes
from ctwork.tui.screens.errand import ErrandScreen
from ctwork.tui.screens.patience import PatientScreen
from ctwork.tui.widgets.facet_table import FacetTable, Value


class ModeScreen(PatientScreen):
    """A screen that is arranged anew for each mode."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                each.key, f"mode('{each.name}')", each.title, show=False, id=f"mode.{each.name}", tooltip=each.tells
            )
            for each in modes()
        ),
        Binding(
            "n", "quiet", "noise", show=False, id="narrow.noise", tooltip="Hide what AWS services do, or show it again"
        ),
        Binding(
            "F", "facet_beside", "facet", show=False, id="facet.show", tooltip="Show or hide the facet beside events"
        ),
        Binding(
            "o", "own", "own events", show=False, id="pivot.own", tooltip="All events of the value, in the same time"
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.focused_view: View | None = None
        """The events of the value under the cursor of the facet, while it leads."""
        self._focus_lens: Lens | None = None
        self._pictured: FacetTable.Turned | None = None
        """What the rows of the facet lack, to be sent for when the events of the value that leads are there."""
        self.hidden = 0
        """Events of AWS services that the lens leaves out."""

    @property
    def facet_shown(self) -> bool:
        """Whether there is room for the facet, and something to count."""
        beside = self.has_class("-broad") and not self.has_class("-plain")
        return self.mode.leads or (bool(self.mode.facets) and beside)

    @property
    def view_shown(self) -> View | None:
        """The events in the grid: those of the value that leads, or all of the lens."""
        return self.focused_view if self.mode.leads and self.focused_view is not None else self.bench.view

    def view_changed(self) -> None:
        """Other events are to be shown."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """The mode is another one."""
        raise NotImplementedError

    # Modes

    def action_facet_beside(self) -> None:
        if self.mode.leads or not self.has_class("-broad"):
            self.bench.say("here the facet has its place; in the timeline it needs 150 columns")
            return
        self.toggle_class("-plain")
        self.refresh_facet()
        if self.facet.has_focus:
            self.action_back()

    def action_mode(self, name: str) -> None:
        self.enter_mode(mode_of(name))

    def enter_mode(self, wanted: Mode) -> None:
        """Looks through the same lens in another way."""
        if wanted.apart:
            self.bench.open_case()
        elif wanted != self.mode:
            self.mode = wanted
            self._focus_lens = self.focused_view = None
            self.lay_out()
            if not wanted.leads:
                self.view_changed()  # else the events of the first value follow in a blink
            if wanted.facets:
                self.count_field(wanted.facets[0])

    def action_back(self) -> None:
        """One step back."""
        raise NotImplementedError

    def choose_facet(self, field: str) -> None:
        """Counts lens field `field`, in a mode that shows it."""
        if not self.facet_shown:
            fitting = (each for each in modes() if each.leads and field in each.facets)
            self.enter_mode(next(fitting, mode_of("events")))
        self.count_field(field)

    def action_own(self) -> None:
        field, value = self.value_here()
        path = self.facet.path if self.facet.has_focus else ((field, value),) if field and value else ()
        if not path:
            self.bench.say("no lens can name this place; choose a field of the record")
            return
        self.enter_mode(mode_of(FIRST))
        self.bench.go(intent.own(self.bench.trail.now, path))

    # What leads

    def lead(self, path: tuple[Value, ...]) -> None:
        view = self.bench.view
        if not self.mode.leads or view is None:
            return
        lens = intent.within(view.lens, path)
        if lens != self._focus_lens or self.focused_view is None:
            self._focus_lens = lens
            self.focus_on(lens, rest=self.facet.led)

    def picture(self, wanted: FacetTable.Turned) -> None:
        led = self.focused_view.lens if self.focused_view is not None else None
        if self.mode.leads and led != self._focus_lens:
            self._pictured = wanted  # both at once would have the page wait for it
        else:
            super().picture(wanted)

    def on_errand_screen_focused(self, message: ErrandScreen.Focused) -> None:
        if message.lens == self._focus_lens and self.mode.leads:
            wanted, self._pictured = self._pictured, None
            if message.view is None:
                self.bench.say(message.problem)
            else:
                self.focused_view = message.view
                self.view_changed()
            if wanted is not None:
                super().picture(wanted)

    # Noise

    def action_quiet(self) -> None:
        self.bench.go(intent.toggled(self.bench.trail.now, intent.QUIET))

    def weigh_noise(self, view: View) -> None:
        """Finds out how much the lens of `view` hides of what AWS services do."""
        self.hidden = 0
        if intent.QUIET in view.lens.parts:
            self.weigh(view.lens, view.lens.widen(intent.QUIET).narrow(intent.NOISE))

    def on_errand_screen_weighed(self, message: ErrandScreen.Weighed) -> None:
        if self.bench.view is not None and message.lens == self.bench.view.lens:
            self.hidden = message.hidden
            self.doubted()
