"""A second reading of an open case that looks into every record, in a process of its own, at low priority.

It is the reload of `ctwork load --examine`. Threads run by now, so nothing is forked here: a fresh interpreter loads.
"""

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ctwork.case.case import Case
from ctwork.errors import CaseError, CtworkError, SourceError

NICE = 15
"""Whoever looks at the screen, and any first load, comes first."""


def examining(case: Case) -> Case:
    """The same case, read so that every record is looked into. Raises SourceError when its sources are away."""
    if not case.plan.sources or "-" in case.plan.sources:
        raise SourceError("the sources of this case are not there to be read again", "put them back where they were")
    bounds = case.plan.bounds
    return replace(case, plan=replace(case.plan, bounds=replace(bounds, examined_bytes=bounds.load_bytes)))


class Rereading:
    """A loader at work on a case that is open. What is loaded stands until it has finished."""

    def __init__(self, case: Case) -> None:
        """Starts it. Raises CtworkError."""
        self.case = examining(case)
        self.case.check_sources()
        self.done = 0.0
        """How far it has come, from 0 to 1."""
        self._said = b""
        home = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            # -P: the current folder may be evidence, and no code is taken from it.
            [sys.executable, "-P", "-m", "ctwork.case.reread"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(pickle.dumps(self.case))
            self._process.stdin.flush()
        os.set_blocking(self._process.stdout.fileno(), False)

    def finished(self) -> bool:
        """Whether the new generation is in force; takes in how far it has come. Raises CaseError when it failed."""
        assert self._process.stdout is not None
        ended = self._process.poll() is not None
        self._said += self._process.stdout.read() or b""
        *whole, self._said = self._said.split(b"\n")
        for line in whole:
            word, _, rest = line.decode("utf-8", "replace").partition(" ")
            if word == "at":
                self.done = float(rest)
            elif word == "failed":
                raise self._failed(rest)
            elif word == "done":
                self.stop()
                return True
        if ended:
            raise self._failed("it ended before it was done")
        return False

    def _failed(self, why: str) -> CtworkError:
        self.stop()
        return CaseError(f"the rest was not looked into: {why}", "the load stands as it was")

    def stop(self) -> None:
        """Ends it, if it still runs; nothing of it is kept."""
        self._process.terminate()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
