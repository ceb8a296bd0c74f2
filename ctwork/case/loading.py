"""The process that loads a case: forked at once, nice to whoever looks at the screen, heard through a connection."""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from ctwork.case.case import Case
from ctwork.errors import CtworkError
from ctwork.model.shown import Progress

if TYPE_CHECKING:
    from ctwork.store.early import Early

_NICE = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a load ended without a store."""

    title: str
    hint: str


def start_loader(case: Case) -> tuple[Connection, int]:
    """Fork the process that loads `case`; it reports through the connection and outlives no closed one for long."""
    context = get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    pid = os.fork()
    if pid:
        theirs.close()
        return mine, pid
    mine.close()
    code = 1
    try:
        _run_loader(case, theirs)
        code = 0
    except Exception:
        traceback.print_exc()  # into the load's log; the closed connection tells the workbench
    finally:
        os._exit(code)


def _run_loader(case: Case, link: Connection) -> None:
    case.store.mkdir(parents=True, exist_ok=True)
    log = os.open(case.store / "load.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.setsid()
    # Whoever looks at the screen comes first.
    os.nice(_NICE)
    try:
        if case.stale():
            loader = case.loader()
            signal.signal(signal.SIGINT, lambda *_: loader.stop())

            def tell(news: "Progress | Sequence[Early]") -> None:
                try:
                    link.send(news)
                except OSError:
                    loader.stop()

            loader.run(tell, tell)
        else:
            link.send(Progress(done=True))
        link.send("finished")
    except (CtworkError, OSError) as problem:
        link.send(failure_of(problem))


def failure_of(problem: CtworkError | OSError) -> Failure:
    if isinstance(problem, CtworkError):
        return Failure(problem.title, problem.hint)
    return Failure(f"the load failed: {problem.strerror or problem}", "see the case folder's load.log")
