"""A screen whose first line is the lens: typed, followed while typed, applied, or wrong and told where."""

from textual.app import ComposeResult

from ctwork.errors import LensError
from ctwork.model.lens import Lens
from ctwork.tui import chips
from ctwork.tui.screens.completing import CompletingScreen
from ctwork.tui.widgets.lens_bar import LensBar
from ctwork.tui.widgets.mistake import Mistake
from ctwork.tui.widgets.prompt import Prompt


class LensScreen(CompletingScreen):
    """Turns what is written in its `LensBar` into lenses."""

    def __init__(self) -> None:
        super().__init__()
        self._mistake = Mistake()
        self.wrong = False
        """What is written is no lens."""

    def compose_lens(self) -> ComposeResult:
        """The lens, and what lies over the screen while it is written: mounted later, each would draw all anew."""
        yield LensBar()
        yield self._list
        yield self._mistake

    @property
    def writing(self) -> bool:
        return self.bar.input.has_focus

    @property
    def guide(self) -> str:
        return "help/lens.md" if self.writing else self.GUIDE

    @property
    def mistake_lines(self) -> int:
        return self._mistake.lines

    def home(self, *, applied: bool) -> None:
        """Gives the focus back: to what the lens selects when it was `applied`, else to where one was."""
        raise NotImplementedError

    def close_prompt(self) -> None:
        """Ends the question that was asked, and gives the focus back."""
        self.query_one(Prompt).close()
        self.home(applied=False)

    def applied(self, lens: Lens) -> None:
        """A lens was written and is wanted."""

    def doubted(self) -> None:
        """What is shown has become, or is no longer, the answer to what is written."""

    def mind_lens(self) -> None:
        """Follows the lens of the app. Called when the screen is mounted."""
        self._write(self.bench.trail.now)
        self.watch(self.app, "lens", self._lens_changed, init=False)

    def _lens_changed(self, lens: Lens) -> None:
        self._forgive()
        if not self.bar.input.has_focus:
            self._write(lens)

    def _write(self, lens: Lens) -> None:
        self.bar.show(str(lens), chips.texts(lens))

    def complain(self, column: int, title: str, hint: str) -> None:
        """Says under the lens what is wrong with it."""
        self._mistake.say(self.bar.caret + column, title, hint)
        self.settle_offers()

    def on_lens_bar_edited(self, message: LensBar.Edited) -> None:
        if message.typed:
            self.offer(message.text, message.caret)
        elif message.text != self.written:
            self.close_offers()
        lens = self._parsed(message.text)
        if lens is not None:
            self._forgive()
            self.bench.follow(lens)

    def on_lens_bar_committed(self, message: LensBar.Committed) -> None:
        self.close_offers()
        lens = self._parsed(message.text)
        if lens is not None:
            self.home(applied=True)
            self.bench.go(lens)
            self._write(lens)
            self.applied(lens)

    def on_lens_bar_dismissed(self) -> None:
        if self.give_back():
            return
        self.close_offers()
        self._forgive()
        self.bench.follow(self.bench.trail.now)
        self._write(self.bench.trail.now)
        self.home(applied=False)

    def on_lens_bar_helpless(self) -> None:
        caret = self.bar.input.cursor_position
        self.complain(caret, "nothing in these events begins so", "f1 tells of the lens")

    def unhelped(self) -> None:
        self._parsed(self.bar.text)

    def _parsed(self, text: str) -> Lens | None:
        try:
            return Lens.parse(text)
        except LensError as error:
            self.wrong = True
            if self.expects:
                self._mistake.clear()  # it is not finished, and the list says how it may go on
            else:
                self.complain(error.column, error.title, error.hint)
            self.doubted()
            return None

    def _forgive(self) -> None:
        self.wrong = False
        self._mistake.clear()
        self.settle_offers()
        self.doubted()

    def action_edit(self) -> None:
        self.bar.edit()
