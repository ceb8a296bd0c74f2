"""A mark as a row: what `ctwork marks` prints, the workbench lists and a bundle holds. The same members everywhere."""

from collections.abc import Mapping
from typing import Any

from ctwork.model.annotation import Annotation
from ctwork.model.instant import format_instant
from ctwork.model.target import EventTarget, SpanTarget, ValueTarget, parse_target

MARK_COLUMNS = (
    "kind",
    "time",
    "end",
    "event",
    "principal",
    "address",
    "column",
    "value",
    "bookmark",
    "severity",
    "verdict",
    "tags",
    "note",
    "author",
    "changed",
    "event_id",
    "sha256",
    "source",
    "index",
    "target",
)


def mark_row(text: str, said: Annotation) -> dict[str, Any]:
    """One mark by `MARK_COLUMNS`, None where a mark of its kind has nothing to say. Times are UTC."""
    target = parse_target(text)
    row: dict[str, Any] = dict.fromkeys(MARK_COLUMNS)
    row |= {
        "kind": text.partition("/")[0],
        "bookmark": said.bookmark,
        "severity": said.severity or None,
        "verdict": said.verdict or None,
        "tags": list(said.tags),
        "note": said.note or None,
        "author": said.author or None,
        "changed": format_instant(said.changed_ms) if said.changed_ms else None,
        "target": text,
    }
    if isinstance(target, EventTarget):
        row |= {"event_id": target.event_id or None, "sha256": target.sha256}
        if (seen := said.about) is not None:
            row |= {
                "time": seen.time or None,
                "event": seen.event or None,
                "principal": seen.principal or None,
                "address": seen.address or None,
                "source": seen.source or None,
                "index": seen.index,
            }
    elif isinstance(target, ValueTarget):
        row |= {"column": target.column, "value": target.value}
    elif isinstance(target, SpanTarget):
        row |= {"time": format_instant(target.start_ms), "end": format_instant(target.end_ms)}
    else:
        row |= {"time": format_instant(target.at_ms)}
    return row


def what_of(row: Mapping[str, Any]) -> str:
    """What a row of `mark_row` is about, in few words; "" for a moment, of which only its note tells."""
    if row["kind"] == "value":
        return f"{row['column']}={row['value']}"
    if row["kind"] == "span":
        return f"until {row['end']}"
    return " ".join(filter(None, (row["event"], row["principal"], row["address"])))
