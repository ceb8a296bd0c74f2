"""The keys that mark what is looked at; a mark is said to be saved when it is on the disk."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.model.column import kind_of, resolve
from ctwork.model.legible import grouped
from ctwork.tui import offering
from ctwork.tui.markform import Offer, Scope
from ctwork.tui.markport import Marking
from ctwork.tui.marks import Marks
from ctwork.tui.screens.moment import MomentScreen


def _hidden(key: str, action: str, said: str, name: str, tooltip: str) -> Binding:
    return Binding(key, action, said, show=False, id=name, tooltip=tooltip)


class MarkingScreen(MomentScreen):
    """A screen whose events can be marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _hidden("m", "mark", "mark", "mark.toggle", "Bookmark the event, or take the bookmark away"),
        _hidden(
            "M", "edit_mark", "mark with words", "mark.edit", "Give the event, value or span tags, a note, a verdict"
        ),
        _hidden("A", "mark_all", "mark all", "mark.all", "Mark all events of the lens"),
        _hidden("E,ctrl+e", "export", "export", "export.open", "Export the lens, the span or the marked events"),
        _hidden("apostrophe", "marked(1)", "next mark", "mark.next", "Next marked event"),
        _hidden("quotation_mark", "marked(-1)", "previous mark", "mark.previous", "Previous marked event"),
    ]

    def mind_marks(self) -> None:
        """Follows the marks. Called when the screen is mounted."""
        self.watch(self.app, "marks", self._marks_told, init=False)

    # One event

    def action_mark(self) -> None:
        line = self.line_here()
        if line is None:
            return
        port, row = self.bench.desk.marks, line.row
        self.bench.write(lambda: port.toggle(row), self._toggled, self.bench.unsaved)

    def _toggled(self, done: Marking) -> None:
        said = done.said
        if said is not None and said.bookmark:
            self.bench.saved("marked", done)
        elif said is not None and said.says_something:
            self.bench.saved("no bookmark any more; what was written of it stays", done)
        else:
            self.bench.saved("no mark any more", done)

    # With words

    def action_edit_mark(self) -> None:
        self._edit(0)

    def action_mark_all(self) -> None:
        self._edit(-1)

    def _edit(self, place: int) -> None:
        offers = self.offers_here()
        if offers:
            from ctwork.tui.screens.editor import EditorScreen  # not needed for the first paint

            self.app.push_screen(EditorScreen(offers, place % len(offers)))

    def offers_here(self) -> list[Offer]:
        """What may be marked here, the likeliest first and the whole lens at the end."""
        found = []
        line, stretch, (field, value) = self.line_here(), self.stretch, self.value_here()
        if stretch is not None:
            found.append(offering.span(stretch.start_ms, stretch.end_ms))
        if line is not None:
            found.append(offering.event(line))
        if field and value and field != "time":
            found.insert(0 if self.facet.has_focus else len(found), offering.value(field, value))
        if line is not None and line.time_ms is not None:
            found.append(offering.moment(line.time_ms))
        view = self.bench.view
        return [*found, offering.lens(self.bench.trail.now)] if view is not None and view.total else found

    # What leaves

    def action_export(self) -> None:
        from ctwork.tui.screens.export import ExportScreen  # not needed for the first paint

        self.app.push_screen(ExportScreen(self.scopes_here()))

    def scopes_here(self) -> list[Scope]:
        """Which events may leave."""
        lens, stretch = self.bench.trail.now, self.stretch
        found = [offering.all_of(lens), offering.marked()]
        return found if stretch is None else [offering.stretched(stretch.of(lens)), *found]

    # From mark to mark

    def action_marked(self, step: int) -> None:
        view = self.view_shown
        place = view.next_mark(self.grid.offset_now, step) if view is not None and view.total else None
        if place is not None:
            self.grid.go(place)
        elif not self.bench.marks.lines:
            self.bench.say("no event is marked; m marks one")
        else:
            which = "later" if step > 0 else "earlier"
            self.bench.say(f"no {which} mark in this lens; {grouped(len(self.bench.marks.lines))} in all")

    # What shows marks

    def _marks_told(self, marks: Marks) -> None:
        self.grid.tell_marks(marks)
        self.strip.tell_marks(tuple(line.time_ms for line in marks.lines if line.time_ms is not None))

    def marks_changed(self) -> None:
        """Asks again what depends on marks. The lines are read again even when the same events are marked as before."""
        self._marks_told(self.bench.marks)
        if self._asks_for_marks():
            self.bench.ask_again()
        elif (line := self.line_here()) is not None:
            self.read(line.row)

    def _asks_for_marks(self) -> bool:
        """Whether the lens or the values beside it are about marks."""
        columns = {*self.bench.trail.now.columns, resolve(self.field, literal=True).name}
        return any(kind_of(column) == "mark" for column in columns)
