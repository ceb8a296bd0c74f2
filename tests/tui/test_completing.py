"""The lens is completed while it is typed: never late, never in the way, and never instead of what was typed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ctwork.model.completion import Offer
from ctwork.model.facet import Suggestion
from ctwork.tui.widgets.mistake import Mistake
from ctwork.tui.widgets.offer_list import OfferList
from tests.tui.desk import HOSTILE, LOADING, FakeDesk
from tests.tui.stage import Stage, stage


def rows(on: Stage) -> list[str]:
    """The list as it stands on the screen; empty while there is none."""
    shown = next(iter(on.page.query(OfferList)), None)
    if shown is None or not shown.open:
        return []
    return [shown.render_line(y).text for y in range(len(shown.offers))]


async def write(on: Stage, text: str) -> None:
    await on.press("slash")
    await on.type(text)
    await on.pilot.pause(0.06)
    await on.settle()


async def test_values_are_offered_with_their_counts_and_the_best_is_taken() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "principal:ci")
        assert rows(on)[0].split() == ["│", "ci-deploy", "63"]
        await on.press("tab")
        assert on.page.bar.text == "principal:=ci-deploy "
        assert rows(on) == []
        await on.press("enter")
        assert on.lens == "principal:=ci-deploy"
        view = on.app.view
        assert view is not None
        assert view.total == 63


async def test_names_of_columns_come_first_and_their_values_follow() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "outc")
        assert rows(on)[0].startswith("│ outcome:")
        await on.press("tab")
        assert on.page.bar.text == "outcome:"
        await on.pilot.pause(0.06)
        await on.settle()
        assert [row.split()[1] for row in rows(on)][:2] == ["ok", "denied"]


async def test_a_word_is_completed_in_its_column() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "verb:read GetSec")
        assert rows(on)[0].split()[:3] == ["│", "GetSecretValue", "event"]
        await on.press("tab", "enter")
        assert on.lens == "verb:read event:=GetSecretValue"


async def test_down_chooses_up_gives_back_and_enter_applies_what_is_written() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "principal:role")
        offered = [row.split()[1] for row in rows(on)]
        assert len(offered) >= 2
        await on.press("down")
        assert on.page.bar.text == f"principal:={offered[0]}"
        assert rows(on)[0].startswith("▌")
        await on.press("down")
        assert on.page.bar.text == f"principal:={offered[1]}"
        await on.press("up", "up")
        assert on.page.bar.text == "principal:role"
        assert not any(row.startswith("▌") for row in rows(on))
        await on.press("down", "escape")
        assert on.page.bar.text == "principal:role"
        assert on.page.bar.input.has_focus
        await on.press("down", "enter")
        assert on.lens == f"principal:={offered[0]}"
        assert rows(on) == []


async def test_choosing_stops_at_the_last_and_tab_takes_the_chosen() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "principal:u")
        offered = [row.split()[1] for row in rows(on)]
        await on.press(*["down"] * 12)
        assert on.page.bar.text == f"principal:={offered[-1]}"
        await on.press("tab")
        assert on.page.bar.text == f"principal:={offered[-1]} "


async def test_enter_applies_the_lens_as_typed() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "principal:ci")
        assert rows(on)
        await on.press("enter")
        assert on.lens == "principal:ci"
        assert rows(on) == []


async def test_the_history_is_reached_while_the_list_is_open() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "verb:read")
        await on.press("enter")
        await write(on, " ci")
        assert rows(on)
        await on.press("up")
        assert on.page.bar.text == "verb:read"
        assert rows(on) == []
        await on.press("escape")
        assert on.lens == "verb:read"


async def test_at_most_eight_and_leaving_closes_the_list() -> None:
    async with stage(FakeDesk(total=3000)) as on:
        await write(on, "e")
        assert 4 < len(rows(on)) <= 8
        await on.press("escape")
        assert rows(on) == []
        assert not on.page.bar.input.has_focus
        await on.press("slash")
        assert rows(on) == []


async def test_a_mistake_stands_above_the_list_and_loses_nothing() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "(principal:c")
        await on.pilot.pause(0.05)
        shown, mistake = on.page.query_one(OfferList), on.page.query_one(Mistake)
        assert mistake.said
        assert shown.region.y == mistake.region.bottom == 3
        await on.press("tab")
        assert on.page.bar.text == "(principal:=ci-deploy"
        await on.press("right_parenthesis", "backspace", "backspace")
        await on.pilot.pause(0.06)
        await on.settle()
        assert on.page.bar.text == "(principal:=ci-depl"
        await on.press("home", "delete", "end", "y")
        await on.pilot.pause(0.05)
        assert not mistake.said


async def test_what_is_not_finished_is_no_mistake_while_the_list_says_how_it_goes_on() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "principal:")
        assert rows(on)
        assert not on.page.query_one(Mistake).said
        assert on.page.bar.query_one("Count").text == "—"  # type: ignore[attr-defined]
        await on.press("enter")
        assert "A value is missing" in on.page.query_one(Mistake).render_line(0).text
        assert on.page.bar.text == "principal:"
        assert on.lens == ""
        await on.press("escape")
        await write(on, "bytes_in:")
        assert rows(on) == []
        assert on.page.query_one(Mistake).said


async def test_nothing_to_complete_says_so() -> None:
    async with stage() as on:
        await write(on, "qqqqq")
        await on.press("tab")
        assert "nothing in these events begins so" in on.page.query_one(Mistake).render_line(0).text
        assert on.page.bar.text == "qqqqq"


async def test_hostile_values_are_legible_and_taken_as_they_are() -> None:
    async with stage(FakeDesk(total=len(HOSTILE), hostile=HOSTILE)) as on:
        await write(on, "principal:")
        found = rows(on)
        assert found
        assert not any(char in row for row in found for char in "\x1b\x07\x9b\u202e\u200b\n\x00\ud800")
        for place in range(len(found)):
            await on.press("down")
            assert on.page.bar.text.isprintable(), place
        await on.press("enter")
        assert on.app.view is not None
        assert on.app.view.total >= 1


@dataclass
class SlowDesk(FakeDesk):
    """Answers when it is let."""

    doors: dict[str, threading.Event] = field(default_factory=dict)
    sought: list[str] = field(default_factory=list)

    def suggest(
        self, field: str, begun: str, limit: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Sequence[Suggestion]:
        self.sought.append(begun)
        self.doors.setdefault(begun, threading.Event()).wait(5)
        return [Suggestion(field, f"{begun}-answer", 7)]


async def test_a_late_answer_is_dropped_and_typing_does_not_wait_for_it() -> None:
    desk = SlowDesk(total=40, doors={"ci": threading.Event(), "cix": threading.Event()})
    async with stage(desk) as on:
        await on.press("slash")
        on.page.bar.input.insert_text_at_cursor("principal:ci")
        while "ci" not in desk.sought:
            await on.pilot.pause(0.01)
        on.page.bar.input.insert_text_at_cursor("x")
        while "cix" not in desk.sought:
            await on.pilot.pause(0.01)
        assert on.page.bar.text == "principal:cix"
        desk.doors["cix"].set()
        await on.pilot.pause(0.05)
        assert [row.split()[1] for row in rows(on)] == ["cix-answer"]
        desk.doors["ci"].set()
        await on.settle()
        assert [row.split()[1] for row in rows(on)] == ["cix-answer"]


async def test_tab_before_the_answer_takes_the_best_when_it_comes() -> None:
    desk = SlowDesk(total=40, doors={"ci": threading.Event()})
    async with stage(desk) as on:
        await on.press("slash")
        on.page.bar.input.insert_text_at_cursor("principal:ci")
        while "ci" not in desk.sought:
            await on.pilot.pause(0.01)
        on.page.bar.input.action_complete()
        await on.pilot.pause(0.02)
        assert on.page.bar.text == "principal:ci"
        desk.doors["ci"].set()
        await on.settle()
        assert on.page.bar.text == "principal:=ci-answer "


async def test_a_desk_that_fails_leaves_the_names() -> None:
    class Broken(FakeDesk):
        def suggest(
            self, field: str, begun: str, limit: int, cancelled: Callable[[], bool] = lambda: False
        ) -> Sequence[Suggestion]:
            raise RuntimeError("\x1b]0;owned\x07")

    async with stage(Broken(total=40)) as on:
        await write(on, "verb")
        assert rows(on)[0].startswith("│ verb:")


async def test_the_list_stays_on_the_screen_and_the_bar_counts_at_least_while_loading() -> None:
    async with stage(FakeDesk(total=400, progress=LOADING)) as on:
        await write(on, "verb:read verb:read verb:read verb:read verb:read principal:role")
        await on.pilot.pause(0.05)
        shown = on.page.query_one(OfferList)
        assert shown.region.right <= 80
        assert on.page.bar.query_one("Count").text.startswith("at least ")  # type: ignore[attr-defined]
        await on.press("escape")


async def test_only_rows_that_changed_are_drawn() -> None:
    async with stage(FakeDesk(total=400)) as on:
        await write(on, "principal:r")
        await on.pilot.pause(0.05)
        shown = on.page.query_one(OfferList)
        drawn: list[object] = []
        shown.refresh = lambda *regions, **_: drawn.append(regions) or shown  # type: ignore[method-assign,assignment,return-value]
        same = shown.offers
        shown.show(same, None, shown.region.x, 1)
        assert drawn == []
        other = Offer("=x", "x", "", "", 3)
        shown.show((*same[:-1], other), None, shown.region.x, 1)
        assert len(drawn) == 1
