"""A lens stands in parts, each of which can be taken off or turned; undo brings it back."""

import pytest

from ctwork.model.lens import Lens
from ctwork.tui import chips
from ctwork.tui.widgets.chip_row import ChipRow
from tests.tui.desk import HOSTILE, FakeDesk
from tests.tui.stage import Stage, stage

FULL = "time:2023-07-10T11:00:00Z..2023-07-10T13:00:00Z principal:=ci-deploy (outcome:ok OR verb:read) sort:eventName"


def line(on: Stage) -> str:
    """The first line, but for its count."""
    bar = on.page.bar
    row = next(iter(on.page.query(ChipRow)), None)
    return (row or bar.input).render_line(0).text.rstrip()


@pytest.mark.parametrize("text", ["", "a", FULL, "a OR b", "!a", "time:2023-07-10", "sort:eventName:desc"])
def test_chips_are_the_text_of_the_lens_in_parts(text: str) -> None:
    lens = Lens.parse(text)
    said = chips.texts(lens)
    assert Lens.parse(" ".join(said)) == lens
    for chip in chips.chips(lens):
        assert len(chips.chips(chip.without)) == len(said) - 1
        assert chip.turned != lens
        assert len(chips.chips(chip.turned)) == len(said)
        assert Lens.parse(str(chip.turned)) == chip.turned


def test_the_last_condition_goes_first_then_the_time_then_the_order() -> None:
    lens, gone = Lens.parse(FULL), []
    while (chip := chips.last(lens)) is not None:
        gone.append(chip.text)
        lens = chip.without
    assert gone == [
        "(outcome:ok OR verb:read)",
        "principal:=ci-deploy",
        "time:2023-07-10T11:00:00Z..2023-07-10T13:00:00Z",
        "sort:eventName",
    ]
    assert lens == Lens()


async def test_the_bar_shows_chips_until_it_is_written_in() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("p", "x")
        assert line(on) == "principal:=ci-deploy │ !outcome:=ok"
        await on.press("slash")
        assert line(on) == "principal:=ci-deploy !outcome:=ok"
        await on.press("escape")
        assert line(on) == "principal:=ci-deploy │ !outcome:=ok"


async def test_backspace_takes_the_last_condition_off_and_undo_brings_it_back() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("p", "x", "backspace")
        assert on.lens == "principal:=ci-deploy"
        assert "took off !outcome:=ok; u brings it back" in on.said()
        await on.press("u")
        assert on.lens == "principal:=ci-deploy !outcome:=ok"
        await on.press("backspace", "backspace", "backspace")
        assert on.lens == ""
        assert "the lens has no condition to take off" in on.said()


async def test_a_condition_is_chosen_and_taken_off() -> None:
    for key in ("delete", "backspace", "enter"):
        async with stage(FakeDesk(total=400), lens="principal:=ci-deploy !outcome:=ok verb:=read") as on:
            await on.press("ctrl+x")
            row = on.page.query_one(ChipRow)
            assert row.has_focus
            assert row.chosen == 2
            await on.press("left", "h")
            assert row.chosen == 0
            await on.press("right", key)
            assert on.lens == "principal:=ci-deploy verb:=read"
            assert row.chosen == 1
            await on.press("end", "home", "G", "g", "l", key)
            assert on.lens == "principal:=ci-deploy"
            await on.press(key)
            assert on.lens == ""
            assert not on.page.query(ChipRow)
            assert on.page.grid.has_focus
            await on.press("u", "u", "u")
            assert on.lens == "principal:=ci-deploy !outcome:=ok verb:=read"


async def test_a_condition_is_turned_round_where_it_stands() -> None:
    async with stage(FakeDesk(total=400), lens="principal:=ci-deploy !outcome:=ok sort:eventName") as on:
        await on.press("ctrl+x", "exclamation_mark")
        assert on.lens.endswith("sort:eventName:desc")
        await on.press("left", "exclamation_mark", "left", "exclamation_mark")
        assert on.lens == "!principal:=ci-deploy outcome:=ok sort:eventName:desc"
        await on.press("u", "u")
        assert line(on) == "principal:=ci-deploy │ !outcome:=ok │ sort:eventName:desc"
        await on.press("escape")
        assert not on.page.query(ChipRow)
        assert on.page.bar.input.display
        assert on.page.grid.has_focus
        await on.press("slash")
        assert on.page.bar.input.has_focus


async def test_there_is_nothing_to_choose_in_an_empty_lens_and_one_chooser_is_enough() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("ctrl+x")
        assert "the lens has no condition to choose from" in on.said()
        await on.press("p", "ctrl+x", "ctrl+x")
        assert len(on.page.query(ChipRow)) == 1
        await on.press("slash")
        await on.settle()
        assert not on.page.query(ChipRow)
        assert on.page.bar.input.has_focus


@pytest.mark.parametrize("cells", [20, 30, 43, 80])
async def test_the_chosen_one_is_in_sight_at_any_width(cells: int) -> None:
    async with stage(FakeDesk(total=4)) as on:
        from ctwork.tui.ink import ink

        inks = ink(on.page.grid)
        said = [f"column{number}:=value-{number}" for number in range(9)]
        for chosen in range(9):
            shown = "".join(piece.text for piece in chips.row(said, cells, inks, chosen))
            assert f"column{chosen}:" in shown
            assert len(shown) <= cells


async def test_hostile_conditions_are_legible() -> None:
    values = HOSTILE[:-1]
    async with stage(FakeDesk(total=len(values), hostile=values)) as on:
        for place, value in enumerate(values):
            await on.press("home", *["down"] * place)
            assert on.page.grid.line is not None and on.page.grid.line.principal == value
            await on.press("p", "ctrl+x")
            await on.pilot.pause(0.05)
            shown = line(on)
            assert shown
            assert shown.isprintable()
            await on.press("delete")
            assert on.lens == ""
