"""What every screen of the workbench has: a footer with its keys, the banner of the load, and errands in threads."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import get_current_worker

from ctwork.errors import CtworkError
from ctwork.tui.desk import Progress
from ctwork.tui.keymap import footer, key_of
from ctwork.tui.markport import head_text
from ctwork.tui.widgets.banner import Banner
from ctwork.tui.widgets.case_banner import CaseBanner
from ctwork.tui.widgets.key_bar import KeyBar
from ctwork.tui.widgets.status_line import StatusLine
from ctwork.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from ctwork.tui.app import Workbench

_SMALLEST = (60, 15)
_WIDE = 130
_BROAD = 150
_TALL = 36


class BenchScreen(Screen[None]):
    """A screen over the one case that is open."""

    GUIDE = "help/keys.md"
    """What `HelpScreen` tells of it."""
    # Widgets that gain or lose the focus draw themselves; Textual would draw the whole screen each time.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @property
    def bench(self) -> "Workbench":
        """The app, with its lens."""
        return cast("Workbench", self.app)

    @property
    def writing(self) -> bool:
        """Whether keys write text now."""
        return False

    @property
    def guide(self) -> str:
        """What help tells of first, here and now."""
        return self.GUIDE

    def compose_foot(self) -> ComposeResult:
        """The last lines of the screen."""
        yield Banner()
        yield CaseBanner()
        with Horizontal(id="foot"):
            yield from self.start_foot()
            yield KeyBar()
            yield StatusLine()

    def start_foot(self) -> ComposeResult:
        """What stands left of the keys."""
        yield from ()

    def mind_house(self) -> None:
        """Follows the load and the keys. Called when the screen is mounted."""
        self.bindings_updated_signal.subscribe(self, self._keys_changed)
        self.watch(self.app, "progress", self.show_progress)
        for name in ("folded", "hold"):
            self.watch(self.app, name, lambda _: self.show_progress(self.bench.progress), init=False)

    def show_progress(self, progress: Progress) -> None:
        """Shows how the load goes, and what it could not read."""
        folded = self.bench.folded
        found = self.active_bindings
        keys = (key_of(found, "app.report"), key_of(found, "app.fold"))
        banner = self.query_one(Banner)
        banner.show(progress, folded=folded, keys=keys)
        hold = self.bench.hold
        self.query_one(CaseBanner).show(hold, folded=folded, key=key_of(found, "case.take"))
        wide = self.has_class("-wide")
        self.query_one(StatusLine).show(progress, wide=wide, told=banner.display, head=head_text(hold))

    def _keys_changed(self, _: Screen[object]) -> None:
        self.query_one(KeyBar).show(footer(self.active_bindings, writing=self.writing))

    def on_descendant_blur(self) -> None:
        # Which keys write text is only known once the input has heard that it lost the focus.
        self.refresh_bindings()

    async def on_key_bar_pressed(self, message: KeyBar.Pressed) -> None:
        active = self.active_bindings.get(message.key)
        if active is not None and active.enabled:
            await self.app.run_action(active.binding.action, active.node)

    def send(
        self, group: str, ask: Callable[[], Message], fail: Callable[[str], Message], *, rest_s: float = 0.0
    ) -> None:
        """Runs `ask` in a thread, after `rest_s`, and posts its message, or `fail` of what went wrong.

        A newer errand of the same group takes the place of an older one.
        """

        def errand() -> None:
            worker = get_current_worker()
            if rest_s and worker.cancelled_event.wait(rest_s):
                return
            try:
                message = ask()
            except CtworkError as error:
                message = fail(f"{error.title}. {error.hint}")
            except Exception as error:  # the top of a worker: a fault below must not take the screen along
                message = fail(f"it cannot be done ({type(error).__name__})")
            if not worker.is_cancelled:
                self.post_message(message)

        self.run_worker(errand, thread=True, exclusive=True, group=group, exit_on_error=False)

    def portion(self) -> None:
        """Gives each part its room, after the size or what is shown has changed."""

    def on_resize(self, event: events.Resize) -> None:
        self.classify(event.size)
        self.portion()
        self.show_progress(self.bench.progress)

    def classify(self, size: Size) -> None:
        """Which panes there is room for; the style sheet does the rest."""
        small = size.width < _SMALLEST[0] or size.height < _SMALLEST[1]
        self.set_class(small, "-small")
        self.set_class(size.width >= _WIDE, "-wide")
        self.set_class(size.width >= _BROAD, "-broad")
        self.set_class(size.height >= _TALL, "-tall")
        if small and self.is_mounted and not self.query(TooSmall):
            self.mount(TooSmall())
