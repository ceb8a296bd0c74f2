"""What stands in the lens bar is never shown beside the numbers or rows of another lens."""

from ctwork.tui.widgets.mistake import Mistake, flowed
from tests.tui.desk import FakeDesk
from tests.tui.stage import Stage, stage


def shown(on: Stage) -> str:
    grid = on.page.grid
    return "\n".join(grid.render_line(y).text for y in range(grid.size.height))


def count(on: Stage) -> str:
    return on.page.bar.query_one("Count").text  # type: ignore[attr-defined,no-any-return]


async def test_a_wrong_lens_has_no_count_and_its_rows_say_whose_they_are() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await on.press("slash")
        for char in "princpal":
            await on.press(char)
        assert count(on).endswith("of 30,477")
        await on.press(":", "c")
        for key in ("d", "enter"):
            await on.press(key)
            assert count(on) == "—"
            assert "still showing: princpal" in shown(on)
            assert " UTC ↑" not in shown(on)
        for _ in range(3):
            await on.press("backspace")
        assert count(on).endswith("of 30,477")
        assert "still showing" not in shown(on)
        assert " UTC ↑" in shown(on)
        await on.press(":", "escape")
        assert count(on) == "400 events"
        assert "still showing" not in shown(on)


async def test_a_question_that_failed_leaves_no_count() -> None:
    desk = FakeDesk(total=400)
    async with stage(desk) as on:
        desk.broken = True
        await on.press("p")
        assert count(on) == "—"
        assert "still showing: all events" in shown(on)


async def test_the_hint_of_a_mistake_is_not_cut_at_80_columns() -> None:
    async with stage() as on:
        await on.press("slash")
        await on.type("user:bert")
        await on.pilot.pause(0.05)
        mistake = on.page.query_one(Mistake)
        said = " ".join(mistake.render_line(y).text for y in range(2))
        assert "Did you mean principal or userIdentity.userName? raw:WORD" in " ".join(said.split())


def test_a_hint_flows() -> None:
    assert flowed("short", 20, 76) == ("short", "")
    assert flowed("a longer one", 5, 76) == ("", "a longer one")
    assert flowed("aaa " * 24 + "b", 30, 76) == ("aaa aaa aaa aaa aaa aaa aaa", "aaa " * 17 + "b")


async def test_a_long_lens_says_on_which_side_it_is_cut() -> None:
    long = "principal:=ci-deploy !outcome:=ok verb:=read service:=secretsmanager ip:=198.51.100.7"
    async with stage(FakeDesk(total=400), lens=long) as on:
        await on.pilot.pause()
        bar = on.page.bar.input
        text = bar.render_line(0).text
        assert text.startswith("principal:=ci")
        assert text.rstrip().endswith("…")
        await on.press("slash")
        await on.pilot.pause()
        text = bar.render_line(0).text
        assert text.startswith("…")
        assert text.rstrip().endswith("198.51.100.7")
        await on.press("home")
        await on.pilot.pause()
        assert bar.render_line(0).text.startswith("principal:=ci")
        await on.press("escape", "p")
        await on.pilot.pause()
        assert bar.render_line(0).text.startswith("principal:=ci")


async def test_tab_completes_the_name_of_a_column() -> None:
    async with stage() as on:
        await on.press("slash")
        await on.type("verb:read prin")
        await on.press("tab")
        assert on.page.bar.text == "verb:read principal:"
        await on.press(*["backspace"] * 10)
        await on.type("accou")
        await on.press("tab")
        assert on.page.bar.text == "verb:read account:"
        assert on.page.bar.input.has_focus


async def test_the_bar_says_that_it_completes_and_remembers_and_its_help_is_the_language() -> None:
    async with stage(size=(120, 40)) as on:
        await on.press("slash")
        await on.pilot.pause()
        said = str(on.page.query_one("KeyBar").render())
        for offer in ("tab complete", "↑ earlier lens", "f1 help"):
            assert offer in said
        await on.press("f1")
        guide = str(on.app.screen.query_one("#help-guide").render())
        assert guide.startswith("The lens: one line")
        assert "principal:ci-deploy outcome:denied" in guide
        assert "```" not in guide


async def test_the_language_can_be_read_from_the_events() -> None:
    async with stage() as on:
        await on.press("question_mark")
        assert "Side by side means AND" in str(on.app.screen.query_one("#help-lens").render())
