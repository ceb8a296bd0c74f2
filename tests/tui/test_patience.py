"""A column that takes long to count: it is said, the screen stays alive, esc stops it, and what was there stays."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ctwork.model.lens import Lens
from ctwork.tui.desk import FacetPages, Facets
from tests.tui.desk import FakeDesk, FakeView
from tests.tui.stage import Stage, drain, stage

PATH = "additionalEventData.bytes"


@dataclass
class LongDesk(FakeDesk):
    """A desk that has to read every record again for a path, until it may go on or nobody waits."""

    may: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)

    def select(self, lens: Lens, cancelled: Callable[[], bool]) -> FakeView:
        found = super().select(lens, cancelled)
        return LongView(self, found.lens, found.rows)


class LongView(FakeView):
    def facets(self, wanted: Facets, cancelled: Callable[[], bool]) -> FacetPages:
        desk = self.desk
        assert isinstance(desk, LongDesk)
        while wanted.column == PATH and not desk.may.wait(0.005):
            if cancelled():
                desk.given_up.set()
                break
        return super().facets(wanted, cancelled)


async def counting(on: Stage, wanted: bool) -> None:
    """Until it is told, or no longer, that values are being counted."""
    for _ in range(1000):
        await drain()
        if on.page.counting == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"counting stays {not wanted}")


async def ask_for_path(on: Stage) -> None:
    await on.press("3", "f")
    on.page.prompt.input.value = PATH
    on.pilot.app.simulate_key("enter")
    await counting(on, True)


def head(on: Stage) -> str:
    return on.page.facet.render_line(0).text


async def test_esc_stops_a_long_count_and_the_values_before_stay() -> None:
    desk = LongDesk(total=100)
    async with stage(desk) as on:
        await ask_for_path(on)
        assert f"counting {PATH}, " in head(on) and "so far; esc stops" in head(on)
        values: Sequence[str] = [on.page.facet.render_line(y).text for y in range(1, 5)]
        on.pilot.app.simulate_key("escape")
        await counting(on, False)
        await on.settle()
        assert desk.given_up.is_set()
        assert f"no longer counting {PATH}" in on.said()
        assert on.page.facet.field == on.page.field == "resource"
        assert on.page.mode.name == "resources" and "resource 1/" in head(on)
        assert [on.page.facet.render_line(y).text for y in range(1, 5)] == values
        await on.press("escape")
        assert on.page.mode.name == "timeline"


async def test_what_took_long_is_shown_when_it_comes() -> None:
    desk = LongDesk(total=100)
    async with stage(desk) as on:
        await ask_for_path(on)
        desk.may.set()
        await counting(on, False)
        await on.settle()
        assert on.page.facet.field == PATH and "counting" not in head(on)


async def test_what_is_quick_is_not_announced() -> None:
    async with stage() as on:
        await on.press("2", "full_stop", "full_stop", "O")
        assert not on.page.counting
        assert not on.page.stop_counting()
