"""Hostile records meet every pane: nothing crashes, nothing is hidden, no control byte of theirs reaches a terminal."""

import re
from dataclasses import replace

import pytest

from ctwork.model.legible import plain
from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from tests.tui.desk import DONE, HOSTILE, FakeDesk, hostile_issue
from tests.tui.terminal import Terminal

NAMED = [text for text in HOSTILE if text]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_every_pane_survives(size: tuple[int, int]) -> None:
    desk = FakeDesk(total=40, hostile=HOSTILE, facts=tuple((text[:200], text) for text in HOSTILE))
    app = Workbench(desk, Lens(), title="\x1b]0;[/x]", theme_name="dark", ascii_only=False)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("pagedown", "home", "enter")
        await pilot.pause(0.1)
        pane = app.timeline.pane
        for text in HOSTILE:
            app.say(text)
            app.timeline.complain(3, text or "?", text)
            app.go(Lens.parse("").narrow(Lens.parse("principal:=x").predicate))
            app.trail = app.trail.back()
        for path in (*pane.opened, ("odd",), ("odd", "deep"), ("odd", "hostile"), ("odd", "many")):
            pane.opened |= {path}
        pane._rebuild()
        await pilot.press("end", "escape", "s", "u", "exclamation_mark", "u")
        await pilot.pause(0.1)
        shown = "\n".join(
            strip.text
            for widget in app.timeline.query("EventGrid, DetailPane")
            for strip in widget.render_lines(widget.size.region)
        )
        assert shown.replace("\n", "").isprintable()


async def test_a_row_shows_what_would_be_hidden() -> None:
    app = Workbench(FakeDesk(hostile=("a\u202eb\x1b]0;",)), Lens(), title="x", theme_name="dark", ascii_only=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.1)
        line = app.timeline.grid.render_line(1).text
        assert "a�b␛]0;" in line
        rows = "\n".join(row.value for row in app.timeline.pane._rows)
        assert "a⟨U+202E⟩b␛]0;" in rows


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_a_hostile_report_does_nothing(size: tuple[int, int]) -> None:
    rows = tuple(hostile_issue(number, text) for number, text in enumerate(HOSTILE))
    desk = FakeDesk(total=40, issue_lines=rows, problem=HOSTILE[2], progress=replace(DONE, lost=9, issues=9))
    app = Workbench(desk, Lens(), title="x", theme_name="dark", ascii_only=False)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("L")
        for _ in HOSTILE:
            await pilot.press("down", "equals_sign", "escape")
            await pilot.pause(0.1)
            shown = "\n".join(
                strip.text
                for widget in app.screen.query("IssueGrid, KindTable, ContextPane, ReportHead, Banner")
                for strip in widget.render_lines(widget.size.region)
            )
            assert shown.replace("\n", "").isprintable()
        await pilot.press("slash")
        await pilot.press(*"[/x]")
        await pilot.press("enter", "escape", "E", *"[/x].xml", "enter")
        await pilot.pause(0.1)
        assert app.is_running


RUN = """
import sys
from ctwork.model.lens import Lens
{patch}
from ctwork.tui.app import Workbench
from tests.tui.desk import FakeDesk, hostile_issue
payloads = ("\\x1b]0;owned\\x1b\\\\", "\\x1b]52;c;b3duZWQ=\\x1b\\\\", "\\x1b[2Jcleared", "\\x9b31mc1",
            "rlo\\u202eo", "zw\\u200bsp", "nul\\x00", "del\\x7f")
facts = tuple((text, text) for text in payloads)
rows = tuple(hostile_issue(number, text) for number, text in enumerate(payloads))
desk = FakeDesk(total=30, hostile=payloads, facts=facts, issue_lines=rows)
app = Workbench(desk, Lens(), title=payloads[0], theme_name="dark")
app.run(mouse=False)
"""
NO_LEGIBLE = """
import ctwork.model.legible as legible
legible.plain = lambda text, limit=None: text
legible.spelled = lambda text: text
legible.is_plain = lambda text: True
"""
NO_GATE = """
import ctwork.tui.gate as gate
gate.install = lambda app, ascii_only: None
"""
LEAKS = {
    "title": b"\x1b]0;", "clipboard": b"\x1b]52;", "clear": b"\x1b[2J", "c1": "\x9b31m".encode(),
    "bidi": "\u202e".encode(), "zero width": "\u200b".encode(), "nul": b"\x00", "del": b"\x7f",
}  # fmt: skip


def leaks(patch: str) -> set[str]:
    """Names of the payloads that reach a real terminal byte for byte."""
    terminal = Terminal(RUN.format(patch=patch), 150, 40)
    terminal.until(b"filter: words")
    terminal.read(0.3)
    terminal.type(b"\r")
    terminal.read(0.2)
    terminal.type(b"\x1bs")
    terminal.read(0.2)
    terminal.type(b"Lj=")
    terminal.read(0.3)
    terminal.type(b"qc")
    terminal.read(0.3)
    terminal.type(b"\x11")
    assert terminal.leave() == 0
    assert re.search(rb"\x1b\[\?1049l", terminal.output)
    return {name for name, needle in LEAKS.items() if needle in terminal.output}


@pytest.mark.parametrize("patch", ["", NO_GATE], ids=["both", "without the gate"])
def test_no_byte_of_a_record_moves_the_terminal(patch: str) -> None:
    assert leaks(patch) == set()


def test_without_both_guards_this_test_fails() -> None:
    assert {"title", "clipboard", "clear", "c1", "bidi", "zero width"} <= leaks(NO_LEGIBLE + NO_GATE)


def test_the_gate_alone_stops_controls() -> None:
    patch = NO_LEGIBLE.replace("legible.is_plain = lambda text: True\n", "") + "import ctwork.tui.gate as gate\n"
    guarded = "import ctwork.tui.gate\n" + patch  # the gate keeps its own, working names
    assert leaks(guarded) & {"title", "clipboard", "clear", "c1", "bidi"} == set()


@pytest.mark.parametrize("text", NAMED)
def test_messages_are_plain(text: str) -> None:
    assert plain(text, 300).isprintable()
