"""What the terminal keeps from one session to the next, as two Protocols. Every method is called in a thread."""

from collections.abc import Sequence
from typing import Protocol

from ctwork.model.savedlens import SavedLens

__all__ = ["HintPort", "LensPort", "SavedLens"]


class LensPort(Protocol):
    """The lenses of the case. Every method raises CtworkError when the case folder cannot be used."""

    def history(self, limit: int) -> Sequence[str]:
        """Up to `limit` lenses as they were typed, the oldest first."""
        ...

    def remember(self, text: str) -> None:
        """Adds a lens to the history."""
        ...

    def saved(self) -> Sequence[SavedLens]:
        """The lenses that have a name, by name."""
        ...

    def save(self, name: str, text: str) -> SavedLens:
        """Gives a lens a name; one that had it before gives way."""
        ...

    def forget(self, name: str) -> None:
        """Takes a name away."""
        ...


class HintPort(Protocol):
    """Which hints the user has seen."""

    def seen(self, name: str) -> bool:
        """Whether the hint `name` need not be shown."""
        ...

    def dismiss(self, name: str) -> None:
        """Never shows the hint `name` again."""
        ...
