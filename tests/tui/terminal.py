"""A real terminal for tests: runs a program on a pty, keeps every byte it writes, and types."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import pyte

_UNWANTED = ("TEXTUAL", "COLORTERM", "NO_COLOR", "LC_", "LANG", "PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES", "SSH_")
ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """One child process on a pty of `cells` by `lines`."""

    def __init__(self, code: str, cells: int = 80, lines: int = 24, environ: Mapping[str, str] | None = None) -> None:
        self.output = b""
        self._size = (cells, lines)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_UNWANTED)}
        clean |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        clean |= {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "ctwork-pycache")} | dict(environ or {})
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, cells, 0, 0))
            os.execve(sys.executable, [sys.executable, "-c", code], clean)

    def read(self, quiet_s: float = 0.25, limit_s: float = 10.0) -> bytes:
        """What the program writes until it has been quiet for `quiet_s`."""
        before = len(self.output)
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            ready, _, _ = select.select([self.fd], [], [], quiet_s)
            if not ready:
                break
            try:
                chunk = os.read(self.fd, 1 << 16)
            except OSError:
                break
            if not chunk:
                break
            self.output += chunk
        return self.output[before:]

    def until(self, needle: bytes, limit_s: float = 10.0) -> float:
        """Seconds from the start of the program until `needle` was written; fails when it never is."""
        end = time.monotonic() + limit_s
        while needle not in self.output:
            assert time.monotonic() < end, f"{needle!r} was not written; last: {self.output[-400:]!r}"
            self.read(quiet_s=0.005, limit_s=0.02)
        return time.monotonic() - self.started

    def wait_for(self, text: str, limit_s: float = 10.0) -> None:
        """Reads until `text` stands on the screen; fails when it never does. What stood there before is not sent."""
        end = time.monotonic() + limit_s
        while not any(text in line for line in self.screen()):
            assert time.monotonic() < end, f"{text!r} is not on the screen:\n" + "\n".join(self.screen())
            self.read(quiet_s=0.05, limit_s=0.1)

    def resized(self, cells: int, lines: int) -> None:
        """The screen has another size from now on."""
        self._size = (cells, lines)

    def type(self, keys: bytes) -> None:
        """Presses keys."""
        os.write(self.fd, keys)

    def screen(self) -> list[str]:
        """What a person sees now, line by line."""
        shown = pyte.Screen(*self._size)
        pyte.ByteStream(shown).feed(self.cleaned(self.output))
        return list(shown.display)

    @staticmethod
    def cleaned(output: bytes) -> bytes:
        """`output` without what the emulator does not know: questions about keyboards and modes, mouse shapes."""
        return re.sub(rb"\x1b\[[<>?=][0-9;]*u|\x1b\[\?[0-9;]*\$p|\x1b\]22;[^\x07\x1b]*(?:\x07|\x1b\\\\)", b"", output)

    def leave(self, limit_s: float = 5.0) -> int:
        """Waits for the end and gives the exit code, 128 + n for signal n."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            self.read(quiet_s=0.02, limit_s=0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.read(quiet_s=0.02, limit_s=0.2)
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("the program did not end")
