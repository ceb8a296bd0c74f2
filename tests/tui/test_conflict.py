"""Records that share an eventID, side by side: what differs is marked, and every key leads where the help says."""

from ctwork.tui.screens.conflict import ConflictScreen
from ctwork.tui.widgets.key_bar import KeyBar
from ctwork.tui.widgets.twin_pane import TwinPane
from tests.tui.desk import HOSTILE, FakeDesk, line
from tests.tui.stage import Stage, stage

CONTESTED = next(row for row in range(3000) if line(row).conflict)


async def compared(on: Stage) -> ConflictScreen:
    on.page.grid.go(CONTESTED)
    await on.settle()
    await on.press("c")
    assert isinstance(on.app.screen, ConflictScreen)
    return on.app.screen


def text(pane: TwinPane) -> str:
    return "\n".join(strip.text.rstrip() for strip in pane.render_lines(pane.size.region))


async def test_only_a_conflict_can_be_compared() -> None:
    async with stage() as on:
        bar = on.page.query_one(KeyBar)
        await on.press("down")
        await on.pilot.pause()
        assert "compare" not in str(bar.render())
        await on.press("c")
        assert on.app.screen is on.page
        on.page.grid.go(CONTESTED)
        await on.settle()
        await on.pilot.pause()
        assert "c compare" in str(bar.render())
        await on.press("enter")
        assert "another record has this eventID" in "\n".join(row.value for row in on.page.pane._rows)


async def test_differences_stand_side_by_side() -> None:
    async with stage(size=(160, 45)) as on:
        page = await compared(on)
        left, right = page.panes
        assert left.region.y == right.region.y
        assert left.region.right < right.region.x
        differing = [pair for pair in left.pairs if not pair.alike]
        assert any(pair.left and pair.right and "AWSCURRENT" in pair.left for pair in differing)
        assert '"odd1"' in text(right) or any(pair.right and '"odd1"' in pair.right for pair in differing)
        assert "≠" in text(left) and "≠" in text(right)
        heads = "\n".join(str(widget.render()) for widget in page.query("TwinHead"))
        assert heads.count("sha256") == 2
        assert "seized.zip!" in heads


async def test_at_eighty_columns_one_stands_above_the_other() -> None:
    async with stage(size=(80, 24)) as on:
        page = await compared(on)
        left, right = page.panes
        assert left.region.x == right.region.x
        assert left.region.bottom <= right.region.y
        assert left.rows >= 4
        assert right.rows >= 4


async def test_both_sides_move_together_from_difference_to_difference() -> None:
    async with stage(size=(160, 45)) as on:
        page = await compared(on)
        left, right = page.panes
        places = [number for number, pair in enumerate(left.pairs) if not pair.alike]
        assert left.offset_now == places[0]
        seen = [left.offset_now]
        for _ in places[1:]:
            await on.press("n")
            seen.append(left.offset_now)
            assert (right.offset_now, right.top) == (left.offset_now, left.top)
        assert seen == places
        await on.press("n")
        assert "no later difference" in on.said()
        await on.press("N", "tab")
        assert right.has_focus
        await on.press("G")
        assert left.offset_now == right.offset_now == left.total - 1


async def test_the_wheel_turns_both_sides() -> None:
    async with stage(size=(80, 24)) as on:
        page = await compared(on)
        left, right = page.panes
        top = left.top
        left.on_mouse_scroll_down()
        await on.settle()
        assert left.top > top
        assert right.top == left.top


async def test_other_records_and_the_way_to_an_event() -> None:
    async with stage(FakeDesk(twins=3), size=(160, 45)) as on:
        page = await compared(on)
        assert "record 1 of 3" in page.panes[1].title
        await on.press("right_square_bracket")
        assert "record 2 of 3" in page.panes[1].title
        await on.press("left_square_bracket", "left_square_bracket")
        assert "record 3 of 3" in page.panes[1].title
        await on.press("tab", "enter")
        assert on.app.screen is on.page
        assert on.page.grid.line is not None and on.page.grid.line.row == CONTESTED + 3
        page = await compared(on)
        await on.press("escape")
        assert on.app.screen is on.page


async def test_a_record_without_a_twin_says_so() -> None:
    async with stage(FakeDesk(twins=0)) as on:
        page = await compared(on)
        assert "no other record" in page.panes[0].empty_text
        await on.press("n", "enter", "right_square_bracket", "G", "q")
        assert on.app.screen is on.page


async def test_hostile_records_are_compared_and_do_nothing() -> None:
    async with stage(FakeDesk(total=40, hostile=HOSTILE), size=(160, 45)) as on:
        for row in range(len(HOSTILE)):
            on.page.grid.go(row)
            await on.settle()
            await on.press("c")
            page = on.app.screen
            assert isinstance(page, ConflictScreen)
            for pane in page.panes:
                assert text(pane).replace("\n", "").isprintable()
            await on.press("escape")
