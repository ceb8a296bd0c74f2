"""Checks the copies of sources in a bundle: each is the file that was loaded, and holds the events said to lie in it.

They are read by the readers of a load, under its bounds: what is in them is evidence, and hostile as such.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from ctwork.case.bundle import bag
from ctwork.case.bundle.derivation import lines_of
from ctwork.case.bundle.finding import Findings
from ctwork.case.bundle.opened import OpenBundle
from ctwork.case.bundle.request import Packing, Told
from ctwork.model.legible import spelled
from ctwork.sources import Opening, open_source
from ctwork.sources.base import DEFAULT_BOUNDS, Blob, path_text
from ctwork.store.cancel import Cancelled, still_wanted
from ctwork.store.reread import read_originals

Places = Mapping[str, Sequence[tuple[int, int, int, str]]]
"""By source: index, start, end and hash of each event that lies there."""


def check_sources(bundle: OpenBundle, places: Places, found: Findings, told: Told, cancelled: Cancelled) -> None:
    """Compares the list of files with the copies, and the events with what the copies hold at their places."""
    rows = [json.loads(each) for each in lines_of(bundle, bag.FILES)]
    names = {row["source"] for row in rows}
    for name in sorted(places.keys() - names):
        found.wrong("sources", f"events lie in {spelled(name)}, which {bag.FILES} does not list")
    by_copy: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["copy"] is not None:
            by_copy.setdefault(row["copy"], []).append(row)
    copies = {path for path in bundle.sizes if path.startswith(bag.SOURCES)}
    for path in sorted(copies ^ by_copy.keys()):
        found.wrong("sources", f"{spelled(path)} is a copy that is missing, or one that {bag.FILES} does not list")
    for number, path in enumerate(sorted(copies & by_copy.keys())):
        still_wanted(cancelled)
        told(Packing("checking the copies of sources", number, len(copies)))
        with bundle.place(path) as file:
            _check_copy(path, file, by_copy[path], places, found)


def _check_copy(path: str, file: Path, rows: list[dict[str, Any]], places: Places, found: Findings) -> None:
    name = path_text(os.fsdecode(bag.source_name(path)))
    with tempfile.TemporaryDirectory(prefix="ctwork-check-") as folder:
        opening = Opening(pack=str(Path(folder) / "pack"))
        blobs = {}
        for item in open_source((str(file),), opening).walk():
            if isinstance(item, Blob):
                blobs[name + path_text(item.name).removeprefix(file.name)] = item
        for row in rows:
            _check_row(row, blobs, places.get(row["source"], ()), found)


def _check_row(
    row: Mapping[str, Any], blobs: Mapping[str, Blob], wanted: Sequence[tuple[int, int, int, str]], found: Findings
) -> None:
    """One file or member: its hashes, and the events in it."""
    shown = spelled(row["source"])
    if row["sha256"] is None:
        if wanted:
            found.wrong("sources", f"events lie in {shown}, of which nothing was read")
        return
    blob = blobs.get(row["root"])
    if blob is None:
        found.wrong("sources", f"the copy of {shown} does not hold it any more")
        return
    indices = [index for index, *_ in wanted]
    originals = read_originals(_entry(row, blob), indices or [0], DEFAULT_BOUNDS)
    for each in originals[:1]:
        if each.problem and (wanted or each.raw):
            found.wrong("sources", f"the copy of {shown} is not what was loaded: {each.problem}")
            return
    if not wanted:
        return
    for (index, start, end, sha256), each in zip(wanted, originals, strict=True):
        if hashlib.sha256(each.raw).hexdigest() != sha256 or (each.start, each.end) != (start, end):
            found.wrong("sources", f"record {index:,} of {shown} is not the event that the index says")


def _entry(row: Mapping[str, Any], blob: Blob) -> dict[str, Any]:
    """The row of a file table that the blob of a copy would have."""
    size, mtime_ns, ctime_ns, inode = blob.stamp
    member = "" if blob.member is None else json.dumps(astuple(blob.member))
    inflated = row["inflated_sha256"] or row["sha256"]
    return {
        "name": row["source"],
        "path": os.fsencode(blob.path),
        "size": blob.size,
        "path_size": size,
        "mtime_ns": mtime_ns,
        "ctime_ns": ctime_ns,
        "inode": inode,
        "member": member,
        "inner": row["nested"] or "",
        "container": row["container"] or "",
        "layers": row["layers"] or "",
        "carrier_sha256": bytes.fromhex(row["sha256"]),
        "inflated_sha256": bytes.fromhex(inflated),
    }
