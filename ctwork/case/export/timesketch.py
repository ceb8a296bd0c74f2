"""JSON Lines for Timesketch: its importer asks for message, datetime and timestamp_desc, and takes every other member.

`datetime` is ISO 8601 and `timestamp` microseconds since 1970 UTC (timesketch.org/guides/user/import-from-json-csv).
Members are flat, and a dot in a column is ``_``: a dot would make objects in its index, which then clash with texts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from ctwork.case.export.leaving import Leaving
from ctwork.case.export.rows import EVENT_SHA256, write_texts
from ctwork.case.outlet import Row, dumped
from ctwork.model.instant import event_time_ms

UNTIMED = "no-event-time"
"""The tag of an event whose time cannot be read. It is put at the start of 1970: without a time it is not taken."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TimesketchExporter:
    """An event per line, as Timesketch imports it."""

    name = "timesketch"
    suffixes: tuple[str, ...] = (".timesketch.jsonl",)
    needs = ("eventTime", "principal", "eventName", "service", "sourceIPAddress", "resource", "outcome", "errorCode")
    parses: bool = False
    told = "an event per line as Timesketch imports it, tags as tags"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        write_texts(_lines(events, head["columns"]), out)


def _lines(events: Iterable[Leaving], columns: list[str]) -> Iterator[str]:
    for each in events:
        yield dumped(_event(each, columns)) + "\n"


def _event(each: Leaving, columns: list[str]) -> Row:
    cells, said = each.cells, each.annotation
    text = cells["eventTime"]
    time_ms = event_time_ms(text) if text else None
    tags = [*(said.tags if said else ()), *(() if time_ms is not None else (UNTIMED,))]
    own = {name.replace(".", "_"): cells[name] for name in columns}
    event: Row = {
        "message": _message(each),
        "datetime": (_EPOCH + timedelta(milliseconds=time_ms or 0)).isoformat(),
        "timestamp": (time_ms or 0) * 1_000,
        "timestamp_desc": "Event Time" if time_ms is not None else "No Event Time",
        "data_type": "aws:cloudtrail:entry",
        "tag": tags,
    }
    if said is not None:
        event |= {name: value for name in ("bookmark", "note", "severity", "verdict") if (value := getattr(said, name))}
    return {**own, **event, EVENT_SHA256: each.sha256}


def _message(each: Leaving) -> str:
    """One line that tells the event: who did what to what, from where, with what outcome."""
    cells = each.cells
    parts = [f"{cells['eventName'] or 'event'} ({cells['service'] or 'unknown service'})"]
    if cells["principal"]:
        parts.append(f"by {cells['principal']}")
    if cells["sourceIPAddress"]:
        parts.append(f"from {cells['sourceIPAddress']}")
    if cells["resource"]:
        more = len(cells["resource"]) - 1
        parts.append(f"on {cells['resource'][0]}" + (f" and {more} more" if more else ""))
    said = [word for word in (cells["outcome"], cells["errorCode"]) if word]
    return " ".join(parts) + (f": {' '.join(said)}" if said else "")
