"""What the terminal asks of the marks of a case, as a Protocol. Every method is called in a thread."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ctwork.model.annotation import Annotation, Change
from ctwork.model.leave import Form, Leave, Left
from ctwork.model.legible import grouped
from ctwork.model.lens import Lens
from ctwork.model.marked import Deed, Hold, KnownCase, Listed, Marking, Subject
from ctwork.model.shown import Line

__all__ = [
    "Annotation",
    "Change",
    "Deed",
    "ExportPort",
    "Form",
    "Hold",
    "KnownCase",
    "Listed",
    "MarkPort",
    "Marking",
    "Subject",
]

_HEAD = 8
"""Digits of a hash that people compare."""


def head_text(hold: Hold) -> str:
    """The head of the journal, short: its number and the first digits of its hash; "" before the first entry."""
    return f"#{grouped(hold.head.seq)} {hold.head.hash[:_HEAD]}" if hold.head.seq else ""


class MarkPort(Protocol):
    """The marks of the case. What is returned by a change is on the disk; what raises changed nothing."""

    def hold(self) -> Hold:
        """How the case stands; one that nobody has in hand is taken in hand. Never raises."""
        ...

    def take(self, *, force: bool) -> Hold:
        """Takes the case in hand, with `force` also from another. Raises CtworkError."""
        ...

    def lines(self) -> Sequence[Line]:
        """The marked events that are here, the one marked last at the end."""
        ...

    def said_of(self, subject: Subject) -> Annotation:
        """What is said of one thing so far. Raises CtworkError."""
        ...

    def tags(self) -> Sequence[str]:
        """The tags that were given so far. Raises CtworkError."""
        ...

    def toggle(self, row: int) -> Marking:
        """Sets a bookmark on event `row`, or takes it away. Raises CtworkError."""
        ...

    def mark(self, subject: Subject, change: Change) -> Marking:
        """Makes `change` to all of `subject` in one deed. Raises CtworkError."""
        ...

    def count(self, lens: Lens) -> int:
        """How many events `lens` shows."""
        ...

    def undo(self) -> Marking:
        """Takes the last change of marks back. Raises CtworkError."""
        ...

    def redo(self) -> Marking:
        """Does it again. Raises CtworkError."""
        ...

    def listed(self) -> Sequence[Listed]:
        """Every mark. Raises CtworkError."""
        ...

    def cases(self) -> Sequence[KnownCase]:
        """The cases of this user, the one used last first."""
        ...

    def deeds(self, limit: int) -> Sequence[Deed]:
        """The last entries of the journal, the newest first, without looks. Raises CtworkError."""
        ...


class ExportPort(Protocol):
    """What leaves the case."""

    def forms(self) -> Sequence[Form]:
        """The forms that there are."""
        ...

    def leave(self, wanted: Leave, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Left:
        """Writes a file and its entry in the journal; tells how many events of how many have left.

        Raises CtworkError. When `cancelled()` turns true on the way it raises anything, and nothing is written.
        """
        ...
