"""A load report as both front ends take it: what was read, what could not be, and where. Plain values, all text raw."""

from dataclasses import dataclass

from ctwork.model.shown import Detail

CONTEXT_BYTES = 64
"""How much of the evidence is shown around the place of an issue."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """How often one kind of issue was met."""

    kind: str
    weight: str
    """``loss``, ``doubt`` or ``note``."""
    count: int


@dataclass(frozen=True, slots=True)
class Account:
    """Where the bytes of all inflated streams went. The first is the sum of the rest when the law holds."""

    inflated: int
    read: int
    """Records, and the structure around them."""
    reported: int
    unaccounted: int
    examined: int
    """How much of it was looked into record by record, for what JSON readers pass over."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a load did."""

    sources: tuple[str, ...]
    files_seen: int
    files: tuple[tuple[str, int], ...]
    """``(state, count)``: read, with issues, failed, skipped."""
    records_read: int
    records: tuple[tuple[str, int], ...]
    """``(what, count)``: unique, copies."""
    conflicts: int
    """eventIDs that occur with different bytes."""
    bytes_read: int
    """As stored."""
    bytes_inflated: int
    account: Account | None
    """None when the load kept no account of bytes."""
    kinds: tuple[KindCount, ...]
    """Losses first, then doubts, then notes; the most frequent first."""
    complete: bool
    """False when the load was stopped before everything was read."""
    filtered: int
    """Files that a filter on their path left unopened."""

    @property
    def issues(self) -> int:
        """How many rows the report has."""
        return sum(kind.count for kind in self.kinds)

    def weighing(self, weight: str) -> int:
        """How many rows have that weight."""
        return sum(kind.count for kind in self.kinds if kind.weight == weight)

    def breaches(self) -> tuple[str, ...]:
        """Where the conservation law does not hold, in words; empty when it does."""
        found = []
        if self.files_seen != sum(count for _, count in self.files):
            found.append(f"{self.files_seen:,} files were seen, {sum(count for _, count in self.files):,} are told of")
        if self.records_read != sum(count for _, count in self.records):
            found.append(
                f"{self.records_read:,} records were read, {sum(count for _, count in self.records):,} are told of"
            )
        if self.account is not None and (lacking := self.account.inflated - self.account.read - self.account.reported):
            found.append(f"{lacking:,} bytes are neither record, structure nor reported")
        if not self.complete:
            found.append("the load was stopped before everything was read")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One row of a load report."""

    number: int
    """Place in the whole report, from 0."""
    source: str
    kind: str
    weight: str
    offset: int | None
    length: int | None
    index: int | None
    message: str
    within: str | None = None
    """What `offset` counts in: ``inflated``, or ``stored`` where it is about the compressed bytes around those."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which rows of a report are wanted; an empty part wants all."""

    kinds: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    text: str = ""
    """Found in source, kind or message, whatever the case."""

    def toggled(self, kind: str) -> "Sieve":
        """Only `kind`, or all kinds again."""
        return Sieve(frozenset() if self.kinds == {kind} else frozenset({kind}), self.weights, self.text)

    def saying(self, text: str) -> "Sieve":
        """The same with another text."""
        return Sieve(self.kinds, self.weights, text)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The bytes around the place of an issue, read again from the evidence."""

    start: int
    """Offset of the first byte of `data` in the inflated stream."""
    data: bytes
    """At most `CONTEXT_BYTES`."""
    first: int
    last: int
    """The range meant, half open, in the inflated stream; empty when no place is known."""
    size: int
    """Length of the inflated stream."""
    problem: str = ""
    """Why the bytes are missing or cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One of several records with the same eventID and different bytes."""

    row: int
    detail: Detail
