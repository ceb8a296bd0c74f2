"""The keys that lead from one event to others: compared with the marked one, related ones; and into JSON texts."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.tui import intent
from ctwork.tui.screens.marking import MarkingScreen
from ctwork.tui.widgets.detail_pane import DetailPane


class KinScreen(MarkingScreen):
    """A screen whose event has others beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("D", "differ", "diff", show=False, id="diff.show", tooltip="Compare the marked event with this one"),
        Binding(
            "R", "relate", "related", show=False, id="related.show", tooltip="Events that have to do with this one"
        ),
    ]

    def action_differ(self) -> None:
        line = self.line_here()
        if line is None:
            return
        marked = self.bench.marks.before(line.row)
        if marked is None:
            self.bench.say("mark another event with m first; D compares it with this one")
            return
        from ctwork.tui.screens.difference import DifferenceScreen  # not needed for the first paint, as the next

        self.app.push_screen(DifferenceScreen(marked, line))

    def action_relate(self) -> None:
        line = self.line_here()
        if line is not None:
            from ctwork.tui.screens.related import RelatedScreen

            self.app.push_screen(RelatedScreen(line))

    def action_only(self) -> None:
        if not self._inside(without=False):
            super().action_only()

    def action_without(self) -> None:
        if not self._inside(without=True):
            super().action_without()

    def _inside(self, *, without: bool) -> bool:
        """Narrows to a leaf of a JSON text: to events whose text contains it. Whether the cursor is on one."""
        pane = self.query_one(DetailPane)
        row = pane.row if pane.has_focus else None
        if row is None or row.field or not row.around[0]:
            return False
        part = intent.containing(*row.around)
        lens = self.bench.trail.now
        self.bench.go(lens.exclude(part) if without else lens.narrow(part))
        self.bench.say(f"{'without' if without else 'only'} events whose {row.around[0]} contains this text")
        return True
