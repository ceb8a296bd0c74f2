"""The worker processes of a load: forked before polars is imported, fed with batches, asked for hashes at the end."""

import gc
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctwork.errors import EnvironmentFailure
from ctwork.sources.base import Blob, Bounds

if TYPE_CHECKING:
    from ctwork.store.early import Early

_FAREWELL_S = 2.0
_PR_SET_PDEATHSIG = 1

_fields = attrgetter("name", "path", "size", "stamp", "slot", "member", "examine")


@dataclass(frozen=True, slots=True)
class Batch:
    """Blobs for one part, as plain tuples: those cross to a worker ten times faster than objects."""

    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, blobs: Iterable[Blob]) -> "Batch":
        """The batch of `blobs`."""
        return cls(tuple(map(_fields, blobs)))

    @property
    def blobs(self) -> list[Blob]:
        """The blobs again."""
        return [Blob(*row) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Digesting:
    """Files and record indices whose content hashes are wanted."""

    places: tuple[tuple[Mapping[str, Any], tuple[int, ...]], ...]
    meaning: bool
    """Of what the records say, and not of their bytes."""


@dataclass(frozen=True, slots=True)
class PartDone:
    """A batch became a part, or some of it did."""

    path: Path
    files: int
    bytes_read: int
    bytes_inflated: int
    records: int
    issues: int
    lost: int
    early: "Sequence[Early]" = ()
    """Records to be shown at once."""
    goes_on: bool = False
    """Whether the batch goes on in another part."""


@dataclass(slots=True, eq=False)
class Worker:
    """One child process and what it is busy with."""

    link: Connection
    pid: int
    busy: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Post:
    """What a worker has of its parent."""

    link: Connection
    others: tuple[Connection, ...]
    """The parent's ends of all pipes."""
    parent: int
    lock: int | None
    """The descriptor that only the parent may hold: with it, the lock would outlive the parent."""

    def man(self) -> None:
        """Keeps only its own end of the pipe, and ends when the parent does."""
        for other in self.others:
            other.close()
        if self.lock is not None:
            os.close(self.lock)
        end_with_parent(self.parent, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a worker could not do a job."""

    reason: str


class Crew:
    """A handful of workers. Must be made before anything starts threads in this process."""

    def __init__(self, size: int, folder: Path, session: str, bounds: Bounds, lock: int | None = None) -> None:
        """Forks `size` workers that write into `folder`; none of them keeps the descriptor `lock`."""
        _preload()
        context = get_context("fork")
        self._workers: list[Worker] = []
        self._processes: list[BaseProcess] = []
        ends = [context.Pipe() for _ in range(size)]
        for number in range(size):
            process = context.Process(
                target=_serve,
                args=(
                    Post(ends[number][1], tuple(mine for mine, _ in ends), os.getpid(), lock),
                    folder,
                    f"{session}-{number}",
                    bounds,
                ),
                daemon=True,
            )
            process.start()
            self._processes.append(process)
            self._workers.append(Worker(ends[number][0], process.pid or 0))
        for _, theirs in ends:
            theirs.close()

    def idle(self, depth: int = 1) -> Worker | None:
        """The least busy worker with fewer than `depth` jobs waiting."""
        worker = min(self._workers, key=lambda worker: worker.busy)
        return worker if worker.busy < depth else None

    def give(self, worker: Worker, job: Batch | Digesting) -> None:
        """Hand `job` to `worker`."""
        worker.link.send(job)
        worker.busy += 1

    @property
    def busy(self) -> bool:
        """Whether any job is under way."""
        return any(worker.busy for worker in self._workers)

    def results(self, timeout_s: float | None) -> Iterator[Any]:
        """Results that have arrived, waiting up to `timeout_s` for the first. Raises EnvironmentFailure."""
        waiting = [worker.link for worker in self._workers if worker.busy]
        for link in wait(waiting, timeout_s) if waiting else ():
            worker = next(worker for worker in self._workers if worker.link is link)
            try:
                result = worker.link.recv()
            except EOFError as problem:
                raise EnvironmentFailure(
                    f"a worker process ({worker.pid}) ended in the middle of its work",
                    "perhaps the memory ran out: try --workers 1; the next load goes on from here",
                ) from problem
            if not (isinstance(result, PartDone) and result.goes_on):
                worker.busy -= 1
            if isinstance(result, Trouble):
                raise EnvironmentFailure(
                    f"a batch of files could not be stored: {result.reason}",
                    "check the space of the case folder; the next load goes on from here",
                )
            yield result

    def hashes(
        self, wanted: Sequence[tuple[Mapping[str, Any], tuple[int, ...]]], *, meaning: bool
    ) -> Iterable[tuple[int, list[bytes]]]:
        """Content hashes per entry of `wanted`, as ``(position, hashes)`` in any order."""
        step = 64
        jobs = [(at, Digesting(tuple(wanted[at : at + step]), meaning)) for at in range(0, len(wanted), step)]
        jobs.reverse()
        pending: dict[int, int] = {}
        while jobs or self.busy:
            while jobs and (worker := self.idle()):
                at, job = jobs.pop()
                pending[worker.pid] = at
                self.give(worker, job)
            for pid, answers in self.results(None):
                for offset, hashes in enumerate(answers):
                    yield pending[pid] + offset, hashes

    def abandon(self) -> None:
        """End the workers in the middle of their work; parts that are whole stay."""
        for process in self._processes:
            process.kill()
        self.dismiss()

    def dismiss(self) -> None:
        """Let the workers go, and see them off. Doing so twice does no harm."""
        for worker in self._workers:
            worker.link.close()
        for process in self._processes:
            process.join(_FAREWELL_S)
        self._workers, self._processes = [], []


def _preload() -> None:
    """Import what every worker needs once, before the fork: they share it."""
    # OpenBLAS would start a thread per core, and a process with threads must not fork; nothing here uses it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import_module("ctwork.store.parse")


def end_with_parent(parent: int, number: signal.Signals) -> None:
    """Has the system send this process `number` when process `parent` ends. Linux only; elsewhere pipes tell."""
    if sys.platform == "linux":
        import ctypes  # numpy has brought it along

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _serve(post: Post, folder: Path, session: str, bounds: Bounds) -> None:
    """A worker's life: jobs in, results out, until the pipe closes."""
    post.man()
    link = post.link
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Millions of short-lived structs without cycles: the collector would only walk them for nothing.
    gc.disable()
    from ctwork.store.parse import Parser  # loaded before the fork, but not by whoever merely imports this module
    from ctwork.store.reread import record_hashes

    parser = Parser(session, bounds)
    # Until the pipe closes: the parent is done with this worker, or gone.
    with suppress(EOFError, OSError):
        while True:
            job = link.recv()
            if isinstance(job, Digesting):
                hashes = [
                    record_hashes(file, list(indices), bounds, meaning=job.meaning) for file, indices in job.places
                ]
                link.send((os.getpid(), hashes))
            else:
                for done in _attempt(parser, folder, job, post.parent):
                    link.send(done)
    os._exit(0)


def _attempt(parser: Any, folder: Path, job: Batch, parent: int) -> Iterator[PartDone | Trouble]:
    """A worker's top: whatever goes wrong with a batch is for the loader to tell."""
    try:
        yield from _parse(parser, folder, job, parent)
    except Exception as problem:
        yield Trouble(f"{type(problem).__name__}: {problem}")


def _parse(parser: Any, folder: Path, job: Batch, parent: int) -> Iterator[PartDone]:
    """Saves the batch, part after part; all that is told of files as a whole comes with the last one."""
    from ctwork.sources.base import Weight
    from ctwork.store.part import save_part

    for part in parser.parse(job.blobs):
        if os.getppid() != parent:
            # The lock went with the parent: the folder may be another load's by now.
            os._exit(1)
        files = part.files[:-1] if part.goes_on else part.files
        yield PartDone(
            path=save_part(folder, part),
            files=0 if part.goes_on else len(job.rows),
            bytes_read=0 if part.goes_on else sum(size for _, _, size, *_ in job.rows),
            bytes_inflated=sum(file.inflated_size for file in files),
            records=int(part.arrays["time"].size),
            issues=sum(issue.kind.weight is not Weight.NOTE for issue in part.issues),
            lost=sum(issue.kind.weight is Weight.LOSS for issue in part.issues),
            early=part.early,
            goes_on=part.goes_on,
        )
