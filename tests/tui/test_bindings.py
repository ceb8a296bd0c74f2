"""Every binding of the house is pressed where it works, and does something; from the palette it does the same.

A new binding of a known place needs a line only when its keys do nothing after the way there; a new place needs one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from ctwork.errors import CaseError
from ctwork.model.marked import Hold
from ctwork.tui.desk import Account
from ctwork.tui.keymap import shown, told
from ctwork.tui.palette import Actions
from ctwork.tui.register import Bound, bound
from tests.tui.desk import LOADING, FakeDesk, issue
from tests.tui.markshelf import FakeMarks
from tests.tui.shelf import FakeLenses
from tests.tui.stage import Stage, stage

HOUSE = bound()
PLACES = {
    "event grid": "pagedown right right down",
    "detail pane": "enter down down down down",
    "facet table": "5 down down",
    "chip row": "e s x ctrl+x left",
    "issue grid": "L pagedown down",
    "kind table": "L tab down",
    "relation table": "R down",
    "saved table": "ctrl+o down",
    "twin pane": "c down down down",
    "saved screen": "ctrl+o down",
    "related screen": "R down",
    "report screen": "L pagedown down",
    "sieve screen": "L pagedown down",
    "aside screen": "L pagedown down",
    "twin screen": "c n",
    "conflict screen": "c",
    "difference screen": "m down D",
    "help screen": "question_mark",
    "lens input": "x ctrl+l end",
    "prompt input": "T",
    "everywhere": "e x u",
    "strip screen": "pagedown down",
    "pane screen": "pagedown down",
    "pivot screen": "pagedown right right down",
    "facet screen": "5 full_stop",
    "mode screen": "pagedown right",
    "keeping screen": "x",
    "chip screen": "e x",
    "zoom screen": "pagedown m pagedown pagedown m pageup",
    "moment screen": "pagedown m pagedown pagedown m pageup",
    "kin screen": "pagedown m down",
    "marking screen": "pagedown m pagedown pagedown m pageup",
    "case screen": "m down m minus",
    "sheet table": "down m down m down m minus",
    "editor screen": "M x",
    "choice row": "M tab",
    "export screen": "E",
    "confirm screen": "H",
}
"""How to get to where a class binds its keys, from the timeline."""
WAYS = {
    "app.fold": "L escape",
    "aside.open": "L slash c o n f l i c t enter",
    "app.stop": "down",
    "chip.first": "e s x ctrl+x right right",
    "chip.last": "e s x ctrl+x home",
    "chip.next": "e s x ctrl+x home",
    "conflict.other": "c",
    "conflict.before": "c right_square_bracket",
    "conflict.previous": "c n n",
    "detail.fold": "enter G",
    "diff.open": "m down D",
    "facet.fold": "5 down right",
    "facet.show": "down",
    "grid.last twin pane": "c",
    "grid.page-down twin pane": "c",
    "grid.page-up twin pane": "c G",
    "grid.page-up kind table": "L tab G",
    "help.previous": "question_mark space space",
    "lens.later": "ctrl+l p",
    "lens.complete": "ctrl+l p",
    "lens.chips": "e x",
    "mark.next": "m pagedown m home",
    "mark.undo": "m",
    "mark.redo": "m U",
    "case.back": "minus",
    "case.open": "down m minus",
    "case.take": "down",
    "case.find": "m minus",
    "editor.leave": "M tab",
    "editor.other": "M",
    "editor.save": "M x",
    "grid.up sheet table": "down m down m minus down",
    "grid.first sheet table": "down m down m minus down",
    "grid.page-up sheet table": "down m down m minus down",
    "mode.timeline": "2",
    "narrow.writes": "down",
    "pane.compare": "home",
    "pane.back": "enter",
    "pivot.own": "e x 2",
    "saved.back": "ctrl+o",
    "time.gap-after": "home",
    "time.gap-before": "end",
    "time.zoom-out": "z z",
}
"""Another way for single bindings: their id, and the place behind it when only that one is meant."""
SIZES = {"facet.show": (160, 45), "help screen": (80, 24)}
ELSEWHERE = {
    "app.quit": "tests/tui/test_ending.py and every test on a terminal",
    "app.suspend": "tests/tui/test_line.py: suspended and brought back",
    "app.redraw": "tests/tui/test_line.py: drawn again",
}
"""What cannot be seen without a terminal, and where it is pressed."""


def way(entry: Bound) -> str:
    return WAYS.get(f"{entry.id} {entry.where}", WAYS.get(entry.id, PLACES[entry.where]))


def desk(entry: Bound) -> FakeDesk:
    lenses = FakeLenses(["outcome:denied"], {f"lens {number:02}": "outcome:ok" for number in range(60)})
    if entry.id == "case.take" or entry.where == "confirm screen":
        held = CaseError("the case is held by bert@laptop (process 7)", "close it there")
        marks = FakeMarks(trouble=held, standing=Hold(True, in_hand=False, holder="bert@laptop"))
    else:
        marks = FakeMarks()
    progress = LOADING if entry.id == "app.stop" else None
    found = FakeDesk(total=600, step_ms=400_000, twins=2, lenses=lenses, marks=marks)
    found.account = Account(inflated=9, read=8, reported=1, unaccounted=0, examined=1)
    found.issue_lines = tuple(issue(number) for number in range(300))
    base = progress or found.progress
    found.progress = replace(base, issues=300, lost=9)
    return found


@asynccontextmanager
async def at(entry: Bound) -> AsyncIterator[Stage]:
    """The workbench at the place where `entry` works."""
    async with stage(desk(entry), size=SIZES.get(entry.id, (80, 24))) as on:
        for key in way(entry).split():  # one by one: a key on a list that is still being read finds nothing
            await on.press(key)
        yield on


def seen(on: Stage) -> tuple[object, ...]:
    """All that a key may change."""
    app, focused = on.app, on.app.screen.focused
    strips = app.screen._compositor.render_strips()
    lines = tuple((strip.text, tuple((part.text, str(part.style)) for part in strip)) for strip in strips)
    where = (type(app.screen).__name__, type(focused).__name__, focused is not None and focused.id)
    state = (str(app.lens), str(app.trail), app.theme, app.folded, len(app.marks.lines), app.clipboard)
    found = app.desk
    assert isinstance(found, FakeDesk)
    kept = (tuple(found.lenses.named), found.marks.entries[-1:], tuple(found.exports.left))
    return (where, lines, tuple(on.said()), state, (found.stopped, found.examined, kept))


async def steady(on: Stage) -> tuple[object, ...]:
    """What is seen once what follows in a blink (events of a value, a poll of the desk) has followed."""
    last, same = None, 0
    for _ in range(40):
        await on.settle()
        await asyncio.sleep(0.06)
        now = seen(on)
        last, same = now, same + 1 if now == last else 0
        if same == 2:
            break
    assert last is not None
    return last


@dataclass
class Found:
    """What a binding did."""

    before: tuple[object, ...]
    after: tuple[object, ...]


async def pressed(entry: Bound, key: str) -> Found:
    async with at(entry) as on:
        on.app.clear_notifications()
        await on.settle()
        active = on.app.screen.active_bindings.get(key)
        assert active is not None and active.enabled, f"{entry.id} does not work after {way(entry)!r}"
        assert active.binding.id == entry.id, f"{key} is {active.binding.id} after {way(entry)!r}"
        before = await steady(on)
        await on.press(key)
        return Found(before, await steady(on))


async def chosen(entry: Bound, key: str) -> Found:
    async with at(entry) as on:
        on.app.clear_notifications()
        before = await steady(on)
        offers = Actions(on.app.screen)._offers()
        found = [(title, run) for title, keys, run in offers if shown(key) in keys.split()]
        assert len(found) == 1, [offer[:2] for offer in offers]
        ((title, run),) = found
        assert title in {told(each.binding) for each in HOUSE if each.binding.action == entry.binding.action}
        await run()
        return Found(before, await steady(on))


def test_every_place_is_known() -> None:
    assert {entry.where for entry in HOUSE} == set(PLACES)
    ids = {entry.id for entry in HOUSE}
    assert {name.split()[0] for name in WAYS} | set(ELSEWHERE) <= ids


SEEN = pytest.mark.parametrize(
    "entry",
    [entry for entry in HOUSE if entry.id not in ELSEWHERE],
    ids=lambda entry: f"{entry.id} ({entry.where})",
)


def first_key(entry: Bound) -> str:
    """The key that is pressed for an action."""
    return entry.keys.split(",")[0].strip()


@SEEN
async def test_a_key_does_something(entry: Bound) -> None:
    by_key = await pressed(entry, first_key(entry))
    assert by_key.after != by_key.before, "nothing happened"


@pytest.mark.long
@SEEN
async def test_the_palette_does_what_the_key_does(entry: Bound) -> None:
    by_key = await pressed(entry, first_key(entry))
    by_palette = await chosen(entry, first_key(entry))
    assert differing(by_palette.after, by_key.after) == []


def differing(one: tuple[object, ...], other: tuple[object, ...]) -> list[object]:
    """What is not alike, in short."""
    pairs = [*zip(one[0], other[0], strict=True), *zip(one[1], other[1], strict=False), (one[2:], other[2:])]  # type: ignore[call-overload]
    return [pair for pair in pairs if pair[0] != pair[1]]
