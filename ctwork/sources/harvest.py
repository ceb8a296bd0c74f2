"""What decoding one blob gathers: records with their spans, and the issues met on the way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ctwork.sources.account import NOTHING, Account, Coverage, Span, holds_another, holds_record
from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, Issue, IssueKind, Weight
from ctwork.sources.fidelity import comes_back, oddities
from ctwork.sources.jsonhead import Head
from ctwork.sources.scan import depth_of

ISSUES_PER_KIND = 100
"""Rows of one kind that one blob may add; the rest is counted in a closing row."""
FULL, DERIVED, LOSSY = "full", "derived-text", "lossy"
_SET_ASIDE = (IssueKind.NOT_CLOUDTRAIL, IssueKind.ACCOUNT_STATE, IssueKind.ACQUISITION_LOG)
_FIDELITIES = (FULL, DERIVED, LOSSY)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The records of one blob, in an order that never changes: a record's position here is its index."""

    container: str
    """Name of the format in ``FORMATS``, ``json-lines`` for several documents, ``""`` when nothing was recognised."""
    fidelity: str
    """``full`` (exact delivered bytes), ``derived-text`` (unescaped from a string inside) or ``lossy``; the weakest."""
    records: list[bytes]
    """The text of one JSON object each."""
    spans: list[tuple[int, int]]
    """``[start, end)`` of each record in the inflated stream; of its outer item where the text is derived."""
    bystander: IssueKind | None
    """Why a blob without records is no loss (``DIGEST_FILE``, ``NOTIFICATION``, ``EMPTY`` and so on)."""
    issues: list[Issue]
    """Everything to report, the bystander's row included."""
    coverage: Coverage = NOTHING
    """What every byte of the inflated stream was."""
    numbers: Sequence[int] = ()
    """The index of each record where that is not its place in `records`: its row, in a Parquet table."""

    def record(self, index: int) -> bytes:
        """The record with that index. Raises IndexError."""
        if not self.numbers:
            return self.records[index]
        if index not in self.numbers:
            raise IndexError(index)
        return self.records[self.numbers.index(index)]

    untold: Sequence[tuple[IssueKind, int]] = ()
    """Kind and record of each issue that has no row of its own, for there are too many of its kind."""


UNREAD = Decoded("", FULL, [], [], None, [])
"""What there is before anything was decoded."""


@dataclass(slots=True)
class Harvest:
    """Collects while one blob is decoded; `decoded` closes it."""

    source: str
    bounds: Bounds = DEFAULT_BOUNDS
    records: list[bytes] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    """One name per document met."""
    fidelity: str = FULL
    examine: bool = True
    """Whether to look for what a reader would change in a record: whoever wants the bytes alone saves that time."""
    level: int = 0
    """How many envelopes are open: hostile nesting stops here."""
    numbers: list[int] = field(default_factory=list)
    """As in `Decoded`."""
    columnar: bool = False
    """Whether the values of a record lie apart, so that a search through the stream says nothing about records."""
    told: Counter[IssueKind] = field(default_factory=Counter)
    """How often each kind was met, with a row or without."""
    untold: list[tuple[IssueKind, int]] = field(default_factory=list)
    """As in `Decoded`."""
    _untold_bytes: Counter[IssueKind] = field(default_factory=Counter)
    """Bytes concerned by the issues that have no row of their own."""
    _reported: list[Span] = field(default_factory=list)
    _witnessed: list[Span] = field(default_factory=list)
    _foreign: list[Span] = field(default_factory=list)
    """Documents that no format claims, or one that looks for no records."""

    def witness(self, start: int, end: int) -> None:
        """Claims ``[start, end)`` as structure (an envelope, a separator); records in it stay records."""
        self._witnessed.append((start, end))

    def take(self, record: bytes, start: int, end: int, fidelity: str = FULL) -> None:
        """Keeps one record that lies at ``[start, end)``."""
        self.records.append(record)
        self.spans.append((start, end))
        if fidelity != FULL:
            self.fidelity = weaker(self.fidelity, fidelity)

    def take_head(self, data: bytes, head: Head) -> None:
        """Keeps the whole object at `head` as one record."""
        self.take(data[head.start : head.end], head.start, head.end)
        if head.oddity is not None and head.oddity is not IssueKind.INVALID_UTF8:
            message = "Strict JSON readers refuse this record; the original bytes are kept."
            self.tell(head.oddity, message, self.spans[-1], len(self.records) - 1)

    def tell(
        self, kind: IssueKind, message: str, span: tuple[int, int] | None = None, index: int | None = None
    ) -> None:
        """Keeps one issue, unless the blob has told of its kind too often already; `index` is a place in `records`."""
        self.tell_of(kind, message, span, self.numbers[index] if self.numbers and index is not None else index)

    def tell_of(self, kind: IssueKind, message: str, span: Span | None = None, index: int | None = None) -> None:
        """Like `tell` where the `index` of the record is known."""
        self.told[kind] += 1
        if span is not None:
            self._reported.append(span)
            if kind in _SET_ASIDE:
                self._foreign.append(span)
        if self.told[kind] <= ISSUES_PER_KIND:
            offset, length = (None, None) if span is None else (span[0], span[1] - span[0])
            self.issues.append(Issue(self.source, kind, message, offset, length, index))
            return
        if span is not None:
            self._untold_bytes[kind] += span[1] - span[0]
        if index is not None:
            self.untold.append((kind, index))

    def decoded(self, data: bytes) -> Decoded:
        """The result. Records that break a bound or the encoding are kept, and told; every byte is accounted for."""
        self.check(b"".join(self.records) if self.columnar else data)
        if not self._is_plain() and not self.columnar:
            self._check_rest(data)
        bystander = self._bystander()
        coverage = Coverage(reported=len(data)) if bystander else self._balance(data)
        self.close()
        names = set(self.containers)
        container = "json-lines" if len(self.containers) > 1 else (names.pop() if names else "")
        return Decoded(
            container,
            self.fidelity,
            self.records,
            self.spans,
            bystander,
            self.issues,
            coverage,
            self.numbers,
            self.untold,
        )

    def close(self) -> None:
        """Tells in sum of what has no row of its own."""
        for kind, count in self.told.items():
            if count > ISSUES_PER_KIND:
                dropped = self._untold_bytes[kind]
                message = f"{count - ISSUES_PER_KIND:,} more of this kind in this file, {dropped:,} bytes in all."
                self.issues.append(Issue(self.source, kind, message, length=dropped))

    def _bystander(self) -> IssueKind | None:
        if self.records:
            return None
        if not self.issues:
            self.tell(IssueKind.EMPTY, "It is a list without records.")
        return self.issues[0].kind if all(issue.kind.weight is Weight.NOTE for issue in self.issues) else None

    def _check_rest(self, data: bytes) -> None:
        """Looks for evidence in what was claimed as structure, or set aside as foreign."""
        account = Account(data, self.spans, self._reported, self._witnessed)
        foreign = [span for span in self._foreign if holds_record(data, *span)]
        for span in [*account.hidden(), *foreign]:
            message = "This part speaks of CloudTrail records, but in a shape that is not known; it is not read."
            self.tell(IssueKind.UNSUPPORTED, message, span)

    def _balance(self, data: bytes) -> Coverage:
        """The conservation law."""
        if self._is_plain():
            records = sum([end - start for start, end in self.spans])
            return Coverage(records, len(data) - records)
        account = Account(data, self.spans, self._reported, self._witnessed)
        coverage = account.coverage()
        if coverage.unaccounted:
            first = next(account.left_over())
            message = f"{coverage.unaccounted:,} bytes are neither records nor known structure; here are the first."
            # Not through `tell`: what is told counts as reported, and this must stay visible in the balance.
            self.issues.append(Issue(self.source, IssueKind.UNACCOUNTED, message, first[0], first[1] - first[0]))
        return coverage

    def check(self, data: bytes) -> None:
        """Tells of records that break a bound or the encoding, or that a reader would change; `data` holds them all."""
        self._check_size_and_depth()
        if self.examine:
            self._check_fidelity(data)
        if not data.isascii() and not is_utf8(data):
            for index, record in enumerate(self.records):
                if not is_utf8(record):
                    message = "One record holds bytes that are not UTF-8; the original bytes are kept."
                    self.tell(IssueKind.INVALID_UTF8, message, self.spans[index], index)

    def _check_size_and_depth(self) -> None:
        deepest, largest = self.bounds.depth, min(self.bounds.usual_record_bytes, self.bounds.record_bytes)
        for index, record in enumerate(self.records):
            if (size := len(record)) > largest:
                name = "record_bytes" if size > self.bounds.record_bytes else "usual_record_bytes"
                message = f"One record of {size:,} bytes; {self.bounds.limit(name)}."
                self.tell(IssueKind.SIZE, message, self.spans[index], index)
            if record.count(b"{") + record.count(b"[") > deepest and (depth := depth_of(record)) > deepest:
                message = f"One record nests {depth} levels deep; {self.bounds.limit('depth')}."
                self.tell(IssueKind.DEPTH, message, self.spans[index], index)

    def _check_fidelity(self, data: bytes) -> None:
        """Tells what a reader would change or overlook in a record."""
        several = any(data.count(key) > len(self.records) for key in (b'"eventID"', b'"eventVersion"'))
        # An object of too many keys comes back as well, but not in a small file.
        sound = self._is_plain() and len(data) < 5 * self.bounds.keys_per_object and comes_back(data)
        for index, record in enumerate(self.records) if several or not sound else ():
            if several and holds_another(record):
                message = "Another whole record lies inside this one; it does not count as a record of its own."
                self.tell(IssueKind.ODD_TYPE, message, self.spans[index], index)
            for kind, message in () if sound else oddities(record, self.bounds):
                self.tell(kind, message, self.spans[index], index)

    def _is_plain(self) -> bool:
        """One trail file that the strict parser has taken whole: nothing but its list lies around the records."""
        return self.containers == ["trail"] and not self._witnessed


def weaker(one: str, other: str) -> str:
    """The fidelity that is further from what was delivered."""
    return max(one, other, key=_FIDELITIES.index)


def is_utf8(data: bytes) -> bool:
    """Whether `data` is text as UTF-8 writes it."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
