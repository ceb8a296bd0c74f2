"""`load`, `status`, `issues`: what is there, and what could not be read."""

from collections.abc import Iterable, Iterator
from typing import Any

import typer

from ctwork.cli import options as opt
from ctwork.cli.narrate import bring_up_to_date
from ctwork.cli.render import renderer
from ctwork.cli.session import LOSSES, evidence_of, lost, opened
from ctwork.model.legible import grouped
from ctwork.sources.base import IssueKind

_ISSUE_COLUMNS = ("source", "kind", "offset", "length", "index", "message")


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
    )
    with opened(choice, quiet=quiet) as store, renderer(form, output, lambda: evidence_of(store)) as out:
        report = {
            **store.summary(),
            "load": {key: store.meta[key] for key in ("seconds", "bytes_read", "bytes_inflated")},
        }
        out.document(report, lambda: _overview(report))


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
    with opened(choice, quiet=quiet) as store, renderer(form, output, lambda: evidence_of(store)) as out:
        summary = store.summary()
        out.document(summary, lambda: _overview(summary))


def issues(
    sources: opt.Sources,
    case: opt.CaseFolder = None,
    form: opt.Format = "",
    output: opt.Output = None,
    limit: opt.Limit = None,
    quiet: opt.Quiet = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Everything the load could not read or found odd, row by row."""
    found = opt.Choice(tuple(sources), case).find()
    bring_up_to_date(found, quiet=quiet)
    from ctwork.store.store import Store  # polars: only now, because the load forks its workers before it

    store = Store.open(found.store)
    rows = store.issues()
    with renderer(form, output, lambda: evidence_of(store)) as out:
        out.rows(_ISSUE_COLUMNS, rows.head(limit if limit is not None else rows.height).iter_rows(named=True))
    if lost(store.summary()):
        raise typer.Exit(LOSSES)


def _overview(summary: dict[str, Any]) -> Iterator[str]:
    """A summary for people."""
    files, records = summary["files"], summary["records"]
    yield "events    " + " · ".join(
        (
            f"{_n(records['unique'])} unique of {_n(records['read'])} read",
            f"{_n(records['copies'])} copies",
            f"{_n(records['conflicts'])} conflicts",
        )
    )
    states = [f"{_n(files[state])} {state.replace('_', ' ')}" for state in files]
    yield "files     " + " · ".join(states)
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


def _n(number: int) -> str:
    return grouped(number)


def _some(values: list[str], most: int = 8) -> str:
    return " ".join(values[:most]) + (f" +{len(values) - most} more" if len(values) > most else "") or "—"


def _counted(items: Iterable[tuple[str, int]]) -> str:
    return " · ".join(f"{name or '(none)'} {_n(count)}" for name, count in items)
