"""Keys that go by time: jumps, marks, spans, zones and what was around. Each does what its tooltip says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ctwork.errors import UsageError
from ctwork.model import relation
from ctwork.model.lens import Lens
from ctwork.tui import clock
from ctwork.tui.desk import Histogram
from ctwork.tui.marks import Marks
from ctwork.tui.stretch import Stretch
from ctwork.tui.widgets.histogram_strip import HistogramStrip, longest_gap
from ctwork.zone import Zone
from tests.tui.desk import START_MS, FakeDesk, line
from tests.tui.stage import Stage, stage

HOURLY = 3_600_000


def rows_text(on: Stage) -> str:
    grid = on.page.grid
    return "\n".join(grid.render_line(y).text for y in range(grid.rows + 1))


# Plain values


def test_zones_by_name_offset_and_machine() -> None:
    july, january = 1_688_988_120_000, 1_673_000_000_000
    berlin = Zone.of("Europe/Berlin")
    assert berlin.label(july) == "+02:00"
    assert berlin.label(january, july) == "+01:00/+02:00"
    assert Zone.of("").is_utc and Zone.of("z").label(july) == "UTC"
    assert Zone.of("-0530").label(july) == "-05:30"
    assert Zone.of("UTC+2").offset_ms(july) == 7_200_000
    local = Zone.of("local").moment(july)
    assert local is not None and isinstance(local.utcoffset(), timedelta)
    assert berlin.moment(10**18) is None
    assert clock.stamp(july, "%H:%M", berlin) == "13:22"
    for name in ("Mars", "../../etc/passwd", "+99", "\x1b[31m", "Europe"):
        with pytest.raises(UsageError):
            Zone.of(name)


def test_lengths_in_words() -> None:
    assert clock.elapsed(83_000) == "+00:01:23"
    assert clock.elapsed(-90_061_000) == "-1d 01:01:01"
    assert [clock.brief(span) for span in (45_000, 720_000, 3 * HOURLY, 9 * 24 * HOURLY + 1)] == [
        "45s", "12min", "3h", "9d",
    ]  # fmt: skip
    assert clock.day(23 * HOURLY, Zone.of("+02:00")) == 1


def test_a_stretch_is_whole_seconds_either_way_round() -> None:
    for stretch in (Stretch(5_400, 9_900), Stretch(9_900, 5_400)):
        assert (stretch.start_ms, stretch.end_ms) == (5_000, 10_000)
        assert stretch.covers(9_999) and not stretch.covers(10_000) and not stretch.covers(None)
    assert str(Stretch(5_400, 5_400).of(Lens())) == "time:1970-01-01T00:00:05Z..1970-01-01T00:00:06Z" or Stretch(
        5_400, 5_400
    ).of(Lens()) == Lens().with_span(5_000, 6_000)


def test_the_event_marked_last_leads() -> None:
    marks = Marks((line(3), line(9)))
    assert marks.latest == line(9)
    assert marks.before(9) == line(3)
    assert marks.before(3) == line(9)
    assert Marks().latest is None and Marks().before(3) is None


def test_around_grows_about_the_same_middle() -> None:
    event = line(40)
    now, spans = Lens(), []
    for _ in relation.AROUND_MIN:
        wider = relation.wider(now, event)
        assert wider is not None and Lens.parse(str(wider)) == wider
        now = wider
        spans.append((now.end_ms - now.start_ms) // 120_000)  # type: ignore[operator]
    assert spans == [5, 15, 60, 240]
    assert relation.wider(now, event) == now
    assert relation.wider(Lens(), replace(event, principal="")) is None
    assert relation.wider(Lens(), replace(event, time_ms=None)) is None


def test_what_an_event_leads_to() -> None:
    document = {
        "requestID": "r-1",
        "userIdentity": {"accessKeyId": "ASIAOLD"},
        "responseElements": {"credentials": {"accessKeyId": "ASIANEW"}},
    }
    found = {each.title: each for each in relation.relations(line(3), document)}
    assert found["same request"].slow
    assert str(found["by the key issued here"].lens) == "key:=ASIANEW"
    assert "ASIAOLD" in str(found["what issued this key"].lens)
    assert {"same session", "same principal ± 5 min", "same address ± 10 min"} <= set(found)
    for each in found.values():
        assert Lens.parse(str(each.lens)) == each.lens
    for broken in (None, [], "text", {"requestID": 4, "userIdentity": None}):
        assert all(not each.slow for each in relation.relations(line(3), broken))


# Jumps


async def test_gaps_are_jumped_over() -> None:
    async with stage(FakeDesk(total=10, step_ms=5 * HOURLY)) as on:
        await on.press("right_curly_bracket")
        first = on.page.grid.offset_now
        assert first > 0
        await on.press("right_curly_bracket")
        assert on.page.grid.offset_now > first
        await on.press("left_curly_bracket")
        assert on.page.grid.offset_now == first
        assert any("no event of this lens for" in said for said in on.said())
    async with stage(FakeDesk(total=40)) as on:
        for key, way in (("right_curly_bracket", "later"), ("left_curly_bracket", "earlier")):
            await on.press(key)
            assert on.said() == [f"no {way} gap of 1 min or more"]


async def test_hours_and_days() -> None:
    async with stage(FakeDesk(total=3000, step_ms=60_000)) as on:
        grid = on.page.grid
        await on.press("right_parenthesis")
        assert 59 <= grid.offset_now <= 61
        await on.press("greater_than_sign")
        assert 1499 <= grid.offset_now <= 1502
        await on.press("less_than_sign", "left_parenthesis")
        assert grid.offset_now <= 2
        await on.press("g", "left_parenthesis")
        assert "there is no earlier event" in on.said()
        await on.press("G", "right_parenthesis")
        assert "there is no later event" in on.said()


async def test_without_the_order_of_time_there_are_no_jumps() -> None:
    async with stage(FakeDesk(total=60), lens="sort:principal") as on:
        for key in ("right_parenthesis", "right_curly_bracket"):
            await on.press(key)
            assert "not in the order of time" in on.said()[-1]
            on.app.clear_notifications()


async def test_an_hour_without_events_is_passed() -> None:
    async with stage(FakeDesk(total=10, step_ms=5 * HOURLY)) as on:
        await on.press("right_parenthesis")
        assert on.page.grid.offset_now == 1


async def test_elapsed_since_the_mark_or_the_row_before() -> None:
    async with stage(FakeDesk(total=300, step_ms=60_000)) as on:
        await on.press("t")
        shown = rows_text(on)
        assert "elapsed" in shown and "—" in shown and "+00:01:00" in shown
        await on.press("down", "m", "down")
        assert "-00:01:00" in rows_text(on) and "+00:02:00" in rows_text(on)
        await on.press("t")
        assert "elapsed" not in rows_text(on)
        assert "UTC" in rows_text(on).splitlines()[0]


# Spans


async def test_a_span_is_begun_shown_and_looked_into() -> None:
    async with stage(FakeDesk(total=300, step_ms=60_000)) as on:
        await on.press("down", "down", "space", "down", "down")
        assert on.page.stretch is not None
        assert rows_text(on).count("│") >= 2
        await on.press("space")
        assert on.page.stretch is None
        assert on.lens.startswith("time:")
        assert on.page.grid.total == 3
        await on.press("u")
        assert on.lens == ""


async def test_z_looks_into_a_span_and_esc_drops_it() -> None:
    async with stage(FakeDesk(total=300, step_ms=60_000)) as on:
        await on.press("space", "down", "escape")
        assert on.page.stretch is None and on.lens == ""
        await on.press("down", "space", "down", "down", "z")
        assert on.page.grid.total == 3


async def test_dragging_over_the_strip_looks_into_the_time() -> None:
    async with stage(FakeDesk(total=3000)) as on:
        strip = on.page.query_one(HistogramStrip)
        await on.pilot.mouse_down(strip, offset=(24, 0))
        await on.pilot.hover(strip, offset=(30, 0))
        assert on.page.stretch is not None
        await on.pilot.mouse_up(strip, offset=(30, 0))
        await on.settle()
        assert on.lens.startswith("time:")
        assert on.page.stretch is None
        await on.press("u")
        await on.pilot.click(strip, offset=(30, 0))
        await on.settle()
        assert on.lens == "" and on.page.grid.offset_now > 0


async def test_around_the_event_and_back() -> None:
    async with stage(FakeDesk(total=3000)) as on:
        await on.press("down", "a")
        assert "principal:=" in on.lens and "time:" in on.lens
        first = on.lens
        await on.press("a")
        assert on.lens != first
        await on.press("a", "a", "a")
        assert any("four hours" in said for said in on.said())
        await on.press("u", "u", "u")
        assert on.lens == first
        await on.press("u")
        assert on.lens == ""


# Zones


async def test_another_zone_is_written_everywhere_but_in_the_lens() -> None:
    async with stage(FakeDesk(total=300), size=(80, 24)) as on:
        assert " 11:22" in rows_text(on)
        await on.press("T")
        on.page.prompt.input.value = ""
        await on.type("+05:30")
        await on.press("enter")
        assert "+05:30" in rows_text(on).splitlines()[0]
        assert " 16:52" in rows_text(on)
        assert "+05:30" in on.page.query_one(HistogramStrip).render_line(0).text
        assert any("in the lens they stay UTC" in said for said in on.said())
        assert "16:52" in "\n".join(row.value for row in on.page.pane._rows if row.key.strip() == "when")
        assert on.page.grid.has_focus
        await on.press("T", "enter")
        assert "UTC" in rows_text(on).splitlines()[0]


async def test_an_unknown_zone_says_so_and_keeps_the_text() -> None:
    async with stage(FakeDesk(total=30)) as on:
        await on.press("T")
        on.page.prompt.input.value = ""
        await on.type("Mars/Base")
        await on.press("enter")
        assert any("not a time zone this machine knows" in said for said in on.said())
        assert on.page.prompt.input.value == "Mars/Base"
        await on.press("escape")
        assert on.page.grid.has_focus and on.app.zone.is_utc


# The strip


async def test_gaps_and_shares_are_seen_without_colour() -> None:
    async with stage() as on:
        strip = on.page.query_one(HistogramStrip)
        strip.show(Histogram(START_MS, 60_000, (100, 0, 0, 0, 1, 100, 100), (0, 0, 0, 0, 0, 100, 10)))
        strip.mark(None)
        bars, drops = (strip.render_line(y).text[19:] for y in range(2))
        scale = strip.scale
        assert bars[scale : 4 * scale] == "┄" * 3 * scale
        assert bars[4 * scale] == "▁"
        assert (drops[0], drops[5 * scale], drops[6 * scale]) == (" ", "█", "▔")
        assert "gap >3min" in strip.render_line(1).text
        assert longest_gap(Histogram(0, 1000, (1, 1), (0, 0))) == 0
        strip.tell_marks((START_MS,))
        assert strip.render_line(1).text[19] == "●"
