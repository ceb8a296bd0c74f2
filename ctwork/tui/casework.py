"""What the app asks of the marks of its case: changes, one after the other, and how the case stands."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.reactive import reactive

from ctwork.errors import CtworkError
from ctwork.model.legible import grouped
from ctwork.tui.asking import Asking
from ctwork.tui.desk import Desk, Line, Progress
from ctwork.tui.markport import Hold, Marking
from ctwork.tui.marks import Marks

NOT_SAVED = "not saved"
_HEAD = 8
"""Digits of a hash that people compare."""


class Casework(Asking):
    """An app that keeps marks."""

    marks: reactive[Marks] = reactive(Marks(), init=False, repaint=False)
    """The marked events."""
    hold: reactive[Hold] = reactive(Hold(), init=False, repaint=False)
    """How the case stands."""

    @dataclass
    class Stood(Message):
        """It is known how the case stands, and which events are marked."""

        hold: Hold
        lines: Sequence[Line]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pen = asyncio.Lock()
        self._looked_at = -1

    # How the case stands

    def begin(self) -> None:
        super().begin()
        # The journal is opened behind the first paint.
        self.call_after_refresh(lambda: self.watch_progress(Progress(), self.progress))

    def watch_progress(self, before: Progress, progress: Progress) -> None:
        """Looks how the case stands once there is a store, and again when that is another one."""
        if progress.generation != self._looked_at and (progress.generation or progress.done):
            self._looked_at = progress.generation
            self.look_at_case()

    def look_at_case(self) -> None:
        """Sends for how the case stands."""

        async def look() -> None:
            port = self.desk.marks
            async with self._pen:
                self.post_message(self.Stood(*await asyncio.to_thread(lambda: (port.hold(), port.lines()))))

        self.run_worker(look(), group="stand", exit_on_error=False)

    def on_casework_stood(self, message: Stood) -> None:
        self.hold = message.hold
        self.marks = Marks(message.lines)

    # Changes

    def write(self, ask: Callable[[], Marking], told: Callable[[Marking], None], failed: Callable[[str], None]) -> None:
        """Has `ask` change marks in a thread, behind all changes before it.

        `told` is called once it is on the disk, and `failed` with what went wrong when it is not.
        """

        async def change() -> None:
            async with self._pen:
                try:
                    done = await asyncio.to_thread(ask)
                except CtworkError as error:
                    failed(f"{error.title}. {error.hint}")
                    self.look_at_case()
                    return
                except Exception as error:  # the top of a worker: a fault below must not take the screen along
                    failed(f"it cannot be done ({type(error).__name__})")
                    return
                self.hold = done.hold
                self.marks = Marks(done.lines)
                self.marks_changed()
                told(done)

        # None takes the place of another: what was asked for is done.
        self.run_worker(change(), group="marks", exclusive=False, exit_on_error=False)

    def marks_changed(self) -> None:
        """Marks were changed: what shows or asks for them is no longer right."""
        raise NotImplementedError


def head_text(hold: Hold) -> str:
    """The head of the journal, short: its number and the first digits of its hash; "" before the first entry."""
    return f"#{grouped(hold.head.seq)} {hold.head.hash[:_HEAD]}" if hold.head.seq else ""
