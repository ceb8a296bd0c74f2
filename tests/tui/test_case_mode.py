"""Case mode: what is marked is found, gone to, changed and taken back; what was done is read; what leaves is asked."""

from ctwork.errors import CaseError, EnvironmentFailure
from ctwork.model.annotation import Change
from ctwork.model.marked import Hold, KnownCase, Subject
from ctwork.model.target import MomentTarget, SpanTarget, ValueTarget
from ctwork.tui.screens.case import CaseScreen
from ctwork.tui.screens.confirm import ConfirmScreen
from ctwork.tui.screens.editor import EditorScreen
from ctwork.tui.screens.export import ExportScreen
from ctwork.tui.widgets.case_banner import CaseBanner
from ctwork.tui.widgets.prompt import PromptInput
from ctwork.tui.widgets.read_pane import ReadPane
from ctwork.tui.widgets.remark_line import RemarkLine
from ctwork.tui.widgets.sheet_bar import SheetBar
from ctwork.tui.widgets.sheet_table import SheetTable
from ctwork.tui.widgets.status_line import StatusLine
from tests.tui.desk import START_MS, FakeDesk
from tests.tui.markshelf import FakeExports, FakeMarks
from tests.tui.stage import Stage, stage


def marked_desk(**more: object) -> FakeDesk:
    """Marks of every kind."""
    desk = FakeDesk(total=300, **more)  # type: ignore[arg-type]
    marks = desk.marks
    marks.mark(Subject(row=4), Change(severity="critical", add_tags=("leak",), note="the key\nof the robot"))
    marks.mark(Subject(target=ValueTarget("principal", "root")), Change(verdict="malicious"))
    marks.mark(Subject(target=SpanTarget(START_MS, START_MS + 1000)), Change(add_tags=("start",)))
    marks.mark(Subject(target=MomentTarget(START_MS + 5000, "call")), Change(note="phone call"))
    return desk


def listed(on: Stage) -> list[str]:
    table = on.app.screen.query_one(SheetTable)
    return [table.render_line(y + 1).text.rstrip() for y in range(table.total)]


def told(on: Stage) -> str:
    pane = on.app.screen.query_one(ReadPane)
    return "\n".join(pane.render_line(y).text.rstrip() for y in range(pane.size.height))


def remark(on: Stage) -> str:
    return on.app.screen.query_one("#remark", RemarkLine).said


async def test_marks_are_listed_and_gone_to() -> None:
    async with stage(marked_desk()) as on:
        await on.press("minus")
        assert isinstance(on.app.screen, CaseScreen)
        rows = listed(on)
        assert len(rows) == 4
        assert [kind in row for kind, row in zip(("event", "span", "moment", "value"), rows, strict=True)] == [True] * 4
        assert "critical" in rows[0] and "leak" in rows[0]
        assert "[Marks 4]" in str(on.app.screen.query_one(SheetBar).render())
        assert "of the robot" in told(on)
        await on.press("enter")
        assert on.app.screen is on.page
        assert on.page.grid.offset_now == 4
        await on.press("minus", "end", "enter")
        assert on.lens == "principal:=root"
        await on.press("minus", "home", "down", "enter")
        assert on.lens.startswith("time:2023-07-10T11:22:00Z..")
        await on.press("u", "u", "minus", "down", "down", "enter")
        assert on.app.screen is on.page and (on.page.grid.line is not None)
        assert (on.page.grid.line.time_ms or 0) >= START_MS + 5000


async def test_marks_are_found_edited_and_taken_back() -> None:
    desk = marked_desk()
    async with stage(desk) as on:
        await on.press("minus", "slash", "r", "o", "b", "o", "t", "enter")
        assert len(listed(on)) == 1
        await on.press("e")
        assert isinstance(on.app.screen, EditorScreen)
        assert on.app.screen.tags.value == "leak"
        assert on.app.screen.note.text == "the key\nof the robot"
        await on.type(" stolen")
        await on.press("ctrl+s")
        assert isinstance(on.app.screen, CaseScreen)
        assert "leak stolen" in listed(on)[0]
        await on.press("d")
        assert on.said()[0].startswith("unmarked, saved as #6 ")
        assert listed(on) == []
        await on.press("U", "escape")
        assert len(listed(on)) == 4
        await on.press("escape")
        assert on.app.screen is on.page


async def test_a_moment_is_added() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk) as on:
        await on.press("minus", "a")
        prompt = on.app.focused
        assert isinstance(prompt, PromptInput)
        prompt.value = "2023-07-10T10:30"
        await on.press("enter")
        screen = on.app.screen
        assert isinstance(screen, EditorScreen)
        screen.note.insert("phone call")
        await on.press("ctrl+s")
        assert len(listed(on)) == 1 and "moment" in listed(on)[0] and "phone call" in listed(on)[0]
        assert next(iter(desk.marks.state.marks)).startswith("moment/2023-07-10T10:30:00")


async def test_the_journal_the_evidence_and_the_cases_are_read() -> None:
    desk = marked_desk()
    desk.marks.others = (KnownCase("/cases/one", ("seized.zip",), START_MS, 4, True),)
    async with stage(desk) as on:
        await on.press("minus", "tab")
        assert [row.split()[0] for row in listed(on)] == ["#4", "#3", "#2", "#1"]
        assert desk.marks.entries[-1].hash in told(on).replace("\n ", "")
        await on.press("tab", "tab")
        assert "nothing has left this case" in on.app.screen.query_one(SheetTable).empty_text
        await on.press("tab")
        assert "seized.zip" in listed(on)[0]
        await on.press("enter")
        assert on.said() == ["this case"]
        await on.press("2")
        assert on.app.screen is on.page and on.page.mode.name == "principals"


async def test_the_head_of_the_journal_stands_in_the_last_line() -> None:
    desk = marked_desk()
    async with stage(desk) as on:
        head = f"#4 {desk.marks.entries[-1].hash[:8]}"
        assert head in str(on.page.query_one(StatusLine).render())


async def test_a_held_case_is_told_and_taken_over_only_after_a_yes() -> None:
    held = CaseError("the case is held by bert@laptop (process 7)", "close it there")
    desk = FakeDesk(total=300, marks=FakeMarks(trouble=held, standing=Hold(True, in_hand=False, holder="bert@laptop")))
    async with stage(desk) as on:
        banner = on.page.query_one(CaseBanner)
        assert banner.display
        assert "read-only: bert@laptop has the case — H takes it over · marks are not saved" in str(banner.render())
        await on.press("m")
        assert on.said()[0].startswith("not saved: the case is held by bert@laptop")
        await on.press("H")
        assert isinstance(on.app.screen, ConfirmScreen)
        await on.press("escape")
        assert desk.marks.trouble is held
        await on.press("H")
        await on.until(lambda: isinstance(on.app.screen, ConfirmScreen))
        await on.press("y")
        await on.until(lambda: not banner.display)
        assert not banner.display
        await on.press("m")
        assert list(desk.marks.rows()) == [0]
        assert "H" not in on.app.screen.active_bindings or not on.app.screen.active_bindings["H"].enabled


async def test_a_case_whose_holder_is_gone_is_taken_at_once() -> None:
    held = CaseError("held", "close it")
    marks = FakeMarks(trouble=held, gone=True, standing=Hold(True, in_hand=False, holder="bert@laptop"))
    async with stage(FakeDesk(total=300, marks=marks)) as on:
        await on.press("H")
        assert on.app.screen is on.page
        assert not on.page.query_one(CaseBanner).display


async def test_a_journal_that_was_changed_is_told_on_every_screen() -> None:
    marks = FakeMarks(standing=Hold(True, faults=("entry 2 was changed after it was written",)))
    async with stage(FakeDesk(total=300, marks=marks)) as on:
        assert "the journal is not whole: entry 2" in str(on.page.query_one(CaseBanner).render())
        await on.press("minus")
        assert on.app.screen.query_one(CaseBanner).display
        await on.press("B")
        assert on.app.screen.query_one(CaseBanner).display


async def test_what_was_written_outlives_a_full_disk() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk) as on:
        await on.press("M")
        await on.type("leak")
        desk.marks.trouble = EnvironmentFailure("the disk is full: this was not saved", "make space, then do it again")
        await on.press("ctrl+s")
        screen = on.app.screen
        assert isinstance(screen, EditorScreen)
        assert remark(on).startswith("not saved: the disk is full")
        assert screen.tags.value == "leak"
        await on.press("escape")
        assert on.app.screen is screen, "what was written is not dropped by one key"
        desk.marks.trouble = None
        await on.press("ctrl+s")
        assert on.app.screen is on.page
        assert [said.tags for said in desk.marks.state.marks.values()] == [("leak",)]


async def test_all_events_of_a_lens_are_marked_after_a_second_press() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk, lens="outcome:denied") as on:
        count = on.page.grid.total
        await on.press("A")
        assert f"all {count} events of outcome:denied" in on.app.screen.query_one("#what", RemarkLine).said
        await on.type("denied")
        await on.press("ctrl+s")
        assert remark(on) == f"ctrl+s once more marks all {count} events; U takes that back"
        assert not desk.marks.entries
        await on.press("ctrl+s")
        assert len(desk.marks.state.marks) == count
        assert len(desk.marks.entries) == 1
        await on.press("U")
        assert not desk.marks.state.marks


async def test_the_value_under_the_cursor_of_a_facet_is_marked() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk) as on:
        await on.press("2", "M")
        (field, value) = on.page.facet.path[0]
        assert f"value {field}:{value}" in on.app.screen.query_one("#what", RemarkLine).said
        await on.press("ctrl+o")
        assert "event" in on.app.screen.query_one("#what", RemarkLine).said
        await on.press("ctrl+o", "ctrl+o", "ctrl+o", "ctrl+s")
        assert list(desk.marks.state.marks) == [str(ValueTarget("principal", value))]


async def test_a_span_that_was_begun_is_marked() -> None:
    desk = FakeDesk(total=300)
    async with stage(desk) as on:
        await on.press("space", "down", "down", "M", "ctrl+s")
        assert next(iter(desk.marks.state.marks)).startswith("span/")


async def test_an_export_is_asked_for_followed_and_stopped() -> None:
    desk = FakeDesk(total=300, exports=FakeExports(waiting=True))
    async with stage(desk, lens="outcome:denied") as on:
        await on.press("E")
        screen = on.app.screen
        assert isinstance(screen, ExportScreen)
        assert screen.path.value == "lens.csv"
        await on.press("tab", "right", "tab", "right")
        assert screen.path.value == "lens.jsonl"
        on.app.screen.action_export()
        for _ in range(50):
            await on.pilot.pause(0.01)
            if "256 of 1,024" in remark(on):
                break
        assert "256 of 1,024 events; escape stops it" in remark(on)
        await on.press("escape")
        assert remark(on) == "stopped; nothing was written"
        desk.exports.waiting = False
        await on.press("ctrl+s")
        assert on.app.screen is on.page
        (left,) = desk.exports.left
        assert (left.form, left.path, left.redact, left.marked) == ("jsonl", "lens.jsonl", "accounts", False)
        assert str(left.lens) == "outcome:denied"
        assert on.said()[0].startswith("lens.jsonl: 1,024 events, sha256 abababababab")


async def test_an_export_that_fails_is_told_and_can_be_tried_again() -> None:
    full = EnvironmentFailure("the disk is full", "make space")
    async with stage(FakeDesk(total=300, exports=FakeExports(trouble=full))) as on:
        await on.press("minus", "E", "ctrl+s")
        assert isinstance(on.app.screen, ExportScreen)
        assert remark(on) == "nothing was written: the disk is full. make space"
