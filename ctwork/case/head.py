"""The head of an export: which tool made it, when, of what, through which lens and bounds, and the sums of the load."""

import time
from typing import TYPE_CHECKING

from ctwork import __version__
from ctwork.case.outlet import Row
from ctwork.case.stamped import made_at
from ctwork.model.lens import Lens

if TYPE_CHECKING:
    from ctwork.store.store import Store


def bare_head() -> Row:
    """What an export says of itself that tells of no events. Raises UsageError when SOURCE_DATE_EPOCH is no time."""
    return {"tool": {"name": "ctwork", "version": __version__}, "made": made_at(int(time.time()) * 1_000)}


def head_of(store: "Store", lens: Lens | None = None, limit: int | None = None) -> Row:
    """What every export says of itself; all but ``made`` follows from the store and the question.

    Raises UsageError when SOURCE_DATE_EPOCH is no time.
    """
    sums = load_sums(store)
    return {
        **bare_head(),
        "sources": list(store.meta.get("sources", ())),
        "filter": sums["filter"],
        "lens": "" if lens is None else str(lens),
        "limit": limit,
        **sums,
    }


def load_sums(store: "Store") -> Row:
    """What became of all input, in figures, and what it was read through."""
    from ctwork.store.report import report_of  # polars, which the store has loaded by now

    report, summary, meta = report_of(store), store.summary(), store.meta
    return {
        "filter": {name: value for name, value in meta.get("filter", {}).items() if value not in (None, [])},
        "bounds": {name.replace("_", "-"): value for name, value in meta.get("bounds", {}).items()},
        # What has been read so far of a load that still runs has nothing written down.
        "complete": bool(meta) and report.complete,
        "files": summary["files"],
        "records": summary["records"],
        "bytes": summary["bytes"],
        "issues": [{"kind": kind.kind, "weight": kind.weight, "count": kind.count} for kind in report.kinds],
        "breaches": list(report.breaches()),
    }
