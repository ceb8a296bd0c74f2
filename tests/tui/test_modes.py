"""Modes: one lens through all of them, a value that leads the events, keys that turn it into a lens."""

import pytest

from ctwork.model.lens import Lens
from ctwork.tui import glyph, intent, mode
from ctwork.tui.widgets.facet_table import FacetTable
from ctwork.tui.widgets.mode_badge import ModeBadge
from ctwork.tui.widgets.vacancy import Vacancy
from tests.tui.desk import FakeDesk
from tests.tui.stage import Stage, stage


def rows(on: Stage) -> list[str]:
    """The lines of the facet that hold values."""
    facet = on.page.query_one(FacetTable)
    return [facet.render_line(y).text for y in range(1, facet.size.height) if facet.render_line(y).text.strip()]


def leads(on: Stage) -> set[str]:
    """The principals of the events on screen."""
    grid = on.page.grid
    lines = [grid.line_at(offset) for offset in range(grid.top, grid.top + grid.rows)]
    return {line.principal for line in lines if line is not None}


@pytest.mark.parametrize("each", [each for each in mode.modes() if not each.apart], ids=lambda each: each.name)
async def test_every_mode_has_its_key_and_keeps_the_lens(each: mode.Mode) -> None:
    async with stage(FakeDesk(total=300)) as on:
        await on.press("x", each.key)
        assert on.page.mode == each
        assert on.lens == str(Lens().narrow(intent.FAILURES))
        assert each.title in str(on.page.query_one(ModeBadge).render())
        assert bool(on.page.query_one(Vacancy).region) == bool(each.vacant)
        if each.vacant:
            assert each.vacant.split("\n")[0] in str(on.page.query_one(Vacancy).render())
        await on.press("escape")
        assert on.page.mode.name == mode.FIRST


async def test_moving_in_a_pivot_updates_the_events_beside_it() -> None:
    async with stage(FakeDesk(total=400)) as on:
        everything = on.page.grid.total
        await on.press("2")
        assert on.page.facet.has_focus
        first = on.page.facet.path[0][1]
        assert leads(on) == {first}
        assert on.page.grid.total < everything
        await on.press("down")
        second = on.page.facet.path[0][1]
        assert first != second
        assert leads(on) == {second}
        assert on.lens == ""
        await on.press("tab", "down", "1")
        assert on.page.grid.total == everything


async def test_the_events_of_a_value_are_shown_within_the_time_of_all() -> None:
    desk = FakeDesk(total=400)
    async with stage(desk) as on:
        await on.press("2")
        for _ in range(3):
            await on.press("down")
            assert on.app.view is not None
            assert desk.histograms_asked[-1] == on.app.view.span_ms
        await on.press("1")
        assert desk.histograms_asked[-1] is None


async def test_what_unfolds_is_drawn_over_the_time_of_all() -> None:
    desk = FakeDesk(total=400)
    async with stage(desk, size=(160, 45)) as on:
        await on.press("2", "right")
        assert on.app.view is not None
        assert on.app.view.span_ms in desk.portraits_asked
        trends = [glyphs for glyphs in rows(on)[1].split() if set(glyphs) & set(glyph.BARS[1:])]
        assert trends


async def test_portraits_are_sent_for_only_where_there_is_room_for_them() -> None:
    desk = FakeDesk(total=400)
    async with stage(desk, size=(62, 24)) as on:
        await on.press("3")
        drawn = any(set(row) & set(glyph.BARS[1:]) for row in rows(on))
        assert bool(desk.portraits_asked) == drawn
        await on.pilot.resize_terminal(160, 45)
        await on.settle()
        assert desk.portraits_asked
        assert any(set(row) & set(glyph.BARS[1:]) for row in rows(on))


async def test_numbers_of_the_facet_are_those_of_the_lens_it_becomes() -> None:
    async with stage(FakeDesk(total=700)) as on:
        await on.press("2")
        await on.press("down")
        told = rows(on)[1].split()
        await on.press("enter")
        assert on.app.view is not None
        assert on.app.view.total == int(told[told.index("▸") + 2] if "▸" in told else told[2])
        assert on.lens.startswith("principal:=")
        assert on.page.mode.name == "principals"


async def test_excluding_and_taking_back() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("2")
        before = len(rows(on))
        await on.press("!")
        assert on.lens.startswith("!principal:=")
        assert len(rows(on)) == before - 1
        await on.press("u")
        assert len(rows(on)) == before


async def test_a_principal_unfolds_into_its_sessions() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("2")
        await on.press("right")
        await on.press("down")
        (outer, inner) = on.page.facet.path
        assert (outer[0], inner[0]) == ("principal", "session")
        assert inner[1].startswith(outer[1])
        assert on.page.grid.total == int(rows(on)[1].split()[2])
        await on.press("enter")
        assert on.lens.count(":=") == 2
        await on.press("u", "left")
        assert on.page.facet.path == (outer,)


async def test_own_events_keep_the_time_and_nothing_else() -> None:
    async with stage(FakeDesk(total=2000)) as on:
        await on.press("z", "x", "2")
        await on.press("o")
        assert on.page.mode.name == mode.FIRST
        lens = on.app.trail.now
        assert lens.start_ms is not None
        assert [str(part) for part in lens.parts] == [str(part) for part in lens.parts if "principal" in str(part)]
        assert len(lens.parts) == 1


async def test_other_columns_of_the_mode_and_any_path() -> None:
    async with stage(FakeDesk(total=200)) as on:
        await on.press("4")
        assert on.page.field == "ip"
        await on.press("full_stop")
        assert on.page.field == "agent"
        await on.press("comma", "comma")
        assert on.page.field == "address_class"
        await on.press("1", "f")
        assert on.page.prompt.input.has_focus
        await on.type("requestParameters.secretId")
        await on.press("enter")
        assert on.page.mode.name == "events"
        assert on.page.field == "requestParameters.secretId"


async def test_values_are_sorted_by_each_measure() -> None:
    async with stage(FakeDesk(total=500)) as on:
        await on.press("5")
        orders = []
        for _ in range(5):
            await on.press("O")
            wanted = on.page.facet.wanted
            assert wanted is not None
            orders.append(wanted.order.key)
        assert orders == ["errors", "first", "last", "value", "count"]


async def test_finding_within_a_facet() -> None:
    async with stage(FakeDesk(total=500)) as on:
        await on.press("5", "slash")
        await on.type("decry")
        assert ["Decrypt" in row for row in rows(on)] == [True]
        await on.press("escape")
        assert len(rows(on)) > 1
        assert on.lens == ""
        await on.press("ctrl+l")
        assert on.page.bar.input.has_focus


async def test_service_noise_is_one_key_away_and_says_how_much_it_hides() -> None:
    async with stage(FakeDesk(total=500)) as on:
        await on.press("n")
        assert intent.QUIET in on.app.trail.now.parts
        await on.press("n")
        assert on.lens == ""


async def test_the_facet_beside_the_events_comes_and_goes() -> None:
    async with stage(FakeDesk(total=300), size=(160, 45)) as on:
        assert on.page.facet.region
        whole = on.page.grid.region.width
        await on.press("F")
        assert not on.page.facet.region
        assert on.page.grid.region.width > whole
        await on.press("F")
        await on.until(lambda: bool(on.page.facet.region))
        await on.press("shift+tab")
        assert on.page.facet.has_focus
        before = on.page.grid.total
        await on.press("down")
        assert on.page.grid.total == before


@pytest.mark.parametrize("text", ["[/x]", "\x1b]0;owned\x07", "漢字" * 50, "x" * 10_000, "\ud800lone", ""])
async def test_hostile_values_in_a_facet(text: str) -> None:
    async with stage(FakeDesk(total=60, hostile=(text,))) as on:
        await on.press("2", "right", "down", "enter")
        for row in rows(on):
            assert row.isprintable()
            assert len(row) <= 200


async def test_events_without_a_value_are_led_and_left_out_too() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("3")
        facet = on.page.facet
        facet.go(next(number for number, row in enumerate(rows(on)) if "(none)" in row))
        await on.settle()
        assert facet.path == (("resource", ""),)
        place = facet.offset_now
        count = int(rows(on)[place].split()[2])
        assert on.page.grid.total == count > 0
        await on.press("!")
        assert on.lens == "has:resource"
        await on.press("u")
        assert on.lens == ""


async def test_the_burst_is_one_key_away() -> None:
    async with stage(FakeDesk(total=2000)) as on:
        await on.press("b")
        assert "events in" in on.said()[-1]
        shape = on.page.strip.histogram
        line = on.page.grid.line
        assert shape is not None and line is not None and line.time_ms is not None
        bar = (line.time_ms - shape.start_ms) // shape.bucket_ms
        assert shape.counts[bar] == max(shape.counts)
