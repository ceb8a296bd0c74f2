"""The order of the events: a key, a click on a title, and an arrow that shows it."""

from tests.tui.desk import FakeDesk
from tests.tui.stage import Stage, stage


def titles(on: Stage) -> str:
    return on.page.grid.render_line(0).text


async def test_a_key_sorts_by_the_value_under_the_cursor() -> None:
    async with stage(FakeDesk(total=100)) as on:
        assert "UTC ↑" in titles(on)
        await on.press("right", "right", "right", "O")
        assert on.lens == "sort:sourceIPAddress"
        assert "address ↑" in titles(on)
        assert "time UTC" in titles(on)
        assert any("sorted by ip, rising" in said for said in on.said())
        await on.press("O")
        assert on.lens == "sort:sourceIPAddress:desc"
        assert "address ↓" in titles(on)
        await on.press("O")
        assert on.lens == ""
        await on.press("p", "O", "u")
        assert on.lens == "principal:=ci-deploy"


async def test_a_click_on_a_title_sorts() -> None:
    async with stage(FakeDesk(total=100)) as on:
        await on.pilot.click("EventGrid", offset=(titles(on).index("event") + 1, 0))
        await on.settle()
        assert on.lens == "sort:eventName"
        await on.pilot.click("EventGrid", offset=(titles(on).index("UTC"), 0))
        await on.settle()
        assert on.lens == ""


async def test_a_time_has_no_place_in_another_order() -> None:
    async with stage(FakeDesk(total=100), lens="sort:ip") as on:
        before = on.page.grid.offset_now
        await on.pilot.click("HistogramStrip", offset=(25, 0))
        await on.settle()
        assert on.page.grid.offset_now == before
        assert any("not in its order" in said for said in on.said())
