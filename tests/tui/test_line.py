"""Manners on a line: few bytes, a mouse only where it is wanted, and a terminal that is given back in every case."""

import fcntl
import json
import os
import shlex
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from statistics import mean

import pytest

from tests.tui.terminal import ROOT, Terminal
from tests.tui.test_ending import start

MAIN = """
import sys
from ctwork.__main__ import main
sys.argv = ["ctwork", *{arguments!r}]
main()
"""
MOUSE = b"\x1b[?1003h"


def program(*arguments: str, cells: int = 80, lines: int = 24, **environ: str) -> Terminal:
    return Terminal(MAIN.format(arguments=list(arguments)), cells, lines, environ)


def leave(terminal: Terminal) -> None:
    terminal.type(b"\x11")
    assert terminal.leave(20) == 0
    assert b"Traceback" not in terminal.output
    restored(terminal.output)


def restored(output: bytes) -> None:
    assert output.rfind(b"\x1b[?1049l") > output.rfind(b"\x1b[?1049h")
    assert output.rfind(b"\x1b[?25h") > output.rfind(b"\x1b[?25l")
    assert output.rfind(b"\x1b[?2004l") > output.rfind(b"\x1b[?2004h")
    assert output.rfind(b"\x1b[?7h") > output.rfind(b"\x1b[?7l")
    assert output.rfind(b"\x1b[?1003l") >= output.rfind(MOUSE)


# Bytes


@pytest.mark.parametrize(
    "environ",
    [
        {},
        pytest.param({"TERM": "linux"}, marks=pytest.mark.long),
        pytest.param({"COLORTERM": "truecolor"}, marks=pytest.mark.long),
        pytest.param({"NO_COLOR": "1"}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_a_frame_a_key_and_a_page_are_within_their_budget(
    environ: dict[str, str], shared_data: Path, tmp_path: Path
) -> None:
    """At 80x24: first frame <= 12 kB, a cursor key <= 1 kB on average through pages, a page <= 6 kB."""
    terminal = program(str(shared_data / "invictus-ir"), CTWORK_DATA=str(tmp_path), **environ)
    terminal.wait_for("2,900 events", 40)
    terminal.wait_for(" who ", 20)
    terminal.read(1, limit_s=5)
    assert len(terminal.output) <= 12_000
    keys = []
    for _ in range(50):
        terminal.type(b"\x1b[B")
        keys.append(len(terminal.read(0.1)))
    assert mean(keys) <= 1_000
    for _ in range(6):
        terminal.type(b"\x1b[6~")
        assert len(terminal.read(0.4)) <= 6_000
    assert terminal.read(1, limit_s=1) == b""  # nothing blinks
    leave(terminal)


@pytest.mark.parametrize("environ", [{}, pytest.param({"TERM": "linux"}, marks=pytest.mark.long)], ids=str)
def test_values_that_lead_stay_within_the_budgets(environ: dict[str, str], shared_data: Path, tmp_path: Path) -> None:
    """In the mode of principals: a key that is held <= 1 kB; one that shows other events, and a page, <= 6 kB."""
    terminal = program(str(shared_data / "invictus-ir"), CTWORK_DATA=str(tmp_path), **environ)
    terminal.wait_for("2,900 events", 40)
    terminal.read(1, limit_s=5)
    terminal.type(b"2")
    assert len(terminal.read(1, limit_s=3)) <= 6_000

    def each(keys: bytes, times: int, rest_s: float) -> list[int]:
        found = []
        for _ in range(times):
            terminal.type(keys)
            found.append(len(terminal.read(rest_s, limit_s=max(rest_s, 1))))
        return found

    assert max(each(b"\x1b[B", 4, 0.5)) <= 6_000
    before = len(terminal.output)
    for _ in range(6):
        terminal.type(b"\x1b[B")
        terminal.read(0.03, limit_s=0.03)
    terminal.read(1, limit_s=2)
    assert (len(terminal.output) - before) / 6 <= 1_000
    assert max(each(b"\x1b[6~", 2, 0.5)) <= 6_000
    terminal.type(b"\x1b[H")
    terminal.read(1, limit_s=2)
    terminal.type(b"\t")
    terminal.read(0.5, limit_s=1)
    assert mean(each(b"\x1b[B", 25, 0.1)) <= 1_000
    assert max(each(b"\x1b[6~", 3, 0.4)) <= 6_000
    leave(terminal)


def test_a_letter_in_the_lens_and_its_list_are_a_small_paint(shared_data: Path, tmp_path: Path) -> None:
    """A list that unfolds is written once: <= 3 kB for any letter, <= 1.5 kB on average."""
    terminal = program(str(shared_data / "invictus-ir"), CTWORK_DATA=str(tmp_path))
    terminal.wait_for("2,900 events", 40)
    terminal.read(1, limit_s=5)
    terminal.type(b"/")
    terminal.read(0.5, limit_s=2)
    letters = []
    for letter in b"event:get":
        terminal.type(bytes([letter]))
        letters.append(len(terminal.read(0.5, limit_s=2)))
    assert max(letters) <= 3_000
    assert mean(letters) <= 1_500
    leave(terminal)


# What the link asks for


@pytest.mark.parametrize(
    ("arguments", "remote", "mouse", "hint"),
    [
        ((), False, True, False),
        ((), True, False, True),
        (("--mouse",), True, True, True),
        (("--no-mouse",), False, False, False),
        (("--slow-link",), False, False, False),
        (("--no-slow-link",), True, False, False),
    ],
)
def test_the_link_decides(
    arguments: tuple[str, ...], remote: bool, mouse: bool, hint: bool, sample_logs: Path, tmp_path: Path
) -> None:
    environ = {"SSH_CONNECTION": "198.51.100.7 5000 203.0.113.9 22"} if remote else {}
    terminal = program(str(sample_logs), *arguments, CTWORK_DATA=str(tmp_path), CTWORK_CONFIG=str(tmp_path), **environ)
    terminal.wait_for("events", 30)
    if hint:
        terminal.wait_for("--slow-link")
    leave(terminal)
    assert (MOUSE in terminal.output) is mouse
    assert (b"--slow-link" in terminal.output) is hint
    assert (b"38;5;" in terminal.output) is ("--slow-link" not in arguments)


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_draw_is_refused_in_one_line(term: str, sample_logs: Path, tmp_path: Path) -> None:
    terminal = program(str(sample_logs), TERM=term, CTWORK_DATA=str(tmp_path))
    assert terminal.leave(20) == 2
    said = terminal.output.decode()
    assert said.count("\n") == 1
    assert "`ctwork events`" in said
    assert "\x1b" not in said


def test_an_unknown_theme_is_refused_in_one_line(sample_logs: Path, tmp_path: Path) -> None:
    terminal = program(str(sample_logs), "--theme", "pink", CTWORK_DATA=str(tmp_path))
    assert terminal.leave(20) == 2
    said = terminal.output.decode()
    assert said.count("\n") == 1
    assert "okabe-ito" in said


# Keys of one's own


def test_the_users_keys_work_and_are_listed(sample_logs: Path, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[keys]\n"app.linger" = "f2"\n')
    terminal = program(str(sample_logs), CTWORK_DATA=str(tmp_path), CTWORK_CONFIG=str(tmp_path))
    terminal.wait_for("events", 30)
    terminal.type(b"\x1bOQ")
    terminal.wait_for("ctrl+q leaves the workbench")
    leave(terminal)
    found = subprocess.run(
        [sys.executable, "-m", "ctwork", "keys", "--format", "json"],
        cwd=ROOT, env=os.environ | {"CTWORK_CONFIG": str(tmp_path)}, capture_output=True, check=True,
    )  # fmt: skip
    listed = {row["id"]: row for row in json.loads(found.stdout)}
    assert listed["app.linger"]["keys"] == "f2"
    assert set(listed["app.linger"]) == {"id", "keys", "action", "where"}


@pytest.mark.parametrize("text", ["[keys]\n'lens.fly' = 'f2'\n", "[keys\n", "[keys]\n'lens.edit' = 7\n", "\xff"])
def test_a_wrong_key_file_is_told_in_one_line(text: str, sample_logs: Path, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_bytes(text.encode("latin-1"))
    terminal = program(str(sample_logs), CTWORK_DATA=str(tmp_path), CTWORK_CONFIG=str(tmp_path))
    assert terminal.leave(20) == 2
    said = terminal.output.decode()
    assert said.count("\n") == 1
    assert "keys.toml" in said


# What may happen to a terminal


def resize(terminal: Terminal, cells: int, lines: int) -> None:
    fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, cells, 0, 0))
    terminal.resized(cells, lines)


def test_a_storm_of_sizes_ends_in_the_right_one() -> None:
    terminal = start()
    sizes = [(1, 1), (300, 100), (80, 1), (1, 24), (59, 14), (60, 15), (130, 36), (3, 10)]
    for number in range(200):
        resize(terminal, *sizes[number % len(sizes)])
        terminal.read(0.002, 0.005)
    resize(terminal, 100, 30)
    terminal.read(1.0, limit_s=30)
    terminal.output = b""
    resize(terminal, 90, 28)
    terminal.wait_for("help", 20)
    terminal.read(0.5)
    shown = terminal.screen()
    assert "filter:" in shown[0]
    assert "help" in shown[27]
    leave(terminal)


def test_another_size_of_the_same_screen_is_drawn_whole() -> None:
    """What a multiplexer does when a session is attached somewhere else."""
    terminal = start()
    terminal.read(0.5)
    for cells, lines in ((120, 40), (80, 24)):
        resize(terminal, cells, lines)
        terminal.read(1.0, limit_s=10)
        terminal.output = b""
        resize(terminal, cells, lines - 1)
        terminal.wait_for("help", 20)
        assert "filter:" in terminal.screen()[0]


def test_suspended_and_brought_back() -> None:
    terminal = start()
    terminal.read(0.5)
    terminal.type(b"\x1a")
    end = time.monotonic() + 10
    while stopped(terminal.pid) != "T":
        assert time.monotonic() < end
        terminal.read(0.05, 0.1)
    terminal.read(0.2)
    restored(terminal.output)
    assert termios.tcgetattr(terminal.fd)[3] & termios.ICANON
    terminal.output = b""
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait_for("help")
    assert b"\x1b[?1049h" in terminal.output
    terminal.read(0.5)
    assert "filter:" in terminal.screen()[0]
    assert "198.51.100.7" in "\n".join(terminal.screen())
    assert not termios.tcgetattr(terminal.fd)[3] & termios.ICANON
    terminal.type(b"q")
    terminal.wait_for("ctrl+q leaves the workbench")
    leave(terminal)


def stopped(pid: int) -> str:
    """The state of a process, as the kernel names it: T when it is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_line_that_does_not_read_can_be_left() -> None:
    """The reader stalls; a polite kill still ends the program."""
    terminal = start()
    for _ in range(300):
        terminal.type(b"\x1b[6~")
    time.sleep(0.5)
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.leave(10) == 143
    restored(terminal.output)


def test_without_a_terminal_to_read_or_write_it_says_so(sample_logs: Path, tmp_path: Path) -> None:
    """Standard input closed, output closed, or both no terminal: one line, or nothing, and no traceback."""
    environ = os.environ | {"CTWORK_DATA": str(tmp_path), "TERM": "xterm-256color"}
    base = [sys.executable, "-m", "ctwork"]
    for words in (["open", str(sample_logs)], ["keys"], ["events", str(sample_logs), "--limit", "3", "--quiet"]):
        for closing in ("<&-", ">&-", "<&- >&-", "< /dev/null"):
            line = " ".join(shlex.quote(word) for word in [*base, *words]) + " " + closing
            done = subprocess.run(
                ["sh", "-c", line], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
            )
            assert "Traceback" not in done.stderr, (line, done.stderr)
            assert "Exception" not in done.stderr, (line, done.stderr)
            assert len(done.stderr.splitlines()) <= 2, (line, done.stderr)


@pytest.mark.parametrize(
    "words", [["keys"], ["events", "LOGS"], ["count", "LOGS", "--by", "event"], ["--help"]], ids=str
)
def test_a_reader_that_goes_away_is_no_fault(words: list[str], sample_logs: Path, tmp_path: Path) -> None:
    environ = os.environ | {"CTWORK_DATA": str(tmp_path)}
    found = [str(sample_logs) if word == "LOGS" else word for word in words]
    with subprocess.Popen(
        [sys.executable, "-m", "ctwork", *found],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
        process.wait(60)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
