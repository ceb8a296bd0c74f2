"""`count` and `timeline`: pivots and the histogram."""

import re
from typing import Annotated

import typer

from ctwork.cli.call import CASE, LENS, OUTPUT, Call, taking
from ctwork.cli.clock import Clock
from ctwork.cli.options import facet_order
from ctwork.cli.session import advise, answering
from ctwork.errors import UsageError
from ctwork.model.column import resolve
from ctwork.model.predicate import having

_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_BINS = 60
_MOST_BUCKETS = 1_000_000


@taking("sources", *LENS, "limit", "tz", *CASE, *OUTPUT)
def count(
    call: Call,
    by: Annotated[str, typer.Option("--by", metavar="COL[,COL]", help="What to count by.")],
    sort: Annotated[
        str, typer.Option("--sort", metavar="KEY[:desc]", help="Order: value, count, first, last or errors.")
    ] = "count:desc",
    find: Annotated[
        str, typer.Option("--find", metavar="TEXT", help="Only values that hold TEXT or nearly do, the best first.")
    ] = "",
) -> None:
    """Count events by one column or several: value, count, first, last, errors, writes."""
    names = [name.strip() for name in by.split(",") if name.strip()]
    lens, columns, clock = call.choice.lens(), [resolve(name).name for name in names], Clock.of(call.tz)
    order = facet_order(sort)
    if not columns:
        raise UsageError("--by needs a column", "for example --by principal or --by event,ip")
    if find and len(columns) > 1:
        raise UsageError(
            "--find looks at the values of one column", "name one column with --by, or narrow with --where"
        )
    with answering(call, lens) as (store, out):
        view = store.look(lens)
        advise(view.total, lens)
        facets = store.facets(view, columns, call.limit, order, find)
        wrote = store.facets(store.look(lens.narrow(having("verb", "write"))), columns)
        writes = {facet.values: facet.count for facet in wrote}
        out.rows(
            [*names, "count", "first", "last", "errors", "writes"],
            (
                {
                    **{name: value or None for name, value in zip(names, facet.values, strict=True)},
                    "count": facet.count,
                    "first": clock.instant(facet.first_ms) or None,
                    "last": clock.instant(facet.last_ms) or None,
                    "errors": facet.errors,
                    "writes": writes.get(facet.values, 0),
                }
                for facet in facets
            ),
        )


@taking("sources", *LENS, "tz", *CASE, *OUTPUT)
def timeline(
    call: Call,
    bucket: Annotated[
        str, typer.Option("--bucket", metavar="5m", help="Width: 30s, 5m, 1h, 1d; else a fitting one.")
    ] = "",
) -> None:
    """Events and errors over time, empty buckets included."""
    lens, clock, width_ms = call.choice.lens(), Clock.of(call.tz), _width(bucket) if bucket else None
    with answering(call, lens) as (store, out):
        view = store.look(lens)
        advise(view.total, lens)
        from ctwork.store.histogram import fitting_width  # numpy: the store has brought it along

        span = store.asked_span(view)
        if width_ms and span and (span[1] - span[0]) // width_ms > _MOST_BUCKETS:
            raise UsageError(
                f"--bucket {bucket} would make over a million rows", "choose a wider bucket or a shorter time"
            )
        found = store.timeline(view, width_ms or fitting_width(*(span or (0, 0)), _BINS))
        out.rows(
            ["start", "count", "errors"],
            (
                {"start": clock.instant(found.start_ms + n * found.bucket_ms), "count": events, "errors": errors}
                for n, (events, errors) in enumerate(zip(found.counts, found.errors, strict=True))
            ),
        )


def _width(text: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhdw])", text)
    if match is None:
        raise UsageError(f"--bucket {text} is not a width", "write a number and a unit: 30s, 5m, 1h, 1d or 1w")
    return int(match[1]) * _UNIT_MS[match[2]]
