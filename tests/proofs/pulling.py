"""Runs the real `ctwork pull`, ends it at a chosen moment, and reads what it has left on the disk."""

import hashlib
import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.proofs.scene import PROGRAM, ROOT
from tests.servers import Server

LOG = Path("ctwork-pull") / "acquisition.jsonl"
_LIMIT_S = 900.0
_FAREWELL_S = 10.0
_MARK = "CTWORK_PROOF_RUN"


@dataclass(frozen=True, slots=True)
class Stop:
    """How and when a run is ended from outside."""

    number: signal.Signals
    when: Callable[[], bool]
    """Asked again and again while the program runs."""
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """One run of the program."""

    code: int
    """Negative when a signal ended it."""
    report: dict[str, Any]
    """What it said on standard output; empty when it said nothing."""
    err: str
    stopped: bool
    """Whether the signal found it running."""
    orphans: list[str]
    """Processes of the run that did not end with it."""
    wall_s: float


def pull(server: Server, bucket: str, dest: Path, *options: str, stop: Stop | None = None, prefix: str = "") -> Ended:
    """One run of ``ctwork pull s3://bucket/prefix DEST``."""
    mark, began = uuid.uuid4().hex, time.monotonic()
    words = [*PROGRAM, "pull", f"s3://{bucket}/{prefix}", str(dest), "--endpoint-url", server.endpoint]
    environ = {**os.environ, **server.environment(), _MARK: mark, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*words, "--format", "json", "--quiet", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        cwd=dest.parent,
    )
    stopped = stop is not None and _end(process, stop)
    try:
        out, err = process.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += b"\nTraceback: it does not end"
    wall_s = time.monotonic() - began
    report = json.loads(out) if out.strip().endswith(b"}") else {}
    return Ended(process.returncode, report, err.decode("utf-8", "replace"), stopped, _orphans(mark), wall_s)


def _end(process: subprocess.Popen[bytes], stop: Stop) -> bool:
    """Sends the signal at the moment chosen; False when the program was faster."""
    while process.poll() is None:
        if stop.when():
            time.sleep(stop.delay_s)
            if process.poll() is None:
                process.send_signal(stop.number)
                return True
            return False
        time.sleep(0.002)
    return False


def _orphans(mark: str) -> list[str]:
    """What of a run still runs after a while."""
    end = time.monotonic() + _FAREWELL_S
    while (left := list(_marked(mark))) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def _marked(mark: str) -> Iterator[str]:
    for pid, words in processes():
        with suppress(OSError):
            if f"{_MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes():
                yield words


def processes() -> Iterator[tuple[int, str]]:
    """Every process that runs: its number and what it was called with."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


@dataclass(slots=True)
class Copy:
    """What a copy's log says."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    """The rows of objects, in order; a key may have several."""
    failed: list[dict[str, Any]] = field(default_factory=list)
    torn: int = 0
    """Lines that are no JSON, but for a last one that a crash has cut off."""


def read_copy(dest: Path) -> Copy:
    """The log of `dest`; empty when there is none."""
    copy = Copy()
    with suppress(FileNotFoundError):
        content = (dest / LOG).read_bytes()
        for line in content[: content.rfind(b"\n") + 1].splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                copy.torn += 1
                continue
            copy.objects += [row["object"]] if "object" in row else []
            copy.failed += [row["failed"]] if "failed" in row else []
    return copy


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; "" when it is not there."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def kept_files(dest: Path) -> Iterator[Path]:
    """Every file of the copy but its own records."""
    for path in dest.rglob("*"):
        if path.is_file() and not path.is_relative_to(dest / LOG.parent):
            yield path
