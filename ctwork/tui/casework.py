"""What the app asks of the marks of its case: changes, one after the other, and how the case stands."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from ctwork.errors import CtworkError
from ctwork.model.legible import grouped
from ctwork.tui.asking import Asking
from ctwork.tui.desk import Desk, Line, Progress
from ctwork.tui.markport import Hold, Marking, head_text
from ctwork.tui.marks import Marks

NOT_SAVED = "not saved"


class Casework(Asking):
    """An app that keeps marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "H",
            "take_case",
            "take over",
            show=False,
            id="case.take",
            tooltip="Take a case in hand that another has, so that marks are saved",
        ),
        Binding(
            "U", "undo_mark", "undo mark", show=False, id="mark.undo", tooltip="Take the last change of marks back"
        ),
        Binding(
            "ctrl+y", "redo_mark", "redo mark", show=False, id="mark.redo", tooltip="Make a change of marks once more"
        ),
    ]

    marks: reactive[Marks] = reactive(Marks(), init=False, repaint=False)
    """The marked events."""
    hold: reactive[Hold] = reactive(Hold(), init=False, repaint=False, bindings=True)
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

    # In hand

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.hold.in_hand if action == "take_case" else super().check_action(action, parameters)

    def action_take_case(self) -> None:
        """Takes the case if nobody has it any more; else asks first."""
        self._take(force=False)

    def _take(self, *, force: bool) -> None:
        port = self.desk.marks

        async def take() -> None:
            async with self._pen:
                try:
                    hold = await asyncio.to_thread(lambda: port.take(force=force))
                except CtworkError as error:
                    self._ask_to_take(f"{error.title}. {error.hint}", again=force)
                    return
                except Exception as error:  # the top of a worker
                    self.say(f"it cannot be done ({type(error).__name__})")
                    return
            self.hold = hold
            self.look_at_case()
            self.say("the case is in hand: marks are saved" + ("; that it was taken over is in its journal" * force))

        self.run_worker(take(), group="take", exit_on_error=False)

    def _ask_to_take(self, problem: str, *, again: bool) -> None:
        if again or not self.hold.holder:
            self.say(problem)
            return
        from ctwork.tui.screens.confirm import ConfirmScreen  # not needed for the first paint

        holder = self.hold.holder
        lines = (
            f"{holder} still has this case in hand. Take it over?",
            "Whoever is at work there can mark nothing from then on, and is told so.",
            "What was saved there stays. The journal says who took the case over from whom.",
        )
        self.push_screen(ConfirmScreen(lines, lambda: self._take(force=True)))

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

    def saved(self, what: str, done: Marking) -> None:
        """Says that a change is on the disk."""
        self.say(f"{what}; saved as {head_text(done.hold)}, {grouped(done.hold.marks)} in all")

    def unsaved(self, problem: str) -> None:
        """Says that a change is not on the disk, and why."""
        self.say(f"{NOT_SAVED}: {problem}")

    def action_undo_mark(self) -> None:
        self.write(self.desk.marks.undo, lambda done: self._turned("taken back", done), self.unsaved)

    def action_redo_mark(self) -> None:
        self.write(self.desk.marks.redo, lambda done: self._turned("done again", done), self.unsaved)

    def _turned(self, what: str, done: Marking) -> None:
        if done.changed:
            self.saved(f"{what}: {grouped(done.changed)} {'mark' if done.changed == 1 else 'marks'}", done)
        else:
            self.say(f"no change of marks can be {what}")

    def marks_changed(self) -> None:
        """Marks were changed: what shows or asks for them is no longer right."""
        raise NotImplementedError
