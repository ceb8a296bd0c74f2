"""A first-time user is told three keys, once, and the key that ends it does what it does."""

import pytest

from ctwork.model.lens import Lens
from ctwork.resources import toml_table
from ctwork.tui.app import Workbench
from ctwork.tui.keymap import known_ids
from ctwork.tui.widgets.hint_line import HintLine, fitting
from tests.tui.desk import FakeDesk
from tests.tui.shelf import FakeHints
from tests.tui.stage import Stage, stage


def told(on: Stage) -> str:
    return "".join(text for line in on.page.query(HintLine) for text, _ in fitting(line.keys, 80))


@pytest.mark.parametrize("key", ["down", "escape", "p", "j"])
async def test_the_hint_goes_with_the_first_key_and_never_comes_again(key: str) -> None:
    hints = FakeHints({"timeline"})
    async with stage(FakeDesk(total=40, hints=hints)) as on:
        assert told(on) == " New here? / filters · 2 shows who did it · ? shows every key"
        await on.press(key)
        assert told(on) == ""
        assert hints.seen("timeline")
        if key in {"down", "j"}:
            assert on.page.grid.offset_now == 1
    async with stage(FakeDesk(total=40, hints=hints)) as on:
        assert told(on) == ""


async def test_keys_that_come_before_the_hint_make_it_needless() -> None:
    async with stage(FakeDesk(total=40)) as on:
        await on.press("down")
        on.page.on_hinting_screen_new(on.page.New("timeline", new=True))
        await on.settle()
        assert told(on) == ""


async def test_each_mode_has_its_own() -> None:
    hints = FakeHints({"principals"})
    async with stage(FakeDesk(total=40, hints=hints)) as on:
        assert told(on) == ""
        on.page.hint("principals")
        await on.settle()
        assert "! leaves it out" in told(on)
        on.page.hint("timeline")
        await on.settle()
        assert told(on) == ""
        assert not hints.seen("principals")


async def test_own_keys_stand_in_it() -> None:
    desk = FakeDesk(total=40, hints=FakeHints({"timeline"}))
    async with stage(desk, keymap={"lens.edit": "ctrl+k"}) as on:
        assert "ctrl+k filters" in told(on)


async def test_it_covers_nothing() -> None:
    async with stage(FakeDesk(total=40, hints=FakeHints({"timeline"}))) as on:
        await on.pilot.pause()
        line = on.page.query_one(HintLine)
        assert line.region.y == 22
        assert on.page.pane.region.bottom == 22


def test_what_does_not_fit_is_left_out() -> None:
    keys = [("a", "one"), ("b", "two")]
    assert "".join(text for text, _ in fitting(keys, 80)) == " New here? a one · b two"
    assert "".join(text for text, _ in fitting(keys, 20)) == " New here? a one"


def test_every_hint_names_real_keys() -> None:
    app = Workbench(FakeDesk(), Lens(), title="x")
    known = known_ids([app, app.timeline, *app.timeline.walk_children()]) | {"facet.take"}
    for mode, table in toml_table("hints.toml").items():
        assert len(table["keys"]) == 3, mode
        assert {name for name, _ in table["keys"]} <= known
