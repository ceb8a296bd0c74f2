"""The saved lenses of the case: found by a few letters, gone to, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.fuzzy import Matcher
from textual.message import Message
from textual.worker import get_current_worker

from ctwork.errors import LensError
from ctwork.model.legible import grouped
from ctwork.model.lens import Lens
from ctwork.tui import glyph
from ctwork.tui.screens.needle import NeedleScreen
from ctwork.tui.shelf import SavedLens
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.saved_table import SavedTable

_UNREADABLE = "not a lens"


class SavedScreen(NeedleScreen):
    """A list of lenses with names."""

    AUTO_FOCUS = "SavedTable"
    GUIDE = "help/saved.md"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "look through", id="saved.open", tooltip="Look through the lens under the cursor"),
        Binding("escape", "back", "back", id="saved.back", tooltip="All saved lenses again, then back"),
        Binding("q,ctrl+o", "leave", "leave", show=False, id="saved.leave", tooltip="Leave the saved lenses"),
        Binding("slash", "find", "find", id="saved.find", tooltip="Find by a few letters"),
        Binding("d", "forget", "delete", id="saved.forget", tooltip="Delete the lens under the cursor from the list"),
        Binding("y", "copy", "copy", show=False, id="saved.copy", tooltip="Copy the lens under the cursor"),
    ]

    @dataclass
    class Listed(Message):
        """The list was read, or could not be."""

        lenses: Sequence[SavedLens]
        problem: str = ""

    @dataclass
    class Tallied(Message):
        """The events of a lens were counted; None for a text that is no lens, or that could not be answered."""

        lens: str
        total: int | None

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[SavedLens] = ()
        self._counts: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        self.classify(self.app.size)
        yield SavedTable()
        yield Prompt()
        yield from self.compose_foot()

    @property
    def table(self) -> SavedTable:
        return self.query_one(SavedTable)

    def on_mount(self) -> None:
        self.mind_house()
        self.table.explain("reading …")
        self._read()

    # The list

    def _read(self) -> None:
        shelf = self.bench.desk.lenses
        self.send("saved", lambda: self.Listed(shelf.saved()), lambda said: self.Listed((), said))

    def on_saved_screen_listed(self, message: Listed) -> None:
        self._all = message.lenses
        self.table.explain(message.problem or "no lens is saved in this case\nS saves the one you look through")
        self.draw()
        self._tally()

    def draw(self) -> None:
        self.table.show(found(self._all, self.needle), self._counts)
        if self._all and not self.table.total:
            self.table.explain(f"no saved lens has {self.needle} in it")

    # How many events

    def _tally(self) -> None:
        """Sends for the events of the next lens whose number is not known."""
        text = next((each.lens for each in self._all if each.lens not in self._counts), None)
        if text is not None:
            self._counts[text] = glyph.MORE
            self.send("tally", lambda: self._tallied(text), lambda _: self.Tallied(text, None))

    def _tallied(self, text: str) -> Message:
        worker = get_current_worker()
        view = self.bench.desk.select(Lens.parse(text), lambda: worker.is_cancelled)
        return self.Tallied(text, view.total)

    def on_saved_screen_tallied(self, message: Tallied) -> None:
        least = "" if self.bench.progress.done else glyph.LEAST
        self._counts[message.lens] = _UNREADABLE if message.total is None else least + grouped(message.total)
        self.draw()
        self._tally()

    # Keys

    def action_open(self) -> None:
        here = self.table.here
        if here is None:
            return
        try:
            lens = Lens.parse(here.lens)
        except LensError as error:
            self.bench.say(f"{error.title}. {error.hint}")
            return
        self.dismiss()
        self.bench.go(lens)

    def on_saved_table_opened(self) -> None:
        self.action_open()

    def action_forget(self) -> None:
        here, shelf = self.table.here, self.bench.desk.lenses
        if here is None:
            return

        def forget() -> Message:
            shelf.forget(here.name)
            return self.Listed(shelf.saved())

        self.send("saved", forget, lambda said: self.Listed(self._all, said))
        self.bench.say(f"deleted {here.name}; saved again, it is back")

    def action_copy(self) -> None:
        if self.table.here is not None:
            self.bench.copy(self.table.here.lens)


def found(lenses: Sequence[SavedLens], needle: str) -> Sequence[SavedLens]:
    """The lenses in whose name or text the letters of `needle` occur in their order, the likeliest first."""
    if not needle.strip():
        return lenses
    matcher = Matcher(needle)
    scored = [(matcher.match(f"{each.name} {each.lens}"), place) for place, each in enumerate(lenses)]
    return [lenses[place] for score, place in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score > 0]
