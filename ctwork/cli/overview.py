"""`load`, `status`, `issues`: what is there, and what could not be read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ctwork.cli import options as opt
from ctwork.cli.narrate import bring_up_to_date, trouble
from ctwork.cli.render import renderer
from ctwork.cli.session import LOSSES, evidence_of, lost, opened
from ctwork.errors import UsageError
from ctwork.model.legible import grouped, sized
from ctwork.model.report import Sieve
from ctwork.sources.base import IssueKind, Weight

if TYPE_CHECKING:
    from ctwork.store.store import Store


def load(
    sources: opt.Sources,
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    account: opt.Account = [],  # noqa: B006 - typer never changes it
    region: opt.Region = [],  # noqa: B006
    since: opt.Since = "",
    until: opt.Until = "",
    form: opt.Format = "",
    output: opt.Output = None,
    workers: opt.Workers = None,
    memory: opt.Memory = 1024,
    bound: opt.BoundList = [],  # noqa: B006
    examine: opt.Examine = False,
    quiet: opt.Quiet = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Read sources into a case and print the load report."""
    choice = opt.Choice(
        tuple(sources),
        case,
        fresh,
        since=since,
        until=until,
        accounts=tuple(account),
        regions=tuple(region),
        settings=opt.settings_of(workers, memory),
        bounds=opt.bounds_of(bound, examine=examine),
    )
    with opened(choice, quiet=quiet, told=True) as store, renderer(form, output, lambda: evidence_of(store)) as out:
        report = {
            **store.summary(),
            "load": {key: store.meta[key] for key in ("seconds", "bytes_read", "bytes_inflated")},
        }
        out.document(report, lambda: chain(_overview(report), _breaches(store)))


def status(
    sources: opt.Sources,
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    account: opt.Account = [],  # noqa: B006
    region: opt.Region = [],  # noqa: B006
    since: opt.Since = "",
    until: opt.Until = "",
    form: opt.Format = "",
    output: opt.Output = None,
    quiet: opt.Quiet = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """What do I have: files, events, span, accounts, regions, and what could not be read."""
    choice = opt.Choice(
        tuple(sources), case, fresh, since=since, until=until, accounts=tuple(account), regions=tuple(region)
    )
    with opened(choice, quiet=quiet, told=True) as store, renderer(form, output, lambda: evidence_of(store)) as out:
        summary = store.summary()
        out.document(summary, lambda: chain(_overview(summary), _breaches(store)))


def issues(
    sources: opt.Sources,
    kind: Annotated[
        list[str], typer.Option(metavar="KIND", help="Only this kind; may be repeated. `status` counts the kinds.")
    ] = [],  # noqa: B006
    weight: Annotated[
        list[str], typer.Option(metavar="loss|doubt|note", help="Only rows of this weight; may be repeated.")
    ] = [],  # noqa: B006
    context: Annotated[
        bool, typer.Option("--context", help="Add the bytes around each place, read again, in hexadecimal.")
    ] = False,
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    form: opt.Format = "",
    output: opt.Output = None,
    limit: opt.Limit = None,
    quiet: opt.Quiet = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Everything the load could not read or found odd, row by row."""
    sieve = Sieve(_known("--kind", kind, IssueKind), _known("--weight", weight, Weight))
    found = opt.Choice(tuple(sources), case, fresh).find()
    bring_up_to_date(found, quiet=quiet)
    from ctwork.store.report import COLUMNS, CONTEXT_COLUMNS, issue_rows  # polars: only now, as the next
    from ctwork.store.store import Store  # because the load forks its workers before it

    store = Store.open(found.store)
    with renderer(form, output, lambda: evidence_of(store)) as out:
        columns = (*COLUMNS, *CONTEXT_COLUMNS) if context else COLUMNS
        out.rows(columns, islice(issue_rows(store, sieve, context=context), limit))
    if lost(store.summary()):
        raise typer.Exit(LOSSES)


def _known(option: str, values: Sequence[str], known: Iterable[str]) -> frozenset[str]:
    """`values`, each of which is one of `known`. Raises UsageError."""
    names = sorted(map(str, known))
    for value in values:
        if value not in names:
            raise UsageError(f"{option} {value} is not known", "choose from " + ", ".join(names))
    return frozenset(values)


def _overview(summary: dict[str, Any]) -> Iterator[str]:
    """A summary for people."""
    files, records = summary["files"], summary["records"]
    yield "events    " + " · ".join(
        (
            f"{_n(records['unique'])} unique of {_n(records['read'])} read",
            f"{_n(records['copies'])} copies",
            f"{_n(records['conflicts'])} conflict" + "s" * (records["conflicts"] != 1),
        )
    )
    states = [f"{_n(files[state])} {state.replace('_', ' ')}" for state in files]
    yield "files     " + " · ".join(states)
    read = summary["bytes"]
    if read["examined"] >= read["inflated"]:
        yield "examined  every record"
    else:
        some, whole = sized(read["examined"]), sized(read["inflated"])
        yield f"examined  looked into {some} of {whole}: `ctwork load --examine` looks into the rest"
    yield f"span      {summary['first_event'] or '—'} to {summary['last_event'] or '—'}"
    yield f"accounts  {_some(summary['accounts'])}"
    yield f"regions   {_some(summary['regions'])}"
    yield f"kinds     {_counted(summary['categories'].items())}"
    yield f"outcomes  {_counted(summary['outcomes'].items())}"
    yield f"distinct  {_counted(summary['distinct'].items())}"
    if report := summary.get("load"):
        megabytes, inflated = report["bytes_read"] / 1e6, report["bytes_inflated"] / 1e6
        yield f"load      {report['seconds']:.1f} s · {megabytes:,.1f} MB read · {inflated:,.1f} MB inflated"
    notes = [(issue["kind"], issue["count"]) for issue in summary["issues"]]
    marked = [(f"⚠ {kind}" if IssueKind(kind).weight == "loss" else kind, count) for kind, count in notes]
    yield f"issues    {_counted(marked) or 'none'}"
    weights = [(IssueKind(issue["kind"]).weight, issue["count"]) for issue in summary["issues"]]
    lost, doubts = (sum(count for found, count in weights if found == weight) for weight in ("loss", "doubt"))
    if said := trouble(lost, doubts):
        yield said


def _breaches(store: "Store") -> Iterator[str]:
    """The bounds that were moved for this load, and where its sums are wrong."""
    if moved := store.meta.get("bounds"):
        yield f"bounds    {_counted(moved.items())}"
    from ctwork.store.report import report_of  # polars, which the store has loaded by now

    yield from (f"⚠ {breach}" for breach in report_of(store).breaches())


def _n(number: int) -> str:
    return grouped(number)


def _some(values: list[str], most: int = 8) -> str:
    return " ".join(values[:most]) + (f" +{len(values) - most} more" if len(values) > most else "") or "—"


def _counted(items: Iterable[tuple[str, int]]) -> str:
    return " · ".join(f"{name or '(none)'} {_n(count)}" for name, count in items)
