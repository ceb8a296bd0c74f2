"""The strip over the events: no gap that is not there, and nothing hides a bar."""

from rich.color import Color
from rich.style import Style

from ctwork.tui.desk import Histogram
from ctwork.tui.widgets.histogram_strip import HistogramStrip, pointed
from tests.tui.desk import START_MS
from tests.tui.stage import stage


async def test_the_end_stands_right_behind_the_last_bar() -> None:
    async with stage() as on:
        strip = on.page.query_one(HistogramStrip)
        for bars in (1, 7, 30, 48):
            strip.show(Histogram(START_MS, 60_000, (9,) * bars, (0,) * bars))
            line = strip.render_line(0).text
            last = line.rindex("█")
            assert line[last + 1] == " "
            assert line[last + 2].isdigit()


async def test_one_second_is_no_plateau() -> None:
    async with stage() as on:
        strip = on.page.query_one(HistogramStrip)
        strip.show(Histogram(START_MS, 1000, (1,), (0,)))
        assert strip.render_line(0).text.count("█") <= 4


async def test_the_cursor_hides_neither_height_nor_errors() -> None:
    async with stage() as on:
        strip = on.page.query_one(HistogramStrip)
        strip.show(Histogram(START_MS, 60_000, (9, 3), (9, 0)))
        strip.mark(START_MS)
        for y in (0, 1):
            here = next(part for part in strip.render_line(y) if set(part.text) & set("█▀▔"))
            assert here.style is not None
            assert here.style.color != here.style.bgcolor
        strip.mark(START_MS + 60_000)
        beside = next(part for part in strip.render_line(0) if "█" in part.text)
        strip.mark(START_MS)
        under = next(part for part in strip.render_line(0) if "█" in part.text)
        assert beside.style is not None and under.style is not None
        assert under.style.color == beside.style.color


def test_without_colour_the_bar_still_stands() -> None:
    bar = Style(color=Color.default())
    assert not pointed(bar, Style(reverse=True)).reverse
    assert pointed(bar, Style(reverse=True)).underline
