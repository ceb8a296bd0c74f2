"""One file leaves the house: chosen events in one form, whole or not at all, with its head beside it and its entry."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctwork.case.casebook import Casebook, begin
from ctwork.case.cells import STANDARD
from ctwork.case.export.exporter import Exporter
from ctwork.case.export.leaving import Leaving, Said, leaving
from ctwork.case.export.original import INDEX_SUFFIX, RawExporter, RawIndex
from ctwork.case.export.pseudonym import Pseudonyms, case_key
from ctwork.case.export.redact import Redactor, kinds_of
from ctwork.case.head import head_of
from ctwork.case.outlet import HEAD_SUFFIX, Row, evidence_of, refuse_beside, whole, write_head
from ctwork.errors import UsageError

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

_LOOK = 256
"""Events between two looks at whether the export is still wanted."""


class Stopped(Exception):
    """The export was cancelled; nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Passage:
    """How far an export has come."""

    events: int
    total: int


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to leave the house."""

    store: "Store"
    view: "View"
    """The events, as `chosen` narrowed them."""
    book: Casebook
    exporter: Exporter
    columns: tuple[str, ...] = STANDARD
    redactor: Redactor = field(default_factory=Redactor)
    """What is taken out of every form but the original bytes."""
    replace: bool = True


@dataclass(frozen=True, slots=True)
class ExportDone:
    """What left."""

    files: int
    records: int
    sha256: str
    """Of the file with the events."""
    problems: int
    """Events whose original bytes could not be had, or are no longer what was loaded."""


def kinds_for(exporter: Exporter, asked: str) -> tuple[str, ...]:
    """What is given other values in a form, as ``--redact`` asks for. Raises UsageError for original bytes."""
    kinds = kinds_of(asked)
    if kinds and isinstance(exporter, RawExporter):
        raise UsageError("original bytes are as they are: nothing can be taken out of them", "choose another form")
    return kinds


def redactor_of(kinds: tuple[str, ...], folder: Path) -> Redactor:
    """What takes `kinds` out, and secrets, the same way throughout the case in `folder`. Raises CaseError."""
    return Redactor(kinds, Pseudonyms(case_key(folder))) if kinds else Redactor()


def chosen(store: "Store", view: "View", book: Casebook, ids: Iterable[str] = (), *, marked: bool = False) -> "View":
    """Those events of `view` that have one of `ids` or, if `marked`, that are marked; all of them without either.

    Raises UsageError for an id that no event of `view` has.
    """
    from ctwork.store.chosen import narrowed, rows_with  # polars, which the store has loaded by now

    frame = store.frame
    wanted = list(ids)
    if wanted:
        view = narrowed(view, rows_with(frame, wanted))
        shown = set(frame.texts("eventID", view.selection.chosen))
        if missing := [each for each in wanted if each not in shown]:
            raise UsageError(f"the lens shows no event with the id {missing[0]}", "an id is a whole eventID")
    if marked:
        said = Said(book.marks())
        rows = narrowed(view, rows_with(frame, said.event_ids)).selection.chosen
        # Several records may share an id: only the bytes tell which of them was marked.
        names = zip(rows.tolist(), frame.texts("eventID", rows), frame.texts("sha256", rows), strict=True)
        kept = [row for row, event_id, sha256 in names if said.of(event_id, sha256) is not None]
        view = narrowed(view, store.rows(kept))
    return view


def write_export(
    request: ExportRequest,
    target: Path,
    told: Callable[[Passage], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ExportDone:
    """Writes one file, its head beside it, and the entry of the journal.

    Raises UsageError, EnvironmentFailure, CaseError; Stopped when `cancelled()` turned true, with nothing written.
    """
    book, places = request.book, tuple(evidence_of(request.store))
    original = isinstance(request.exporter, RawExporter)
    beside = (HEAD_SUFFIX, INDEX_SUFFIX) if original else (HEAD_SUFFIX,)
    refuse_beside(target, beside, places, replace=request.replace)
    begin(book)
    marks = book.marks()
    passing = _Passing(request.view.total, told, cancelled)
    index, redactor = RawIndex(), request.redactor
    columns = tuple(dict.fromkeys((*request.columns, *request.exporter.needs)))
    parsed = not original and (request.exporter.parses or redactor.parses)
    if redactor.learns and not original:
        _learn(request, cancelled)
    head = _head(request, marks)
    events = passing.watch(leaving(request.store, request.view, columns, marks, parsed=parsed))
    events = index.watch(events) if original else map(redactor.leaving, events)
    with whole(target, places, replace=request.replace) as out:
        hashing = _Hashing(out)
        request.exporter.write(events, head, hashing)  # type: ignore[arg-type]
    files = 1
    if original and target.resolve().is_file():
        with whole(target.with_name(target.name + INDEX_SUFFIX), places, replace=request.replace) as out:
            index.write(out)
        files += 1
    files += (
        write_head(target, places, {**head, "problems": passing.problems}, replace=request.replace)["bytes"] is not None
    )
    done = ExportDone(files, passing.events, hashing.digest, passing.problems)
    book.note("export", _entry(request, target, done))
    return done


def _learn(request: ExportRequest, cancelled: Callable[[], bool]) -> None:
    """Tells the redactor all names beforehand: of whoever acts anywhere in the store, and of those in the records."""
    store, redactor = request.store, request.redactor
    for column in ("principal", "session", "userIdentity.arn"):
        for text in store.frame.dictionary(column).texts:
            redactor.learn_from(text, column)
    for number, each in enumerate(leaving(store, request.view, ("eventID",), {})):
        if not number % _LOOK and cancelled():
            raise Stopped
        redactor.learn(each)


def _head(request: ExportRequest, marks: Mapping[str, Any]) -> Row:
    """What the export says of itself. The marks of values, spans and moments are in it: they are no events."""
    redactor, original = request.redactor, isinstance(request.exporter, RawExporter)
    settled = request.book.settled
    head = head_of(request.store, request.view.lens)
    others = [
        {"target": target, **annotation.row()}
        for target, annotation in marks.items()
        if not target.startswith("event/")
    ]
    head |= {
        "form": request.exporter.name,
        "columns": list(request.columns),
        "events": request.view.total,
        "journal": {"seq": settled.seq, "hash": settled.hash},
        "redacted": [] if original else list(redactor.kinds),
        "marks": others,
    }
    if original:
        return {**head, "original": "the bytes of the evidence, session tokens and other secrets among them"}
    return redactor.head(head)


def _entry(request: ExportRequest, target: Path, done: ExportDone) -> Row:
    original = isinstance(request.exporter, RawExporter)
    return {
        "name": target.name,
        "form": request.exporter.name,
        "lens": str(request.view.lens),
        "events": done.records,
        "sha256": done.sha256,
        "redacted": [] if original else list(request.redactor.kinds),
        **({"problems": done.problems} if done.problems else {}),
    }


class _Passing:
    """Counts events as they pass, tells how far it has come, and stops when nobody wants them any more."""

    def __init__(self, total: int, told: Callable[[Passage], None], cancelled: Callable[[], bool]) -> None:
        self.events = 0
        self.problems = 0
        self._total = total
        self._told = told
        self._cancelled = cancelled

    def watch(self, events: Iterable[Leaving]) -> Iterator[Leaving]:
        for each in events:
            if not self.events % _LOOK:
                if self._cancelled():
                    raise Stopped
                self._told(Passage(self.events, self._total))
            self.events += 1
            self.problems += bool(each.problem)
            yield each


class _Hashing:
    """A stream that knows the SHA-256 of all that went through it."""

    def __init__(self, out: Any) -> None:
        self._out = out
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        written: int = self._out.write(data)
        return written
