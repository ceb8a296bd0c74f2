"""`events` and `show`: the events themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated

import typer

from ctwork.case.cells import STANDARD, cells_of, reader
from ctwork.case.kin import rows_of
from ctwork.case.outlet import Row
from ctwork.cli.call import CASE, LENS, OUTPUT, Call, columns_of, sources_and_ids, taking
from ctwork.cli.clock import Clock
from ctwork.cli.render import Renderer
from ctwork.cli.session import advise, answering
from ctwork.model.column import COLUMNS
from ctwork.model.pretty import pretty
from ctwork.model.shown import Detail

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

_AT_A_GLANCE = (
    "eventTime",
    "principal",
    "sourceIPAddress",
    "eventName",
    "outcome",
    "resource",
    "awsRegion",
    "errorCode",
)
"""What a table shows unless asked, the first to go last; an id that is cut is no id."""


@taking("sources", *LENS, "columns", "limit", "sort", "tz", *CASE, *OUTPUT)
def events(
    call: Call,
    raw: Annotated[bool, typer.Option("--raw", help="The original bytes of each record, one per line.")] = False,
) -> None:
    """The events a lens shows, oldest first."""
    lens, names = call.choice.lens(), columns_of(call.columns)
    with answering(call, lens) as (store, out):
        view = store.look(lens)
        advise(view.total, lens)
        if raw:
            out.raw(islice(store.raw(view), call.limit))
        else:
            write_events(out, store, view, call, names)


@taking(*CASE, *OUTPUT)
def show(
    call: Call,
    words: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE… EVENT_ID", help="Where to look, then the eventID as any view shows it."),
    ],
    raw: Annotated[
        bool, typer.Option("--raw", help="Only the original bytes, and a line break after each record.")
    ] = False,
) -> None:
    """One event: facts, raw JSON, every place it was found in, hashes."""
    sources, (event_id,) = sources_and_ids(words, "show")
    with answering(replace(call, sources=sources)) as (store, out):
        rows = rows_of(store, event_id)
        details = [store.detail(row) for row in rows]
        if raw:
            out.original(detail.raw for detail in details)
        else:
            documents = [_document(store, row, detail) for row, detail in zip(rows, details, strict=True)]
            if out.form == "json" and len(documents) > 1:
                documents = [{**documents[0], "conflicts": documents[1:]}]
            out.documents(documents, lambda: chain.from_iterable(_sheets(details)))


def write_events(out: Renderer, store: "Store", view: "View", call: Call, names: Sequence[str]) -> None:
    """Writes the events of `view` with the columns `names`, or with those that the form has by itself."""
    shown = names or (_AT_A_GLANCE if out.form == "table" else STANDARD)
    clock = Clock.of(call.tz)
    out.rows(shown, islice(cells_of(store, view, shown, clock.text, call.limit), call.limit))


def _document(store: "Store", row: int, detail: Detail) -> Row:
    here = store.rows([row])
    # The hash comes from the bytes at hand, so that they are not read a second time.
    names = [column.name for column in COLUMNS if column.kind != "mark" and column.name != "sha256"]
    cells = {name: reader(store, name)(here)[0] for name in names}
    return {
        "event": {name: value for name, value in cells.items() if value not in (None, [])},
        "raw": detail.raw.decode("utf-8", "backslashreplace"),
        "places": [
            {
                "source": place.source,
                "carrier_sha256": place.carrier_sha256,
                "inflated_sha256": place.inflated_sha256,
                "index": place.index,
                "start": place.start,
                "end": place.end,
                "fidelity": place.fidelity,
                "issues": list(place.issues),
            }
            for place in detail.places
        ],
        "sha256": detail.sha256,
        **({"problem": detail.problem} if detail.problem else {}),
    }


def _sheets(details: Sequence[Detail]) -> Iterator[Iterator[str]]:
    """Events for people; several share an eventID and differ in their bytes."""
    for number, detail in enumerate(details, 1):
        if len(details) > 1:
            yield iter((f"≠ record {number} of {len(details)} with this eventID and other bytes",))
        yield _sheet(detail)
        if number < len(details):
            yield iter(("",))


def _sheet(detail: Detail) -> Iterator[str]:
    """One event for people."""
    if detail.problem:
        yield f"⚠ {detail.problem}"
    width = max((len(label) for label, _ in detail.facts), default=0)
    for label, value in detail.facts:
        yield f"{label.ljust(width)}  {value}"
    for place in detail.places:
        span = f"#{place.index} bytes {place.start:,}–{place.end:,}"
        yield f"{'read'.ljust(width)}  {place.source} {span} · carrier sha256 {place.carrier_sha256}"
        if place.issues:
            yield f"{''.ljust(width)}  ⚠ {', '.join(place.issues)}: the load report has the details"
    yield f"{'sha256'.ljust(width)}  {detail.sha256}"
    yield ""
    yield from pretty(detail.raw)
