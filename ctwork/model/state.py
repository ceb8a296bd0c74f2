"""What a journal amounts to: the marks and saved lenses after its last entry, and what undo and redo would do.

An entry that changes marks holds the whole annotation of every target afterwards, None for one that is no longer
marked. So the state is the last word on each target, and taking a deed back is one more entry with the words before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ctwork.model.annotation import NOTHING_SAID, Annotation, Change, Clash, Union
from ctwork.model.entry import Entry
from ctwork.model.savedlens import SavedLens

Rows = dict[str, dict[str, Any] | None]
"""Per target its annotation as `Annotation.row`; None where it is no longer marked."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A change of marks that can be taken back, or done again."""

    seq: int
    before: Mapping[str, Annotation | None]
    after: Mapping[str, Annotation | None]


@dataclass(slots=True)
class State:
    """The marks and saved lenses of a case. Changed only by `apply`, entry by entry."""

    marks: dict[str, Annotation] = field(default_factory=dict)
    """By the text of the target."""
    lenses: dict[str, SavedLens] = field(default_factory=dict)
    done: list[Deed] = field(default_factory=list)
    undone: list[Deed] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "State":
        """The state after all of `entries`."""
        state = cls()
        for each in entries:
            state.apply(each)
        return state

    def apply(self, entry: Entry) -> None:
        """Takes one entry in."""
        payload = entry.payload
        for name, kept in payload.get("lenses", {}).items():
            self.lenses.pop(name, None)
            if kept is not None:
                self.lenses[name] = SavedLens(name, kept["lens"], kept["saved_ms"])
        rows: Rows = payload.get("marks", {})
        if not rows:
            return
        after = {target: None if row is None else Annotation.of(row) for target, row in rows.items()}
        before = {target: self.marks.get(target) for target in after}
        # A journal that was tampered with may take back what was never done: that is for the check to tell.
        if entry.kind == "undo" and self.done:
            self.undone.append(self.done.pop())
        elif entry.kind == "redo" and self.undone:
            self.done.append(self.undone.pop())
        else:
            self.done.append(Deed(entry.seq, before, after))
            self.undone.clear()
        for target, annotation in after.items():
            if annotation is None:
                self.marks.pop(target, None)
            else:
                self.marks[target] = annotation

    def changing(self, targets: Mapping[str, Annotation], change: Change, author: str, at_ms: int) -> Rows:
        """What an entry has to hold for `change` to be made to each target; empty when that changes nothing.

        The values of `targets` are what is taken for said of one that is not marked yet: what it looks like.
        """
        rows: Rows = {}
        for target, fresh in targets.items():
            before = self.marks.get(target, fresh)
            after = change.applied(before, author, at_ms)
            if after != before:
                rows[target] = after.row() if after.says_something else None
        return {target: row for target, row in rows.items() if row is not None or target in self.marks}

    def merging(self, theirs: Mapping[str, Annotation]) -> tuple[Rows, list[Clash]]:
        """What an entry has to hold for the marks of another case to stand here too, and where the two differ."""
        union, rows = Union(), {}
        for target, annotation in theirs.items():
            ours = self.marks.get(target, NOTHING_SAID)
            both = annotation if ours is NOTHING_SAID else union.of(target, ours, annotation)
            if both != ours:
                rows[target] = both.row()
        return dict(rows), union.clashes

    def undoing(self) -> tuple[int, Rows] | None:
        """Which entry undo takes back, and what it has to hold; None when there is nothing to take back."""
        return (self.done[-1].seq, _rows(self.done[-1].before)) if self.done else None

    def redoing(self) -> tuple[int, Rows] | None:
        """Which entry redo does again; None when none was taken back since the last change."""
        return (self.undone[-1].seq, _rows(self.undone[-1].after)) if self.undone else None


def _rows(annotations: Mapping[str, Annotation | None]) -> Rows:
    return {target: None if each is None else each.row() for target, each in annotations.items()}
