"""What marks say of each row of a store, as columns that a frame can search."""

from collections.abc import Mapping
from dataclasses import dataclass

from ctwork.store.columns import Codes, Lists
from ctwork.store.truth import Dictionary


@dataclass(frozen=True, slots=True, eq=False)
class Marking:
    """Marks as columns of one store."""

    codes: Codes
    """Per row of the store, which marks cover it; 0 for none."""
    lists: Mapping[str, Lists]
    """Per mark column the values of each code."""
    dictionaries: Mapping[str, Dictionary]
    rows: Mapping[str, int]
    """The row of each marked record that the store holds, by the text of its target."""
    strays: tuple[str, ...]
    """Marked records that the store does not hold, as their targets are written."""
