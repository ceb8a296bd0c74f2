"""What has to do with one event: a short list of lenses with their counts, each a key away."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from ctwork.model.relation import Relation, relations
from ctwork.tui import glyph, styled
from ctwork.tui.desk import Line
from ctwork.tui.screens.bench import BenchScreen
from ctwork.tui.screens.errand import superseded
from ctwork.tui.widgets.relation_table import RelationTable, counted
from ctwork.tui.widgets.twin_head import TwinHead

_SLOW_FROM = 200_000
"""Events in all from which on what has to read every record again is not counted unasked."""


class RelatedScreen(BenchScreen):
    """One event and what it leads to."""

    AUTO_FOCUS = "RelationTable"
    GUIDE = "help/related.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "look there", id="related.open", tooltip="Look at these events; undo leads back"),
        Binding("escape,q,R", "leave", "back", id="related.leave", tooltip="Back to where you were"),
    ]

    @dataclass
    class Found(Message):
        """It is known where the event leads to."""

        relations: list[Relation]
        problem: str = ""

    @dataclass
    class Counted(Message):
        """The events of a relation were counted, or could not be."""

        number: int
        said: str

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield TwinHead()
        yield RelationTable()
        yield from self.compose_foot()

    @property
    def table(self) -> RelationTable:
        return self.query_one(RelationTable)

    def on_mount(self) -> None:
        self.mind_house()
        line, desk = self._line, self.bench.desk
        about = f"{line.service}:{line.event} {glyph.DOT} {styled.shortened(line.principal, 60)}"
        self.query_one(TwinHead).show([f"related to {about}", "in all events, whatever the lens hides", ""])
        self.table.explain("reading …")
        self.send(
            "relations",
            lambda: self.Found(relations(line, desk.detail(line.row).document)),
            lambda said: self.Found(relations(line, None), said),
        )

    def on_related_screen_found(self, message: Found) -> None:
        if message.problem:
            self.bench.say(message.problem)
        self.table.explain("this event shares nothing that could be looked for")
        self.table.show(message.relations)
        self._count(0)

    def _count(self, number: int) -> None:
        """Counts one relation after another, so that the first numbers are there at once and esc ends the rest."""
        found = self.table.relations
        while number < len(found) and found[number].slow and self.bench.progress.unique > _SLOW_FROM:
            self.table.tell(number, "not counted")
            number += 1
        if number >= len(found):
            return
        desk, lens = self.bench.desk, found[number].lens
        self.send(
            "count",
            lambda: self.Counted(number, counted(desk.select(lens, superseded).total)),
            lambda _: self.Counted(number, glyph.NONE),
        )

    def on_related_screen_counted(self, message: Counted) -> None:
        self.table.tell(message.number, message.said)
        self._count(message.number + 1)

    def on_relation_table_opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        relation = self.table.chosen
        if relation is not None and self.table.is_empty:
            self.bench.say("no event is related in this way")
        elif relation is not None:
            self.app.pop_screen()
            self.bench.timeline.grid.want(self._line.row)
            self.bench.go(relation.lens)

    def action_leave(self) -> None:
        self.app.pop_screen()
