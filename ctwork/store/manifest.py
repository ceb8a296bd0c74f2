"""The list of every file and archive member a load has seen: hashes, content, and what became of it."""

import os
from collections.abc import Iterator, Set
from typing import Any

import polars as pl

from ctwork.sources.base import IssueKind, Weight, path_text
from ctwork.store.generation import LISTED
from ctwork.store.store import Store

COLUMNS = (
    "source",
    "state",
    "reasons",
    "size",
    "sha256",
    "inflated_size",
    "inflated_sha256",
    "container",
    "layers",
    "fidelity",
    "records",
    "message",
    "path",
)
"""What a row has unless asked for more."""
EVERY = (*COLUMNS, "access_time", "issues", "accounted", "reported", "unaccounted", "examined", "root", "nested")
_STEP = 4_096
_HASHED = 32
"""Bytes of a SHA-256; fewer mean that the bytes were never had."""
_SUM_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_ACCESS_TIME = {0: "kept", 1: "may have moved"}
"""What reading a file has done to it; of what was not opened there is nothing to say."""
_SEVERITY = {Weight.LOSS: 0, Weight.DOUBT: 1, Weight.NOTE: 2}


def file_rows(store: Store, states: Set[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """A row with `EVERY` column per file, by name; `states` (``with-issues`` for one) leaves the others out.

    Their number is what ``ctwork status`` counts as seen. What is not known, because it was not read, is None.
    """
    files = _of_states(store, states).join(_reasons(store), left_on="name", right_on="source", how="left")
    for part in files.iter_slices(_STEP):
        yield from map(_row, part.iter_rows(named=True))


def sum_lines(store: Store, states: Set[str] = frozenset()) -> Iterator[bytes]:
    """A line per file on disk that was read whole, as `sha256sum -c` takes it: the path is absolute, odd names escaped.

    Members of archives have no path that another tool could open, and are left out.
    """
    whole = (pl.col("member") == "") & (pl.col("inner") == "") & (pl.col("carrier_sha256").bin.size() == _HASHED)
    for path, sha256 in _of_states(store, states).filter(whole).select("path", "carrier_sha256").iter_rows():
        name = os.fsdecode(path)
        escaped = name.translate(_SUM_ESCAPES)
        mark = "\\" if escaped != name else ""
        yield os.fsencode(f"{mark}{sha256.hex()}  {escaped}")


def _of_states(store: Store, states: Set[str]) -> pl.DataFrame:
    files = store.frame.columns.files
    wanted = [state.replace("-", "_") for state in states]
    return files.filter(pl.col("status").is_in(wanted)) if wanted else files


def _reasons(store: Store) -> pl.DataFrame:
    """Per source of issues: how many, their kinds with the heaviest first, and the first of its messages."""
    weights = {str(kind): _SEVERITY[kind.weight] for kind in IssueKind}
    severity = pl.col("kind").replace_strict(weights, default=0, return_dtype=pl.UInt8)
    ordered = store.frame.columns.issues.with_columns(severity=severity).sort("severity", maintain_order=True)
    return ordered.group_by("source").agg(
        pl.len().alias("issues"),
        pl.col("kind").unique(maintain_order=True).alias("reasons"),
        pl.col("message").first(),
    )


def _row(file: dict[str, Any]) -> dict[str, Any]:
    had = len(file["carrier_sha256"] or b"") == _HASHED
    inflated = len(file["inflated_sha256"] or b"") == _HASHED
    return {
        "source": file["name"],
        "state": file["status"].replace("_", "-"),
        "reasons": file["reasons"] or [],
        "size": file["size"],
        "sha256": file["carrier_sha256"].hex() if had else None,
        "inflated_size": file["inflated_size"] if inflated else None,
        "inflated_sha256": file["inflated_sha256"].hex() if inflated else None,
        "container": file["container"] if file["container"] not in ("", LISTED) else None,
        "layers": file["layers"] or None,
        "fidelity": file["fidelity"] or None,
        "records": file["records"],
        "message": file["message"],
        "path": path_text(os.fsdecode(file["path"])) if file["path"] else None,
        "access_time": _ACCESS_TIME.get(file["exposed"]),
        "issues": file["issues"] or 0,
        "root": file["root"],
        "nested": file["inner"] or None,
        **{name: file[name] or 0 for name in ("accounted", "reported", "unaccounted", "examined")},
    }
