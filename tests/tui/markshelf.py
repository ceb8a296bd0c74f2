"""The marks of a case that is nowhere: a real journal state, no file."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ctwork.errors import CtworkError
from ctwork.model.annotation import NOTHING_SAID, About, Annotation, Change
from ctwork.model.entry import NOWHERE, Entry, entry, faults
from ctwork.model.leave import Form, Leave, Left
from ctwork.model.lens import Lens
from ctwork.model.marked import Deed, Hold, KnownCase, Listed, Marking, Subject
from ctwork.model.shown import Line, LineMark
from ctwork.model.state import Rows, State
from ctwork.model.target import EventTarget, SpanTarget, ValueTarget, parse_target

if TYPE_CHECKING:
    from tests.tui.desk import FakeDesk

MARKED_MS = 1_700_000_000_000


@dataclass
class FakeMarks:
    """Marks in memory; `full` and `standing` are what goes wrong."""

    state: State = field(default_factory=State)
    entries: list[Entry] = field(default_factory=list)
    trouble: CtworkError | None = None
    standing: Hold = field(default_factory=lambda: Hold(known=True))
    gone: bool = False
    """Whether the other who has the case in hand has ended meanwhile."""
    others: Sequence[KnownCase] = ()
    desk: "FakeDesk | None" = None

    # What the desk shows of marks

    def rows(self) -> Mapping[int, str]:
        targets = ((text, parse_target(text)) for text in self.state.marks)
        return {int(each.event_id): text for text, each in targets if isinstance(each, EventTarget)}

    def on(self, line: Line) -> Line:
        if not self.state.marks:
            return line
        found = [(own, said) for own, said in self._about(line)]
        if not found:
            return line
        said = found[0][1]
        tags = tuple(sorted({tag for _, each in found for tag in each.tags}))
        return replace(line, mark=LineMark(any(own for own, _ in found), said.severity, said.verdict, tags))

    def _about(self, line: Line) -> list[tuple[bool, Annotation]]:
        from tests.tui.desk import Values

        found = []
        for text, said in self.state.marks.items():
            target = parse_target(text)
            if isinstance(target, EventTarget) and int(target.event_id) == line.row:
                found.append((True, said))
            elif (isinstance(target, ValueTarget) and target.value in Values(line).values(target.column)) or (
                isinstance(target, SpanTarget) and target.start_ms <= (line.time_ms or 0) < target.end_ms
            ):
                found.append((False, said))
        return found

    # The port

    def hold(self) -> Hold:
        head = self.entries[-1].anchor if self.entries else NOWHERE
        return replace(
            self.standing,
            head=head,
            marks=len(self.state.marks),
            faults=tuple(faults(self.entries)) or self.standing.faults,
        )

    def take(self, *, force: bool) -> Hold:
        if self.trouble is not None and not (force or self.gone):
            raise self.trouble
        self.trouble = None
        self.standing = Hold(known=True)
        return self.hold()

    def lines(self) -> Sequence[Line]:
        assert self.desk is not None
        rows = self.rows()
        order = sorted(rows, key=lambda row: self.state.marks[rows[row]].changed_ms)
        return [self.desk.line(row) for row in order]

    def said_of(self, subject: Subject) -> Annotation:
        if subject.lens is not None:
            return NOTHING_SAID
        return self.state.marks.get(next(iter(self._targets(subject))), NOTHING_SAID)

    def tags(self) -> Sequence[str]:
        return sorted({tag for said in self.state.marks.values() for tag in said.tags})

    def toggle(self, row: int) -> Marking:
        subject = Subject(row=row)
        return self.mark(subject, Change(bookmark=not self.said_of(subject).bookmark))

    def mark(self, subject: Subject, change: Change) -> Marking:
        targets = self._targets(subject)
        rows = self.state.changing(targets, change, "ann", MARKED_MS + len(self.entries))
        return self._done("mark", rows, next(iter(targets)) if len(targets) == 1 else None)

    def count(self, lens: Lens) -> int:
        assert self.desk is not None
        return self.desk.select(lens, lambda: False).total

    def undo(self) -> Marking:
        found = self.state.undoing()
        return self._done("undo", {} if found is None else found[1], None)

    def redo(self) -> Marking:
        found = self.state.redoing()
        return self._done("redo", {} if found is None else found[1], None)

    def listed(self) -> Sequence[Listed]:
        rows = {text: row for row, text in self.rows().items()}
        assert self.desk is not None
        return [
            Listed(text, said, rows.get(text), rows.get(text, 0) < self.desk.total)
            for text, said in self.state.marks.items()
        ]

    def cases(self) -> Sequence[KnownCase]:
        return self.others

    def deeds(self, limit: int) -> Sequence[Deed]:
        return [
            Deed(each.seq, each.at_ms, each.actor, each.host, each.tool, each.kind, _told(each), each.hash)
            for each in reversed(self.entries[-limit:])
        ]

    def _done(self, kind: str, rows: Rows, only: str | None) -> Marking:
        if self.trouble is not None:
            raise self.trouble
        if rows:
            self.add(rows, kind=kind, count=len(rows))
        said = None if only is None else self.state.marks.get(only, NOTHING_SAID)
        return Marking(len(rows), self.hold(), self.lines(), said)

    def add(self, rows: Rows, *, who: str = "ann", kind: str = "mark", **more: object) -> None:
        """Writes an entry down."""
        before = self.entries[-1].anchor if self.entries else NOWHERE
        made = entry(before, MARKED_MS + before.seq, who, "host", "ctwork 0", kind, {"marks": rows, **more})
        self.entries.append(made)
        self.state.apply(made)

    def _targets(self, subject: Subject) -> Mapping[str, Annotation]:
        assert self.desk is not None
        if subject.target is not None:
            return {str(subject.target): NOTHING_SAID}
        if subject.lens is not None:
            rows: Sequence[int] = self.desk.select(subject.lens, lambda: False).rows
        else:
            rows = [] if subject.row is None else [subject.row]
        return {str(EventTarget(str(row), f"{row:064x}")): Annotation(about=self._look(row)) for row in rows}

    def _look(self, row: int) -> About:
        from tests.tui.desk import _iso

        assert self.desk is not None
        line = self.desk.line(row)
        return About(_iso(line.time_ms), line.event, line.principal, line.address, "seized.zip!one.json.gz", row)


def _told(each: Entry) -> dict[str, object]:
    return {name: value for name, value in each.payload.items() if name != "marks"}


@dataclass
class FakeExports:
    """Remembers what left; `waiting` keeps an export under way until it is stopped."""

    left: list[Leave] = field(default_factory=list)
    waiting: bool = False
    trouble: CtworkError | None = None

    def forms(self) -> Sequence[Form]:
        return (
            Form("csv", ".csv", "a row per event, safe in a spreadsheet"),
            Form("jsonl", ".jsonl", "a line of JSON per event"),
            Form("raw", ".ndjson", "the original bytes"),
        )

    def leave(self, wanted: Leave, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Left:
        if self.trouble is not None:
            raise self.trouble
        told(256, 1024)
        while self.waiting and not cancelled():
            time.sleep(0.001)
        if cancelled():
            raise RuntimeError("nobody waits")
        self.left.append(wanted)
        return Left(wanted.path, 1024, "ab" * 32, 0)
