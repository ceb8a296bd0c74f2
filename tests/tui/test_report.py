"""The load report screen: every key does what the help says, and 100,000 rows cost what a page costs."""

import asyncio
import re
from dataclasses import replace

import pytest

from ctwork.errors import EnvironmentFailure
from ctwork.model.report import Account, Sieve
from ctwork.tui.keymap import known_ids, shipped
from ctwork.tui.screens.help import HelpScreen
from ctwork.tui.screens.report import ReportScreen
from ctwork.tui.widgets.banner import Banner
from ctwork.tui.widgets.context_pane import ContextPane
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.report_head import ReportHead
from tests.tui.desk import DONE, FakeDesk, hostile_issue, issue
from tests.tui.stage import Stage, stage

ROWS = tuple(map(issue, range(400)))
TROUBLED = replace(DONE, lost=3, issues=15)


def desk(**more: object) -> FakeDesk:
    return FakeDesk(**({"issue_lines": ROWS, "progress": TROUBLED} | more))  # type: ignore[arg-type]


async def report(on: Stage) -> ReportScreen:
    await on.press("L")
    assert isinstance(on.app.screen, ReportScreen)
    await asyncio.sleep(0.1)  # the cursor rests, then the bytes are read
    await on.settle()
    return on.app.screen


def text(page: ReportScreen, kind: type) -> str:
    widget = page.query_one(kind)
    return "\n".join(strip.text.rstrip() for strip in widget.render_lines(widget.size.region))


async def test_the_report_says_what_was_read_and_what_was_not() -> None:
    account = Account(1_926_000_000, 1_925_000_000, 1_000_000, 0, 1_926_000_000)
    async with stage(desk(account=account), size=(160, 45)) as on:
        page = await report(on)
        head = text(page, ReportHead)
        assert "2023-07-10T11:22:00Z to 2023-07-10T12:31:00Z" in head
        assert "123837392031 · eu-central-1 us-east-1" in head
        assert "1,024 seen = 1,001 read + 11 with issues + 2 failed + 10 skipped" in head
        assert "36,973 read = 30,477 unique + 6,496 copies · 3 eventIDs in conflict" in head
        assert "every byte accounted for" in head
        assert "400 rows" in head
        assert page.grid.total == 400
        assert {kind.kind for kind in page.kinds.kinds} == {line.kind for line in ROWS}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account": Account(10, 6, 1, 3, 10)}, "⚠ 3 bytes are neither record, structure nor reported"),
        ({"account": None}, "no account of bytes kept"),
    ],
)
async def test_a_broken_law_is_told_first(change: dict[str, object], said: str) -> None:
    async with stage(desk(**change)) as on:
        assert said in text(await report(on), ReportHead)


async def test_rows_are_walked_and_their_bytes_shown() -> None:
    async with stage(desk()) as on:
        page = await report(on)
        for keys, offset in (
            (["down", "j"], 2), (["k"], 1), (["G"], 399), (["g"], 0), (["pagedown"], page.grid.rows),
            (["pageup"], 0),
        ):  # fmt: skip
            await on.press(*keys)
            assert page.grid.offset_now == offset, keys
        first = next(line for line in ROWS if line.offset is None)
        page.grid.go(first.number)
        await asyncio.sleep(0.1)
        await on.settle()
        assert "no bytes to show" in text(page, ContextPane)
        placed = next(line for line in ROWS if line.offset is not None and line.offset > 16)
        page.grid.go(placed.number)
        await asyncio.sleep(0.1)
        await on.settle()
        shown = text(page, ContextPane)
        assert "[65 6e 74" in shown
        assert f"{placed.offset:,}" in shown
        assert shown.replace("\n", "").isprintable()


async def test_a_hundred_thousand_rows_are_read_by_the_page() -> None:
    many = desk(issue_lines=tuple(map(issue, range(100_000))))
    async with stage(many) as on:
        page = await report(on)
        await on.press("G", "pageup", "g", "G")
        pages = page.grid._source
        assert pages is not None and pages.total == 100_000
        assert pages.reads <= 4  # type: ignore[attr-defined]
        assert page.grid.offset_now == 99_999


async def test_losses_are_walked_from_one_to_the_next() -> None:
    losses = [line.number for line in ROWS if line.weight == "loss"]
    async with stage(desk()) as on:
        page = await report(on)
        seen = []
        for _ in losses[:3]:
            await on.press("right_square_bracket")
            seen.append(page.grid.offset_now)
        assert seen == losses[:3]
        await on.press("left_square_bracket")
        assert page.grid.offset_now == losses[1]
        await on.press("g", "left_square_bracket")
        assert "no earlier loss" in on.said()


async def test_rows_are_filtered_by_kind_and_text_and_escape_leads_back() -> None:
    conflicts = [line for line in ROWS if line.kind == "conflict"]
    async with stage(desk()) as on:
        page = await report(on)
        await on.press("tab", "down", "enter")
        wanted = page.kinds.kinds[1].kind
        assert page.sieve == Sieve(frozenset({wanted}))
        assert page.grid.total == sum(line.kind == wanted for line in ROWS)
        assert wanted in text(page, ReportHead)
        await on.press("enter")
        assert page.sieve == Sieve()
        await on.press("tab")
        page.grid.go(conflicts[0].number)
        await on.press("equals_sign")
        assert page.grid.total == len(conflicts)
        assert page.grid.line == conflicts[0]
        await on.press("escape")
        assert (page.grid.total, page.grid.line) == (400, conflicts[0])
        await on.press("slash")
        await on.type("LSO OCC")
        await on.press("enter")
        assert page.grid.total == len(conflicts)
        assert page.grid.has_focus
        await on.press("slash", "escape")
        assert page.sieve == Sieve()
        await on.press("slash")
        await on.type("nothing like this")
        await on.press("enter")
        assert page.grid.total == 0
        assert "esc lists all rows" in page.grid.empty_text
        await on.press("enter", "y", "equals_sign", "G", "escape", "escape")
        assert on.app.screen is on.page


async def test_enter_goes_to_the_event_and_the_lens_gives_way() -> None:
    conflict = next(line for line in ROWS if line.kind == "conflict")
    async with stage(desk(), lens="principal:nobody") as on:
        page = await report(on)
        page.grid.go(conflict.number)
        await on.press("enter")
        assert on.app.screen is on.page
        assert on.page.grid.line is not None and on.page.grid.line.row == conflict.index
        assert on.lens == ""
        await on.press("u")
        assert on.lens == "principal:nobody"
        page = await report(on)
        other = next(line for line in ROWS if line.index is None)
        page.grid.go(other.number)
        await on.press("enter")
        assert on.app.screen is page


async def test_an_event_that_is_not_there_is_told() -> None:
    odd = replace(ROWS[0], index=10**6)
    async with stage(desk(issue_lines=(odd,))) as on:
        page = await report(on)
        await on.press("enter")
        assert on.app.screen is page
        assert "no event was read at this place" in on.said()


async def test_the_report_is_written_where_the_investigator_says() -> None:
    made = desk()
    async with stage(made) as on:
        page = await report(on)
        await on.press("E")
        assert page.query_one(Prompt).input.value == "load-report.csv"
        await on.press("enter")
        assert made.saved == ["load-report.csv"]
        assert any("wrote 400 rows" in said for said in on.said())
        await on.press("E")
        await on.type(".xml")
        await on.press("enter")
        assert any("not written" in said and "end the name" in said for said in on.said())
        await on.press("E", "escape")
        assert page.grid.has_focus
        assert len(made.saved) == 1


async def test_copying_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with stage(desk(issue_lines=(hostile_issue(0, "a\x1b]0;x"),))) as on:
        monkeypatch.setattr(on.app, "copy_to_clipboard", copied.append)
        await report(on)
        await on.press("y")
        assert copied == ["a␛]0;x a␛]0;x record 0 offset 12 a␛]0;x"]


async def test_more_of_the_load_shows_more_rows() -> None:
    made = desk(issue_lines=ROWS[:3], progress=replace(TROUBLED, done=False))
    async with stage(made) as on:
        page = await report(on)
        assert page.grid.total == 3
        assert "at least 3 rows" in text(page, ReportHead)
        made.issue_lines = ROWS
        made.progress = replace(TROUBLED, generation=9)
        on.app._poll()
        await on.settle()
        assert page.grid.total == 400
        assert "at least" not in text(page, ReportHead)


async def test_a_desk_that_fails_says_so() -> None:
    async with stage(desk()) as on:
        on.app.desk.trouble = EnvironmentFailure("the disk is gone", "plug it in")  # type: ignore[attr-defined]
        page = await report(on)
        assert "the disk is gone" in page.grid.empty_text


async def test_the_banner_is_on_every_screen_and_folds_to_a_badge() -> None:
    async with stage(desk(), size=(100, 30)) as on:
        for key in ("", "L", "question_mark"):
            if key:
                await on.press(key)
            banner = on.app.screen.query_one(Banner)
            assert banner.display
            assert "3 losses" in str(banner.render())
            assert "12 doubts" in str(banner.render())
        assert isinstance(on.app.screen, HelpScreen)
        await on.press("escape", "B")
        assert not on.app.screen.query_one(Banner).display
        assert "3 lost" in str(on.app.screen.query_one("StatusLine").render())
        await on.press("escape")
        assert not on.page.query_one(Banner).display
        assert "3 lost" in str(on.page.query_one("StatusLine").render())
        await on.press("question_mark")
        assert on.app.screen.query_one(Banner).display  # no footer here that could hold a badge
        await on.press("escape", "B")
        assert on.page.query_one(Banner).display


async def test_a_clean_load_has_no_banner() -> None:
    async with stage() as on:
        assert not on.page.query_one(Banner).display
        page = await report(on)
        assert "everything was read" in page.grid.empty_text


async def test_a_folded_banner_comes_back_when_more_is_lost() -> None:
    made = desk()
    async with stage(made) as on:
        await on.press("B")
        made.progress = replace(TROUBLED, lost=4, issues=16)
        on.app._poll()
        await on.settle()
        assert on.page.query_one(Banner).display


async def test_the_help_of_the_report_names_its_keys() -> None:
    async with stage(desk(), size=(120, 60)) as on:
        page = await report(on)
        for key, said in (("question_mark", "walk from loss to loss"), ("escape", "")):
            await on.press(key)
            if said:
                shown = "\n".join(str(widget.render()) for widget in on.app.screen.query("Static"))
                assert said in shown
                assert "Write the whole report to a file" in shown
                assert not re.search(r"\{[a-z]", shown)
        nodes = [on.app, *page.walk_children(with_self=True)]
        assert all(binding in known_ids(nodes) for binding in ("report.export", "prompt.done", "grid.down"))
        assert "grid.down" in shipped("emacs")


async def test_small_and_large_screens() -> None:
    async with stage(desk(), size=(80, 24)) as on:
        page = await report(on)
        assert page.grid.rows >= 5
        await on.pilot.resize_terminal(160, 45)
        await on.settle()
        assert page.grid.rows >= 20
        assert len(text(page, ContextPane).splitlines()[0]) == 160
        await on.pilot.resize_terminal(40, 10)
        await on.settle()
        assert page.query("TooSmall")


async def test_clicking_in_the_tables() -> None:
    async with stage(desk(), size=(160, 45)) as on:
        page = await report(on)
        await on.pilot.click("IssueGrid", offset=(20, 4))
        assert page.grid.offset_now == 3
        await on.pilot.click("KindTable", offset=(5, 2), times=2)
        await on.settle()
        assert page.sieve.kinds == {page.kinds.kinds[1].kind}


SOME = Account(2_100_000_000, 2_099_000_000, 1_000_000, 0, 16_800_000)


async def test_the_sums_fit_at_eighty_columns_and_say_how_much_was_looked_into() -> None:
    async with stage(desk(account=SOME)) as on:
        head = text(await report(on), ReportHead)
        assert "2,100,000,000 inflated = 2,099,000,000 read + 1,000,000 reported" in head
        assert "into 16.8 MB of 2.10 GB: x looks into the rest" in head
    vast = Account(2_100_000_000_000, 2_099_000_000_000, 1_000_000_000, 0, 2_100_000_000_000)
    async with stage(desk(account=vast)) as on:
        head = text(await report(on), ReportHead)
        assert "2.10 TB inflated = 2.10 TB read + 1.00 GB reported" in head
        assert "into every record" in head
        assert "x" not in [key for key, active in on.app.screen.active_bindings.items() if active.enabled]
    async with stage(desk(account=Account(0, 0, 0, 0, 0))) as on:
        head = text(await report(on), ReportHead)
        assert "none could be inflated" in head
        assert "0 inflated =" not in head


async def test_the_rest_is_looked_into_beside_everything_else() -> None:
    made = desk(account=SOME)
    async with stage(made) as on:
        page = await report(on)
        await on.press("j", "x")
        line = page.grid.line
        made.progress = replace(made.progress, examining=0.34)
        on.app._poll()
        await on.settle()
        assert "the rest is at 34% · ctrl+c stops it" in text(page, ReportHead)
        assert "34% looked into" in str(page.query_one("StatusLine").render())
        await on.press("x")
        assert (made.examined, on.said()[-1]) == (1, "already looking into the rest")
        await on.press("ctrl+c")
        assert made.progress.examining is None
        assert "the load stands as it was" in on.said()[-1]
        await on.press("x")
        made.account = Account(2_100_000_000, 2_099_000_000, 1_000_000, 0, 2_100_000_000)
        made.progress = replace(made.progress, examining=None, generation=made.progress.generation + 1)
        on.app._poll()
        await on.settle()
        assert "into every record" in text(page, ReportHead)
        assert page.grid.line == line
        made.account, made.progress = SOME, replace(made.progress, generation=made.progress.generation + 1)
        on.app._poll()
        await on.settle()
        made.trouble = EnvironmentFailure("the sources are away", "put them back")
        await on.press("x")
        assert "the sources are away. put them back" in on.said()[-1]
