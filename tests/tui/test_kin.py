"""What differs between two events, what is related to one, and how a leaf of a policy becomes a lens."""

import json

from ctwork.model.difference import FIELDS, compared, fields_of
from ctwork.model.lens import Lens
from ctwork.tui import intent
from ctwork.tui.folding import PLACES, rows
from ctwork.tui.screens.difference import DifferenceScreen
from ctwork.tui.screens.related import RelatedScreen
from tests.tui.desk import HOSTILE, FakeDesk, nested
from tests.tui.stage import Stage, stage


def test_policies_are_compared_inside() -> None:
    allow, deny = (json.dumps({"Statement": [{"Effect": effect, "Action": "*"}]}) for effect in ("Allow", "Deny"))
    found = compared(fields_of({"policy": allow, "same": 1}), fields_of({"same": 1, "policy": deny}))
    differing = [(pair.left, pair.right) for pair in found if not pair.alike]
    assert differing == [('"Allow"', '"Deny"')]
    assert len(found) == 3


def test_what_only_one_record_has() -> None:
    found = compared(fields_of({"a": None, "b": {}}), fields_of({"b": {}, "c": [1]}))
    assert [(each.path, each.left, each.right) for each in found] == [
        ("a", "null", None), ("b", "{}", "{}"), ("c.0", None, "1"),
    ]  # fmt: skip


def test_hostile_records_are_bounded() -> None:
    assert len(fields_of(list(range(FIELDS + 10)))) == FIELDS + 1
    assert fields_of(nested(5000))
    assert fields_of(None) == [("", "null")]


def test_a_leaf_of_a_policy_becomes_a_lens() -> None:
    policy = json.dumps({"Action": "s3:*", "Note": 'a "quoted" part', "N": "x"})
    part = intent.containing("requestParameters.policyDocument", "s3:*")
    lens = Lens().narrow(part)
    assert Lens.parse(str(lens)) == lens
    detail = FakeDesk().detail(1)
    detail.document["requestParameters"]["policyDocument"] = policy
    inside = ("requestParameters", "policyDocument")
    found = rows(detail, frozenset({("requestParameters",), inside}), 100, brief=False)
    around = {row.key.strip(): row.around for row in found if row.path[:2] == inside}
    assert around["Action"] == ("requestParameters.policyDocument", "s3:*")
    assert around["Note"] == ("requestParameters.policyDocument", 'a \\"quoted\\" part')
    assert around["N"] == ("", "")


def test_every_copy_unfolds_into_its_hashes() -> None:
    desk = FakeDesk()
    row = next(number for number in range(40) if desk.line(number).copies == 2)
    detail = desk.detail(row)
    closed = rows(detail, frozenset(), 100, brief=False)
    assert any("1 more place" in each.value for each in closed)
    opened = rows(detail, frozenset({(PLACES,), (PLACES, 0), (PLACES, 1)}), 100, brief=False)
    assert sum("carrier sha256" in each.value for each in opened) == 2


async def differing(on: Stage) -> DifferenceScreen:
    await on.press("m", "down", "down", "D")
    assert isinstance(on.app.screen, DifferenceScreen)
    return on.app.screen


async def test_the_marked_event_beside_the_current_one() -> None:
    async with stage(size=(160, 45)) as on:
        await on.press("D")
        assert "mark another event with m first; D compares it with this one" in on.said()
        page = await differing(on)
        left, right = page.panes
        assert left.region.right < right.region.x
        assert left.title.startswith("marked") and right.title.startswith("current")
        assert left.total and not any(pair.alike for pair in left.pairs)
        await on.press("A")
        assert any(pair.alike for pair in left.pairs)
        await on.press("n", "N", "tab")
        assert right.has_focus
        await on.press("enter")
        assert on.app.screen is on.page and on.page.grid.offset_now == 2
        await on.press("D", "enter")
        assert on.page.grid.offset_now == 0


async def test_below_130_columns_one_stands_above_the_other() -> None:
    async with stage(size=(80, 24)) as on:
        page = await differing(on)
        left, right = page.panes
        assert left.region.bottom <= right.region.y
        await on.press("escape")
        assert on.app.screen is on.page


async def test_related_events_are_counted_and_gone_to() -> None:
    async with stage(FakeDesk(total=300)) as on:
        await on.press("down", "R")
        page = on.app.screen
        assert isinstance(page, RelatedScreen)
        table = page.table
        assert len(table.counts) == table.total > 4
        place = next(number for number, each in enumerate(table.relations) if each.title.startswith("same principal"))
        assert int(table.counts[place].replace(",", "")) > 0
        await on.press(*["down"] * place, "enter")
        assert on.app.screen is on.page
        assert on.lens == str(table.relations[place].lens)
        assert on.page.grid.line is not None and on.page.grid.line.row == 1
        await on.press("u", "R", "escape")
        assert on.app.screen is on.page and on.lens == ""


async def test_a_policy_leaf_narrows_or_says_that_it_cannot() -> None:
    async with stage(size=(160, 45)) as on:
        await on.press("enter")
        pane = on.page.pane
        policy = ("requestParameters", "policyDocument")
        pane.opened |= {policy, (*policy, "Statement"), (*policy, "Statement", 0)}
        pane._rebuild()
        pane._at = next(number for number, row in enumerate(pane._rows) if row.key.strip() == "Effect")
        await on.press("y")
        assert any("sent 5 characters" in said for said in on.said())
        await on.press("exclamation_mark")
        assert "requestParameters.policyDocument" in on.lens and "Allow" in on.lens
        await on.press("u")
        pane.focus()
        await on.settle()
        pane._at = next(number for number, row in enumerate(pane._rows) if row.key.strip() == "Action")
        await on.press("equals_sign")
        assert any("no lens can name this place" in said for said in on.said())


async def test_facts_narrow_too() -> None:
    async with stage(size=(160, 45)) as on:
        await on.press("enter", "equals_sign")
        assert on.lens == "principal:=ci-deploy"


async def test_hostile_records_do_nothing_here() -> None:
    async with stage(FakeDesk(total=40, hostile=HOSTILE), size=(80, 24)) as on:
        await on.press("m")
        for row in range(1, len(HOSTILE)):
            on.page.grid.go(row)
            await on.settle()
            for key in ("D", "R"):
                await on.press(key)
                assert on.app.screen is not on.page
                widgets = [widget for widget in on.app.screen.walk_children() if hasattr(widget, "rows")]
                text = "".join(strip.text for widget in widgets for strip in widget.render_lines(widget.size.region))
                assert text.isprintable()
                await on.press("escape")
