"""The events of a bundle as rows: which columns, and what their cells are by the original bytes alone.

The store must agree with that: it writes a bundle, and a bundle that came from somewhere is checked without a store.
"""

from collections.abc import Iterable
from typing import IO, Any, cast

from ctwork.case.cells import STANDARD
from ctwork.case.export.exporter import exporter_for
from ctwork.case.export.leaving import Leaving
from ctwork.case.outlet import Row
from ctwork.model.column import kind_of
from ctwork.model.instant import event_time_ms, format_instant
from ctwork.model.record import Event

COLUMNS = (
    *STANDARD,
    "session",
    "account",
    "userIdentity.type",
    "userIdentity.arn",
    "userAgent",
    "verb",
    "errorMessage",
    "copies",
    "source",
)
"""What is known of an event by itself; what was said of it and its hash stand behind that in every row."""


def write_sheet(form: str, events: Iterable[Leaving], stream: IO[bytes]) -> None:
    """Writes the table of `events` as ``jsonl`` or ``csv``."""
    exporter_for("", form).write(events, {"columns": list(COLUMNS)}, cast(Any, stream))


def derived(raw: bytes, source: str, copies: int) -> Row:
    """The cells that the original bytes of an event give. Raises ValueError, RecursionError for what is no record."""
    event = Event.parse(raw, source, copies)
    return {name: _cell(event, name) for name in COLUMNS}


def _cell(event: Event, name: str) -> Any:
    """As `cells.reader` takes it from the store."""
    values, kind = list(event.values(name)), kind_of(name)
    if kind == "set":
        return values
    if kind == "path":
        return values[0] if len(values) == 1 else values or None
    text = " ".join(values)
    if not text:
        return None
    if kind == "number":
        return int(text)
    if kind == "time":
        at_ms = event_time_ms(text)
        return text if at_ms is None else format_instant(at_ms)
    return text == "true" if kind == "flag" else text
