"""`diff`, `around` and `related`: what one event has to do with others."""

from dataclasses import replace
from typing import Annotated

import typer

from ctwork.case import kin
from ctwork.cli.call import CASE, OUTPUT, Call, columns_of, sources_and_ids, taking
from ctwork.cli.listing import write_events
from ctwork.cli.session import answering

_WORDS = "Where to look, then the eventID as any view shows it."


@taking(*CASE, *OUTPUT)
def diff(
    call: Call,
    words: Annotated[
        list[str],
        typer.Argument(metavar="SOURCE… EVENT_ID EVENT_ID", help="Where to look, then both eventIDs."),
    ],
    whole: Annotated[bool, typer.Option("--all", help="Also the fields that are alike.")] = False,
) -> None:
    """Two events field by field: path, left, right, each as JSON. Policy documents are compared inside."""
    sources, (left_id, right_id) = sources_and_ids(words, "diff", 2)
    with answering(replace(call, sources=sources)) as (store, out):
        found = kin.differing(store, left_id, right_id)
        out.rows(
            ["path", "left", "right"],
            ({"path": each.path, "left": each.left, "right": each.right} for each in found if whole or not each.alike),
        )


@taking("columns", "limit", "tz", *CASE, *OUTPUT)
def around(
    call: Call,
    words: Annotated[list[str], typer.Argument(metavar="SOURCE… EVENT_ID", help=_WORDS)],
    minutes: Annotated[
        int, typer.Option("--minutes", metavar="N", min=1, max=1_000_000, help="So long before and after it.")
    ] = 5,
) -> None:
    """What the principal of an event did before and after it, as `events` shows it."""
    sources, (event_id,) = sources_and_ids(words, "around")
    names = columns_of(call.columns)
    with answering(replace(call, sources=sources)) as (store, out):
        write_events(out, store, store.look(kin.near(store, event_id, minutes)), call, names)


@taking(*CASE, *OUTPUT)
def related(
    call: Call,
    words: Annotated[list[str], typer.Argument(metavar="SOURCE… EVENT_ID", help=_WORDS)],
) -> None:
    """What an event shares with others: relation, value, count, and the lens that shows them."""
    sources, (event_id,) = sources_and_ids(words, "related")
    with answering(replace(call, sources=sources)) as (store, out):
        out.rows(
            ["relation", "value", "count", "lens"],
            (
                {"relation": each.title, "value": each.value, "count": count, "lens": str(each.lens)}
                for each, count in kin.related(store, event_id)
            ),
        )
