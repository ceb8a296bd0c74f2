"""The marked event beside the current one, field by field: only what differs, or all."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ctwork.model.difference import Compared, compared, fields_of
from ctwork.model.legible import grouped
from ctwork.tui import clock, glyph
from ctwork.tui.contrast import Pair
from ctwork.tui.desk import Line
from ctwork.tui.screens.twin import TwinScreen
from ctwork.tui.widgets.twin_head import TwinHead
from ctwork.tui.widgets.twin_pane import provenance


class DifferenceScreen(TwinScreen):
    """Two events, compared."""

    GUIDE = "help/difference.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("D", "leave", "leave", show=False, id="diff.leave", tooltip="Back to where you were"),
        Binding("enter", "open", "to the event", id="diff.open", tooltip="Go to the event of this side"),
        Binding("A", "whole", "all fields", id="diff.all", tooltip="Also the fields that are alike, or without them"),
    ]

    @dataclass
    class Told(Message):
        """Both records were read and compared."""

        pairs: list[Pair]
        heads: tuple[list[str], ...] = ()
        problem: str = ""

    def __init__(self, marked: Line, current: Line) -> None:
        super().__init__()
        self._lines = (marked, current)
        self._pairs: list[Pair] = []
        self.whole = False
        """Fields that are alike are shown too."""

    def on_mount(self) -> None:
        self.mind_house()
        self.explain("reading …")
        desk, rows = self.bench.desk, [line.row for line in self._lines]

        def ask() -> Message:
            details = [desk.detail(row) for row in rows]
            found = compared(*(fields_of(detail.document) for detail in details))
            return self.Told([_pair(field) for field in found], tuple(map(provenance, details)))

        self.send("compare", ask, lambda said: self.Told([], problem=said))

    def on_difference_screen_told(self, message: Told) -> None:
        if message.problem:
            self.explain(message.problem)
            return
        self._pairs = message.pairs
        for head, rows in zip(self.query(TwinHead), message.heads, strict=True):
            head.show(rows)
        self._show()

    def _show(self) -> None:
        shown = [pair for pair in self._pairs if self.whole or not pair.alike]
        differing = sum(not pair.alike for pair in self._pairs)
        count = f"{grouped(differing)} of {grouped(len(self._pairs))} fields differ"
        if not shown:
            self.explain(f"both records say the same; {glyph.MORE} A shows all fields")
        for pane, name, line in zip(self.panes, ("marked", "current"), self._lines, strict=True):
            zone = self.bench.zone
            time = "" if line.time_ms is None else clock.stamp(line.time_ms, zone=zone)
            pane.show(f"{name} {glyph.DOT} {time} {line.service}:{line.event} {glyph.DOT} {count}", shown)

    def action_whole(self) -> None:
        self.whole = not self.whole
        self._show()

    def action_open(self) -> None:
        self.bench.visit(self._lines[1 if self.panes[1].has_focus else 0].row)


def _pair(field: Compared) -> Pair:
    """A field as the lines of both records."""
    return Pair(_line(field.path, field.left), _line(field.path, field.right))


def _line(path: str, value: str | None) -> str | None:
    return None if value is None else f"{path}: {value}" if value else path
