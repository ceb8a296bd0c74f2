"""The journal of a case on disk: entries that are only ever added, each on the disk before the caller goes on.

One SQLite file. Every entry is a row of ``ops``; what they amount to is told by the views ``marks``, ``lenses`` and
``exports``, so that any stock tool that reads SQLite sees the same case. The rows cannot be changed or deleted through
SQL, and whoever does it another way breaks the chain of hashes.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import starmap
from pathlib import Path
from typing import Any

from ctwork.case.custody import Actor, Holder, Lock, is_network_folder
from ctwork.errors import CaseError, EnvironmentFailure
from ctwork.model.entry import ANYONES, NOWHERE, Anchor, Entry, entry
from ctwork.model.instant import format_instant
from ctwork.resources import data_path

FILE = "case.db"
APPLICATION_ID = 0x63747764
"""``ctwd``: what `file` and others may know such a database by."""
MAJOR, MINOR = 1, 0
"""A file of a later major is left alone; one of a later minor is read, and what is unknown in it kept."""
_PATIENCE_S = 5.0
_COLUMNS = "seq, at_ms, actor, host, tool, kind, payload, previous, hash"
_LAST = "SELECT seq, hash FROM ops ORDER BY seq DESC LIMIT 1"
_BEHIND = f"SELECT {_COLUMNS} FROM ops WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - no value in it
_NEWEST = f"SELECT {_COLUMNS} FROM ops WHERE kind = ? ORDER BY seq DESC LIMIT 1"  # noqa: S608 - as above
_INSERT = f"INSERT INTO ops ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - as above
_TYPES = (int, int, str, str, str, str, str, str, str)
_KEEP = "keep the file as it is, and go on in a copy of the case from before"
_HOLDER = "SELECT epoch, actor, host, pid, since_ms FROM holder"


class CaseHeld(CaseError):
    """Somebody else has the case in hand."""


class Ledger:
    """The journal of one case. Safe to use from several threads; each call is one transaction."""

    def __init__(self, folder: Path, actor: Actor, begin: Callable[[], Entry]) -> None:
        """Opens the journal in `folder`, or begins one with the entry `begin` makes. Raises CtworkError."""
        self.path = folder / FILE
        self.actor = actor
        self.on_network = is_network_folder(folder)
        self.writable = True
        self._epoch = 0
        self._lock: Lock | None = None
        self._turn = threading.Lock()
        with _told(self.path):
            self._link = self._opened(begin)

    def _opened(self, begin: Callable[[], Entry]) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            link = _connected(f"{self.path.as_uri()}?mode=rwc")
            _prepare(link, self.path, begin, wal=not self.on_network)
        except (sqlite3.OperationalError, OSError) as problem:
            if not self.path.exists() or not _is_refused(problem):
                raise
            # On a place that cannot be written not even the files beside a database can be made.
            link = _connected(f"{self.path.as_uri()}?mode=ro&immutable=1")
            self.writable = False
        _check_version(link, self.path)
        return link

    @property
    def head(self) -> Anchor:
        """The last entry."""
        with self._turn, _told(self.path):
            return _head(self._link)

    @property
    def holder(self) -> Holder | None:
        """Who has the case in hand, as far as is written down."""
        with self._turn, _told(self.path):
            return _holder(self._link)

    @property
    def holds(self) -> bool:
        """Whether this ledger still has the case in hand."""
        holder = self.holder
        return bool(self._epoch) and holder is not None and holder.epoch == self._epoch

    def take(self, at_ms: int, *, force: bool = False) -> bool:
        """Takes the case in hand, and tells whether that worked; by `force` also out of another's.

        Nobody has it when the holder has let go of it or has died. Whether one on another machine lives cannot be told
        for a folder on the network: there its name counts until it lets go.
        """
        if not self.writable:
            return False
        if self.holds:
            return True
        with self._turn, _told(self.path), _transaction(self._link):
            before = _holder(self._link)
            if before is not None and self._lives(before):
                if not force:
                    return False
                told = {"from": before.actor, "host": before.host, "since": format_instant(before.since_ms)}
                self._add("take-over", told, at_ms)
            if self._lock is not None:
                self._lock.release()
            self._epoch = _hand_over(self._link, self.actor, at_ms)
            self._lock = Lock(self.path.parent, self._epoch)
            self._lock.take()
        return True

    def _lives(self, holder: Holder) -> bool:
        """Whether the holder may still be at work."""
        if self.on_network and holder.host != self.actor.host:
            return True
        left = Lock(self.path.parent, holder.epoch)
        if not left.take():
            return True
        left.release()
        return False

    def append(self, kind: str, payload: Mapping[str, Any], at_ms: int) -> Entry:
        """Adds an entry; it is on the disk when this returns.

        Raises CaseHeld for a change while somebody else has the case in hand, and EnvironmentFailure; then nothing was
        added. What only looks or takes something out is written by anyone.
        """
        if not self.writable:
            raise CaseError(f"{self.path} cannot be written", "copy the case folder to a place of your own")
        with self._turn, _told(self.path), _transaction(self._link):
            if kind not in ANYONES:
                self._check_hand()
            return self._add(kind, payload, at_ms)

    def _check_hand(self) -> None:
        holder = _holder(self._link)
        if not self._epoch or holder is None or holder.epoch != self._epoch:
            raise held(holder)

    def _add(self, kind: str, payload: Mapping[str, Any], at_ms: int) -> Entry:
        added = entry(_head(self._link), at_ms, self.actor.name, self.actor.host, self.actor.tool, kind, payload)
        _write(self._link, added)
        return added

    def entries(self, after: int = 0, limit: int = -1) -> Iterator[Entry]:
        """The first `limit` entries behind number `after`, or all of them, as they were when this was called."""
        return self._entries(_BEHIND, (after, limit))

    def last(self, kind: str) -> Entry | None:
        """The last entry of a kind; None where there is none."""
        return next(self._entries(_NEWEST, (kind,)), None)

    def _entries(self, query: str, values: tuple[Any, ...]) -> Iterator[Entry]:
        with self._turn, _told(self.path):
            rows = self._link.execute(query, values).fetchall()
        if any(tuple(map(type, row)) != _TYPES for row in rows):
            raise CaseError(f"{self.path} is damaged: a cell holds what was never written", _KEEP)
        return starmap(Entry, rows)

    def copy(self, target: Path) -> None:
        """A complete copy as one file, which must not exist yet. Raises EnvironmentFailure."""
        with self._turn, _told(target):
            self._link.execute("VACUUM INTO ?", (str(target),))

    def close(self) -> None:
        """Gives the case out of hand, and leaves one file behind where nobody else has it open."""
        with self._turn:
            with suppress(sqlite3.Error):
                if self._epoch:
                    # The row stays for its epoch: a holder who was relieved before must not find it again.
                    self._link.execute("UPDATE holder SET pid = 0 WHERE epoch = ?", (self._epoch,))
                self._link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._link.close()
            if self._lock is not None:
                self._lock.release()


def held(holder: Holder | None) -> CaseHeld:
    """The refusal that names the holder."""
    if holder is None:
        return CaseHeld("the case is not in hand", "open it again")
    since = format_instant(holder.since_ms)
    return CaseHeld(
        f"the case is held by {holder.actor}@{holder.host} (process {holder.pid}) since {since}",
        "close it there, or take it over with --take-over",
    )


def _connected(uri: str) -> sqlite3.Connection:
    link = sqlite3.connect(uri, uri=True, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON", "synchronous = FULL"):
        link.execute(f"PRAGMA {pragma}")
    return link


def _prepare(link: sqlite3.Connection, path: Path, begin: Callable[[], Entry], *, wal: bool) -> None:
    """Makes the tables of a new journal and its first entry, and sets how it is written."""
    # Shared memory of two machines is not shared: there, the older way that needs none.
    link.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
    with _transaction(link):
        if link.execute("PRAGMA user_version").fetchone()[0] or _tables(link):
            return
        for statement in _statements(data_path("journal.sql").read_text(encoding="utf-8")):
            link.execute(statement)
        link.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        link.execute(f"PRAGMA user_version = {MAJOR * 1000 + MINOR}")
        _write(link, begin())
    path.chmod(0o600)


def _check_version(link: sqlite3.Connection, path: Path) -> None:
    """Raises CaseError for a file that is no journal of this major version."""
    version = link.execute("PRAGMA user_version").fetchone()[0]
    if link.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise CaseError(f"{path} is no journal of a case", "move it away: it is not ctwork's")
    if version // 1000 > MAJOR:
        raise CaseError(
            f"{path} was written by a later ctwork (format {version // 1000}.{version % 1000})",
            "open it with that version; nothing was changed",
        )


def _tables(link: sqlite3.Connection) -> int:
    count: int = link.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return count


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, whole: one by one they stay inside the caller's transaction."""
    begun = ""
    for line in script.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            yield begun
            begun = ""


def _write(link: sqlite3.Connection, new: Entry) -> None:
    cells = (new.seq, new.at_ms, new.actor, new.host, new.tool, new.kind, new.text, new.previous, new.hash)
    link.execute(_INSERT, cells)


def _head(link: sqlite3.Connection) -> Anchor:
    found = link.execute(_LAST).fetchone()
    return NOWHERE if found is None else Anchor(*found)


def _holder(link: sqlite3.Connection) -> Holder | None:
    found = link.execute(_HOLDER).fetchone()
    return None if found is None or not found[3] else Holder(*found)


def _hand_over(link: sqlite3.Connection, actor: Actor, at_ms: int) -> int:
    """Writes the new holder down; returns the epoch."""
    found = link.execute(_HOLDER).fetchone()
    epoch = 1 if found is None else int(found[0]) + 1
    link.execute(
        "INSERT OR REPLACE INTO holder (only, epoch, actor, host, pid, since_ms) VALUES (1, ?, ?, ?, ?, ?)",
        (epoch, actor.name, actor.host, os.getpid(), at_ms),
    )
    return epoch


@contextmanager
def _transaction(link: sqlite3.Connection) -> Iterator[None]:
    link.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if link.in_transaction:  # a full disk may have ended it already
            link.execute("ROLLBACK")
        raise
    link.execute("COMMIT")


def _is_refused(problem: Exception) -> bool:
    """Whether the place cannot be written at all: neither waiting nor making space would help."""
    if isinstance(problem, OSError):
        return problem.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
    return any(word in str(problem) for word in ("readonly", "unable to open"))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What goes wrong with the file, in words that help."""
    try:
        yield
    except sqlite3.OperationalError as problem:
        said = str(problem)
        if "full" in said:
            raise EnvironmentFailure(
                f"the disk of {path} is full: this was not saved", "make space, then do it again"
            ) from problem
        if "locked" in said:
            raise EnvironmentFailure(f"{path} is busy: this was not saved", "do it again in a moment") from problem
        raise EnvironmentFailure(f"{path}: {said}", "check the case folder and its space") from problem
    except sqlite3.DatabaseError as problem:
        raise CaseError(f"{path} is damaged: {problem}", _KEEP) from problem
    except OSError as problem:
        raise EnvironmentFailure(f"{path}: {problem.strerror}", "check the case folder and its space") from problem
