"""What leaves the house says of the evidence behind it: load report, every file with its hashes, verdicts."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from ctwork.case.head import load_sums
from ctwork.case.outlet import Row
from ctwork.model.report import Sieve

if TYPE_CHECKING:
    from ctwork.store.store import Store

_NOT_YET = "not examined"


def source_names(store: "Store") -> list[str]:
    """What was opened, by its own name: where it lay is nobody's business, and differs between machines."""
    return sorted(PurePath(source).name or source for source in store.meta.get("sources", ()))


def load_report(store: "Store") -> Row:
    """What became of all input."""
    from ctwork.store.report import report_of  # polars, which the store has loaded by now

    summary = store.summary()
    return {
        "sources": source_names(store),
        **load_sums(store),
        "filtered": report_of(store).filtered,
        **{name: summary[name] for name in ("first_event", "last_event", "accounts", "regions")},
    }


def files(store: "Store", copied: Mapping[str, str]) -> Iterator[Row]:
    """Every file and member that was met: hashes, what became of it, and where in the bundle its copy lies.

    `copied` says, by the name of a file on disk, the path of its copy.
    """
    from ctwork.store.manifest import file_rows  # polars, which the store has loaded by now

    for row in file_rows(store):
        # Where the file lay, and whether reading it has moved its access time, differ between machines.
        told = {name: value for name, value in row.items() if name not in ("path", "access_time")}
        yield {**told, "copy": _copy_of(row["source"], copied)}


def _copy_of(name: str, copied: Mapping[str, str]) -> str | None:
    """The copy of the file on disk that `name` lies in: itself, or the archive before some ``!``."""
    if name in copied:
        return copied[name]
    at = name.find("!")
    while at >= 0:
        if name[:at] in copied:
            return copied[name[:at]]
        at = name.find("!", at + 1)
    return None


def issues(store: "Store") -> Iterator[Row]:
    """Every row of the load report."""
    from ctwork.store.report import issue_rows  # polars, which the store has loaded by now

    return issue_rows(store, Sieve())


def verdicts(store: "Store", unreadable: int | None, events: int) -> Row:
    """What is known of the evidence's integrity and coverage, and what is not.

    `unreadable` of the `events` could not be read again from the evidence; None when nobody tried.
    """
    from ctwork.store.report import report_of  # polars, which the store has loaded by now

    report = report_of(store)
    whole = report.complete and not report.breaches()
    return {
        "integrity": {
            "verdict": _NOT_YET,
            "why": "CloudTrail's digest files were not validated: nothing here says whether AWS delivered these bytes.",
            "digest_files": sum(kind.count for kind in report.kinds if kind.kind == "digest-file"),
        },
        "coverage": {
            "verdict": _NOT_YET,
            "why": "It was not examined whether logs are missing for an account, a region or an hour.",
        },
        "load": {
            "verdict": "whole" if whole and not report.weighing("loss") else "incomplete",
            "losses": report.weighing("loss"),
            "doubts": report.weighing("doubt"),
            "notes": report.weighing("note"),
            "breaches": list(report.breaches()),
        },
        "records": {
            "exported": events,
            "read_again_and_equal": None if unreadable is None else events - unreadable,
            "not_had_again": unreadable,
        },
    }
