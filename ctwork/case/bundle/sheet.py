"""The events of a bundle as rows: which columns, and what their cells are, from the store and from the bytes alone.

Both ways must agree: the first writes a bundle, the second checks one that came from somewhere else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ctwork.case.outlet import Row
from ctwork.model.annotation import NOTHING_SAID, Annotation
from ctwork.model.column import kind_of
from ctwork.model.instant import event_time_ms, format_instant
from ctwork.model.record import Event

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

COLUMNS = (
    "eventTime",
    "principal",
    "session",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.accessKeyId",
    "sourceIPAddress",
    "userAgent",
    "awsRegion",
    "account",
    "service",
    "eventName",
    "verb",
    "resource",
    "outcome",
    "errorCode",
    "errorMessage",
    "eventID",
    "copies",
    "source",
)
SAID = ("bookmark", "tag", "note", "severity", "verdict")
"""What the investigator adds."""
EVERY = (*COLUMNS, "sha256", *SAID)
_STEP = 16_384


def cells_of(store: "Store", view: "View") -> Iterator[Row]:
    """The cells of every event of `view`, in its order, by column."""
    readers = [_reader(store, name) for name in COLUMNS]
    for offset in range(0, view.total, _STEP):
        rows = view.slice(offset, _STEP)
        for cells in zip(*(read(rows) for read in readers), strict=True):
            yield dict(zip(COLUMNS, cells, strict=True))


def _reader(store: "Store", name: str) -> Callable[[Any], list[Any]]:
    kind = kind_of(name)
    if kind == "set":
        return lambda rows: store.frame.value_lists(name, rows)
    return lambda rows: [_typed(kind, text) for text in store.frame.texts(name, rows)]


def derived(raw: bytes, source: str, copies: int) -> Row:
    """The cells that the original bytes of an event give. Raises ValueError, RecursionError for what is no record."""
    event = Event.parse(raw, source, copies)
    return {name: _cell(event, name) for name in COLUMNS}


def _cell(event: Event, name: str) -> Any:
    values, kind = event.values(name), kind_of(name)
    if kind == "set":
        return list(values)
    text = " ".join(values)
    if kind == "time":
        at_ms = event_time_ms(text)
        text = text if at_ms is None else format_instant(at_ms)
    return _typed(kind, text)


def _typed(kind: str, text: str) -> Any:
    if not text:
        return None
    if kind == "number":
        return int(text)
    return text == "true" if kind == "flag" else text


def said_of(annotation: Annotation | None) -> Row:
    """The cells that an investigator gave."""
    said = annotation or NOTHING_SAID
    return {
        "bookmark": said.bookmark,
        "tag": list(said.tags),
        "note": said.note or None,
        "severity": said.severity or None,
        "verdict": said.verdict or None,
    }


def row_of(cells: Mapping[str, Any], sha256: str, annotation: Annotation | None) -> Row:
    """A row of the table; see `EVERY`."""
    return {**cells, "sha256": sha256, **said_of(annotation)}


def columns(names: Sequence[str] = EVERY) -> list[str]:
    """The names as a list, for a head."""
    return list(names)
