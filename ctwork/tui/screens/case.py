"""The Case mode: what is marked, what was done, what was read, what has left, and the other cases of this user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.fuzzy import Matcher
from textual.message import Message

from ctwork.errors import LensError
from ctwork.model.annotation import Change
from ctwork.model.instant import parse_instant
from ctwork.model.lens import Lens
from ctwork.model.markrow import mark_row, what_of
from ctwork.model.target import MomentTarget, SpanTarget, Target, ValueTarget, parse_target
from ctwork.tui import clock, intent, listing, offering
from ctwork.tui.keymap import key_of
from ctwork.tui.listing import SHEETS, Row, sheet_of
from ctwork.tui.markform import Offer
from ctwork.tui.markport import Hold, KnownCase, Listed, Marking, Subject, head_text
from ctwork.tui.mode import FIRST, mode_of, modes
from ctwork.tui.screens.needle import NeedleScreen
from ctwork.tui.widgets.mode_badge import ModeBadge
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.read_pane import ReadPane
from ctwork.tui.widgets.sheet_bar import SheetBar
from ctwork.tui.widgets.sheet_table import SheetTable

_DEEDS = 5_000
"""Entries of the journal that are listed."""
_OF_MARKS = {"edit", "unmark"}
"""Actions for which the cursor must be on a mark."""


class CaseScreen(NeedleScreen):
    """Lists of one case."""

    AUTO_FOCUS = "SheetTable"
    GUIDE = "help/case.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "go there", id="case.open", tooltip="To the event, the value or the span"),
        Binding("escape", "back", "back", id="case.back", tooltip="All rows again, then back to the events"),
        Binding("q,minus", "leave", "leave", show=False, id="case.leave", tooltip="Leave the case"),
        Binding("tab", "sheet(1)", "next list", id="case.next", tooltip="Marks, journal, evidence, exports, cases"),
        Binding("shift+tab", "sheet(-1)", "list before", show=False, id="case.previous", tooltip="The list before"),
        Binding("slash", "find", "find", id="case.find", tooltip="Find by a few letters"),
        Binding("e,M", "edit", "edit", id="case.edit", tooltip="Change what is said of the mark"),
        Binding("d", "unmark", "unmark", id="case.unmark", tooltip="Take back all that is said of it"),
        Binding("a", "moment", "moment", show=False, id="case.moment", tooltip="Add what happened and left no record"),
        Binding("E,ctrl+e", "export", "export", show=False, id="export.open", tooltip="Export the marked events"),
        Binding("y", "copy", "copy", show=False, id="case.copy", tooltip="Copy what the row tells"),
        *(
            Binding(
                each.key, f"mode('{each.name}')", each.title, show=False, id=f"mode.{each.name}", tooltip=each.tells
            )
            for each in modes()
            if not each.apart
        ),
    ]

    @dataclass
    class Read(Message):
        """The lists were read, or could not be."""

        rows: Mapping[str, Sequence[Row]]
        problem: str = ""

    def __init__(self) -> None:
        super().__init__()
        self.shown = SHEETS[0].name
        self._rows: Mapping[str, Sequence[Row]] = {}
        self._problem = ""

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield SheetBar()
        yield SheetTable()
        yield ReadPane()
        yield Prompt()
        yield from self.compose_foot()

    def start_foot(self) -> ComposeResult:
        yield ModeBadge()

    @property
    def table(self) -> SheetTable:
        return self.query_one(SheetTable)

    def on_mount(self) -> None:
        self.query_one(ModeBadge).show(mode_of("case"))
        self.mind_house()
        self.table.explain("reading …")
        self.watch(self.app, "hold", self._stands, init=False)
        self.read()

    def _stands(self, hold: Hold) -> None:
        self.read()

    # The lists

    def read(self) -> None:
        """Sends for all lists."""
        port = self.bench.desk.marks

        def ask() -> Message:
            listed, deeds = port.listed(), port.deeds(_DEEDS)
            strays = [each for each in listed if not each.here]
            return self.Read(
                {
                    "marks": listing.mark_rows(listed),
                    "journal": listing.journal_rows(deeds),
                    "evidence": listing.evidence_rows(deeds, strays),
                    "exports": listing.export_rows(deeds),
                    "cases": listing.case_rows(port.cases()),
                }
            )

        self.send("case", ask, lambda said: self.Read({}, said))

    def on_case_screen_read(self, message: Read) -> None:
        self._rows, self._problem = message.rows, message.problem
        self.draw()

    def draw(self) -> None:
        chosen = sheet_of(self.shown)
        rows = self._rows.get(self.shown, ())
        found = matching(rows, self.needle)
        self.table.explain(self._problem or (f"nothing has {self.needle} in it" if rows else chosen.empty))
        self.table.show(chosen, found)
        counts = {name: len(each) for name, each in self._rows.items()}
        self.query_one(SheetBar).show(self.shown, counts)
        self._tell()

    def on_sheet_table_moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        here = self.table.here
        self.query_one(ReadPane).show(() if here is None else here.told)
        self.refresh_bindings()

    def action_sheet(self, step: int) -> None:
        names = [each.name for each in SHEETS]
        self.shown = names[(names.index(self.shown) + step) % len(names)]
        self.seek("")

    # What keys do here

    @property
    def mark_here(self) -> Listed | None:
        """The mark under the cursor."""
        here = self.table.here
        return here.of if here is not None and isinstance(here.of, Listed) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if not self.is_mounted:
            return True
        if action in _OF_MARKS:
            return self.mark_here is not None or None
        if action == "open":
            here = self.table.here
            return (here is not None and isinstance(here.of, Listed | KnownCase)) or None
        return True

    def action_open(self) -> None:
        here = self.table.here
        if here is None:
            return
        if isinstance(here.of, KnownCase):
            self.bench.say("this case" if here.of.here else f"leave, then: ctwork {here.of.folder}")
        elif (mark := self.mark_here) is not None:
            self._go(mark)

    def on_sheet_table_opened(self) -> None:
        self.action_open()

    def _go(self, mark: Listed) -> None:
        target = parse_target(mark.target)
        if mark.row is not None:
            self.bench.visit(mark.row)
        elif isinstance(target, ValueTarget):
            self._through(intent.only(Lens(), target.column, target.value))
        elif isinstance(target, SpanTarget):
            self._through(Lens(start_ms=target.start_ms, end_ms=target.end_ms))
        elif isinstance(target, MomentTarget):
            self.dismiss()
            self.bench.timeline.grid.seek(target.at_ms)
        else:
            self.bench.say("this record is not in the evidence that is open")

    def _through(self, lens: Lens) -> None:
        self.dismiss()
        self.bench.timeline.enter_mode(mode_of(FIRST))
        self.bench.go(lens)

    def action_edit(self) -> None:
        mark = self.mark_here
        if mark is not None:
            from ctwork.tui.screens.editor import EditorScreen

            self.app.push_screen(EditorScreen([_offer(mark)]))

    def action_unmark(self) -> None:
        mark, port = self.mark_here, self.bench.desk.marks
        if mark is not None:
            subject = Subject(target=parse_target(mark.target))
            self.bench.write(lambda: port.mark(subject, Change(clear=True)), self._unmarked, self.bench.unsaved)

    def _unmarked(self, done: Marking) -> None:
        undo = key_of(self.active_bindings, "mark.undo")
        self.bench.say(f"unmarked, saved as {head_text(done.hold)}; {undo} takes that back")

    def action_moment(self) -> None:
        line = self.bench.timeline.grid.line
        start = "" if line is None or line.time_ms is None else clock.iso(line.time_ms)
        self.prompt.ask("moment", "when (UTC) did it happen?", start, chosen=True)

    def action_export(self) -> None:
        from ctwork.tui.screens.export import ExportScreen

        self.app.push_screen(ExportScreen([offering.marked(), offering.all_of(self.bench.trail.now)]))

    def action_copy(self) -> None:
        here = self.table.here
        if here is not None:
            self.bench.copy("\n".join((" ".join(filter(None, here.cells)), *here.told)))

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        if message.about != "moment":
            return
        try:
            at_ms, _ = parse_instant(message.text.strip())
        except LensError as error:
            self.bench.say(f"{error.title}. {error.hint}")
            return
        from ctwork.tui.screens.editor import EditorScreen

        self.app.push_screen(EditorScreen([offering.moment(at_ms)]))
        self.close_prompt()

    # The way back

    def action_mode(self, name: str) -> None:
        self.dismiss()
        self.bench.timeline.enter_mode(mode_of(name))


def _offer(mark: Listed) -> Offer:
    target: Target = parse_target(mark.target)
    row = mark_row(mark.target, mark.said)
    told = " ".join(filter(None, (row["kind"], row["time"], what_of(row))))
    return Offer(Subject(target=target), told)


def matching(rows: Sequence[Row], needle: str) -> Sequence[Row]:
    """The rows in which the letters of `needle` occur in their order, as they stand."""
    if not needle.strip():
        return rows
    matcher = Matcher(needle)
    return [row for row in rows if matcher.match(row.text) > 0]
