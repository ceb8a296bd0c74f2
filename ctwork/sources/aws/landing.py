"""Where the bytes of one object arrive: hashed as they come, whole under their name or not there at all."""

import hashlib
import os
from contextlib import suppress
from datetime import datetime
from itertools import count

from ctwork.sources.aws.terms import FetchJob

LOG_FOLDER = "ctwork-pull"
"""What is known about a copy, beside its objects."""
PARTIAL = f"{LOG_FOLDER}/partial"
_IN_MEMORY = 8 << 20
_STEP = 1 << 20
_numbers = count()
_made: set[str] = set()
"""Folders that this process knows to be there."""


class Landing:
    """Takes the bytes of one object in order; what breaks off goes on where it stopped, a large one in a later run."""

    def __init__(self, job: FetchJob, folder: str) -> None:
        """Raises OSError, as everything here that touches the disk."""
        self._job = job
        self._folder = folder
        self._pieces: list[bytes] = []
        self._file = -1
        self._partial = ""
        self._reset()
        if job.size > _IN_MEMORY:
            self._open()

    def _reset(self) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()
        # S3 says MD5; it tells a damaged body from a whole one, and nothing rests on it.
        self._md5 = hashlib.md5(usedforsecurity=False)

    def _open(self) -> None:
        """Goes on with what an earlier run has left of the same bytes: the name holds their ETag."""
        named = f"{self._job.key}\n{self._job.version}\n{self._job.etag}"
        self._partial = f"{self._folder}/{PARTIAL}/{hashlib.sha256(named.encode()).hexdigest()[:32]}"
        self._file = os.open(self._partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        if os.fstat(self._file).st_size > self._job.size:
            self.restart()
        while piece := os.read(self._file, _STEP):
            self._count(piece)

    def _count(self, piece: bytes) -> None:
        self.size += len(piece)
        self._sha256.update(piece)
        self._md5.update(piece)

    def add(self, piece: bytes) -> None:
        """The next bytes."""
        self._count(piece)
        if self._file < 0:
            self._pieces.append(piece)
            return
        at = 0
        while at < len(piece):
            at += os.write(self._file, piece[at:])

    def restart(self) -> None:
        """Forgets what has come so far."""
        self._reset()
        self._pieces = []
        if self._file >= 0:
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)

    @property
    def sha256(self) -> str:
        """Of the bytes so far, in hexadecimal."""
        return self._sha256.hexdigest()

    @property
    def md5(self) -> str:
        """Of the bytes so far, in hexadecimal."""
        return self._md5.hexdigest()

    def settle(self) -> None:
        """Puts the whole object under its name, its modification time that of the bucket."""
        target = f"{self._folder}/{self._job.path}"
        parent = target.rpartition("/")[0]
        if parent not in _made:
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103 - a path object per object costs more than the call
            _made.add(parent)
        if self._file < 0:
            self._partial = f"{self._folder}/{PARTIAL}/{os.getpid()}-{next(_numbers)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
            self._file = os.open(self._partial, flags, 0o644)
            for piece in self._pieces:
                at = 0
                while at < len(piece):
                    at += os.write(self._file, piece[at:])
        if (changed_ns := modified_ns(self._job.modified)) is not None:
            os.utime(self._file, ns=(changed_ns, changed_ns))
        os.close(self._file)
        self._file = -1
        os.rename(self._partial, target)  # noqa: PTH104 - as above

    def abandon(self, *, keep: bool) -> None:
        """Lets go of an object that did not come whole; with `keep` a large one stays for a later run."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if self._partial and not keep:
            with suppress(OSError):
                os.unlink(self._partial)  # noqa: PTH108 - as above


def modified_ns(text: str) -> int | None:
    """A time as listings give it, in nanoseconds since 1970 UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else int(moment.timestamp() * 1000) * 1_000_000
