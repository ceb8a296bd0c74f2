"""What every headless command does: bring the store up to date, answer, and say with the exit code what was lost."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from ctwork.case.casebook import Casebook
from ctwork.case.head import head_of
from ctwork.case.intake import note_load
from ctwork.case.outlet import Row, evidence_of
from ctwork.cli.call import Call
from ctwork.cli.narrate import bring_up_to_date, trouble
from ctwork.cli.render import Renderer, renderer
from ctwork.errors import CtworkError, SourceError
from ctwork.model.advice import advice
from ctwork.model.legible import plain
from ctwork.model.lens import Lens
from ctwork.sources.base import IssueKind, Weight

if TYPE_CHECKING:
    from ctwork.store.store import Store

LOSSES = 3


@contextmanager
def answering(call: Call, lens: Lens | None = None, *, told: bool = False) -> Iterator[tuple["Store", Renderer]]:
    """As `journaled`, for an answer that needs no journal."""
    with journaled(call, lens, told=told) as (store, _, out):
        yield store, out


@contextmanager
def journaled(
    call: Call, lens: Lens | None = None, *, told: bool = False
) -> Iterator[tuple["Store", Casebook, Renderer]]:
    """The store of `call`, up to date, the journal of its case, and where the answer goes.

    Exits with 3 after it when something was lost. Then a line on stderr says so, unless the call is a quiet one or the
    answer itself has `told` it. Raises SourceError when nothing at all could be read.
    """
    store, book = opened(call, told=told)
    summary = store.summary()
    nothing = not summary["records"]["read"] and (lost(summary) or not summary["files"]["read"])
    if nothing and not told:
        raise _nothing(summary)
    with _rendering(call, store, book, lens) as out:
        yield store, book, out
    if nothing:
        raise _nothing(summary)
    said = trouble(store.lost, store.doubts - store.lost)
    if said and not call.quiet and not told:
        sys.stderr.write(f"ctwork: {said} (`ctwork issues` lists them)\n")
    if lost(summary):
        raise typer.Exit(LOSSES)


@contextmanager
def listing(call: Call) -> Iterator[tuple["Store", Renderer]]:
    """As `answering`, for an answer that lists what became of the input, also when that was nothing at all."""
    store, book = opened(call)
    with _rendering(call, store, book) as out:
        yield store, out
    if lost(store.summary()):
        raise typer.Exit(LOSSES)


def opened(call: Call, *, told: bool = False) -> "tuple[Store, Casebook]":
    """The store of `call`, up to date, under the marks of its case, and its journal, which knows of the load then."""
    choice = call.choice
    case = choice.find_part() if told else choice.find()
    bring_up_to_date(case, quiet=call.quiet)
    from ctwork.store.store import Store  # polars: only now, because the load forks its workers before it

    store, book = Store.open(case.store), Casebook(case.folder)
    with _journaling(call):
        note_load(book, case.store, store, case.names)
    return store.marked(book.marks), book


@contextmanager
def _rendering(call: Call, store: "Store", book: Casebook, lens: Lens | None = None) -> Iterator[Renderer]:
    """Where the answer goes. What is written to a file names the head of the journal, and is in it afterwards."""

    def head() -> Row:
        told = head_of(store, lens, call.limit)
        if call.output is None or not book.begun:
            return told
        return {**told, "journal": {"seq": book.settled.seq, "hash": book.settled.hash}}

    def noted(file: Row) -> None:
        if call.output is None or file["sha256"] is None:
            return
        said = {"name": call.output.name, "form": out.form, "lens": "" if lens is None else str(lens), "redacted": []}
        with _journaling(call):
            book.note("export", {**said, "sha256": file["sha256"]})

    try:
        with renderer(call.form, call.output, evidence_of(store), head, noted) as out:
            yield out
    finally:
        book.close()


@contextmanager
def _journaling(call: Call) -> Iterator[None]:
    """What is asked for can be answered also where the journal cannot be written: that is told."""
    try:
        yield
    except CtworkError as problem:
        if not call.quiet:
            sys.stderr.write(f"ctwork: the journal was not written: {plain(problem.title)}\n")


def _nothing(summary: dict[str, Any]) -> SourceError:
    if not summary["files"]["seen"]:
        return SourceError("there is no file in it", "check the path, and --account, --region, --since, --until")
    return SourceError("nothing could be read", "`ctwork issues` on the same source says why, file by file")


def advise(total: int, lens: Lens) -> None:
    """Tell a person whose lens shows nothing what may help. Programs read stdout and see an empty answer."""
    if not total and sys.stderr.isatty() and (hint := advice(lens)):
        sys.stderr.write(f"ctwork: no event ({plain(hint)})\n")


def lost(summary: dict[str, object]) -> int:
    """How many issues of a summary mean that something could not be read."""
    issues = summary["issues"]
    assert isinstance(issues, list)
    return sum(issue["count"] for issue in issues if IssueKind(issue["kind"]).weight is Weight.LOSS)
