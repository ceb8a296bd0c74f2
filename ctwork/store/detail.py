"""One event in full: facts first, then its bytes, read again from the evidence and verified."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ctwork.model.document import read_json
from ctwork.model.fact import facts
from ctwork.model.shown import Detail, Place
from ctwork.sources.base import Bounds
from ctwork.sources.fidelity import oddities
from ctwork.store.doubt import Doubts
from ctwork.store.frame import Frame
from ctwork.store.reread import Original, read_original


def read_detail(frame: Frame, row: int, bounds: Bounds) -> Detail:
    """The event in `row`. Never raises: what cannot be had is said in `problem`."""
    columns = frame.columns
    places: list[Place] = []
    originals: list[Original] = []
    for file, index in deliveries(frame, row):
        entry = columns.files.row(file, named=True)
        original = read_original(entry, index, bounds)
        originals.append(original)
        places.append(_place(entry, index, original))
    best = next((original for original in originals if not original.problem), originals[0])
    try:
        document = read_json(best.raw)
    except (ValueError, RecursionError):
        document = None
    return Detail(
        facts=facts(
            lambda column: frame.text(column, row),
            frame.value_lists("resource", np.array([row], np.uint32))[0],
            document,
        ),
        raw=best.raw,
        document=document,
        places=tuple(places),
        sha256=hashlib.sha256(best.raw).hexdigest() if best.raw else "",
        problem=next((original.problem for original in originals if original.problem), "") or _oddity(best.raw, bounds),
    )


def _oddity(raw: bytes, bounds: Bounds) -> str:
    """What JSON readers would pass over in the record: the load does not look into each one so closely."""
    return next((message for _, message in oddities(raw, bounds)), "")


def deliveries(frame: Frame, row: int) -> Iterator[tuple[int, int]]:
    """File and index of every copy of `row`, the one in the frame first."""
    cold, copies = frame.columns.cold, frame.columns.copies
    yield int(cold["file"][row]), int(cold["index"][row])
    first, last = np.searchsorted(copies.row, [row, row + 1])
    yield from zip(copies.file[first:last].tolist(), copies.index[first:last].tolist(), strict=True)


def _place(entry: Mapping[str, Any], index: int, original: Original) -> Place:
    return Place(
        source=entry["name"],
        carrier_sha256=entry["carrier_sha256"].hex(),
        inflated_sha256=entry["inflated_sha256"].hex(),
        index=index,
        start=original.start,
        end=original.end,
        fidelity=entry["fidelity"],
        issues=Doubts.parse(entry["doubt"] or "").of(index),
    )
