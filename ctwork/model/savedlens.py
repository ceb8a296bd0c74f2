"""A lens that was given a name. A plain value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedLens:
    """What a name stands for. Name and text are as they were written down: raw."""

    name: str
    lens: str
    """The text of the lens, its span of time and its order included."""
    saved_ms: int
    """When, in milliseconds since 1970 UTC."""
