"""Every payload in every place that shows values: on a real terminal none does anything, whichever guard is gone.

`test_without_guards_every_sink_leaks` is the proof that the others look at the right places.
"""

from functools import cache

import pytest

from tests.tui.sinks import SILENT, SINKS, leaks, sections
from tests.tui.terminal import ROOT, Terminal
from tests.tui.test_line import restored

RUN = """
import sys
sys.path.append({tests!r})
{patch}
from tests.tui.sinks import main
main()
"""
NO_LEGIBLE = """
import ctwork.model.legible as legible
legible.plain = lambda text, limit=None: text
legible.spelled = lambda text: text
"""
NO_GATE = """
import ctwork.tui.gate as gate
gate.install = lambda app, ascii_only: None
"""
GATE_KEPT = "import ctwork.tui.gate\n"
"""The gate has taken the working names before they are replaced."""
NEITHER = NO_LEGIBLE + "legible.is_plain = lambda text: True\n" + NO_GATE


@cache
def walked(patch: str, cells: int, lines: int) -> tuple[int, bytes]:
    """Exit code and stream of a walk through all sinks."""
    terminal = Terminal(RUN.format(tests=str(ROOT / "tests"), patch=patch), cells, lines)
    return terminal.leave(300), terminal.output


def check(patch: str, cells: int, lines: int) -> dict[str, str]:
    """What was sent for each sink in a walk that did not break."""
    code, output = walked(patch, cells, lines)
    assert code == 0, output[-2000:]
    assert b"Traceback" not in output
    assert output.rstrip().endswith(b"\x1b[?1004l")  # left in order
    found = sections(output)
    assert list(found) == [sink.name for sink in SINKS]
    return found


def leaking(found: dict[str, str]) -> dict[str, set[str]]:
    return {name: names for name, sent in found.items() if (names := leaks(sent))}


@pytest.mark.parametrize("size", [(80, 24), pytest.param((200, 50), marks=pytest.mark.long)])
def test_no_payload_reaches_the_terminal_and_every_line_keeps_its_width(size: tuple[int, int]) -> None:
    assert leaking(check("", *size)) == {}
    restored(walked("", *size)[1])
    assert b"@@WIDTH" not in walked("", *size)[1]


@pytest.mark.long
def test_the_gate_alone_holds() -> None:
    assert leaking(check(GATE_KEPT + NO_LEGIBLE, 200, 50)) == {}


@pytest.mark.long
def test_legible_alone_holds_but_for_widgets_that_are_not_ours() -> None:
    found = leaking(check(NO_GATE, 200, 50))
    assert set(found) <= {sink.name for sink in SINKS if sink.own}


def test_without_guards_every_sink_leaks() -> None:
    found = leaking(check(NEITHER, 100, 30))
    assert {sink.name for sink in SINKS} - set(found) - SILENT == set()
    assert all(len(names) > 3 for name, names in found.items() if name not in SILENT)
