"""One event in full: facts first, then its bytes, read again from the evidence and verified."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ctwork.model.document import at_path, read_json, scalar_leaves, scalar_text
from ctwork.model.shown import Detail, Place
from ctwork.sources.base import Bounds
from ctwork.store.frame import Frame
from ctwork.store.reread import Original, read_original

_SHOWN = 4
"""Parameters and resources named among the facts; the rest is in the record below them."""


def read_detail(frame: Frame, row: int, bounds: Bounds) -> Detail:
    """The event in `row`. Never raises: what cannot be had is said in `problem`."""
    columns = frame.columns
    places: list[Place] = []
    originals: list[Original] = []
    for file, index in _deliveries(frame, row):
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
        facts=tuple(_facts(frame, row, document)),
        raw=best.raw,
        document=document,
        places=tuple(places),
        sha256=hashlib.sha256(best.raw).hexdigest() if best.raw else "",
        problem=next((original.problem for original in originals if original.problem), ""),
    )


def _deliveries(frame: Frame, row: int) -> Iterator[tuple[int, int]]:
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
    )


def _facts(frame: Frame, row: int, document: Any) -> Iterator[tuple[str, str]]:
    def cell(column: str) -> str:
        return frame.text(column, row)

    key, created = cell("userIdentity.accessKeyId"), cell("userIdentity.sessionContext.attributes.creationDate")
    yield "when", cell("eventTime")
    session = cell("session")
    who = [cell("principal") or "—", f"session {session}" if session and session != key else "", key]
    yield (
        "who",
        _joined(
            *who,
            f"since {created}" if created else "",
            _flagged("MFA", cell("userIdentity.sessionContext.attributes.mfaAuthenticated")),
        ),
    )
    yield "from", _joined(cell("sourceIPAddress"), cell("userAgent"), cell("awsRegion"), cell("vpcEndpointId"))
    yield "what", _joined(f"{cell('service')}:{cell('eventName')}", cell("verb"), cell("category"), cell("eventType"))
    resources = frame.value_lists("resource", np.array([row], np.uint32))[0]
    if resources:
        yield "on", _joined(*resources[:_SHOWN], f"+{len(resources) - _SHOWN} more" if len(resources) > _SHOWN else "")
    if parameters := list(_parameters(document)):
        yield (
            "with",
            _joined(*parameters[:_SHOWN], f"+{len(parameters) - _SHOWN} more" if len(parameters) > _SHOWN else ""),
        )
    yield "result", _joined(cell("outcome"), cell("errorCode"), cell("errorMessage"))
    moved = [
        f"{cell(column)} bytes {word}" for column, word in (("bytes_in", "in"), ("bytes_out", "out")) if cell(column)
    ]
    if moved:
        yield "moved", _joined(*moved)
    yield "account", _joined(cell("account"), cell("eventID"))


def _parameters(document: Any) -> Iterator[str]:
    request = document.get("requestParameters") if isinstance(document, dict) else None
    for name in request if isinstance(request, dict) else ():
        leaves = [scalar_text(leaf) for leaf in scalar_leaves(at_path(request, name))]
        if leaves:
            yield f"{name}={leaves[0]}" + ("…" if len(leaves) > 1 else "")


def _flagged(label: str, value: str) -> str:
    return label if value == "true" else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
