"""Every key does what the help says, every intent becomes a lens, and late or failed answers do no harm."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual import events

from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.model.lens import Lens
from ctwork.tui import intent
from ctwork.tui.app import Workbench
from ctwork.tui.keymap import actions, known_ids, read_keymap, shipped, told
from ctwork.tui.screens.help import HelpScreen
from ctwork.tui.trail import Trail
from ctwork.tui.widgets.banner import Banner
from ctwork.tui.widgets.histogram_strip import HistogramStrip
from ctwork.tui.widgets.key_bar import KeyBar
from ctwork.tui.widgets.lens_bar import LensBar, LensInput
from ctwork.tui.widgets.mistake import Mistake
from ctwork.tui.widgets.too_small import TooSmall
from tests.tui.desk import DONE, LOADING, FakeDesk, FakeView
from tests.tui.stage import stage


async def test_moving_in_the_table() -> None:
    async with stage() as on:
        grid = on.page.grid
        for keys, offset in (
            (["down", "j", "down"], 3),
            (["up", "k"], 1),
            (["pagedown"], 1 + grid.rows),
            (["ctrl+f"], 1 + 2 * grid.rows),
            (["pageup", "ctrl+b"], 1),
            (["G"], 2999),
            (["down"], 2999),
            (["g"], 0),
            (["up"], 0),
            (["end"], 2999),
            (["home"], 0),
            (["J", "J", "K"], 1),
        ):
            await on.press(*keys)
            assert grid.offset_now == offset, keys
            assert grid.top <= offset < grid.top + grid.rows


async def test_the_page_turns_by_half_when_the_cursor_leaves_it() -> None:
    async with stage() as on:
        grid = on.page.grid
        await on.press(*["down"] * (grid.rows - 1))
        assert grid.top == 0
        await on.press("down")
        assert grid.top == grid.rows - grid.rows // 2
        await on.press("down")
        assert grid.top == grid.rows - grid.rows // 2


async def test_ten_million_rows_are_read_by_the_page() -> None:
    async with stage(FakeDesk(total=10_000_000)) as on:
        await on.press("end")
        assert on.page.grid.offset_now == 9_999_999
        assert on.page.grid.line is not None
        view = on.app.view
        assert isinstance(view, FakeView)
        assert view.reads <= 8


async def test_the_record_follows_the_cursor() -> None:
    desk = FakeDesk()
    async with stage(desk) as on:
        await on.press("down")
        detail = on.page.pane.detail
        assert detail is not None
        assert detail.document["eventID"].startswith("00000001")
        read = desk.details
        await on.press(*["down"] * 5)
        assert desk.details <= read + 5
        assert on.page.pane.detail is not None
        assert on.page.pane.detail.document["eventID"].startswith("00000006")


async def test_opening_folding_and_going_back() -> None:
    async with stage() as on:
        await on.press("enter")
        pane = on.page.pane
        assert pane.has_focus
        assert not on.page.grid.region
        before = await on.steady(lambda: len(pane._rows) if pane.detail else -1)
        while pane.row is None or pane.row.key.strip() != "userIdentity":
            await on.press("down")
        await on.press("enter")
        assert len(pane._rows) == before + 6
        await on.press("left")
        assert len(pane._rows) == before
        await on.press("right", "down", "left")
        assert len(pane._rows) == before
        await on.press("end", "pageup", "home", "pagedown", "up", "k", "j", "space", "l", "h")
        await on.press("escape")
        assert on.page.grid.has_focus
        assert on.page.grid.display


PIVOTS: dict[str, str] = {
    "p": "principal:=ci-deploy",
    "i": "ip:=198.51.100.7",
    "e": "event:=AssumeRole",
    "v": "service:=sts",
    "r": "resource:=role/admin-break-glass",
    "x": "!outcome:=ok",
    "w": "verb:=write",
    "x x": "",
    "equals_sign": "principal:=ci-deploy",
    "exclamation_mark": "!principal:=ci-deploy",
    "right equals_sign": "event:=AssumeRole",
    "right right right right left l h exclamation_mark": "!resource:=role/admin-break-glass",
    "left equals_sign": "time:2023-07-10T11:22:00..2023-07-10T11:22:01",
    "p e u": "principal:=ci-deploy",
    "p e u u u ctrl+r": "principal:=ci-deploy",
}


async def test_a_key_becomes_a_lens() -> None:
    async with stage(FakeDesk(total=400)) as on:
        for keys, lens in PIVOTS.items():
            on.page.grid.go(0)
            on.page.grid.field = "principal"
            await on.press(*keys.split())
            wanted = Lens.parse(lens)
            assert on.app.trail.now == wanted, keys
            assert on.app.lens == wanted
            assert on.app.view is not None
            assert on.app.view.lens == wanted
            assert on.page.bar.text == str(wanted)
            assert on.app.view.total > 0
            on.app.trail = Trail(Lens())
            on.app.lens = Lens()
            await on.settle()


async def test_a_session_is_named_exactly() -> None:
    async with stage() as on:
        line = on.page.grid.line
        assert line is not None
        await on.press("s")
        assert on.app.trail.now == Lens.parse(f"session:={line.session}")


async def test_narrowing_to_a_field_of_the_record() -> None:
    async with stage(FakeDesk(total=300)) as on:
        await on.press("enter")
        pane = on.page.pane
        while pane.row is None or pane.row.key.strip() != "sha256":
            await on.press("down")
        await on.press("equals_sign")
        assert on.lens == ""
        assert any("no lens can name" in said for said in on.said())
        while pane.row is None or pane.row.key.strip() != "versionStage":
            await on.press("down")
        await on.press("equals_sign")
        assert on.lens == "requestParameters.versionStage:=AWSCURRENT"


async def test_walking_from_error_to_error() -> None:
    async with stage() as on:
        grid = on.page.grid
        await on.press("right_square_bracket")
        first = grid.offset_now
        assert first > 0
        assert grid.line is not None and grid.line.outcome != "ok"
        await on.press("right_square_bracket", "left_square_bracket")
        assert grid.offset_now == first
        await on.press("home", "left_square_bracket")
        assert any("no earlier error" in said for said in on.said())


async def test_zooming_with_keys_and_clicks() -> None:
    async with stage() as on:
        await on.press(*["pagedown"] * 4)
        line = on.page.grid.line
        assert line is not None and line.time_ms is not None
        await on.press("z")
        lens = on.app.trail.now
        assert lens.start_ms is not None and lens.end_ms is not None
        assert lens.start_ms <= line.time_ms < lens.end_ms
        assert on.page.grid.line is not None
        assert on.page.grid.line.row == line.row
        await on.press("Z")
        assert on.app.trail.now.start_ms is None
        await on.press("Z")
        assert any("all of the time" in said for said in on.said())
        strip = on.page.query_one(HistogramStrip)
        assert strip.histogram is not None
        await on.pilot.click(HistogramStrip, offset=(19 + 10, 0))
        await on.settle()
        wanted = strip.histogram.start_ms + 10 // strip.scale * strip.histogram.bucket_ms
        assert on.page.grid.line is not None
        assert abs((on.page.grid.line.time_ms or 0) - wanted) < 2000


async def test_looking_further_leads_back_to_every_span() -> None:
    async with stage(FakeDesk(step_ms=700)) as on:
        await on.press(*["pagedown"] * 4)
        spans = []
        while not any("the closest" in said for said in on.said()):
            spans.append((on.app.trail.now.start_ms, on.app.trail.now.end_ms))
            await on.press("z")
        assert len(spans) > 4 and spans[-1][1] - spans[-1][0] == intent.CLOSEST_MS  # type: ignore[operator]
        await on.press("p")
        for start_ms, end_ms in reversed(spans[:-1]):
            await on.press("Z")
            assert (on.app.trail.now.start_ms, on.app.trail.now.end_ms) == (start_ms, end_ms)
        assert on.lens == "principal:=" + on.lens.rpartition("=")[2]
        await on.press("space", "down", "down", "space", "z", "u", "Z")
        assert on.app.trail.now.start_ms is None


async def test_typing_follows_and_escape_takes_it_back() -> None:
    async with stage(FakeDesk(total=400), lens="verb:=write") as on:
        await on.press("slash")
        assert on.page.bar.input.has_focus
        assert not on.page.bar.input.cursor_blink
        await on.type(" principal:root")
        assert str(on.app.lens) == "verb:=write principal:root"
        assert on.lens == "verb:=write"
        assert on.app.view is not None
        assert on.app.view.lens == on.app.lens
        await on.press("escape")
        assert on.lens == str(on.app.lens) == on.page.bar.text == "verb:=write"
        assert on.page.grid.has_focus
        await on.press("slash")
        await on.type(" event:PutItem")
        await on.press("enter")
        assert on.lens == "verb:=write event:PutItem"
        assert on.page.grid.has_focus
        await on.press("u")
        assert on.lens == "verb:=write"
        await on.press("slash", "up")
        assert on.page.bar.text == "verb:=write event:PutItem"
        await on.press("escape")


async def test_a_mistake_is_answered_where_it_was_made() -> None:
    async with stage() as on:
        await on.press("slash")
        await on.type("event:(Get OR")
        await on.pilot.pause(0.05)
        mistake = on.page.query_one(Mistake)
        assert mistake.said
        assert mistake.region.y == on.page.bar.region.y + 1
        line = mistake.render_line(0).text
        assert line.index("↑") == 3 + len("event:(Get ")
        assert on.page.bar.text == "event:(Get OR"
        await on.press("enter")
        assert on.page.bar.text == "event:(Get OR"
        assert on.page.bar.input.has_focus
        await on.press(*["backspace"] * 3, ")")
        assert not mistake.said


async def test_a_mistake_at_the_right_edge_is_said_to_its_left() -> None:
    async with stage() as on:
        on.page.complain(70, "a rather long explanation of it", "a hint")
        await on.pilot.pause()
        line = on.page._mistake.render_line(0).text
        assert line.index("↑") == 73
        assert "explanation" in line


async def test_a_paste_is_one_line_and_bounded() -> None:
    async with stage() as on:
        await on.press("slash")
        on.page.bar.input.post_message(events.Paste("a\nb\x1b]0;x\x07" + "y" * 1_000_000))
        await on.settle()
        text = on.page.bar.text
        assert text.startswith(r"a b\u{1b}]0;x\u{7}yyy")
        assert len(text) <= 4096


async def test_switching_panes() -> None:
    async with stage(size=(160, 45)) as on:
        assert on.page.grid.region.width > on.page.pane.region.width >= 40
        assert on.page.grid.region.y == on.page.pane.region.y == on.page.facet.region.y
        await on.press("tab")
        assert on.page.pane.has_focus
        await on.press("shift+tab")
        assert on.page.grid.has_focus


async def test_small_screens_say_so_and_large_ones_use_their_room() -> None:
    async with stage() as on:
        assert on.page.grid.region.height == 14
        assert on.page.pane.region.height == 6
        assert on.page.query_one(KeyBar).region.bottom == 24
        await on.pilot.resize_terminal(50, 12)
        await on.settle()
        small = on.page.query_one(TooSmall)
        assert small.display
        assert "60 by 15" in str(small.render())
        await on.pilot.resize_terminal(160, 45)
        await on.settle()
        assert not on.page.query_one(TooSmall).display
        assert on.page.pane.region.x > 100
        await on.pilot.resize_terminal(1, 1)
        await on.pilot.resize_terminal(80, 24)
        await on.settle()
        assert on.page.grid.line is not None


async def test_copying(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with stage(FakeDesk(hostile=("evil\u202e\x1b]0;x",))) as on:
        monkeypatch.setattr(on.app, "copy_to_clipboard", copied.append)
        await on.press("y")
        assert copied.pop() == "evil�␛]0;x"
        assert not any("copied" in said for said in on.said())
        assert any("sent 10 characters to the terminal" in said for said in on.said())
        await on.press("Y")
        assert copied.pop().startswith('{"eventVersion"')
        await on.press("enter", "y")
        assert copied.pop().startswith("evil�␛]0;x session ci")


async def test_help_shows_every_key_and_the_palette_every_action() -> None:
    async with stage(size=(120, 50)) as on:
        await on.press("question_mark")
        help_screen = on.app.screen
        assert isinstance(help_screen, HelpScreen)
        text = "\n".join(str(widget.render()) for widget in help_screen.query("Static"))
        for said in (
            "Only this principal",
            "Leave the workbench",
            "Stop loading",
            "/ filters",
            "Next event that failed",
        ):
            assert said in text, said
        assert not re.search(r"\{[a-z]", text)
        await on.press("escape")
        await on.press("colon")
        await on.type("leave out")
        await on.pilot.pause(0.3)
        await on.press("enter")
        await on.pilot.pause(0.2)
        await on.settle()
        assert on.lens == "!principal:=ci-deploy"
        await on.press("ctrl+p", "escape")
        assert on.app.screen is on.page


async def test_every_line_of_the_help_begins_with_a_capital_and_names_one_thing_by_one_word() -> None:
    async with stage(size=(120, 50)) as on:
        said = [told(active.binding) for _, active in actions(on.page.active_bindings)]
        assert all(text[0].isupper() for text in said)
        assert not any("target" in text for text in said)
        assert "resource" in on.page.grid.render_line(0).text


async def test_several_accounts_are_told_apart_at_160_columns() -> None:
    for accounts, told_apart in ((1, False), (3, True)):
        async with stage(FakeDesk(accounts=accounts), size=(160, 45)) as on:
            await on.press("F")
            await on.steady(lambda: on.page.grid.size.width - 100)
            assert ("account" in on.page.grid.render_line(0).text) is told_apart
            assert ("123837392031" in on.page.grid.render_line(1).text) is told_apart


async def test_the_footer_follows_the_focus_and_can_be_clicked() -> None:
    async with stage() as on:
        bar = on.page.query_one(KeyBar)
        assert "enter open" in str(bar.render())
        assert str(bar.render()).rstrip().endswith("? help")
        await on.press("slash")
        await on.pilot.pause()
        assert str(bar.render()).split()[:4] == ["enter", "apply", "esc", "back"]
        assert "only this" not in str(bar.render())
        await on.press("escape")
        place = next(at for at, key in bar.fitting() if key[1] == "filter")
        await on.pilot.click(KeyBar, offset=(place, 0))
        await on.settle()
        assert on.page.bar.input.has_focus


async def test_clicking_in_the_table_and_the_record() -> None:
    async with stage(size=(160, 45)) as on:
        await on.pilot.click("EventGrid", offset=(30, 4))
        assert on.page.grid.offset_now == 3
        assert on.page.grid.field == "event"
        await on.settle()
        pane = on.page.pane
        place = next(number for number, row in enumerate(pane._rows) if row.key.strip() == "userIdentity")
        rows = len(pane._rows)
        await on.pilot.click("DetailPane", offset=(10, place + 1))
        assert len(pane._rows) == rows + 6


async def test_themes_change_in_place() -> None:
    async with stage() as on:
        seen = {on.app.theme}
        for _ in on.app.themes:
            await on.press("ctrl+t")
            seen.add(on.app.theme)
        assert seen == {known.name for known in on.app.themes}


async def test_user_keys_replace_ours() -> None:
    async with stage(keymap={"lens.edit": "f2"}) as on:
        await on.press("slash")
        assert on.page.grid.has_focus
        await on.press("f2")
        assert on.page.bar.input.has_focus


async def test_every_binding_has_an_id_and_shipped_profiles_name_real_ones() -> None:
    async with stage() as on:
        nodes = [on.app, *on.page.walk_children(with_self=True), HelpScreen({})]
        known = known_ids(nodes)
        ours = [
            binding
            for node in nodes
            for base in type(node).__mro__
            if base.__module__.startswith("ctwork.")
            for binding in base.__dict__.get("BINDINGS", ())
        ]
        assert all(binding.id for binding in ours)
        assert len({binding.id for binding in ours}) == len(ours)
        for profile in ("default", "emacs"):
            assert set(shipped(profile)) <= known


def test_a_key_file_is_checked(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "keys.toml"
    path.write_text('profile = "emacs"\n[keys]\n"lens.edit" = "f2"\n')
    known = {"lens.edit", *shipped("emacs")}
    assert read_keymap(path, known)["lens.edit"] == "f2"
    assert read_keymap(path, known)["grid.down"] == "down,ctrl+n"
    for text, said in (
        ("[keys]\n'no.such' = 'x'", "no.such"),
        ("[keys]\n'lens.edit' = 7", "not a text"),
        ("[", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(UsageError, match=said):
            read_keymap(path, {"lens.edit"})
    with pytest.raises(UsageError):
        shipped("vulcan")


async def test_loading_shows_progress_then_selects_again() -> None:
    desk = FakeDesk(total=100, progress=LOADING)
    async with stage(desk) as on:
        await on.press("down")
        status = on.page.query_one("StatusLine")
        assert "412/1,024 files" in str(status.render())
        assert "at least 100 events" in on.page.bar.query_one("Count").text  # type: ignore[attr-defined]
        row = on.page.grid.line
        desk.total = 300
        desk.progress = replace(LOADING, generation=2)
        on.app._poll()
        await on.settle()
        assert on.app.view is not None and on.app.view.total == 300
        assert on.page.grid.line == row
        desk.progress = replace(DONE, generation=3, lost=1, issues=1)
        on.app._poll()
        await on.settle()
        on.app._poll()
        banner = on.page.query_one(Banner)
        assert banner.display
        assert "1 loss" in str(banner.render())
        assert "lost" not in str(status.render())
        await on.press("B")
        assert not banner.display
        assert "1 lost" in str(status.render())
        desk.progress = replace(desk.progress, lost=2, issues=2)
        on.app._poll()
        await on.settle()
        assert banner.display  # what is new is told again
        assert on.page.bar.query_one("Count").text == "300 events"  # type: ignore[attr-defined]


async def test_an_untouched_cursor_stays_on_the_first_event_and_a_moved_one_on_its_own() -> None:
    for keys, place in (((), 0), (("down", "up"), 5), (("enter",), 5)):
        desk = FakeDesk(total=100, progress=LOADING)
        desk.first = 5
        async with stage(desk) as on:
            await on.press(*keys)
            desk.first = 0
            desk.progress = replace(LOADING, generation=2)
            on.app._poll()
            await on.settle()
            assert on.page.grid.offset_now == place, keys
            assert on.page.grid.line is not None and on.page.grid.line.row == place


async def test_ctrl_c_stops_the_load_and_nothing_else() -> None:
    desk = FakeDesk(progress=LOADING)
    async with stage(desk) as on:
        await on.press("ctrl+c")
        assert desk.stopped
        on.app._poll()
        await on.press("ctrl+c")
        assert on.app.is_running
        assert any("ctrl+q" in said for said in on.said())


async def test_the_desk_fails_in_one_line() -> None:
    desk = FakeDesk(total=400)
    async with stage(desk) as on:
        desk.trouble = EnvironmentFailure("the store is \x1b]0;gone", "open it again")
        await on.press("p")
        await on.pilot.pause(0.05)
        assert on.page._mistake.said
        assert "the store is ␛]0;gone" in on.page._mistake.render_line(0).text
        assert not on.app.busy
        desk.trouble = None
        desk.broken = True
        await on.press("e")
        await on.pilot.pause(0.05)
        assert "RuntimeError" in on.page._mistake.render_line(0).text
        desk.broken = False
        await on.press("u")
        assert not on.page._mistake.said
        assert on.app.view is not None and str(on.app.view.lens) == "principal:=ci-deploy"


async def test_an_unreadable_record_is_said_where_it_would_be() -> None:
    desk = FakeDesk(total=5)
    async with stage(desk) as on:
        desk.total = 2
        await on.press("end")
        assert "the carrier is gone" in on.page.pane._rows[0].value
        assert on.page.pane._rows[0].kind == "alarm"


async def test_unverified_bytes_are_said_loudly() -> None:
    async with stage(FakeDesk(problem="sha256 differs")) as on:
        assert "sha256 differs" in on.page.pane.render_line(1).text
        assert on.page.pane._rows[0].kind == "alarm"


class SlowDesk(FakeDesk):
    """Answers only when told, in any order."""

    def __init__(self) -> None:
        super().__init__(total=50)
        self.gates: dict[str, threading.Event] = {}
        self.cancelled: dict[str, Callable[[], bool]] = {}

    def select(self, lens: Lens, cancelled: Callable[[], bool]) -> FakeView:
        gate = self.gates.get(str(lens))
        self.cancelled[str(lens)] = cancelled
        if gate is not None:
            gate.wait(5)
        return super().select(lens, cancelled)


async def test_a_late_answer_to_an_old_question_is_dropped() -> None:
    desk = SlowDesk()
    desk.gates["verb:=write"] = threading.Event()
    async with stage(desk) as on:
        on.app.post_message(events.Key("w", "w"))
        await on.pilot.pause(0.05)
        assert on.app.busy
        on.app.go(Lens.parse("principal:=root"))
        await on.pilot.pause(0.1)
        assert desk.cancelled["verb:=write"]()
        desk.gates["verb:=write"].set()
        await on.settle()
        assert on.app.view is not None and str(on.app.view.lens) == "principal:=root"
        assert not on.app.busy


async def test_the_first_paint_waits_for_nothing() -> None:
    desk = SlowDesk()
    desk.gates[""] = threading.Event()
    app = Workbench(desk, Lens(), title="x", theme_name="dark", ascii_only=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.view is None
        assert "reading" in "".join(app.timeline.grid.render_line(y).text for y in range(10))
        desk.gates[""].set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.view is not None


async def test_an_empty_view_says_what_to_do_next() -> None:
    async with stage(FakeDesk(total=50), lens="principal:=nobody") as on:
        grid = on.page.grid
        text = "".join(grid.render_line(y).text for y in range(grid.rows))
        assert "no event matches principal:=nobody" in text
        await on.press("down", "end", "p", "enter", "z", "right_square_bracket", "y", "equals_sign")
        assert on.page.grid.has_focus


async def test_an_empty_view_says_what_may_help() -> None:
    async with stage(FakeDesk(total=50), lens="outcome:broken") as on:
        grid = on.page.grid
        assert "outcome is one of ok" in "".join(grid.render_line(y).text for y in range(grid.rows))


async def test_filtering_from_an_open_record_leads_to_what_was_found() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("enter", "slash", "escape")
        assert on.page.pane.has_focus
        assert not on.page.grid.region
        await on.press("slash")
        await on.type("event:PutItem")
        await on.press("enter")
        assert on.page.grid.display
        assert on.page.grid.has_focus
        assert not on.page.has_class("-record")


def test_the_lens_bar_is_an_input_and_nothing_more() -> None:
    assert LensBar.can_focus is False
    assert LensInput.can_focus is True
