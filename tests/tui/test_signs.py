"""Meaning is never carried by colour alone: without any, a letter or a shape still says it; and by ASCII as well."""

from dataclasses import replace

import pytest

from ctwork.tui.glyph import TWINS
from tests.tui.desk import DONE, FakeDesk, issue
from tests.tui.stage import Stage, stage

SCREENS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "events": ((), ("✗", "W", "▌", "≠")),
    "throttled": (("slash", *"outcome:throttled", "enter"), ("~", "W")),
    "load report": (("L",), ("⚠", "▌")),
    "conflict": (("c",), ("≠",)),
}
"""Keys that lead to a screen, and the signs that must be seen there."""


def troubled() -> FakeDesk:
    return FakeDesk(
        total=300, twins=2, progress=replace(DONE, lost=3, issues=15), issue_lines=tuple(map(issue, range(40)))
    )


async def first_conflict(page: Stage) -> None:
    """Leads to an event whose record stands in conflict with another."""
    while not (page.page.grid.line and page.page.grid.line.conflict):
        await page.press("down")


def text_of(page: Stage) -> str:
    """The screen as letters alone, after every filter."""
    lines = page.app.screen._compositor.render_strips()
    filters, ground = page.app.get_line_filters(), page.app.screen.background_colors[1]
    shown = []
    for strip in lines:
        segments = list(strip)
        for each in filters:
            segments = each.apply(segments, ground)
        shown.append("".join(segment.text for segment in segments))
    return "\n".join(shown)


@pytest.mark.parametrize("name", SCREENS)
async def test_a_sign_says_it_without_colour(name: str) -> None:
    keys, signs = SCREENS[name]
    async with stage(troubled(), size=(120, 40)) as page:
        page.app.theme = "monochrome"
        if name == "conflict":
            await first_conflict(page)
        await page.press(*keys)
        shown = text_of(page)
        assert [sign for sign in signs if sign not in shown] == []
        page.app.theme = "ascii"
        await page.settle()
        shown = text_of(page)
        assert shown.isascii()
        assert [sign for sign in signs if TWINS.get(sign, sign) not in shown] == []


async def test_without_colour_the_cursor_is_reversed() -> None:
    async with stage(troubled()) as page:
        page.app.theme = "monochrome"
        await page.settle()
        grid = page.page.grid
        row = grid.render_line(1)
        assert all(segment.style is not None and segment.style.reverse for segment in row if segment.text.strip("▐"))
        assert not any(segment.style is not None and segment.style.reverse for segment in grid.render_line(2))
