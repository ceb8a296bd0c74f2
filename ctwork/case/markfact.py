"""What marks say of one record, as a fact beside the others."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ctwork.model.shown import Detail

if TYPE_CHECKING:
    from ctwork.store.store import Store

_SAID = ("severity", "verdict", "tag", "note")


def with_mark(store: "Store", row: int) -> Detail:
    """The event in `row`, read again; the last fact is what is said of it, if anything is."""
    found = store.detail(row)
    if store.frame.marks is None:
        return found
    rows = store.rows([row])
    said = [", ".join(values) for column in _SAID if (values := store.frame.value_lists(column, rows)[0])]
    kinds = store.frame.value_lists("mark", rows)[0]
    if not kinds:
        return found
    text = " · ".join(said) or "bookmarked"
    return replace(found, facts=(*found.facts, ("mark", text)))
