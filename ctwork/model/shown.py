"""What a screen shows of a case: plain values that the engine makes and both front ends take.

All text is raw: it may hold anything, and passes `legible` before it reaches a terminal.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LineMark:
    """What the marks of an investigator say of one event."""

    own: bool
    """The event itself is marked; else only one of its values, or a span of time around it."""
    severity: str = ""
    """The gravest of them, "" for none; so is the verdict."""
    verdict: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a table shows it. All text is raw: it may hold anything, and passes `tui.styled` before a screen."""

    row: int
    """Identity of the event in its store."""
    time_ms: int | None
    """Milliseconds since 1970 UTC; None when the record holds no readable time."""
    principal: str
    session: str
    service: str
    event: str
    target: str
    """The first resource touched, "" for none."""
    targets: int
    """How many resources were touched."""
    address: str
    region: str
    account: str
    outcome: str
    """``ok``, ``denied``, ``throttled``, ``error`` or ``failed-login``."""
    error: str
    """The error code, "" for none."""
    verb: str
    """``read`` or ``write``."""
    copies: int
    """Places in which the same bytes were found, at least 1."""
    conflict: bool
    """The same eventID came with different bytes."""
    issues: tuple[str, ...] = ()
    """Kinds of the load issues that touch the record, ``conflict`` among them; sorted."""
    mark: LineMark | None = None
    """None for an event that no mark is about."""


Span = tuple[int, int]
"""First and last millisecond since 1970 UTC, both part of it."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Events per bucket of equal length, oldest first."""

    start_ms: int
    bucket_ms: int
    counts: tuple[int, ...]
    errors: tuple[int, ...]
    """As long as `counts`, and never more than it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in which the bytes of a record were found."""

    source: str
    carrier_sha256: str
    inflated_sha256: str
    index: int
    """Position of the record in its file."""
    start: int
    end: int
    """Byte range in the inflated stream, half open."""
    fidelity: str
    """``full``, ``derived-text`` or ``lossy``."""
    issues: tuple[str, ...] = ()
    """Kinds of the load issues that touch the record as it lies here; sorted."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One event read again from its carrier."""

    facts: tuple[tuple[str, str], ...]
    """``(label, value)`` in reading order: who, from, what, on, outcome."""
    raw: bytes
    document: Any
    """The record as decoded JSON."""
    places: tuple[Place, ...]
    sha256: str
    """Of `raw`, in hexadecimal."""
    problem: str
    """Not empty when the bytes could not be verified: what went wrong."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a load. Counts only ever grow; `generation` grows when more events can be seen."""

    done: bool = False
    files_read: int = 0
    files_seen: int = 0
    files_total: int | None = None
    """None while the sources are still being listed."""
    bytes_read: int = 0
    bytes_total: int | None = None
    """Bytes of all files to be read, as stored."""
    bytes_inflated: int = 0
    records: int = 0
    unique: int = 0
    """Exact when done, else the records so far."""
    copies: int = 0
    issues: int = 0
    lost: int = 0
    """Issues that mean something could not be read."""
    seconds: float = 0.0
    message: str = ""
    generation: int = 0
    examining: float | None = None
    """How far a second reading that looks into every record has come, from 0 to 1; None while there is none."""

    @property
    def eta_s(self) -> float | None:
        """Seconds to go at the pace so far; None when there is nothing to tell by."""
        if self.bytes_total is None or not self.bytes_read or self.seconds < 0.2:
            return None
        return self.seconds * (self.bytes_total - self.bytes_read) / self.bytes_read
