"""The real command line, in a process of its own or in this one."""

import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctwork.cli.main import run

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What one call answered."""

    code: int
    out: bytes
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """JSON Lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


def command(*arguments: object) -> list[str]:
    """The command line of one call."""
    return [sys.executable, "-W", "error", "-m", "ctwork", *map(str, arguments)]


def environment(**more: str) -> Mapping[str, str]:
    """This process's environment without what would change the output."""
    unwanted = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **more}


def call(*arguments: object, stdin: bytes = b"", cwd: Path = ROOT, **more: str) -> Said:
    """One call in a process of its own."""
    done = subprocess.run(
        command(*arguments), input=stdin, capture_output=True, cwd=cwd, env=environment(**more), timeout=60, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr.decode())


class _Capture(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", newline="")

    @property
    def bytes(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()  # type: ignore[attr-defined,no-any-return]


def ask(*arguments: object) -> Said:
    """One call in this process: quick, the libraries are there already."""
    out, err = _Capture(), _Capture()
    with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings():
        # Newer interpreters warn of the fork; the workers never touch what this process's threads may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        code = run(list(map(str, arguments)), lambda *_, **__: 0)
    return Said(code, out.bytes, err.bytes.decode())
