"""On a real terminal: keys in bursts, and however it ends, the terminal is given back."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.tui.terminal import Terminal

RUN = """
from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from tests.tui.desk import FakeDesk
app = Workbench(FakeDesk(), Lens(), title="x", theme_name="dark")
{patch}
app.run()
raise SystemExit(app.return_code)
"""
FAULT = """
def fault():
    evidence = "SECRET-EVIDENCE"
    raise KeyError(evidence)
app.action_explain = fault
"""


def start(patch: str = "", cells: int = 80, lines: int = 24, **environ: str) -> Terminal:
    terminal = Terminal(RUN.format(patch=patch), cells, lines, environ)
    terminal.until(b"filter:")
    terminal.read(0.2)
    return terminal


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_in_order(number: signal.Signals, code: int) -> None:
    terminal = start()
    os.kill(terminal.pid, number)
    assert terminal.leave(3) == code
    assert b"\x1b[?1049l" in terminal.output
    assert b"\x1b[?25h" in terminal.output


def test_a_closed_line_ends_the_program() -> None:
    terminal = start()
    os.close(terminal.fd)
    for _ in range(200):
        pid, _ = os.waitpid(terminal.pid, os.WNOHANG)
        if pid:
            return
        signal.sigtimedwait([], 0.02)
    os.kill(terminal.pid, signal.SIGKILL)
    os.waitpid(terminal.pid, 0)
    pytest.fail("still running after its terminal was closed")


def test_a_fault_of_ours_is_one_line_without_evidence() -> None:
    terminal = start(FAULT)
    terminal.type(b"?")
    assert terminal.leave() == 1
    after = terminal.output.rpartition(b"\x1b[?1049l")[2].decode()
    assert "ctwork stopped on a fault of its own (KeyError" in after
    assert "SECRET-EVIDENCE" not in after
    assert "Traceback" not in after


@pytest.mark.parametrize("term", ["vt100", "linux"])
def test_simple_terminals_get_sixteen_colours(term: str) -> None:
    code = RUN.replace(', theme_name="dark"', "").format(patch="")
    terminal = Terminal(code, 80, 24, {"TERM": term})
    terminal.until(b"filter:")
    terminal.read(0.2)
    terminal.type(b"\x11")
    assert terminal.leave() == 0
    assert b"38;5;" not in terminal.output
    assert b"38;2;" not in terminal.output


def test_no_color_sends_no_colour_and_ascii_sends_ascii() -> None:
    code = RUN.replace(', theme_name="dark"', "").format(patch="")
    terminal = Terminal(code, 80, 24, {"NO_COLOR": "1", "LC_ALL": "C"})
    terminal.until(b"filter:")
    terminal.read(0.2)
    for keys in (b"jjl", b"\r", b"\x1b", b"?", b"\x1b", b":", b"\x1b", b"/event", b"\x1b", b"L", b"q"):
        terminal.type(keys)
        terminal.read(0.25)
    terminal.type(b"\x11")
    assert terminal.leave() == 0

    styles = {part for found in re.findall(rb"\x1b\[([0-9;]*)m", terminal.output) for part in found.split(b";")}
    assert styles <= {b"", b"0", b"1", b"2", b"4", b"7", b"22", b"24", b"27"}
    assert terminal.output.isascii()
    assert b"7" in styles  # the cursor is still seen


def test_keys_of_one_burst_arrive_in_order() -> None:
    terminal = start()
    terminal.type(b"/root")
    terminal.wait_for("root")
    terminal.type(b"\r")
    terminal.read(0.5)
    terminal.type(b"\rjjj")
    terminal.wait_for("4/2")
    assert "root" in terminal.screen()[0]
    terminal.type(b"\x11")
    assert terminal.leave() == 0


@pytest.mark.parametrize(
    "burst", [b"x/\x15event:PutItem", b"/root\x15event:PutItem", b"/\x15\x1b[200~event:PutItem\x1b[201~"]
)
def test_nothing_typed_in_a_burst_is_lost(burst: bytes) -> None:
    terminal = start()
    terminal.type(burst)
    terminal.wait_for("event:PutItem")
    terminal.type(b"\r")
    terminal.read(0.3)
    first = terminal.screen()[0]
    assert first.split()[1] == "event:PutItem"
    terminal.type(b"\x11")
    assert terminal.leave() == 0


MAIN = """
import sys
from ctwork.__main__ import main
sys.argv = ["ctwork", {source!r}]
main()
"""


def test_the_prompt_is_back_at_once_even_while_loading(tmp_path: Path, sample_logs: Path) -> None:
    terminal = Terminal(MAIN.format(source=str(sample_logs)), environ={"CTWORK_DATA": str(tmp_path)})
    terminal.until(b"filter:")
    terminal.read(0.3, limit_s=0.3)
    terminal.type(b"\x11")
    asked = time.monotonic()
    assert terminal.leave() == 0
    assert time.monotonic() - asked < 1.2
    assert b"\x1b[?1049l" in terminal.output


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    code = MAIN.format(source=str(tmp_path / "evidence"))
    terminal = Terminal(code, environ={"CTWORK_DATA": str(tmp_path / "data")})
    terminal.until(b"no file in it")
    terminal.type(b"q")
    terminal.until(b"ctrl+q leaves the workbench")
    terminal.type(b"\x11")
    assert terminal.leave() == 0
    assert "load issues" not in "\n".join(terminal.screen())
