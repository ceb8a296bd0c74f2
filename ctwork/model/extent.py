"""How far the events of a case reach: their time, accounts and regions. Plain values, all text raw."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """What the events of a case are of."""

    first: str
    """Time of the first event, as the lens language writes it; "" when no event has one."""
    last: str
    accounts: tuple[str, ...]
    """In order of their names."""
    regions: tuple[str, ...]
