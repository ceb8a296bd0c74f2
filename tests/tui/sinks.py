"""Every place of the workbench where text of the evidence is shown, how to get there, and a walk through all of them.

A new sink is one line of `SINKS`. `walk` plays them on a real terminal: the stream is cut at the marks between them.
"""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hostile.display import PAYLOADS
from textual import events
from textual.pilot import Pilot

from ctwork.errors import UsageError
from ctwork.model.annotation import Annotation
from ctwork.model.lens import Lens
from ctwork.model.marked import Hold, KnownCase
from ctwork.model.target import ValueTarget
from ctwork.tui.app import Workbench
from ctwork.tui.desk import Account, Detail, Extent, IssueLine, Line, Progress, Report, Surroundings
from ctwork.tui.mode import FIRST
from tests.tui.desk import DONE, FakeDesk, hostile_issue, hostile_line
from tests.tui.markshelf import FakeMarks
from tests.tui.shelf import FakeLenses
from tests.tui.stage import Stage, drain

VALUES = tuple(PAYLOADS.values())
_PACK = 100
"""Code points of payloads that are shown together, so that a line cuts few of them away."""


def packs() -> list[str]:
    """The payloads in groups that fit into a line; what ends up cut is at the start of another."""
    found = [""]
    for payload in VALUES:
        short = payload[:_PACK]
        if len(found[-1]) + len(short) > _PACK:
            found.append("")
        found[-1] += short
    return found


PACKS = tuple(packs())


@dataclass(frozen=True)
class Sink:
    """A place that shows values. Steps that begin with ``~`` are of `VERBS`."""

    name: str
    keys: str = ""
    """Lead there from the timeline."""
    each: str = ""
    """Played then, once per pack of payloads."""
    own: bool = False
    """Written by a widget of Textual's own: there only the gate stands between a value and the terminal."""


SINKS = (
    Sink("grid", "home pagedown pagedown pagedown"),
    Sink("grid columns", "home right right right right right right right"),
    Sink("detail", "home enter J J J J J J J J"),
    Sink("detail document", "home enter G pageup J J J J"),
    Sink("detail of something unreadable", "end enter K"),
    Sink("places", "home enter ~unfold pagedown pagedown pagedown"),
    Sink("lens bar", each="~go ctrl+l end escape"),
    Sink("lens as typed", each="ctrl+l ~type escape"),
    Sink("chips", each="~go ctrl+x right escape"),
    Sink("completion", "ctrl+l ~principal: ~rest down down down down down down"),
    Sink("completion of a word", "ctrl+l a ~rest down down"),
    Sink("history of lenses", "ctrl+l up up up up"),
    Sink("mistake", each="~complain"),
    Sink("failed answer", "~trouble"),
    Sink("saved lenses", "ctrl+o down down down pagedown"),
    Sink("saved lens by name", "x", "S ~type enter"),
    Sink("facet", "2 home pagedown pagedown pagedown"),
    Sink("facet of another column", "3 full_stop full_stop 4 pagedown 5 pagedown 6 pagedown"),
    Sink("children of a facet", "2 home right down right down down down"),
    Sink("finding in a facet", "2", "slash ~type enter"),
    Sink("column of a facet", "5", "f ~type enter escape"),
    Sink("marks", "minus home down down down pagedown pagedown"),
    Sink("journal", "minus tab home down down pagedown"),
    Sink("evidence", "minus tab tab down down down"),
    Sink("cases", "minus tab tab tab tab down down"),
    Sink("finding a mark", "minus", "slash ~type enter"),
    Sink("moment", "minus", "a ~type enter escape"),
    Sink("mark editor", "minus home e tab tab tab pagedown escape escape down e", own=True),
    Sink("tags", "M", "~type", own=True),
    Sink("note", "M tab tab tab", "~type", own=True),
    Sink("value to be marked", "2 home M escape down M escape down M escape"),
    Sink("export", "E tab tab tab", "~type", own=True),
    Sink("who has the case", "", "~held"),
    Sink("taking over", "", "~held H escape"),
    Sink("toast", each="~say"),
    Sink("what undo says", each="~go u"),
    Sink("time zone", each="T ~type enter escape"),
    Sink("terminal title", each="~title"),
    Sink("status", each="~message"),
    Sink("banner", each="~lost"),
    Sink("report", "L pagedown pagedown tab home end"),
    Sink("report context", "L home down down down down"),
    Sink("report filter", "L", "slash ~type enter"),
    Sink("report export", "L", "E ~type enter escape"),
    Sink("conflict", "home c n n N"),
    Sink("conflict of another event", "home down down down down c n n"),
    Sink("difference", "home m down down D A n pagedown"),
    Sink("related", "home down R down down"),
    Sink("related to another event", "home down down down down R down"),
    Sink("palette", each="colon ~type escape", own=True),
    Sink("palette list", "colon a"),
    Sink("help", "question_mark pagedown pagedown pagedown pagedown pagedown"),
    Sink("hint", "~fresh 2"),
)
"""Where values are shown."""
SILENT = {"palette list", "help", "hint"}
"""What shows no value of the evidence, but stands over what does: nothing comes through here in any case."""


TROUBLED = replace(DONE, lost=9, issues=9, message=PACKS[1])


@dataclass
class HostileDesk(FakeDesk):
    """A case in which every text there is is one payload or another."""

    progress: Progress = TROUBLED

    def line(self, row: int) -> Line:
        return hostile_line(row, VALUES[row % len(VALUES)])

    def detail(self, row: int) -> Detail:
        text = VALUES[row % len(VALUES)]
        found = super().detail(row)
        places = tuple(
            replace(found.places[0], source=pack, fidelity=pack, carrier_sha256=pack, inflated_sha256=pack)
            for pack in PACKS
        )
        document = {"one": text, text: text, "raw": {pack: [pack, {pack: pack}] for pack in PACKS}, **found.document}
        problem = PACKS[2] if row % 2 else ""
        return replace(
            found, facts=tuple((pack, pack) for pack in PACKS), places=places, document=document, problem=problem
        )

    def report(self) -> Report | None:
        found = super().report()
        assert found is not None
        account = Account(inflated=9, read=8, reported=1, unaccounted=3, examined=1)
        kinds = tuple(replace(kind, kind=pack) for kind, pack in zip(found.kinds, PACKS * 9, strict=False))
        return replace(found, sources=PACKS, account=account, kinds=kinds)

    def extent(self) -> Extent | None:
        return Extent(PACKS[0], PACKS[1], PACKS, PACKS)

    def surroundings(self, line: IssueLine) -> Surroundings:
        data = "".join(PACKS).encode("utf-8", "surrogatepass")
        return replace(super().surroundings(line), data=data[:400], problem=PACKS[3])


def desk() -> HostileDesk:
    """The case, with lenses that were saved and typed in it."""
    lenses = FakeLenses(list(PACKS), {payload: f'principal:="{number}"' for number, payload in enumerate(VALUES)})
    lenses.named |= {f"lens {number}": pack for number, pack in enumerate(PACKS)}
    rows = tuple(hostile_issue(number, text) for number, text in enumerate(VALUES))
    return HostileDesk(total=len(VALUES), facts=(), issue_lines=rows, lenses=lenses, marks=marks())


def marks() -> FakeMarks:
    """A case whose marks say every payload."""
    targets = [ValueTarget("principal", text) for text in PACKS]
    found = FakeMarks(others=tuple(KnownCase(text, PACKS, 0, 1, False) for text in PACKS))
    for number, (target, text) in enumerate(zip(targets, PACKS, strict=True)):
        said = Annotation(note=f"{text}\n{text}", tags=(text,), severity=text, verdict=text, author=text)
        found.add({str(target): said.row()}, who=text, kind="load", sources=PACKS, sha256=text, files=number)
    return found


# The walk


async def _type(on: Stage, text: str) -> None:
    on.app.post_message(events.Paste(text))


async def _say(on: Stage, text: str) -> None:
    on.app.clear_notifications()
    on.app.say(text)


async def _complain(on: Stage, text: str) -> None:
    on.page.complain(3, text, text)


async def _title(on: Stage, text: str) -> None:
    from ctwork.model.legible import plain

    on.app.title = plain(text)
    on.app.say(f"the title is {text}")


async def _go(on: Stage, text: str) -> None:
    from ctwork.tui import intent

    on.app.go(intent.only(Lens(), "principal", text))


async def _message(on: Stage, text: str) -> None:
    on.app.folded = True
    on.app.progress = replace(DONE, message=text)


async def _lost(on: Stage, text: str) -> None:
    on.app.folded = False
    on.app.progress = replace(DONE, message=text, lost=7, issues=8)


async def _trouble(on: Stage, text: str) -> None:
    """A worker that fails with evidence in its hands."""
    found = on.app.desk
    assert isinstance(found, HostileDesk)
    found.trouble = UsageError(PACKS[0], PACKS[1])
    on.app.go(Lens.parse("x"))
    await on.settle()
    found.trouble, found.broken = None, True
    on.app.go(Lens.parse("y"))
    await on.settle()
    found.broken = False


async def _unfold(on: Stage, text: str) -> None:
    pane = on.page.pane
    for _ in range(3):
        pane.opened |= {row.path for row in pane._rows if row.path}
        pane._rebuild()


async def _rest(on: Stage, text: str) -> None:
    await asyncio.sleep(0.06)


async def _principal(on: Stage, text: str) -> None:
    on.page.bar.input.insert_text_at_cursor("principal:")


async def _held(on: Stage, text: str) -> None:
    on.app.hold = Hold(True, in_hand=False, holder=text, trouble=text if len(text) % 2 else "")


async def _fresh(on: Stage, text: str) -> None:
    found = on.app.desk
    assert isinstance(found, HostileDesk)
    found.hints.fresh.add("principals")


VERBS: dict[str, Callable[[Stage, str], Awaitable[None]]] = {
    "~type": _type, "~say": _say, "~complain": _complain, "~title": _title, "~go": _go, "~message": _message,
    "~lost": _lost, "~trouble": _trouble, "~unfold": _unfold, "~rest": _rest, "~principal:": _principal,
    "~fresh": _fresh, "~held": _held,
}  # fmt: skip


async def reset(on: Stage) -> None:
    """The timeline with every event, nothing said, nothing typed."""
    while on.app.screen is not on.page:
        on.app.pop_screen()
        await drain()
    on.app.clear_notifications()
    on.app.progress = on.app.desk.progress
    for _ in range(5):
        if on.page.grid.has_focus and on.page.mode.name == FIRST:
            break
        await on.press("escape")
    on.app.go(Lens())
    await on.settle()


async def play(on: Stage, sink: Sink, after: Callable[[], Awaitable[None]]) -> None:
    """Plays the keys of `sink`; `after` is awaited whenever there is something to look at."""
    steps = [(step, "") for step in sink.keys.split()]
    steps += [(step, pack) for pack in PACKS for step in sink.each.split()]
    for step, text in steps:
        if step in VERBS:
            await VERBS[step](on, text)
            await on.settle()
        else:
            await on.press(step)
        await after()


async def walk(pilot: Pilot[Any], chosen: Sequence[Sink] = SINKS) -> None:
    """Plays the sinks on the terminal of this process, with marks between them, and leaves."""
    app = pilot.app
    assert isinstance(app, Workbench)
    on = Stage(app, pilot)

    def tell(text: str) -> None:
        driver: Any = app._driver
        type(driver).__mro__[1].write(driver, text)

    async def painted() -> None:
        await asyncio.sleep(0.012)
        widths = {strip.cell_length for strip in app.screen._compositor.render_strips()}
        if widths != {app.size.width}:
            tell(f"@@WIDTH {sorted(widths)}@@")

    await on.settle()
    for sink in chosen:
        await reset(on)
        tell(f"@@BEGIN {sink.name}@@")
        await play(on, sink, painted)
        await painted()
        tell(f"@@END {sink.name}@@")
    tell("@@LEFT@@")
    app.exit()


# What came out

_TOLD = re.compile(r"\x1b\]22;[a-z]*\x07|\x1b\]52;c;(?!b3duZWQ=)[\w+/=]*\x07")
"""What the program tells the terminal beside the screen: the shape of the mouse, and what a key copied."""
_OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\d+;\d+H|\d+C|\?2026[hl]|\?25[hl])|\r+\n")
"""What the program itself writes on the screen: styles, places, marks of a frame."""
_UNSEEN = frozenset(
    [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)]
)


def dangerous(char: str) -> bool:
    """Whether a terminal must not be sent `char`; worked out without the table that is tested."""
    if char < "\x7f":
        return char < " "
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or ord(char) in _UNSEEN


def leaks(sent: str) -> set[str]:
    """Names of the payloads in `sent` that would do something, and "" for anything else that would."""
    sent = _TOLD.sub("", sent)
    found = {
        name
        for name, payload in PAYLOADS.items()
        if payload in sent and any(map(dangerous, payload)) and _OURS.fullmatch(payload) is None
    }
    return found | ({""} if any(map(dangerous, _OURS.sub("", sent))) else set())


def sections(output: bytes) -> dict[str, str]:
    """What was sent for each sink."""
    text = output.decode("utf-8", "surrogateescape")
    return {found[1]: found[2] for found in re.finditer(r"@@BEGIN ([^@]*)@@(.*?)@@END \1@@", text, re.DOTALL)}


def main() -> None:
    """A workbench on this terminal that shows everything it has."""
    app = Workbench(desk(), Lens(), title=PACKS[0], theme_name="dark", ascii_only=False)
    app.run(mouse=False, auto_pilot=walk)
    raise SystemExit(app.return_code)
