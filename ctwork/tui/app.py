"""The workbench: one lens, one view, one thing under way. Data goes down, intent comes up, work goes sideways."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.reactive import reactive
from textual.screen import Screen

from ctwork.model.legible import plain
from ctwork.model.lens import Lens
from ctwork.tui import gate, glyph, theme
from ctwork.tui.burst import InOrder
from ctwork.tui.casework import Casework
from ctwork.tui.crash import Discreet
from ctwork.tui.desk import Desk, Progress
from ctwork.tui.frugal import Sparing
from ctwork.tui.keymap import key_of
from ctwork.tui.screens.bench import BenchScreen
from ctwork.tui.screens.timeline import Timeline
from ctwork.tui.threads import mind_threads
from ctwork.tui.trail import Trail
from ctwork.zone import UTC_ZONE, Zone

_COPY_LIMIT = 65_536
_GRACE_S: dict[int, float] = {signal.SIGTERM: 3.0, signal.SIGHUP: 1.0}
"""The signals that end the program, and how long it may take to leave."""


def _actions() -> type[Provider]:
    from ctwork.tui.palette import Actions  # loaded when the palette opens, not before the first paint

    return Actions


class Workbench(Casework, Discreet, Sparing, InOrder):
    """The terminal front end over a `Desk`."""

    CSS_PATH = Path(__file__).with_name("workbench.tcss")
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_actions}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "undo", show=False, id="lens.undo", tooltip="Back to the lens before"),
        Binding("ctrl+r", "redo", "redo", show=False, id="lens.redo", tooltip="Forward to the lens that was undone"),
        Binding("colon,ctrl+p", "command_palette", "actions", show=False, id="app.palette", tooltip="Find any action"),
        Binding("ctrl+t", "next_theme", "theme", show=False, id="app.theme", tooltip="Change the colours"),
        Binding("q", "linger", "quit", show=False, id="app.linger", tooltip="Say how to leave the workbench"),
        Binding("ctrl+q", "quit", "quit", priority=True, id="app.quit", tooltip="Leave the workbench"),
        Binding("L", "report", "load report", show=False, id="app.report", tooltip="What could not be read, and where"),
        Binding("B", "fold", "fold", show=False, id="app.fold", tooltip="Fold or unfold the line about the load"),
        Binding("question_mark,f1", "explain", "help", id="app.help", tooltip="What the keys do"),
    ]

    zone: reactive[Zone] = reactive(UTC_ZONE, init=False, repaint=False)
    """In which times are written; the lens is always in UTC."""
    folded: reactive[bool] = reactive(False, init=False, repaint=False, bindings=True)
    """The line about what was not read is only a badge."""

    def __init__(
        self,
        desk: Desk,
        lens: Lens,
        *,
        title: str,
        theme_name: str | None = None,
        ascii_only: bool | None = None,
        keymap: dict[str, str] | None = None,
        zone: Zone = UTC_ZONE,
        greeting: str = "",
    ) -> None:
        self.themes = theme.load_themes()
        super().__init__(desk)
        self.title = plain(title, 200)
        self.trail = Trail(lens)
        self.own_zone = zone
        self.set_reactive(Workbench.zone, zone)
        self.timeline = Timeline()
        for known in self.themes:
            self.register_theme(known)
        self.theme = theme_name or theme.best_theme(
            self.console.color_system, no_color=self.no_color, bright=theme.bright()
        )
        gate.install(self, ascii_only=glyph.needs_ascii() if ascii_only is None else ascii_only)
        if keymap:
            self.set_keymap(keymap)
        self._greeting = greeting

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What our roles look like in a theme that does not know them."""
        fallback = theme.FEW_COLORS if self.native_ansi_color else theme.DEFAULT
        return next((known.variables for known in self.themes if known.name == fallback), {})

    def get_default_screen(self) -> Screen[Any]:
        """The timeline, at once: the first paint waits for nothing."""
        return self.timeline

    def on_mount(self) -> None:
        mind_threads()
        self._mind_signals()
        self.begin()
        self.lens = self.trail.now
        if self._greeting:
            self.say(self._greeting)

    # The lens

    def follow(self, lens: Lens) -> None:
        """Looks through `lens` without going there: what is typed can still be taken back with one key."""
        self.lens = lens

    def go(self, lens: Lens) -> None:
        """Goes to `lens`; undo leads back."""
        self._walk(self.trail.to(lens))

    def action_undo(self) -> None:
        self._step(self.trail.back(), "nothing to undo")

    def action_redo(self) -> None:
        self._step(self.trail.forth(), "nothing to redo")

    def _step(self, trail: Trail, nowhere: str) -> None:
        moved = trail != self.trail
        self._walk(trail)
        self.say(str(trail) if moved else nowhere)

    def _walk(self, trail: Trail) -> None:
        self.trail = trail
        self.lens = trail.now

    # Services of the house

    def say(self, text: str) -> None:
        """A passing remark, in place of the one before. `text` may hold data."""
        self.clear_notifications()
        self.notify(plain(text, 300), markup=False, timeout=4)

    def copy(self, text: str) -> None:
        """Puts `text`, made legible, on the clipboard. Only ever called for a key press."""
        shown = plain(text, _COPY_LIMIT)
        self.copy_to_clipboard(shown)
        # Whether it arrives is for the terminal to say, and it says nothing: many, and tmux, take no clipboard text.
        self.say(f"sent {len(shown):,} characters to the terminal's clipboard")

    def action_next_theme(self) -> None:
        names = [known.name for known in self.themes]
        place = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(place + 1) % len(names)]
        self.say(f"theme {self.theme}")

    def action_linger(self) -> None:
        """For hands that know `q`: one key, too easily pressed, must not end an investigation."""
        self.say(f"{key_of(self.screen.active_bindings, 'app.quit')} leaves the workbench")

    def is_passing(self, lens: Lens) -> bool:
        return lens != self.trail.now

    def complain(self, title: str, hint: str) -> None:
        self.timeline.complain(0, title, hint)

    def watch_progress(self, before: Progress, progress: Progress) -> None:
        super().watch_progress(before, progress)
        if progress.lost > before.lost:
            self.folded = False

    def marks_changed(self) -> None:
        self.timeline.marks_changed()

    def action_fold(self) -> None:
        self.folded = not self.folded

    def action_report(self) -> None:
        from ctwork.tui.screens.report import ReportScreen  # not needed for the first paint, as the next

        self.push_screen(ReportScreen())

    def open_case(self) -> None:
        """Shows the marks and the journal of the case."""
        from ctwork.tui.screens.case import CaseScreen

        self.push_screen(CaseScreen())

    def compare(self, row: int) -> None:
        """Shows event `row` beside the records that contradict it."""
        from ctwork.tui.screens.conflict import ConflictScreen

        self.push_screen(ConflictScreen(row))

    def visit(self, row: int) -> None:
        """Back to the timeline with the cursor on event `row`; what hides it is taken from the lens."""
        while self.screen is not self.timeline:
            self.pop_screen()
        self.timeline.visit(row)

    def action_explain(self) -> None:
        from ctwork.tui.screens.help import HelpScreen  # not needed for the first paint

        guide = self.screen.guide if isinstance(self.screen, BenchScreen) else BenchScreen.GUIDE
        self.push_screen(HelpScreen(self.screen.active_bindings, guide))

    def _mind_signals(self) -> None:
        """A closed terminal or a polite kill ends the program in order: modes restored, threads told."""
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in _GRACE_S:
            loop.add_signal_handler(number, self._end, number)

    def _end(self, number: int) -> None:
        """Leaves on a signal; in time, too, where the terminal is gone and what is left to write to it has no end."""
        self.exit(return_code=128 + number)
        # The system wakes what it hangs up on, and waking makes the library begin anew on a terminal that is no more.
        signal.signal(signal.SIGCONT, signal.SIG_IGN)
        last = threading.Timer(_GRACE_S[number], os._exit, [128 + number])
        last.daemon = True
        last.start()
