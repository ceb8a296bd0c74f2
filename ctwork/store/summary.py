"""The answer to "what do I have?": counts over a whole store, in the shape the command line promises."""

from typing import Any

import numpy as np
import polars as pl

from ctwork.model.instant import format_instant
from ctwork.store.axis import AXIS_OF, RESOURCE
from ctwork.store.columns import Columns
from ctwork.store.stamp import NO_TIME

_DISTINCT = {
    "principal": "principal",
    "session": "session",
    "key": "userIdentity.accessKeyId",
    "ip": "sourceIPAddress",
    "agent": "userAgent",
    "event": "eventName",
}
STATES = ("read", "with_issues", "failed", "skipped")
"""What can have become of a file."""
_BYTES = {
    "inflated": "inflated_size",
    "read": "accounted",
    "reported": "reported",
    "unaccounted": "unaccounted",
    "examined": "examined",
}


def summarise(columns: Columns) -> dict[str, Any]:
    """Files, records, span, accounts, regions, categories, distinct values, outcomes and issues of a store."""
    status = dict(columns.files.group_by("status").len().iter_rows())
    timed = int(np.searchsorted(columns.time, NO_TIME))
    copies = len(columns.copies.row)
    conflicts = columns.cold["id"][columns.twins.row[columns.twins.conflict]]
    return {
        "files": {
            "seen": columns.files.height,
            **{name: status.get(name, 0) for name in STATES},
        },
        "records": {
            "read": columns.height + copies,
            "unique": columns.height,
            "copies": copies,
            "conflicts": len(np.unique(conflicts, axis=0)),
        },
        "bytes": {name: int(columns.files[column].sum() or 0) for name, column in _BYTES.items()},
        "first_event": format_instant(int(columns.time[0])) if timed else None,
        "last_event": format_instant(int(columns.time[timed - 1])) if timed else None,
        "accounts": [value for value, _ in _counts(columns, "account") if value],
        "regions": [value for value, _ in _counts(columns, "awsRegion") if value],
        "categories": dict(_counts(columns, "category")),
        "distinct": {
            **{name: sum(1 for value, _ in _counts(columns, column) if value) for name, column in _DISTINCT.items()},
            "resource": _distinct_resources(columns),
        },
        "outcomes": dict(_counts(columns, "outcome")),
        "issues": [
            {"kind": kind, "count": count}
            for kind, count in columns.issues.group_by("kind")
            .len()
            .sort("len", "kind", descending=[True, False])
            .iter_rows()
        ],
    }


def _distinct_resources(columns: Columns) -> int:
    """Resources that some record names: after a reload there may be lists that no record has any more."""
    lists = columns.resources
    used = np.bincount(columns.axes[RESOURCE], minlength=len(lists.starts) - 1) > 0
    return len(np.unique(lists.items[np.repeat(used, np.diff(lists.starts))]))


def _counts(columns: Columns, column: str) -> list[tuple[str, int]]:
    """Values of a column that occur, with their counts, sorted by value."""
    axis = AXIS_OF[column].name
    table = columns.tables[axis][column]
    per_row = np.bincount(columns.axes[axis], minlength=len(table))
    counts = np.zeros(len(columns.dictionaries[column]), np.int64)
    np.add.at(counts, table, per_row)
    used = np.flatnonzero(counts)
    values = columns.dictionaries[column].gather(used).cast(pl.String).to_list()
    return list(zip(values, counts[used].tolist(), strict=True))
