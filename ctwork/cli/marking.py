"""`mark`, `marks` and `merge`: what an investigator says of events, values, spans of time and moments."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from ctwork.case.casebook import Casebook
from ctwork.case.head import bare_head
from ctwork.case.kin import rows_of
from ctwork.case.marker import rows_shown
from ctwork.case.outlet import Row
from ctwork.cli.call import CASE, LENS, OUTPUT, Call, taking
from ctwork.cli.render import renderer
from ctwork.cli.session import opened
from ctwork.errors import LensError, UsageError
from ctwork.model.annotation import NOTHING_SAID, Annotation, Change
from ctwork.model.column import resolve
from ctwork.model.instant import parse_instant
from ctwork.model.lens import Lens
from ctwork.model.markrow import MARK_COLUMNS, mark_row, what_of
from ctwork.model.target import MomentTarget, SpanTarget, ValueTarget

_WHAT = "What to mark"
_SAY = "What to say of it"
_AT_A_GLANCE = ("time", "kind", "what", "severity", "verdict", "tags", "note")


@taking(*LENS, *CASE, *OUTPUT)
def mark(
    call: Call,
    words: Annotated[list[str], typer.Argument(metavar="CASE [EVENT_ID…]", help="The case, then eventIDs.")],
    tag: Annotated[list[str], typer.Option(help="Add a tag; may be repeated.", rich_help_panel=_SAY)] = [],  # noqa: B006
    untag: Annotated[list[str], typer.Option(help="Take a tag away.", rich_help_panel=_SAY)] = [],  # noqa: B006
    note: Annotated[
        str | None, typer.Option(help="A note, in Markdown; an empty one goes away.", rich_help_panel=_SAY)
    ] = None,
    severity: Annotated[
        str | None, typer.Option(help="info, low, medium, high or critical.", rich_help_panel=_SAY)
    ] = None,
    verdict: Annotated[str | None, typer.Option(help="benign, suspicious or malicious.", rich_help_panel=_SAY)] = None,
    unmark: Annotated[
        bool, typer.Option("--unmark", help="Take back all that was said.", rich_help_panel=_SAY)
    ] = False,
    value: Annotated[
        list[str],
        typer.Option("--value", metavar="COL=VALUE", help="A value wherever it occurs.", rich_help_panel=_WHAT),
    ] = [],  # noqa: B006
    span: Annotated[
        list[str], typer.Option("--span", metavar="T..T", help="A span of time.", rich_help_panel=_WHAT)
    ] = [],  # noqa: B006
    moment: Annotated[
        list[str],
        typer.Option("--moment", metavar="T", help="What left no record; needs a --note.", rich_help_panel=_WHAT),
    ] = [],  # noqa: B006
    undo: Annotated[bool, typer.Option("--undo", help="Take the last change back.", rich_help_panel=_SAY)] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Do it again.", rich_help_panel=_SAY)] = False,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Take the case out of another's hand.", rich_help_panel=_SAY)
    ] = False,
) -> None:
    """Mark events by their ids or through a lens, values, spans and moments; without anything to say, a bookmark."""
    source, *ids = words
    call = replace(call, sources=[source])
    change = Change(None, tuple(tag), tuple(untag), note, severity, verdict, clear=unmark)
    if change.is_nothing:
        change = Change(bookmark=True)
    targets = dict([*_values(value), *_spans(span), *_moments(moment, change)])
    with in_hand(call, force=take_over) as book:
        before = book.marks()
        if undo or redo:
            _ = book.undo() if undo else book.redo()
        else:
            lens = str(call.choice.lens())
            if ids or lens:
                store, _ = opened(call)
                rows = [row for event_id in ids for row in rows_of(store, event_id)]
                targets |= store.targets(rows + (rows_shown(store, Lens.parse(lens)) if lens else []))
            if not targets:
                raise UsageError("nothing is named to be marked", "give eventIDs, --where, --value, --span or --moment")
            book.mark(targets, change, lens)
        now = book.marks()
        changed = targets or [text for text in {**before, **now} if before.get(text) != now.get(text)]
        _print(call, ((text, now.get(text, NOTHING_SAID)) for text in changed))


@taking("sources", "case", *OUTPUT)
def marks(call: Call) -> None:
    """Everything that is marked in a case, in the order of time."""
    book = Casebook(call.choice.find().folder)
    found = book.marks()
    _print(call, sorted(found.items(), key=lambda pair: mark_row(*pair)["time"] or ""))


@taking(*OUTPUT)
def merge(
    call: Call,
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case that takes the marks in.")],
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The folder of the other investigator's case.")],
    take_over: Annotated[bool, typer.Option("--take-over", help="Take the case out of another's hand.")] = False,
) -> None:
    """Take in the marks of another investigator's case. Nothing is lost; where the two differ, this case stays."""
    with in_hand(replace(call, sources=[case]), force=take_over) as book:
        merged = book.merge(other)
        with renderer(call.form, call.output, (), bare_head) as out:
            rows = [
                {"target": each.target, "part": each.part, "kept": each.kept, "given_way": each.given_way}
                for each in merged.clashes
            ]
            told = {"marks": merged.marks, "clashes": rows}
            out.document(told, lambda: _told(merged.marks, rows))


@contextmanager
def in_hand(call: Call, *, force: bool) -> Iterator[Casebook]:
    """The journal of the case of `call`, in hand while the block runs. Raises CaseHeld."""
    book = Casebook(call.choice.find().folder)
    try:
        book.hold(force=force)
        yield book
    finally:
        book.close()


def _values(texts: Sequence[str]) -> Iterator[tuple[str, Annotation]]:
    for text in texts:
        column, equals, value = text.partition("=")
        if not equals or not value:
            raise UsageError(f"--value {text} names no value", "for example --value key=AKIAEXAMPLE")
        yield str(ValueTarget(resolve(column).name, value)), NOTHING_SAID


def _spans(texts: Sequence[str]) -> Iterator[tuple[str, Annotation]]:
    for text in texts:
        lens = Lens.parse(f"time:{text}")
        if lens.start_ms is None or lens.end_ms is None or lens.is_empty_span:
            raise UsageError(f"--span {text} is no span of time", "for example --span 2023-07-10T12..2023-07-10T13")
        yield str(SpanTarget(lens.start_ms, lens.end_ms)), NOTHING_SAID


def _moments(texts: Sequence[str], change: Change) -> Iterator[tuple[str, Annotation]]:
    if texts and not change.note:
        raise UsageError("a moment needs a --note that says what happened", 'for example --note "phone call"')
    for text in texts:
        try:
            at_ms, _ = parse_instant(text)
        except LensError as problem:
            raise UsageError(f"--moment: {problem.title}", problem.hint) from problem
        yield str(MomentTarget(at_ms, uuid4().hex[:12])), NOTHING_SAID


def _print(call: Call, marks: Iterable[tuple[str, Annotation]]) -> None:
    with renderer(call.form, call.output, (), bare_head) as out:
        rows = (mark_row(text, said) for text, said in marks)
        if out.form == "table":
            out.rows(_AT_A_GLANCE, ({**row, "what": what_of(row)} for row in rows))
        else:
            out.rows(MARK_COLUMNS, rows)


def _told(marks: int, clashes: Sequence[Row]) -> Iterator[str]:
    yield f"{marks:,} marks taken in"
    for each in clashes:
        yield f"{each['part']} of {each['target']}: {each['kept']} stays, {each['given_way']} gave way"
