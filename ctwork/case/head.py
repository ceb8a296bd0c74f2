"""The head of an export: which tool made it, when, of what, through which lens and bounds, and the sums of the load."""

import os
import time
from typing import TYPE_CHECKING

from ctwork import __version__
from ctwork.case.outlet import Row
from ctwork.errors import UsageError
from ctwork.model.instant import format_instant
from ctwork.model.lens import Lens

if TYPE_CHECKING:
    from ctwork.store.store import Store

_EPOCH = "SOURCE_DATE_EPOCH"
"""Seconds since 1970 UTC that stand for the clock, so that an export made twice is the same bytes
(reproducible-builds.org/specs/source-date-epoch)."""


def bare_head() -> Row:
    """What an export says of itself that tells of no events. Raises UsageError when SOURCE_DATE_EPOCH is no time."""
    return {"tool": {"name": "ctwork", "version": __version__}, "made": _made()}


def head_of(store: "Store", lens: Lens | None = None, limit: int | None = None) -> Row:
    """What every export says of itself; all but ``made`` follows from the store and the question.

    Raises UsageError when SOURCE_DATE_EPOCH is no time.
    """
    from ctwork.store.report import report_of  # polars, which the store has loaded by now

    report, summary, meta = report_of(store), store.summary(), store.meta
    return {
        **bare_head(),
        "sources": list(report.sources),
        "filter": {name: value for name, value in meta.get("filter", {}).items() if value not in (None, [])},
        "lens": "" if lens is None else str(lens),
        "limit": limit,
        "bounds": {name.replace("_", "-"): value for name, value in meta.get("bounds", {}).items()},
        # What has been read so far of a load that still runs has nothing written down.
        "complete": bool(meta) and report.complete,
        "files": summary["files"],
        "records": summary["records"],
        "bytes": summary["bytes"],
        "issues": [{"kind": kind.kind, "weight": kind.weight, "count": kind.count} for kind in report.kinds],
        "breaches": list(report.breaches()),
    }


def _made() -> str:
    """The time of the export, UTC."""
    fixed = os.environ.get(_EPOCH, "")
    try:
        return format_instant((int(fixed) if fixed else int(time.time())) * 1_000)
    except (ValueError, OverflowError) as problem:
        raise UsageError(f"{_EPOCH}={fixed} is no time", "write whole seconds since 1970 UTC, or unset it") from problem
