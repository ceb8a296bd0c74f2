"""`journal`: what was done in a case, by whom and when, and whether anybody changed that afterwards."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from ctwork.case.casebook import Casebook
from ctwork.case.head import bare_head
from ctwork.case.outlet import Row, dumped, refuse_evidence
from ctwork.cli.call import OUTPUT, Call, taking
from ctwork.cli.clock import Clock
from ctwork.cli.render import renderer
from ctwork.errors import UsageError
from ctwork.model.entry import Anchor, Entry

_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
_BAD_NEWS = 1
_COLUMNS = ("seq", "at", "actor", "host", "tool", "kind", "payload", "previous", "hash")
_AT_A_GLANCE = ("seq", "at", "actor", "kind", "what")


@taking("sources", "case", "tz", *OUTPUT)
def journal(
    call: Call,
    check: Annotated[
        bool, typer.Option("--check", help="Walk the chain of hashes; exit code 1 when it is not whole.")
    ] = False,
    anchor: Annotated[
        list[str],
        typer.Option("--anchor", metavar="SEQ:HASH", help="A head that an export told: nothing up to it may be gone."),
    ] = [],  # noqa: B006
    copy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a complete copy of the case's journal and marks.")
    ] = None,
) -> None:
    """Who did what in a case, when, where and with which tool, each entry tied to the one before."""
    anchors = [_anchor(text) for text in anchor]
    found = call.choice.find()
    book = Casebook(found.folder)
    if copy is not None:
        refuse_evidence(copy, found.plan.sources)
        if os.path.lexists(copy):
            raise UsageError(f"{copy} is there already", "choose another name")
        book.copy(copy)
    with renderer(call.form, call.output, (), bare_head) as out:
        if check:
            problems = list(book.faults(anchors))
            head = str(book.head) if book.begun else "0:"
            told: Row = {"verdict": "broken" if problems else "whole", "head": head, "problems": problems}
            out.document(told, lambda: (f"{told['verdict']}  head {head}", *(f"⚠ {problem}" for problem in problems)))
        elif out.form == "table":
            clock = Clock.of(call.tz)
            out.rows(_AT_A_GLANCE, (_glance(each, clock) for each in book.entries()))
        else:
            out.rows(_COLUMNS, (each.row() for each in book.entries()))
    if check and problems:
        raise typer.Exit(_BAD_NEWS)


def _glance(entry: Entry, clock: Clock) -> Row:
    said = {name: value for name, value in entry.payload.items() if name not in ("marks", "lenses")}
    what = " ".join(f"{name}={value if isinstance(value, str) else dumped(value)}" for name, value in said.items())
    return {"seq": entry.seq, "at": clock.instant(entry.at_ms), "actor": entry.actor, "kind": entry.kind, "what": what}


def _anchor(text: str) -> Anchor:
    match = _ANCHOR.fullmatch(text)
    if match is None:
        raise UsageError(f"--anchor {text} is no head", "write it as an export tells it: its number, a colon, its hash")
    return Anchor(int(match[1]), match[2])
