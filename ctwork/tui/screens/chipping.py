"""A lens is taken apart: its last condition with one key, any other one by choosing it."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.model.lens import Lens
from ctwork.tui import chips
from ctwork.tui.keymap import key_of
from ctwork.tui.screens.lens import LensScreen
from ctwork.tui.widgets.chip_row import ChipRow


class ChipScreen(LensScreen):
    """Has a `ChipRow` in the place of the lens while a condition is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "backspace",
            "widen",
            "take off",
            show=False,
            id="lens.widen",
            tooltip="Take the last condition off the lens",
        ),
        Binding("ctrl+x", "chips", "conditions", show=False, id="lens.chips", tooltip="Choose a condition to take off"),
    ]

    def action_widen(self) -> None:
        chip = chips.last(self.bench.trail.now)
        if chip is None:
            self.bench.say("the lens has no condition to take off")
        else:
            self._off(chip)

    def action_chips(self) -> None:
        said = chips.texts(self.bench.trail.now)
        if not said:
            self.bench.say("the lens has no condition to choose from")
        elif not self.query(ChipRow):
            self.bar.swap(ChipRow(said))

    def on_chip_row_off(self, message: ChipRow.Off) -> None:
        found = chips.chips(self.bench.trail.now)
        if message.place < len(found):
            self._off(found[message.place])

    def on_chip_row_turned(self, message: ChipRow.Turned) -> None:
        found = chips.chips(self.bench.trail.now)
        if message.place < len(found):
            self.bench.go(found[message.place].turned)

    def on_chip_row_left(self, message: ChipRow.Left) -> None:
        self._restore()
        if not message.elsewhere:
            self.home(applied=False)

    def action_edit(self) -> None:
        self._restore()
        super().action_edit()

    def _off(self, chip: chips.Chip) -> None:
        self.bench.go(chip.without)
        undo = key_of(self.active_bindings, "lens.undo")
        self.bench.say(f"took off {chip.text}" + (f"; {undo} brings it back" if undo else ""))

    def _lens_changed(self, lens: Lens) -> None:
        super()._lens_changed(lens)
        row = next(iter(self.query(ChipRow)), None)
        said = chips.texts(lens)
        if row is not None and said:
            row.show(said)
        elif row is not None:
            self._restore()
            self.home(applied=False)

    def _restore(self) -> None:
        for row in self.query(ChipRow):
            self.bar.restore(row)
