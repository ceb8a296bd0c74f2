"""The cells of events as programs take them: lists for sets, numbers for numbers, null when absent."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ctwork.case.outlet import Row
from ctwork.model.column import resolve

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

STANDARD = (
    "eventTime",
    "principal",
    "userIdentity.accessKeyId",
    "sourceIPAddress",
    "awsRegion",
    "service",
    "eventName",
    "resource",
    "outcome",
    "errorCode",
    "eventID",
)
"""The columns of events unless others are asked for."""
_STEP = 16_384


def cells_of(
    store: "Store",
    view: "View",
    names: Sequence[str],
    time_text: Callable[[str], str] = str,
    limit: int | None = None,
) -> Iterator[Row]:
    """The cells of each event of `view` in its order, by the names asked for; `time_text` tells the times."""
    step = _STEP if limit is None else min(max(limit, 1), _STEP)
    readers = [reader(store, name, time_text) for name in names]
    for offset in range(0, view.total, step):
        rows = view.slice(offset, step)
        for cells in zip(*(read(rows) for read in readers), strict=True):
            yield dict(zip(names, cells, strict=True))


def reader(store: "Store", name: str, time_text: Callable[[str], str] = str) -> Callable[[Any], list[Any]]:
    """How the cells of a column are read, for an array of rows. Raises LensError for an unknown column."""
    column = resolve(name)
    frame = store.frame
    if column.kind == "time":
        return lambda rows: [time_text(text) if text else None for text in frame.texts(column.name, rows)]
    if column.kind in ("set", "mark"):
        return lambda rows: frame.value_lists(column.name, rows)
    if column.kind == "path":
        return lambda rows: [_one(values) for values in frame.value_lists(column.name, rows)]
    kinds: dict[str, Callable[[str], Any]] = {"number": int, "flag": "true".__eq__}
    typed = kinds.get(column.kind, str)
    return lambda rows: [typed(text) if text else None for text in frame.texts(column.name, rows)]


def _one(values: list[str]) -> str | list[str] | None:
    return values[0] if len(values) == 1 else values or None
