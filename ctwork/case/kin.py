"""What one event of a store has to do with others: the records beside it, and the events that are related to it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ctwork.errors import UsageError
from ctwork.model.difference import Compared, compared, fields_of
from ctwork.model.lens import Lens
from ctwork.model.relation import Relation, around, relations

if TYPE_CHECKING:
    from ctwork.model.shown import Line
    from ctwork.store.store import Store


def rows_of(store: "Store", event_id: str) -> list[int]:
    """The rows with that eventID, several when their bytes differ. Raises UsageError without any."""
    found = store.find(event_id)
    if not found:
        raise UsageError(f"no event has the id {event_id}", "`ctwork events` lists ids; an id is a whole eventID")
    return found


def differing(store: "Store", left_id: str, right_id: str) -> list[Compared]:
    """Every field of two events; of one eventID, of the first two records that have it and differ."""
    left, *others = rows_of(store, left_id)
    right = (others or [left])[0] if left_id == right_id else rows_of(store, right_id)[0]
    return compared(*(fields_of(store.detail(row).document) for row in (left, right)))


def near(store: "Store", event_id: str, minutes: int) -> Lens:
    """All events of the principal of an event, so many minutes before and after. Raises UsageError."""
    lens = around(_line(store, rows_of(store, event_id)[0]), minutes)
    if lens is None:
        raise UsageError("this event has no principal, or no time", "`ctwork related` looks for what else it shares")
    return lens


def related(store: "Store", event_id: str) -> Iterator[tuple[Relation, int]]:
    """What leads away from an event, nearest first, with the number of events there, itself among them."""
    row = rows_of(store, event_id)[0]
    for relation in relations(_line(store, row), store.detail(row).document):
        yield relation, store.look(relation.lens).total


def _line(store: "Store", row: int) -> "Line":
    from ctwork.store.line import read_lines  # numpy: the store has brought it along

    return read_lines(store.frame, store.rows([row]))[0]
