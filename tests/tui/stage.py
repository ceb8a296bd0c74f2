"""A running workbench over a desk in memory, with short names for what tests look at."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from ctwork.tui.screens.timeline import Timeline
from tests.tui.desk import FakeDesk

CHARACTERS = {
    "slash": "/",
    "colon": ":",
    "equals_sign": "=",
    "exclamation_mark": "!",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "space": " ",
}


async def drain() -> None:
    """Lets every message pump take its turn many times over."""
    for _ in range(120):
        await asyncio.sleep(0)


class Stage:
    """A running workbench with short names for what tests look at."""

    def __init__(self, app: Workbench, pilot: Pilot[object]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def page(self) -> Timeline:
        return self.app.timeline

    async def press(self, *keys: str) -> None:
        """Presses keys one after another; ten times as quick as the pilot, which waits for an idle processor."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            char = CHARACTERS.get(key, key if len(key) == 1 else None)
            self.app.post_message(events.Key(name, char))
            await drain()
            while self.app.keys_under_way:
                await asyncio.sleep(0)
        await self.settle()

    async def type(self, text: str) -> None:
        """Types `text`: all but the last two characters at once, to be quick."""
        focused = self.app.focused
        assert isinstance(focused, Input)
        focused.insert_text_at_cursor(text[:-2])
        await self.press(*text[-2:])

    async def settle(self) -> None:
        """Waits until no worker runs and every message was handled; superseded workers end by themselves."""
        for _ in range(2000):
            await drain()
            working = not all(worker.is_finished for worker in self.app.workers)
            if not (working or self.app.keys_under_way or self._unlaid):
                break
            await asyncio.sleep(0.002)
        await drain()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Until the program has got there by itself; half a minute is more than it ever takes."""
        for _ in range(1_500):
            if reached():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"not reached; said: {self.said()}")

    @property
    def _unlaid(self) -> bool:
        """Whether styles or places of widgets are still to be worked out. Private API: Textual tells nobody."""
        screen = self.app.screen
        return bool(screen._layout_required or screen._layout_widgets)

    async def steady(self, value: Callable[[], int]) -> int:
        """`value` when it has been the same, and not negative, for a while: a busy machine lays out late."""
        last, same = value(), 0
        while same < 5 or last < 0:
            await self.settle()
            await asyncio.sleep(0.01)
            now = value()
            same = same + 1 if now == last else 0
            last = now
        return last

    @property
    def lens(self) -> str:
        return str(self.app.trail.now)

    def said(self) -> list[str]:
        return [notification.message for notification in self.app._notifications]


@asynccontextmanager
async def stage(
    desk: FakeDesk | None = None, size: tuple[int, int] = (80, 24), lens: str = "", **options: object
) -> AsyncIterator[Stage]:
    app = Workbench(desk or FakeDesk(), Lens.parse(lens), title="test", theme_name="dark", ascii_only=False, **options)  # type: ignore[arg-type]
    async with app.run_test(size=size, notifications=True) as pilot:
        found = Stage(app, pilot)
        await found.settle()
        yield found
