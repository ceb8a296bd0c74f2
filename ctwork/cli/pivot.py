"""`count` and `timeline`: pivots and the histogram."""

import re
from typing import Annotated

import typer

from ctwork.cli import options as opt
from ctwork.cli.clock import Clock
from ctwork.cli.render import renderer
from ctwork.cli.session import advise, evidence_of, opened
from ctwork.errors import UsageError
from ctwork.model.column import resolve

_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_BINS = 60
_MOST_BUCKETS = 1_000_000


def count(
    sources: opt.Sources,
    by: Annotated[str, typer.Option("--by", metavar="COL[,COL]", help="What to count by.")],
    where: opt.Where = "",
    named: opt.Named = "",
    sort: opt.FacetSort = "count:desc",
    find: opt.Find = "",
    limit: opt.Limit = None,
    since: opt.Since = "",
    until: opt.Until = "",
    account: opt.Account = [],  # noqa: B006 - typer never changes it
    region: opt.Region = [],  # noqa: B006
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    form: opt.Format = "",
    output: opt.Output = None,
    tz: opt.Zone = "UTC",
    quiet: opt.Quiet = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Count events by one column or several: value, count, first, last, errors."""
    choice = opt.Choice(tuple(sources), case, fresh, where, since, until, tuple(account), tuple(region), named=named)
    names = [name.strip() for name in by.split(",") if name.strip()]
    lens, columns, clock = choice.lens(), [resolve(name).name for name in names], Clock.of(tz)
    order = opt.facet_order(sort)
    if not columns:
        raise UsageError("--by needs a column", "for example --by principal or --by event,ip")
    if find and len(columns) > 1:
        raise UsageError(
            "--find looks at the values of one column", "name one column with --by, or narrow with --where"
        )
    with opened(choice, quiet=quiet) as store, renderer(form, output, lambda: evidence_of(store)) as out:
        view = store.look(lens)
        advise(view.total, lens)
        facets = store.facets(view, columns, limit, order, find)
        out.rows(
            [*names, "count", "first", "last", "errors"],
            (
                {
                    **{name: value or None for name, value in zip(names, facet.values, strict=True)},
                    "count": facet.count,
                    "first": clock.instant(facet.first_ms) or None,
                    "last": clock.instant(facet.last_ms) or None,
                    "errors": facet.errors,
                }
                for facet in facets
            ),
        )


def timeline(
    sources: opt.Sources,
    bucket: Annotated[
        str, typer.Option("--bucket", metavar="5m", help="Width: 30s, 5m, 1h, 1d; else a fitting one.")
    ] = "",
    where: opt.Where = "",
    named: opt.Named = "",
    since: opt.Since = "",
    until: opt.Until = "",
    account: opt.Account = [],  # noqa: B006
    region: opt.Region = [],  # noqa: B006
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    form: opt.Format = "",
    output: opt.Output = None,
    tz: opt.Zone = "UTC",
    quiet: opt.Quiet = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Events and errors over time, empty buckets included."""
    choice = opt.Choice(tuple(sources), case, fresh, where, since, until, tuple(account), tuple(region), named=named)
    lens, clock, width_ms = choice.lens(), Clock.of(tz), _width(bucket) if bucket else None
    with opened(choice, quiet=quiet) as store, renderer(form, output, lambda: evidence_of(store)) as out:
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
