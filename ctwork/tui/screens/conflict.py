"""Records that share an eventID and differ in their bytes, two at a time, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ctwork.model.legible import grouped
from ctwork.tui import glyph
from ctwork.tui.contrast import Pair, lines_of, pairs
from ctwork.tui.desk import Rival
from ctwork.tui.screens.twin import TwinScreen
from ctwork.tui.widgets.twin_head import TwinHead
from ctwork.tui.widgets.twin_pane import provenance


class ConflictScreen(TwinScreen):
    """One event and, beside it, one of those that contradict it."""

    GUIDE = "help/conflict.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "leave", "leave", show=False, id="conflict.leave", tooltip="Leave the comparison"),
        Binding(
            "right_square_bracket",
            "other(1)",
            "next record",
            id="conflict.other",
            tooltip="Compare with the next record",
        ),
        Binding(
            "left_square_bracket",
            "other(-1)",
            "previous record",
            show=False,
            id="conflict.before",
            tooltip="Compare with the record before",
        ),
    ]

    @dataclass
    class Told(Message):
        """The records were read, and two of them compared."""

        rivals: tuple[Rival, ...]
        number: int
        pairs: list[Pair]
        problem: str = ""

    def __init__(self, row: int) -> None:
        super().__init__()
        self._row = row
        self._rivals: tuple[Rival, ...] = ()
        self._number = 1
        """Which of the rivals is on the right."""

    # Values down

    def on_mount(self) -> None:
        self.mind_house()
        self.explain("reading …")
        desk, row = self.bench.desk, self._row
        self._compare(1, lambda: desk.rivals(row))

    def _compare(self, number: int, read: Callable[[], tuple[Rival, ...]]) -> None:
        def ask() -> Message:
            rivals = read()
            if len(rivals) < 2:
                return self.Told(rivals, 1, [])
            left, right = (lines_of(rivals[each].detail.raw) for each in (0, number))
            return self.Told(rivals, number, pairs(left, right))

        self.send("compare", ask, lambda said: self.Told((), 1, [], said))

    def on_conflict_screen_told(self, message: Told) -> None:
        if message.number != self._number:
            return
        self._rivals = message.rivals
        if len(message.rivals) < 2:
            self.explain(message.problem or "no other record has this eventID")
            return
        differing = sum(not pair.alike for pair in message.pairs)
        others = len(message.rivals) - 1
        titles = (
            f"this event {glyph.DOT} {grouped(differing)} lines differ"
            if differing
            else "this event: differs only in white space",
            f"record {message.number} of {grouped(others)} with the same eventID",
        )
        shown = (message.rivals[0], message.rivals[message.number])
        for pane, head, title, rival in zip(self.panes, self.query(TwinHead), titles, shown, strict=True):
            head.show(provenance(rival.detail))
            pane.show(title, message.pairs)
        self.refresh_bindings()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return (len(self._rivals) > 2 or None) if action == "other" else True

    def action_open(self) -> None:
        if len(self._rivals) > 1:
            self.bench.visit(self._rivals[self._number if self.panes[1].has_focus else 0].row)

    def action_other(self, step: int) -> None:
        known = self._rivals
        self._number = (self._number - 1 + step) % (len(known) - 1) + 1
        self._compare(self._number, lambda: known)
