"""What a pivot shows of a column: its values, how often each occurs, and what stands beside them. Plain values.

All text is raw: it may hold anything, and passes `legible` before it reaches a terminal.
"""

from dataclasses import dataclass
from typing import Literal

FacetKey = Literal["value", "count", "first", "last", "errors"]
FACET_KEYS: tuple[FacetKey, ...] = ("value", "count", "first", "last", "errors")


@dataclass(frozen=True, slots=True)
class FacetOrder:
    """How the values of a facet are sorted; equal ones go by value."""

    key: FacetKey = "count"
    descending: bool = True


MOST_FIRST = FacetOrder()


@dataclass(frozen=True, slots=True)
class Facets:
    """Which values are asked for: of a column, in an order, and those that `needle` finds."""

    column: str
    """A canonical name or a dotted path."""
    order: FacetOrder = FacetOrder()
    needle: str = ""
    """Fuzzy, without regard to case; "" finds all. While it is not empty the best likeness comes first."""


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One value and what a view holds of it."""

    value: str
    """"" where an event has none."""
    count: int
    first_ms: int | None
    """Milliseconds since 1970 UTC; None when no event of it has a readable time."""
    last_ms: int | None
    errors: int
    """Events whose outcome is not ok."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """What only the rows on screen are worth: a value over time, and how many others it meets."""

    trend: tuple[int, ...]
    """Events per bucket of equal length over the span of the view, oldest first; the same buckets for every row."""
    writes: int
    sessions: int
    """Distinct sessions, as keys and addresses: only values that are not empty."""
    keys: int
    addresses: int
    principal: str
    """Whose its events are, "" for nobody's, ``several`` when they differ."""
    kind: str
    """The `principal_type` of its events, "" for none, ``several`` when they differ."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to complete what is being typed into a lens."""

    field: str
    """The short name of the column that holds the value."""
    value: str
    count: int
    """Events of the whole store with that value."""
