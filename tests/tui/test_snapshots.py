"""Pictures of the screens, so that a pixel moves only on purpose. Load states are frozen values; nothing blinks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy import SnapshotAssertion
from textual.pilot import Pilot

from ctwork.model.annotation import Change
from ctwork.model.lens import Lens
from ctwork.model.marked import Hold, Subject
from ctwork.model.report import Account
from ctwork.model.target import MomentTarget, SpanTarget, ValueTarget
from ctwork.tui.app import Workbench
from ctwork.tui.mode import modes
from tests.tui.desk import DONE, HOSTILE, LOADING, START_MS, FakeDesk, hostile_issue, issue
from tests.tui.markshelf import FakeMarks
from tests.tui.shelf import FakeHints, FakeLenses

Snap = Callable[..., bool]


def bench(theme: str = "dark", lens: str = "", **desk: Any) -> Workbench:
    return Workbench(FakeDesk(**desk), Lens.parse(lens), title="ctwork", theme_name=theme, ascii_only=False)


def pressing(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        async def settle() -> None:
            for _ in range(200):
                await pilot.pause()
                if all(worker.is_finished for worker in pilot.app.workers):
                    break
                await asyncio.sleep(0.005)
            await pilot.pause()

        await settle()
        for key in keys:
            await pilot.press(key)
            await settle()

    return run


TROUBLED = {
    "progress": replace(DONE, lost=3, issues=15),
    "issue_lines": tuple(map(issue, range(400))),
    "account": Account(1_926_000_000, 1_925_000_000, 1_000_000, 0, 1_926_000_000),
}
ODD = {
    "progress": replace(DONE, lost=len(HOSTILE), issues=len(HOSTILE)),
    "issue_lines": tuple(hostile_issue(number, text) for number, text in enumerate(HOSTILE)),
    "account": Account(10, 7, 1, 2, 10),
}


def saved() -> Workbench:
    named = {"the breach": "principal:=ci-deploy !outcome:=ok", "night": "time:/T0[0-5]:/", "\x1b[31m[/x]": "((("}
    return bench(total=400, lenses=FakeLenses(named=named))


def worked(theme: str = "dark") -> Workbench:
    """A case in which some things are marked."""
    app = bench(theme, total=400)
    desk = app.desk
    assert isinstance(desk, FakeDesk)
    leaked = Change(True, ("leak",), severity="critical", verdict="malicious", note="The key of the robot.\n\nSee 12.")
    desk.marks.mark(Subject(row=2), leaked)
    desk.marks.mark(Subject(row=5), Change(bookmark=True))
    desk.marks.mark(Subject(target=ValueTarget("principal", "root")), Change(add_tags=("attacker",), severity="high"))
    desk.marks.mark(Subject(target=SpanTarget(START_MS, START_MS + 2000)), Change(add_tags=("start",)))
    desk.marks.mark(Subject(target=MomentTarget(START_MS + 9000, "call")), Change(note="Phone call: the bank."))
    return app


def held() -> Workbench:
    return bench(
        total=400, marks=FakeMarks(standing=Hold(True, in_hand=False, holder="bert@laptop", since_ms=START_MS))
    )


SCENES: dict[str, tuple[Callable[[], Workbench], tuple[str, ...], tuple[int, int]]] = {
    "timeline-80": (bench, ("down", "down", "right"), (80, 24)),
    "timeline-160": (bench, ("pagedown", "right_square_bracket"), (160, 45)),
    "timeline-days": (lambda: bench(step_ms=60_000), ("end",), (120, 30)),
    "light-160": (lambda: bench("light"), ("down",), (160, 45)),
    "ansi-80": (lambda: bench("ansi-dark"), ("down",), (80, 24)),
    "contrast-80": (lambda: bench("contrast"), ("right_square_bracket",), (80, 24)),
    "loading-160": (lambda: bench(progress=LOADING), (), (160, 45)),
    "record-80": (bench, ("enter", "pagedown"), (80, 24)),
    "mistake-80": (lambda: bench(total=50), ("slash", "v", "colon", "left_parenthesis"), (80, 24)),
    "hostile-160": (lambda: bench(hostile=HOSTILE, problem="sha256 differs"), ("down",), (160, 45)),
    "offers-80": (lambda: bench(total=400), ("slash", *"principal:r", "down"), (80, 24)),
    "offers-ansi-80": (lambda: bench("ansi-dark", total=400), ("slash", *"re"), (80, 24)),
    "offers-hostile-80": (lambda: bench(total=len(HOSTILE), hostile=HOSTILE), ("slash", *"ip:"), (80, 24)),
    "chips-80": (lambda: bench(total=400), ("p", "x", "w", "ctrl+x", "left"), (80, 24)),
    "chips-ansi-80": (lambda: bench("ansi-dark", total=400), ("p", "x", "ctrl+x"), (80, 24)),
    "saved-80": (saved, ("ctrl+o", "down"), (80, 24)),
    "hint-80": (lambda: bench(total=400, hints=FakeHints({"timeline"})), (), (80, 24)),
    "help-120": (bench, ("question_mark",), (120, 40)),
    "report-80": (lambda: bench(**TROUBLED), ("L", "right_square_bracket"), (80, 24)),
    "report-160": (lambda: bench(**TROUBLED), ("L", "tab", "down", "enter", "tab"), (160, 45)),
    "report-ansi-80": (lambda: bench("ansi-dark", **TROUBLED), ("L", "tab"), (80, 24)),
    "report-hostile-80": (lambda: bench(**ODD), ("L", "down", "down"), (80, 24)),
    "banner-80": (lambda: bench(**TROUBLED), (), (80, 24)),
    "folded-80": (lambda: bench(**TROUBLED), ("B",), (80, 24)),
    "conflict-80": (lambda: bench(twins=3), ("c", "n"), (80, 24)),
    "moment-80": (
        lambda: bench(total=400, step_ms=20_000),
        ("m", "down", "down", "m", "space", "down", "down"),
        (80, 24),
    ),
    "diff-80": (bench, ("m", "down", "down", "D"), (80, 24)),
    "diff-160": (bench, ("m", "down", "down", "D", "A"), (160, 45)),
    "related-80": (bench, ("down", "R"), (80, 24)),
    "principals-80": (bench, ("2", "down"), (80, 24)),
    "principals-120": (bench, ("2", "right"), (120, 40)),
    "resources-80": (bench, ("3", "down"), (80, 24)),
    "origins-80": (bench, ("4", "full_stop"), (80, 24)),
    "events-80": (bench, ("5", "O"), (80, 24)),
    "sessions-80": (bench, ("6", "down"), (80, 24)),
    "sessions-160": (bench, ("6", "tab"), (160, 45)),
    "find-80": (bench, ("5", "slash", "g", "e", "t"), (80, 24)),
    **{f"{each.name}-80": (bench, (each.key,), (80, 24)) for each in modes() if each.vacant},
    "case-80": (worked, ("minus", "down"), (80, 24)),
    "case-120": (worked, ("minus", "down"), (120, 40)),
    "case-ansi-80": (lambda: worked("ansi-dark"), ("minus", "down"), (80, 24)),
    "case-monochrome-80": (lambda: worked("monochrome"), ("minus", "down"), (80, 24)),
    "journal-120": (worked, ("minus", "tab"), (120, 40)),
    "marked-80": (worked, ("down",), (80, 24)),
    "editor-80": (worked, ("down", "down", "M"), (80, 24)),
    "export-80": (worked, ("E", "tab"), (80, 24)),
    "held-80": (held, (), (80, 24)),
    "conflict-160": (lambda: bench(twins=3), ("c",), (160, 45)),
}


WALKS = {"dark": (120, 40), "ansi-dark": (80, 24), "monochrome": (80, 24)}
"""Themes and sizes in which every mode is shown, one after the other in one run."""


@pytest.mark.parametrize("name", SCENES)
def test_scene(name: str, snap_compare: Snap) -> None:
    make, keys, size = SCENES[name]
    assert snap_compare(make(), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize("theme", WALKS)
async def test_every_mode(theme: str, snapshot: SnapshotAssertion) -> None:
    app, pictures = bench(theme), {}
    async with app.run_test(size=WALKS[theme]) as pilot:
        for each in modes():
            await pressing(each.key, *(() if each.vacant else ("down",)))(pilot)
            pictures[each.name] = app.export_screenshot()
    wanted = snapshot.use_extension(SVGImageExtension)
    assert [name for name, picture in pictures.items() if picture != wanted(name=name)] == []
