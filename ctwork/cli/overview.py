"""`load` and `status`: what is there, and how much of it could not be read."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from ctwork.cli.call import CASE, LOADING, OUTPUT, PART, Call, taking
from ctwork.cli.narrate import trouble
from ctwork.cli.session import answering
from ctwork.model.legible import grouped, sized
from ctwork.sources.base import IssueKind

if TYPE_CHECKING:
    from ctwork.store.store import Store


@taking("sources", *PART, *CASE, *LOADING, *OUTPUT)
def load(call: Call) -> None:
    """Read sources into a case and print the load report."""
    with answering(call, told=True) as (store, out):
        report = {
            **store.summary(),
            "load": {key: store.meta[key] for key in ("seconds", "bytes_read", "bytes_inflated")},
        }
        out.document(report, lambda: chain(_overview(report), _breaches(store)))


@taking("sources", *PART, *CASE, *OUTPUT)
def status(call: Call) -> None:
    """What do I have: files, events, span, accounts, regions, and what could not be read."""
    with answering(call, told=True) as (store, out):
        summary = store.summary()
        out.document(summary, lambda: chain(_overview(summary), _breaches(store)))


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
