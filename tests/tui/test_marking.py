"""Marks outlast the session: said to be saved when they are on the disk, seen as signs, walked, taken back."""

from textual.app import App, ComposeResult

from ctwork.errors import EnvironmentFailure
from ctwork.model.annotation import Change
from ctwork.model.marked import Subject
from ctwork.model.target import ValueTarget
from ctwork.tui import theme
from ctwork.tui.screens.editor import EditorScreen
from ctwork.tui.widgets.choice_row import ChoiceRow
from ctwork.tui.widgets.event_grid import EventGrid
from ctwork.tui.widgets.histogram_strip import HistogramStrip
from tests.tui.desk import FakeDesk
from tests.tui.markshelf import FakeMarks
from tests.tui.stage import Stage, stage


def rows_text(on: Stage) -> list[str]:
    grid = on.page.query_one(EventGrid)
    return [grid.render_line(y).text for y in range(grid.size.height)]


async def test_marks_are_set_seen_walked_and_taken_off() -> None:
    async with stage() as on:
        await on.press("apostrophe")
        assert "no event is marked; m marks one" in on.said()
        await on.press("down", "down", "m")
        marks = on.app.desk.marks
        assert isinstance(marks, FakeMarks)
        assert list(marks.rows()) == [2]
        assert on.said() == [f"marked; saved as #1 {marks.entries[0].hash[:8]}, 1 in all"]
        assert rows_text(on)[3].startswith("●")
        strip = on.page.query_one(HistogramStrip)
        assert any("●" in strip.render_line(y).text for y in range(2))
        await on.press("pagedown", "m", "pagedown", "quotation_mark")
        second = on.page.grid.offset_now
        await on.press("quotation_mark")
        assert on.page.grid.offset_now == 2
        await on.press("apostrophe")
        assert on.page.grid.offset_now == second
        await on.press("apostrophe")
        assert on.said() == ["no later mark in this lens; 2 in all"]
        await on.press("m", "quotation_mark", "m")
        assert on.app.marks.lines == []
        assert not any("●" in line for line in rows_text(on))


async def test_two_quick_presses_mark_and_unmark() -> None:
    async with stage() as on:
        await on.press("down", "m", "m", "down", "m")
        marks = on.app.desk.marks
        assert isinstance(marks, FakeMarks)
        assert [each.kind for each in marks.entries] == ["mark"] * 3
        assert list(marks.rows()) == [2]


async def test_a_mark_that_is_not_on_the_disk_is_not_shown() -> None:
    full = EnvironmentFailure("the disk of case.db is full: this was not saved", "make space, then do it again")
    async with stage(FakeDesk(total=300, marks=FakeMarks(trouble=full))) as on:
        await on.press("down", "m")
        assert on.said() == [f"not saved: {full.title}. {full.hint}"]
        assert not any("●" in line for line in rows_text(on))
        await on.press("down")
        assert on.page.grid.offset_now == 2


async def test_changes_are_taken_back_and_made_again() -> None:
    async with stage(FakeDesk(total=300)) as on:
        await on.press("U")
        assert on.said() == ["no change of marks can be taken back"]
        await on.press("m")
        await on.press("U")
        assert on.said()[0].startswith("taken back: 1 mark; saved as #2 ")
        assert on.app.marks.lines == []
        await on.press("ctrl+y")
        assert on.said()[0].startswith("done again: 1 mark; saved as #3 ")
        assert [each.row for each in on.app.marks.lines] == [0]
        await on.press("ctrl+y")
        assert on.said() == ["no change of marks can be done again"]


async def test_a_mark_on_a_value_covers_its_events_and_shows_how_grave_it_is() -> None:
    desk = FakeDesk(total=300)
    severe = Change(severity="high", add_tags=("attacker",))
    desk.marks.mark(Subject(target=ValueTarget("principal", desk.line(4).principal)), severe)
    async with stage(desk) as on:
        rows = {row: rows_text(on)[row + 1] for row in range(12)}
        covered = [row for row in rows if desk.line(row).principal == desk.line(4).principal]
        assert covered and len(covered) < 12
        for row, text in rows.items():
            assert text.startswith("○") == (row in covered and row != 0)
            assert (" H" in text[:32]) == (row in covered)
        await on.press("apostrophe")
        assert on.page.grid.offset_now == 0, "a covered event is not a marked one"


async def test_a_lens_that_asks_for_marks_is_asked_again() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk, lens="bookmark:true") as on:
        asked = len(desk.asked)
        await on.press("U")
        assert len(desk.asked) == asked + 1
    async with stage(desk, lens="outcome:denied") as on:
        asked = len(desk.asked)
        await on.press("m")
        assert len(desk.asked) == asked


async def test_words_are_written_and_saved() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk) as on:
        await on.press("down", "M")
        assert isinstance(on.app.screen, EditorScreen)
        await on.type("attacker stolen")
        await on.press("tab", "right", "right", "right", "right", "tab", "left", "tab")
        note = on.app.screen.note
        assert note.has_focus
        note.insert("the key of ci-deploy\nleaked on the 9th")
        await on.press("ctrl+s")
        assert on.app.screen is on.page
        (said,) = desk.marks.state.marks.values()
        assert said.tags == ("attacker", "stolen")
        assert (said.severity, said.verdict, said.bookmark) == ("high", "malicious", False)
        assert said.note == "the key of ci-deploy\nleaked on the 9th"
        assert on.said()[0].startswith("marked; saved as #1 ")
        assert rows_text(on)[2].startswith("●") and " H" in rows_text(on)[2]


async def test_a_choice_that_is_longer_than_the_line_shows_what_is_chosen() -> None:
    class Row(App[None]):
        def compose(self) -> ComposeResult:
            yield ChoiceRow("form", [f"form-number-{number}" for number in range(20)])

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return next(known.variables for known in theme.load_themes() if known.name == theme.DEFAULT)

    async with Row().run_test(size=(80, 10)) as pilot:
        row = pilot.app.query_one(ChoiceRow)
        row.focus()
        await pilot.press(*["right"] * 15)
        text = row.render_line(0).text
        assert "[form-number-15]" in text and text.startswith(" form      …")
        await pilot.press(*["right"] * 5)
        assert row.word == "form-number-0"
        assert row.render_line(0).text.startswith(" form      [form-number-0]")
