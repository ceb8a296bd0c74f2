"""The values of a column beside the events: counted, sorted, found, unfolded, and turned into lenses."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from ctwork.errors import LensError
from ctwork.model.column import resolve
from ctwork.model.legible import plain
from ctwork.tui import facet_ruler, intent
from ctwork.tui.desk import FacetKey, FacetOrder, Facets, View
from ctwork.tui.mode import FIRST, inside, mode_of
from ctwork.tui.remark import SHORT
from ctwork.tui.screens.errand import CHILDREN, ErrandScreen
from ctwork.tui.screens.lens import LensScreen
from ctwork.tui.widgets.facet_table import FacetTable, Value
from ctwork.tui.widgets.prompt import Prompt

_ORDERS = (
    FacetOrder("count", descending=True),
    FacetOrder("errors", descending=True),
    FacetOrder("first", descending=False),
    FacetOrder("last", descending=True),
    FacetOrder("value", descending=False),
)
_ORDER_WORDS = {
    "count": "number of events",
    "errors": "number of errors",
    "first": "first event",
    "last": "last event",
    "value": "value",
}


_QUESTIONS = ("find", "facet")
"""What is asked here; other questions are others' business."""


class FacetScreen(LensScreen):
    """A screen with a `FacetTable` that follows the view of the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "write_lens", "lens", show=False, id="lens.write", tooltip="Write the lens, from any pane"),
        Binding("full_stop", "facet(1)", "next facet", id="facet.next", tooltip="Count another column"),
        Binding(
            "comma", "facet(-1)", "previous facet", show=False, id="facet.previous", tooltip="Count another column"
        ),
        Binding("f", "choose_facet", "facet of", show=False, id="facet.choose", tooltip="Count any column or path"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.mode = mode_of(FIRST)
        self.field = self.mode.facets[0]
        """The lens field that is counted."""
        self.order_of_facet = _ORDERS[0]
        self.needle = ""

    @property
    def facet(self) -> FacetTable:
        return self.query_one(FacetTable)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def facet_shown(self) -> bool:
        """Whether there is room for the facet, and something to count."""
        raise NotImplementedError

    def choose_facet(self, field: str) -> None:
        """Counts lens field `field`, in a mode that shows it."""
        raise NotImplementedError

    def lead(self, path: tuple[Value, ...]) -> None:
        """These values are under the cursor of the facet; () for none."""
        raise NotImplementedError

    def action_facet(self, step: int) -> None:
        fields = self.mode.facets
        if not fields:
            return
        if not self.facet_shown:
            self.choose_facet(self.field)
            return
        place = fields.index(self.field) + step if self.field in fields else 0
        self.count_field(fields[place % len(fields)])

    def action_choose_facet(self) -> None:
        self.prompt.ask("facet", "count which column or path?", "")

    # What the facet shows

    def refresh_facet(self) -> None:
        """Counts again, if there is anything to show it in."""
        view = self.bench.view
        if view is not None and self.facet_shown:
            self.send_facet(view)

    def send_facet(self, view: View) -> None:
        """Sends for the values of the column."""
        self.count_values(view, Facets(resolve(self.field, literal=True).name, self.order_of_facet, self.needle))

    def count_field(self, field: str) -> None:
        """Counts lens field `field`."""
        self.field = field
        self.needle = ""
        fields = self.mode.facets
        self.facet.place_text = f"{fields.index(field) + 1}/{len(fields)}" if field in fields else ""
        self.refresh_facet()

    def on_errand_screen_faceted(self, message: ErrandScreen.Faceted) -> None:
        current = message.view is self.bench.view and message.wanted.column == resolve(self.field, literal=True).name
        if not current or message.wanted.order != self.order_of_facet or message.wanted.needle != self.needle:
            return
        if message.pages is None:
            self.bench.say(message.problem)
            return
        self.facet.explain(f"no value is like {plain(self.needle, 40)}" if self.needle else "no event to count")
        self.facet.show(message.pages, self.field)
        if not message.pages.total:
            self.lead(())

    def on_facet_table_moved(self, message: FacetTable.Moved) -> None:
        self.lead(message.path)

    def on_facet_table_turned(self, message: FacetTable.Turned) -> None:
        self.picture(message)

    def picture(self, wanted: FacetTable.Turned) -> None:
        """Sends for what the rows on screen lack."""
        self.portray(wanted.pages, wanted.offset, wanted.limit, facet_ruler.BINS)

    def on_errand_screen_portrayed(self, message: ErrandScreen.Portrayed) -> None:
        self.facet.portray(message.pages, message.offset, message.portraits)

    def on_facet_table_unfolding(self, message: FacetTable.Unfolding) -> None:
        view = self.bench.view
        if view is not None:
            wanted = Facets(resolve(inside(message.value[0]), literal=True).name)
            self.look_inside(message.value, intent.only(view.lens, *message.value), wanted)

    def on_errand_screen_unfolded(self, message: ErrandScreen.Unfolded) -> None:
        view, pages = self.bench.view, message.pages
        if pages is None:
            self.bench.say(message.problem)
            return
        column = message.wanted.column
        self.facet.unfold(message.value, SHORT.get(column, column), pages.page(0, CHILDREN))
        self.sketch(message.value, pages, facet_ruler.BINS, view.span_ms if view is not None else None)

    def on_errand_screen_sketched(self, message: ErrandScreen.Sketched) -> None:
        self.facet.sketch(message.value, message.portraits)

    def on_facet_table_titled(self, message: FacetTable.Titled) -> None:
        self._sort_facet(message.key)

    # Values into lenses

    def on_facet_table_opened(self) -> None:
        if self.facet.path:
            self.bench.go(intent.within(self.bench.trail.now, self.facet.path))

    def action_only(self) -> None:
        if self.facet.has_focus:
            self.on_facet_table_opened()
        else:
            super().action_only()

    def action_without(self) -> None:
        if not self.facet.has_focus:
            super().action_without()
        elif self.facet.path:
            self.bench.go(intent.outside(self.bench.trail.now, self.facet.path))

    def action_order(self) -> None:
        if self.facet.has_focus:
            self.order_facet()
        else:
            super().action_order()

    def action_write_lens(self) -> None:
        self.action_edit()

    def order_facet(self) -> None:
        """Sorts the values by the next measure."""
        keys = [order.key for order in _ORDERS]
        self._sort_facet(_ORDERS[(keys.index(self.order_of_facet.key) + 1) % len(_ORDERS)].key)

    def _sort_facet(self, key: FacetKey) -> None:
        natural = next(order for order in _ORDERS if order.key == key)
        turned = self.order_of_facet == natural
        self.order_of_facet = FacetOrder(key, not natural.descending) if turned else natural
        self.facet.led = False
        self.refresh_facet()
        way = "falling" if self.order_of_facet.descending else "rising"
        self.bench.say(f"values by {_ORDER_WORDS[key]}, {way}")

    # Questions

    def on_facet_table_finding(self) -> None:
        self.prompt.ask("find", f"{SHORT.get(self.field, self.field)} like", self.needle)

    def find(self, needle: str) -> None:
        """Lists the values that are like `needle`; "" for all."""
        self.needle = needle
        self.facet.led = False
        self.refresh_facet()

    def on_prompt_edited(self, message: Prompt.Edited) -> None:
        if message.about == "find":
            self.find(message.text)

    def on_prompt_answered(self, message: Prompt.Answered) -> None:
        if message.about == "facet":
            try:
                field = resolve(message.text.strip()).short
            except LensError as error:
                self.bench.say(f"{error.title}. {error.hint}")
                return
            self.choose_facet(field)
        self._end_prompt(message.about)

    def on_prompt_dismissed(self, message: Prompt.Dismissed) -> None:
        if message.about == "find" and self.needle:
            self.find("")
        self._end_prompt(message.about)

    def _end_prompt(self, about: str) -> None:
        if about in _QUESTIONS:
            self.close_prompt()
            if self.facet_shown:
                self.set_focus(self.facet)
