"""The store's answer, worked out slowly: every record an `Event`, copies folded with a dict, rows sorted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from ctwork.model.instant import event_time_ms
from ctwork.model.record import Event
from ctwork.sources.base import DEFAULT_BOUNDS, Blob
from ctwork.sources.carrier import read_carrier
from ctwork.sources.decode import decode
from ctwork.sources.inflate import inflate
from ctwork.store.stamp import NO_TIME


@dataclass(slots=True)
class Row:
    """One unique record: where it was read first, and its values, each column worked out once."""

    event: Event
    index: int
    kept: dict[str, tuple[str, ...]]

    @property
    def time_ms(self) -> int:
        """As the store keeps it."""
        return time_of(self.event)

    def values(self, column: str) -> tuple[str, ...]:
        """The event's values, remembered."""
        if column not in self.kept:
            self.kept[column] = self.event.values(column)
        return self.kept[column]


def rows_of(blobs: Sequence[Blob]) -> list[Row]:
    """One row per unique (eventID, bytes), oldest first, ties by source then index."""
    deliveries = []
    for blob in blobs:
        data = inflate(read_carrier(blob), DEFAULT_BOUNDS, blob.name).data
        for index, raw in enumerate(decode(data, blob.name).records):
            event = Event.parse(raw, blob.name)
            deliveries.append((time_of(event), blob.name, index, event))
    deliveries.sort(key=lambda delivery: delivery[:3])
    unique: dict[tuple[str, bytes], list[tuple[Event, int]]] = {}
    for _, _, index, event in deliveries:
        unique.setdefault((event.text("eventID"), event.raw), []).append((event, index))
    return [
        Row(Event(group[0][0].raw, group[0][0].document, group[0][0].source, len(group)), group[0][1], {})
        for group in unique.values()
    ]


def time_of(event: Event) -> int:
    """Milliseconds of the record's own time; `NO_TIME` without a readable one."""
    time = event_time_ms(event.text("eventTime"))
    return int(NO_TIME) if time is None else time


def flagged(rows: list[Row], issues: pl.DataFrame) -> list[Row]:
    """`rows` with what the load report says of them one by one, and which share an eventID; these files are whole."""
    ids = Counter(row.event.text("eventID") for row in rows)
    named = issues.filter(pl.col("index").is_not_null())
    for row in rows:
        here = named.filter((pl.col("source") == row.event.source) & (pl.col("index") == row.index))
        shared = ["conflict"] if (name := row.event.text("eventID")) and ids[name] > 1 else []
        row.event = replace(row.event, issues=tuple(sorted({*here["kind"], *shared})))
    return rows
