"""What the sources held when they were listed."""

from dataclasses import dataclass

from ctwork.sources.base import Issue


@dataclass(frozen=True, slots=True)
class Listing:
    """The outcome of one walk."""

    present: frozenset[str]
    """Names of all blobs."""
    issues: tuple[Issue, ...]
    complete: bool
    """False when the load was stopped before everything listed was read."""
    exposed: frozenset[tuple[bytes, bool]] = frozenset()
    """Archives and folders that the walk has opened, with a moved access time perhaps: path, and whether a folder."""
