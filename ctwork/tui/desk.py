"""What the terminal asks of the engine: plain values and two Protocols, so that neither side knows the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ctwork.model.lens import Lens


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
    """How far a load has come."""

    done: bool
    files_read: int
    files_seen: int
    files_total: int | None
    """None while the walk still finds files."""
    bytes_read: int
    records: int
    unique: int
    copies: int
    issues: int
    """Load issues of any weight."""
    lost: int
    """Issues that mean something could not be read."""
    seconds: float
    eta_s: float | None
    message: str
    generation: int
    """Grows when a newer snapshot of the store can be selected from."""


class View(Protocol):
    """The events that a lens selects, in its order. Never changes."""

    @property
    def lens(self) -> Lens:
        """The lens that was answered."""
        ...

    @property
    def total(self) -> int:
        """Events in this view."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[Line]:
        """Up to `limit` events from `offset` on, in at most 10 ms."""
        ...

    def histogram(self, bins: int) -> Histogram:
        """Counts over the whole view in at most `bins` buckets."""
        ...

    def position(self, row: int) -> int | None:
        """Offset of event `row`, or of the one nearest to it; None in an empty view."""
        ...

    def next_error(self, offset: int, step: int) -> int | None:
        """Offset of the next event after (`step` 1) or before (-1) `offset` that did not succeed, if any."""
        ...


class Desk(Protocol):
    """The engine as the terminal sees it."""

    @property
    def progress(self) -> Progress:
        """The last known progress."""
        ...

    def select(self, lens: Lens, cancelled: Callable[[], bool]) -> View:
        """The events of `lens`. Called in a thread; asks `cancelled` now and then and may then return anything."""
        ...

    def detail(self, row: int) -> Detail:
        """Event `row`, read again from its carrier and verified, in at most 10 ms. Called in a thread."""
        ...

    def poll(self) -> Progress:
        """Takes in what the loader has done since the last call. Cheap."""
        ...

    def stop(self) -> None:
        """Stops loading and keeps what is done."""
        ...
