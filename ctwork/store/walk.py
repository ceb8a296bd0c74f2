"""The listing of the sources, running ahead in a thread so that totals are known early."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from ctwork.errors import CtworkError
from ctwork.sources.base import Blob, Issue, IssueKind, Source, path_text
from ctwork.sources.carrier import take_exposed
from ctwork.store.crew import Batch
from ctwork.store.listing import Listing

INFLATION = 6
"""Compressed trail files inflate about five-fold; a little more keeps batches inside their bound."""


class Walk:
    """The listing of the sources, running ahead in a thread so that totals are known early."""

    def __init__(self, source: Source, known: Mapping[str, tuple[int, int, int, int]], examined_bytes: int = 0) -> None:
        self._source = source
        self._known = known
        self._to_examine = examined_bytes
        self._queue: deque[Blob] = deque()
        self._ready = threading.Condition()
        self._done = False
        self._halt = False
        self._whole = False
        self._refusal = ""
        self.failure: CtworkError | OSError | None = None
        self.issues: list[Issue] = []
        self.present: set[str] = set()
        self.exposed: frozenset[tuple[bytes, bool]] = frozenset()
        take_exposed()  # what was opened before is no part of this load
        self.seen = 0
        self.bytes_total = 0
        self._thread = threading.Thread(target=self._run, name="walk", daemon=True)
        self._thread.start()

    @property
    def filtered(self) -> int:
        """Files left out by the path filter."""
        return getattr(self._source, "skipped_by_filter", 0)

    @property
    def exhausted(self) -> bool:
        """Whether every blob has been listed and handed out."""
        return self._done and not self._queue

    @property
    def listed(self) -> bool:
        """Whether the listing has ended, so that the totals are final."""
        return self._done

    def batch(self, limit: int) -> Batch | None:
        """The next blobs, up to about `limit` stored bytes; None when none are waiting."""
        with self._ready:
            # A small batch while the listing still runs would cost a part for a handful of files.
            if not self._queue:
                return None
            blobs, size = [self._queue.popleft()], 0
            size += _weight(blobs[0])
            while self._queue and size + _weight(self._queue[0]) <= limit:
                blobs.append(self._queue.popleft())
                size += _weight(blobs[-1])
            return Batch.of(blobs)

    def refuse(self, message: str) -> None:
        """Hand out no further blob: each that waits or is found yet becomes an issue that says `message`."""
        with self._ready:
            self._refusal = message
            while self._queue:
                self._refuse(self._queue.popleft())

    def _refuse(self, blob: Blob) -> None:
        self.issues.append(Issue(blob.name, IssueKind.TOO_LARGE, self._refusal))

    def wait(self, timeout_s: float) -> None:
        """Return when something is waiting or the listing has ended."""
        with self._ready:
            self._ready.wait_for(lambda: self._queue or self._done, timeout_s)

    def stop(self) -> None:
        """End the listing."""
        self._halt = True
        self._thread.join()

    def listing(self) -> Listing:
        """What the walk found, for the merge."""
        complete = not self._queue and self._whole
        return Listing(frozenset(self.present), tuple(self.issues), complete, self.exposed)

    def _run(self) -> None:
        try:
            for item in self._source.walk():
                if self._halt:
                    return
                self._take(item)
            self._whole = True
        except (CtworkError, OSError) as failure:
            self.failure = failure
        finally:
            self.exposed = take_exposed()
            with self._ready:
                self._done = True
                self._ready.notify_all()

    def _take(self, item: Blob | Issue) -> None:
        if isinstance(item, Issue):
            self.issues.append(item)
            return
        name = path_text(item.name)
        self.present.add(name)
        self.seen += 1
        if self._known.get(name) == item.stamp:
            return
        with self._ready:
            if self._refusal:
                self._refuse(item)
                return
            self.bytes_total += item.size
            # In the order of the walk, so that every load of the same files looks into the same ones.
            if self._to_examine > 0:
                self._to_examine -= _weight(item) * INFLATION
                item = replace(item, examine=True)
            self._queue.append(item)
            self._ready.notify_all()


def _weight(blob: Blob) -> int:
    return blob.size if blob.path.endswith(".gz") or blob.name.endswith(".gz") else 1 + blob.size // INFLATION
