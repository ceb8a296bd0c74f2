"""Lenses outlast the session: recalled with the arrows, saved under a name, found again, and where one is is said."""

from dataclasses import replace

from ctwork.errors import EnvironmentFailure
from ctwork.model.lens import Lens
from ctwork.tui.screens.saved import SavedScreen, found
from ctwork.tui.shelf import SavedLens
from ctwork.tui.trail import Trail
from ctwork.tui.widgets.prompt import Prompt
from ctwork.tui.widgets.saved_table import SavedTable
from tests.tui.desk import DONE, HOSTILE, LOADING, FakeDesk
from tests.tui.shelf import FakeLenses
from tests.tui.stage import Stage, stage

NAMED = {"night": "time:/T0/", "the breach": "principal:=ci-deploy !outcome:=ok", "writes": "verb:=write"}


def desk(**more: object) -> FakeDesk:
    return FakeDesk(total=400, lenses=FakeLenses(named=dict(NAMED)), **more)  # type: ignore[arg-type]


def listed(on: Stage) -> list[str]:
    table = on.app.screen.query_one(SavedTable)
    return [table.render_line(y + 1).text.rstrip() for y in range(table.total)]


def names(on: Stage) -> list[str]:
    return [each.name for each in on.app.screen.query_one(SavedTable).rows_known]


async def test_the_arrows_recall_lenses_of_earlier_sessions_and_of_this_one() -> None:
    shelf = FakeLenses(typed=["one", "two"])
    async with stage(FakeDesk(total=400, lenses=shelf)) as on:
        await on.press("slash")
        await on.type("three")
        await on.press("enter")
        assert shelf.typed == ["one", "two", "three"]
        await on.press("slash", "up", "up")
        assert on.page.bar.text == "two"
        await on.press("up", "up", "up")
        assert on.page.bar.text == "one"
        await on.press("down")
        assert on.page.bar.text == "two"
        await on.press("enter")
        assert on.lens == "two"


async def test_a_history_that_cannot_be_kept_is_said_once() -> None:
    class Full(FakeLenses):
        def remember(self, text: str) -> None:
            raise EnvironmentFailure("no space", "make some")

    async with stage(FakeDesk(total=40, lenses=Full())) as on:
        for text in ("one", "two"):
            await on.press("slash")
            await on.type(text)
            await on.press("enter")
        assert on.said() == ["not remembered: no space. make some"]
        assert on.lens == "onetwo"


async def test_a_lens_is_saved_under_a_name() -> None:
    async with stage(desk()) as on:
        await on.press("S")
        assert "all events are shown: there is no lens to save" in on.said()
        await on.press("p", "S")
        assert on.app.focused is on.page.query_one(Prompt).input
        await on.type("my lens")
        await on.press("enter")
        assert on.app.desk.lenses.saved()[0].lens == "principal:=ci-deploy"
        assert "saved as my lens; ctrl+o lists the saved lenses" in on.said()
        assert not on.page.query_one(Prompt).display
        assert on.page.grid.has_focus
        await on.press("x", "S")
        await on.type("night")
        await on.press("enter")
        assert "saved as night, which named another lens before; ctrl+o lists the saved lenses" in on.said()
        await on.press("S", "x", "escape")
        assert not on.page.query_one(Prompt).display
        assert len(on.app.desk.lenses.saved()) == 4


async def test_what_cannot_be_saved_is_said() -> None:
    async with stage(FakeDesk(total=40, lenses=FakeLenses(full=True))) as on:
        await on.press("p", "S", "a", "enter")
        assert any(said.startswith("not saved: cannot write lenses.jsonl") for said in on.said())


async def test_saved_lenses_are_listed_with_their_events_and_gone_to() -> None:
    async with stage(desk()) as on:
        await on.press("ctrl+o")
        assert isinstance(on.app.screen, SavedScreen)
        assert names(on) == ["night", "the breach", "writes"]
        assert listed(on)[1].split() == ["the", "breach", "5", "principal:=ci-deploy", "!outcome:=ok"]
        await on.press("down", "enter")
        assert on.app.screen is on.page
        assert on.lens == "principal:=ci-deploy !outcome:=ok"
        assert on.app.view is not None
        assert on.app.view.total == 5
        await on.press("u")
        assert on.lens == ""


async def test_a_few_letters_find_a_saved_lens() -> None:
    async with stage(desk()) as on:
        await on.press("ctrl+o", "slash", "b", "c")
        assert names(on) == ["the breach"]
        await on.press("z")
        assert names(on) == []
        await on.press("escape")
        assert len(names(on)) == 3
        await on.press("slash", "w", "enter", "escape")
        assert isinstance(on.app.screen, SavedScreen)
        assert len(names(on)) == 3
        await on.press("escape")
        assert on.app.screen is on.page


async def test_a_saved_lens_is_deleted_copied_and_left() -> None:
    async with stage(desk()) as on:
        copied: list[str] = []
        on.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await on.press("ctrl+o", "G", "y", "d")
        assert copied == ["verb:=write"]
        assert names(on) == ["night", "the breach"]
        assert "deleted writes; saved again, it is back" in on.said()
        await on.press("q")
        assert on.app.screen is on.page
        await on.press("ctrl+o", "ctrl+o")
        assert on.app.screen is on.page
        await on.press("ctrl+o", "d", "d", "d", "enter")
        assert names(on) == []
        assert "no lens is saved" in on.app.screen.query_one(SavedTable).empty_text


async def test_what_is_no_lens_or_hostile_stays_in_the_list() -> None:
    shelf = FakeLenses(named={f"{place} {text}": text for place, text in enumerate((*HOSTILE, "((("))})
    async with stage(FakeDesk(total=40, lenses=shelf)) as on:
        await on.press("ctrl+o")
        assert all(row.isprintable() for row in listed(on))
        assert any("not a lens" in row for row in listed(on))
        for _ in HOSTILE:
            await on.press("down")
        await on.press("escape")


async def test_the_counts_say_at_least_while_loading() -> None:
    async with stage(desk(progress=LOADING)) as on:
        await on.press("ctrl+o")
        assert listed(on)[1].split()[2] == "≥5"


async def test_a_list_that_cannot_be_read_says_why() -> None:
    class Lost(FakeLenses):
        def saved(self) -> list[SavedLens]:
            raise EnvironmentFailure("cannot read lenses.jsonl", "check the case folder")

    async with stage(FakeDesk(total=40, lenses=Lost())) as on:
        await on.press("ctrl+o")
        assert on.app.screen.query_one(SavedTable).empty_text.startswith("cannot read lenses.jsonl")


async def test_the_list_is_reached_from_the_lens_and_what_was_typed_there_is_forgotten() -> None:
    async with stage(desk()) as on:
        await on.press("slash")
        await on.type("secr")
        await on.press("ctrl+o", "escape")
        await on.settle()
        assert on.page.bar.text == ""
        assert on.page.grid.has_focus
        assert on.app.lens == Lens()


def test_finding_is_fuzzy_and_the_likeliest_first() -> None:
    lenses = [SavedLens("xaxbxc", "x", 1), SavedLens("abc", "y", 1), SavedLens("other", "a b c", 1)]
    assert found(lenses, "abc")[0].name == "abc"
    assert len(found(lenses, "abc")) == 3
    assert found(lenses, " ") == lenses
    assert found(lenses, "q") == []


def test_a_trail_says_where_one_is_and_a_new_lens_drops_what_was_undone() -> None:
    trail = Trail(Lens())
    for text in ("a", "b", "c"):
        trail = trail.to(Lens.parse(text))
    assert str(trail) == "lens 4 of 4"
    trail = trail.back().back()
    assert str(trail) == "lens 2 of 4"
    assert str(trail.forth()) == "lens 3 of 4"
    assert str(trail.to(Lens.parse("d"))) == "lens 3 of 3"


async def test_undo_and_redo_say_where_one_is_in_one_remark() -> None:
    async with stage(FakeDesk(total=400, progress=replace(DONE))) as on:
        await on.press("u")
        assert on.said() == ["nothing to undo"]
        await on.press("p", "x", "w", "u", "u")
        assert on.said() == ["lens 2 of 4"]
        await on.press("ctrl+r")
        assert on.said() == ["lens 3 of 4"]
        await on.press("e", "ctrl+r")
        assert on.said() == ["nothing to redo"]
        await on.press("u")
        assert on.said() == ["lens 3 of 4"]
