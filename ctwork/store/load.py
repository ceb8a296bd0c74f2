"""A load: sources are listed while workers parse them, and the merged parts become the store's next generation.

store/load/plan.json      what is being loaded
store/load/*.part         finished parts; after a crash the next load of the same plan takes them over
store/pack                bytes of members that cannot be read again in place (solid archives, standard input)
"""

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ctwork.config import LoadSettings
from ctwork.errors import CaseError
from ctwork.model.shown import Progress
from ctwork.sources import Opening, open_source
from ctwork.sources.access import Access
from ctwork.sources.base import Bounds, bound_option, path_text
from ctwork.sources.layout import PathFilter
from ctwork.store.crew import Crew, PartDone
from ctwork.store.pointer import FORMAT, LOAD, SUFFIX, current_generation
from ctwork.store.walk import INFLATION, Walk

if TYPE_CHECKING:
    from ctwork.store.early import Early

    Show = Callable[[Sequence[Early]], None]

Report = Callable[[Progress], None]
PACK = "pack"
_FIRST_BATCH = 1 << 18
_GROWTH = 1.5
_REPORT_S = 0.1
_STOP_S = 0.5
"""How long a stop waits for the files that are being read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load, and what must not be read again."""

    sources: tuple[str, ...]
    path_filter: PathFilter = field(default_factory=PathFilter)
    settings: LoadSettings = field(default_factory=LoadSettings)
    bounds: Bounds = field(default_factory=Bounds)
    fresh: bool = False
    keep: str = ""
    """A folder that takes the bytes of what comes over the network."""
    access: Access | None = None
    """None for not over the network: then what is kept is read."""
    versions: bool = False
    """Whether a bucket is asked for earlier versions and deleted logs, too."""

    def opening(self, store: Path, stopped: Callable[[], bool] = lambda: False, *, survey: bool = False) -> Opening:
        """How the sources are to be opened for the store at `store`; a `survey` fetches nothing."""
        return Opening(
            self.path_filter,
            str(store / PACK),
            self.bounds,
            self.keep or None,
            self.access,
            survey,
            self.versions,
            stopped,
        )

    def identity(self) -> dict[str, Any]:
        """What makes two plans the same load."""
        keep = self.path_filter
        # Only where it is used: a store that was read before there was such a filter is still the same.
        kinds = {"kinds": sorted(keep.kinds)} if keep.kinds else {}
        return {
            "sources": [path_text(source) for source in self.sources],
            "filter": {
                "accounts": sorted(keep.accounts),
                "regions": sorted(keep.regions),
                "since_s": keep.since_s,
                "until_s": keep.until_s,
                **kinds,
            },
            "bounds": self.bounds.changed(),
        }


class Loader:
    """Runs one plan into one store folder. Make it before anything starts threads: it forks its workers at once."""

    def __init__(self, plan: Plan, store: Path) -> None:
        self.plan = plan
        self.store = store
        self.folder = store / LOAD
        self._lock = _lock(store)
        self._session = f"{time.time_ns():016x}"
        self._stop = threading.Event()
        self._take_over()
        # Those who only read again come first: they never grow, and nothing they inherit keeps the parsers from ending.
        self.readers = Crew(plan.settings.workers, self.folder, "reader", plan.bounds, self._lock)
        self.crew = Crew(plan.settings.workers, self.folder, self._session, plan.bounds, self._lock)
        _drop_damaged(sorted(self.folder.glob(f"*{SUFFIX}")))

    def stop(self) -> None:
        """Read no further file; what is done is kept. Safe to call from a signal handler or another thread.

        A file that takes longer than `_STOP_S` from then on is given up, and counts as not read yet.
        """
        self._stop.set()

    def run(self, report: Report, show: "Show" = lambda early: None) -> Progress:
        """Load, merge and switch to the new generation; returns the final progress.

        `show` is given the first records as soon as they are read, once. Raises SourceError when nothing could be read
        and CaseError when the folder cannot be written.
        """
        try:
            return self._run(report, show)
        finally:
            self.crew.dismiss()
            self.readers.dismiss()
            os.close(self._lock)

    def _run(self, report: Report, show: "Show") -> Progress:
        began = time.monotonic()
        source = open_source(self.plan.sources, self.plan.opening(self.store, self._stop.is_set))
        known = self._known()
        walk = Walk(source, known, self.plan.bounds.examined_bytes)
        progress = self._read(walk, report, show, began)
        progress = self._finish(walk, progress, report, began)
        shutil.rmtree(self.folder, ignore_errors=True)
        return progress

    def _take_over(self) -> None:
        """Keep the parts of an interrupted load of the same plan; remove any others."""
        plan = self.folder / "plan.json"
        # Parts are not flushed to the disk: what a power failure left of them cannot be told from what was written.
        noted = {"format": FORMAT, "boot": _boot_id(), **self.plan.identity()}
        wanted = orjson.dumps(noted, option=orjson.OPT_SORT_KEYS)
        if self.plan.fresh or not plan.is_file() or plan.read_bytes() != wanted:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            plan.write_bytes(wanted)
        for leftover in self.folder.glob("*.partial"):
            leftover.unlink()

    def _known(self) -> dict[str, tuple[int, int, int, int]]:
        """Stamps of blobs that need not be read again: those of the current generation and of taken-over parts."""
        fresh_start = self.plan.fresh or current_generation(self.store) is None
        if fresh_start and not any(self.folder.glob(f"*{SUFFIX}")):
            return {}
        from ctwork.store.renew import known_stamps  # polars: only after the workers are forked

        return known_stamps(self.store, self.folder, fresh=self.plan.fresh)

    def _read(self, walk: Walk, report: Report, show: "Show", began: float) -> Progress:
        progress = Progress()
        limit = float(_FIRST_BATCH)
        reported = 0.0
        shown = False
        stopped = 0.0
        while True:
            while not self._stop.is_set() and (worker := self.crew.idle(depth=2)):
                batch = walk.batch(int(limit))
                if batch is None:
                    break
                limit = min(limit * _GROWTH, self.plan.settings.batch_bytes / INFLATION)
                self.crew.give(worker, batch)
            finished = self._stop.is_set() or walk.exhausted
            if not self.crew.busy and finished:
                return _advance(progress, walk, began, [])
            if self._stop.is_set():
                stopped = stopped or time.monotonic()
                if time.monotonic() - stopped > _STOP_S:
                    self.crew.abandon()
                    return _advance(progress, walk, began, [])
            if self.crew.busy:
                done = list(self.crew.results(_REPORT_S))
                early = () if shown else next((part.early for part in done if part.early), ())
                if early:
                    shown = True
                    show(early)
            else:
                walk.wait(_REPORT_S)
                done = []
            progress = _advance(progress, walk, began, done)
            self._mind_bounds(walk, progress.bytes_inflated)
            now = time.monotonic()
            if done and (now - reported >= _REPORT_S or progress.generation <= 2):
                report(progress)
                reported = now

    def _mind_bounds(self, walk: Walk, inflated: int) -> None:
        """Files that expand without end must not fill the disk: past the bound the rest is told, and not read."""
        bounds = self.plan.bounds
        limit, name = bounds.load_bytes, "load_bytes"
        if walk.listed:
            grown = max(
                (bounds.load_floor_bytes, "load_floor_bytes"), (bounds.load_ratio * walk.bytes_total, "load_ratio")
            )
            limit, name = min((limit, name), grown)
        if inflated > limit:
            told = f"the limit is {limit:,} ({bound_option(name)})"
            message = f"Not read: by then the load had inflated {inflated:,} bytes; {told}."
            walk.refuse(message)

    def _finish(self, walk: Walk, progress: Progress, report: Report, began: float) -> Progress:
        from ctwork.store.renew import renew  # polars: only after the workers are forked

        if walk.failure is not None:
            raise walk.failure
        report(replace(progress, message="sorting"))
        walk.stop()
        meta = {
            **self.plan.identity(),
            "complete": not self._stop.is_set(),
            "bytes_read": progress.bytes_read,
            "bytes_inflated": progress.bytes_inflated,
            "filtered": walk.filtered,
        }
        # The merge needs the memory that the parsers hold.
        self.crew.dismiss()
        summary = renew(self.store, self.folder, self.readers, walk.listing(), meta, began, fresh=self.plan.fresh)
        final = replace(
            progress,
            done=True,
            records=summary["read"],
            unique=summary["unique"],
            copies=summary["copies"],
            issues=summary["issues"],
            lost=summary["lost"],
            seconds=time.monotonic() - began,
            generation=progress.generation + 1,
            message="" if meta["complete"] else "stopped",
        )
        report(final)
        return final


def _advance(progress: Progress, walk: Walk, began: float, done: list[PartDone]) -> Progress:
    return replace(
        progress,
        files_read=progress.files_read + sum(part.files for part in done),
        files_seen=walk.seen,
        files_total=walk.seen if walk.listed else None,
        bytes_read=progress.bytes_read + sum(part.bytes_read for part in done),
        bytes_inflated=progress.bytes_inflated + sum(part.bytes_inflated for part in done),
        bytes_total=walk.bytes_total if walk.listed else None,
        records=progress.records + sum(part.records for part in done),
        unique=progress.unique + sum(part.records for part in done),
        issues=progress.issues + sum(part.issues for part in done),
        lost=progress.lost + sum(part.lost for part in done),
        seconds=time.monotonic() - began,
        generation=progress.generation + len(done),
    )


def _boot_id() -> str:
    """What the system says of its last start; "" where it says nothing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _drop_damaged(parts: Sequence[Path]) -> None:
    """Removes what is no whole part, and what the same session wrote after it: that builds upon it."""
    from ctwork.store.segment import read_segment  # numpy: the crew has brought it along, in its own way

    broken: set[str] = set()
    for path in parts:
        session = path.name.rpartition("-")[0]
        try:
            if session not in broken:
                read_segment(path)
                continue
        except CaseError:
            broken.add(session)
        path.unlink()


def _lock(store: Path) -> int:
    """One loader per store at a time. Raises CaseError when another holds it."""
    try:
        store.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(store / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise CaseError(f"cannot write to {store}: {problem.strerror}", "name another folder with --case") from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(descriptor)
        raise CaseError(
            "another ctwork is loading this case", "wait for it, or name another folder with --case"
        ) from problem
    return descriptor
