"""Narration: progress and results on stderr, so that stdout stays data."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ctwork.case.case import Case
from ctwork.model.legible import plain
from ctwork.model.shown import Progress

_WIDTH = 100


class Interrupted(Exception):
    """The user stopped a load; what was done is kept."""


class Narrator:
    """Shows progress on one line of stderr when that is a terminal."""

    def __init__(self, quiet: bool) -> None:
        self._live = not quiet and sys.stderr.isatty()
        self._shown = 0.0
        self._width = 0

    def progress(self, progress: Progress) -> None:
        """Show `progress`, at most ten times a second."""
        self.line(lambda: progress_line(progress), always=progress.done)

    def line(self, text: Callable[[], str], *, always: bool = False) -> None:
        """Show what `text()` says; unless `always`, at most ten times a second."""
        now = time.monotonic()
        if not self._live or (now - self._shown < 0.1 and not always):
            return
        self._shown = now
        line = plain(text())[:_WIDTH]
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def end(self) -> None:
        """Clear the progress line."""
        if self._live and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


def progress_line(progress: Progress) -> str:
    """`progress` in one line: files, bytes, events, time to go."""
    files = (
        f"{progress.files_read:,} of {progress.files_total:,} files"
        if progress.files_total
        else f"{progress.files_read:,} files"
    )
    parts = [
        progress.message or "reading",
        files,
        f"{progress.bytes_read / 1e6:,.1f} MB",
        f"{progress.records:,} events",
    ]
    if progress.eta_s is not None and not progress.message:
        parts.append(f"{int(progress.eta_s) // 60}:{int(progress.eta_s) % 60:02d} left")
    if progress.issues:
        parts.append(f"⚠ {progress.issues:,}")
    return " · ".join(parts)


def trouble(lost: int, doubts: int) -> str:
    """What a load could not read, in one line; "" when there is nothing to tell."""
    parts = [f"{lost:,} {'loss' if lost == 1 else 'losses'}: some input could not be read"] if lost else []
    if doubts:
        looks = "" if lost else ": all was read, but some looks odd"
        parts.append(f"{doubts:,} {'doubt' if doubts == 1 else 'doubts'}{looks}")
    return "⚠ " + " · ".join(parts) if parts else ""


def bring_up_to_date(case: Case, *, quiet: bool) -> None:
    """Load what is new, with progress. Raises Interrupted after Ctrl-C; what was done is kept and can be opened."""
    if not case.stale():
        return
    narrator = Narrator(quiet)
    # Ctrl-C reaches the workers, too, and waits until they and this process know what to do with it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        loader = case.loader()
        with stopping(loader.stop) as stopped:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            loader.run(narrator.progress)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    narrator.end()
    if stopped:
        raise Interrupted


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[list[bool]]:
    """Ctrl-C calls `stop` once; a second one interrupts for good."""
    stopped: list[bool] = []

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        if stopped:
            raise KeyboardInterrupt
        stopped.append(True)
        stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
