"""What one file gave: its records as typed fields, what there is to say about it, and what became of it."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, field

import orjson

from ctwork.sources.base import Blob, Issue, IssueKind, Weight
from ctwork.sources.harvest import UNREAD, Decoded
from ctwork.store.part import FileRow
from ctwork.store.wire import Rec, read_record


@dataclass(slots=True, eq=False)
class Reading:
    """One file (or innermost archive member) with its records and everything there is to say about it."""

    file: FileRow
    records: list[Rec] = field(default_factory=list)
    indices: list[int] | None = None
    """Record index per record, when some could not be read; None means 0, 1, 2 …"""
    issues: list[Issue] = field(default_factory=list)
    decoded: Callable[[], Decoded] = lambda: UNREAD
    """The original bytes of the records; only callable while the load holds the data."""
    goes_on: bool = False
    """Whether more of the same file follows in the next reading; the row of the last one is about all of them."""

    def raw(self, index: int) -> bytes:
        """The original bytes of record `index`, as costly as `decoded`."""
        return self.decoded().record(index)


def finish(reading: Reading) -> Reading:
    """`reading` with the state of its file."""
    row = reading.file
    row.records = len(reading.records)
    if not reading.issues:
        return reading
    row.doubt(reading.issues)
    weights = {issue.kind.weight for issue in reading.issues}
    if row.status == "read" and weights - {Weight.NOTE}:
        row.status = "failed" if Weight.LOSS in weights and not reading.records else "with_issues"
    return reading


def file_row(
    blob: Blob, *, name: str = "", inner: tuple[int, ...] = (), size: int | None = None, status: str = "read"
) -> FileRow:
    """The row of a file of which nothing is known but its listing."""
    return FileRow(
        name=name or blob.name,
        root=blob.name,
        path=blob.path,
        member="" if blob.member is None else orjson.dumps(astuple(blob.member)).decode(),
        inner=inner,
        size=blob.size if size is None else size,
        stamp=blob.stamp,
        slot=blob.slot,
        status=status,
    )


def take_records(reading: Reading, decoded: Decoded) -> None:
    """Adds the typed records of `decoded`; what is odd about one and was not told yet becomes an issue."""
    told = {issue.index for issue in decoded.issues}
    numbers = decoded.numbers or range(len(decoded.records))
    indices: list[int] = []
    for index, raw in zip(numbers, decoded.records, strict=True):
        rec, oddity = read_record(raw)
        if oddity is IssueKind.ODD_TYPE or (oddity is not None and index not in told):
            message = _ODDITIES.get(oddity, "the record cannot be read")
            reading.issues.append(Issue(reading.file.name, oddity, message, index=index))
        if rec is not None:
            reading.records.append(rec)
            indices.append(index)
    if decoded.numbers or len(indices) != len(decoded.records):
        reading.indices = indices
    reading.file.mind(decoded.untold)
    reading.decoded = lambda: decoded


_ODDITIES = {
    IssueKind.ODD_TYPE: "a field has an unusual type; its JSON text is shown",
    IssueKind.SURROGATE: "a string holds half a surrogate pair; it is shown as U+FFFD",
    IssueKind.NONFINITE: "a number or string that strict JSON does not allow",
    IssueKind.NOT_OBJECT: "a record that is not a JSON object",
}
