"""The words of this room: a blob, its members, an issue of a load, and the bounds hostile input meets."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Protocol


class Weight(StrEnum):
    """What an issue means for the answer to "did you read everything?"."""

    NOTE = "note"
    """Told apart on purpose (a digest, a resource fork): nothing was lost."""
    DOUBT = "doubt"
    """Read completely, but something about it looks wrong."""
    LOSS = "loss"
    """Something could not be read. Any such row makes the exit code 3."""


class IssueKind(StrEnum):
    """The closed list of things a load can say about its input."""

    DIGEST_FILE = "digest-file"
    NOTIFICATION = "notification"
    ACCOUNT_STATE = "account-state"
    ACQUISITION_LOG = "acquisition-log"
    NOT_CLOUDTRAIL = "not-cloudtrail"
    RESOURCE_FORK = "resource-fork"
    EMPTY = "empty"
    SPECIAL_FILE = "special-file"
    SYMLINK_OUTSIDE = "symlink-outside"
    DUPLICATE_CONTENT = "duplicate-content"
    FILTERED = "filtered"
    ACCESS_TIME = "access-time"
    TRAILING_DATA = "trailing-data"
    UNREAD_DATA = "unread-data"
    MULTI_MEMBER = "multi-member"
    CHANGED_SINCE = "changed-since-last-load"
    ODD_NAME = "odd-name"
    UNLISTED_MEMBER = "unlisted-member"
    ODD_TYPE = "odd-type"
    BAD_EVENT_TIME = "bad-eventTime"
    MISSING_ID = "missing-id"
    DUPLICATE_KEY = "duplicate-key"
    BIGINT = "bigint"
    NONFINITE = "nonfinite"
    SURROGATE = "surrogate"
    ENCODING = "encoding"
    CONFLICT = "conflict"
    DELETE_MARKER = "delete-marker"
    DELETED_SINCE = "deleted-since"
    NONCURRENT_VERSION = "noncurrent-version"
    NOT_FETCHED = "not-fetched"
    VANISHED = "vanished"
    CHANGED = "changed-while-reading"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    RATIO = "ratio"
    TRUNCATED = "truncated"
    CRC = "crc"
    NOT_JSON = "not-json"
    SYNTAX = "syntax"
    NOT_OBJECT = "not-object"
    DEPTH = "depth"
    SIZE = "size"
    INVALID_UTF8 = "invalid-utf8"
    STALLED = "stalled"
    UNSUPPORTED = "unsupported"
    UNACCOUNTED = "unaccounted"

    @property
    def weight(self) -> Weight:
        """How much this kind matters; see `Weight`."""
        if self in _NOTES:
            return Weight.NOTE
        return Weight.DOUBT if self in _DOUBTS else Weight.LOSS


_NOTES = frozenset(
    {
        IssueKind.DIGEST_FILE,
        IssueKind.NOTIFICATION,
        IssueKind.ACCOUNT_STATE,
        IssueKind.ACQUISITION_LOG,
        IssueKind.NOT_CLOUDTRAIL,
        IssueKind.RESOURCE_FORK,
        IssueKind.EMPTY,
        IssueKind.DUPLICATE_CONTENT,
        IssueKind.FILTERED,
        IssueKind.ACCESS_TIME,
    }
)
_DOUBTS = frozenset(
    {
        IssueKind.TRAILING_DATA,
        IssueKind.CHANGED_SINCE,
        IssueKind.INVALID_UTF8,
        IssueKind.MULTI_MEMBER,
        IssueKind.ODD_NAME,
        IssueKind.UNLISTED_MEMBER,
        IssueKind.ODD_TYPE,
        IssueKind.BAD_EVENT_TIME,
        IssueKind.MISSING_ID,
        IssueKind.DUPLICATE_KEY,
        IssueKind.BIGINT,
        IssueKind.NONFINITE,
        IssueKind.SURROGATE,
        IssueKind.ENCODING,
        IssueKind.CONFLICT,
        IssueKind.DELETE_MARKER,
        IssueKind.DELETED_SINCE,
        IssueKind.NONCURRENT_VERSION,
    }
)


def path_text(path: str) -> str:
    """A file name or a message that quotes one, as valid Unicode: undecodable bytes become ``\\udcXX`` escapes."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that could not be read or looked wrong, and where."""

    source: str
    """Blob chain, as in `Blob.name`."""
    kind: IssueKind
    message: str
    """What happened, in a sentence a responder can act on. May hold hostile text: escape before display."""
    offset: int | None = None
    """Byte offset in the inflated stream, when it is known."""
    length: int | None = None
    """Bytes concerned, from `offset`."""
    index: int | None = None
    """Record index in the blob, when one record is meant."""
    stored: bool = False
    """Whether it is about the compressed bytes around the stream: `offset` counts in those, as they are stored."""


@dataclass(frozen=True, slots=True)
class Member:
    """Where one member lies inside the archive file `Blob.path`."""

    kind: str
    """``zip`` (a local header at `offset`), ``range`` (bare bytes at `offset`: plain tar) or ``pack`` (bare bytes in a
    file of the case that only grows, so that its stamp says nothing)."""
    index: int
    """Position in the archive's own order."""
    offset: int
    """First byte in `Blob.path`: of the data for ``range`` and ``pack``, of the local header for ``zip``."""
    size: int
    """Bytes as they come out of the archive layer, as the archive claims them."""
    stored: int = 0
    """Bytes as they lie in the archive; equal to `size` but for ``zip``."""
    method: int = 0
    """Compression method of a ``zip`` member (APPNOTE 4.4.5): 0 stored, 8 deflated, 12 bzip2, 14 LZMA, 93 zstd."""
    crc: int | None = None
    """CRC-32 of the member as the ``zip`` directory states it."""
    damage: str = ""
    """Kind of the issue that its end cannot be found for: ``truncated`` or ``crc``. `stored` and `size` end there."""


@dataclass(frozen=True, slots=True)
class Blob:
    """One delivered object that the walk found and nobody has opened yet."""

    name: str
    """Provenance chain below the source: ``AWSLogs/…/x.json.gz`` or ``seized.zip!AWSLogs/…/x.json.gz``."""
    path: str
    """The regular file on disk that holds it (surrogate-escaped for names that are not UTF-8)."""
    size: int
    """Bytes as stored."""
    stamp: tuple[int, int, int, int]
    """``(size, mtime_ns, ctime_ns, inode)`` of `path` when it was listed: an unchanged stamp need not be read again.
    For a ``pack`` member it is the stamp of the archive that the member came out of."""
    slot: int | None = None
    """Delivery slot from the file name, seconds since 1970 UTC."""
    member: Member | None = None
    examine: bool = False
    """Whether each record is looked into for what JSON readers pass over: repeated keys, huge numbers, deep nesting."""


NO_LIMIT = 1 << 60
"""No file and no load is so large."""
_WEEK_S = 7 * 86_400


def _bound(usual: int, text: str, least: int = 1, most: int = NO_LIMIT) -> int:
    """A field of `Bounds`: its usual value, what it limits, and what it may be set to."""
    return field(default=usual, metadata={"text": text, "least": least, "most": most})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one hostile file may cost. Every hit becomes an issue with the value, the limit and the option to move it.

    What a field means stands in its metadata, because `ctwork load --bound list` prints it.
    """

    inflated_bytes: int = _bound(1 << 30, "One file, inflated: what is read of a larger one ends here.")
    inflated_hard_bytes: int = _bound(4 << 30, "How far inflated-bytes may be raised.")
    ratio: int = _bound(200, "How many times its stored size one file may inflate to, or the rows of one table.")
    ratio_floor_bytes: int = _bound(
        64 << 20, "Up to here any ratio is allowed: small files compress as they like; 0 allows none.", 0
    )
    usual_record_bytes: int = _bound(4 << 20, "A record above this is told; the service stops near one megabyte.")
    record_bytes: int = _bound(64 << 20, "A record above this is told; in damaged content it is not searched for.")
    depth: int = _bound(128, "Levels of nesting in one record; no JSON reader here goes past 1,024.", most=1_024)
    number_digits: int = _bound(4_000, "Digits in one number; no reader here takes more than 4,300.", most=4_300)
    keys_per_object: int = _bound(100_000, "Keys in one object.")
    layers: int = _bound(3, "Compressions around one file, and archives inside one another.", most=16)
    members: int = _bound(5_000_000, "Members in one archive.")
    table_rows: int = _bound(10_000_000, "Rows of one table, Parquet or CSV.", most=1 << 31)
    name_bytes: int = _bound(4_096, "A member's name above this is told.")
    path_depth: int = _bound(64, "Folders in a member's name; more are told.")
    load_ratio: int = _bound(20, "One load, inflated, against its size on disk.")
    load_floor_bytes: int = _bound(1 << 30, "One load may inflate to this much in any case.", 0)
    load_bytes: int = _bound(500 << 30, "One load, inflated, whatever its size on disk.")
    examined_bytes: int = _bound(
        16 << 20,
        "So much of one load, inflated, is looked into record by record; the rest is read three times as fast. "
        "0 for none; --examine for all.",
        0,
    )
    stall_s: int = _bound(60, "Seconds that reading one file may take, and one more for each megabyte.", most=_WEEK_S)

    def limit(self, name: str, unit: str = "") -> str:
        """The bound `name` as messages tell it: ``the limit is 128 (--bound depth=N)``."""
        return f"the limit is {getattr(self, name):,}{unit} ({bound_option(name)})"

    def changed(self) -> dict[str, int]:
        """The bounds that are not the usual ones, by name."""
        return {name: value for name, value in asdict(self).items() if value != getattr(DEFAULT_BOUNDS, name)}


def bound_option(name: str) -> str:
    """The words on a command line that move the bound `name`."""
    return f"--bound {name.replace('_', '-')}=N"


DEFAULT_BOUNDS = Bounds()
"""What a load allows when nobody says otherwise (facts: reliability 5.2)."""


class Source(Protocol):
    """One opened location. Adding a source means adding a class like this to ``sources.SOURCES``."""

    skipped_by_filter: int
    """Files (not folders) that the walk has left out so far because their path lies outside the path filter."""

    def walk(self) -> Iterator[Blob | Issue]:
        """Every blob, oldest delivery slot first, streamed; what cannot be listed comes as an issue."""
        ...
