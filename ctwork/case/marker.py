"""The marks of an opening case as its workbench sees them: made, taken back, listed, and found in whichever store.

Every call may wait for the disk and belongs in a thread. Nothing here begins a journal but a change.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.case.casebook import MARKED_AT_ONCE, Casebook, Standing
from ctwork.case.custody import Holder
from ctwork.case.recent import recent_cases
from ctwork.case.seen import seen_as
from ctwork.config import data_folder
from ctwork.errors import CaseError, CtworkError, UsageError
from ctwork.model.annotation import NOTHING_SAID, Annotation, Change
from ctwork.model.entry import Entry
from ctwork.model.lens import Lens
from ctwork.model.marked import Deed, Hold, KnownCase, Listed, Marking, Subject
from ctwork.model.shown import Line

if TYPE_CHECKING:
    from ctwork.store.store import Store

_LINES = 2_000
"""Marked events that are told line by line: the ones marked last."""

Newest = Callable[[], "tuple[int, Store | None]"]
"""The generation of the newest store, and the store."""


class Marker:
    """What an investigator does with marks in one workbench."""

    def __init__(
        self,
        book: Casebook,
        folder: Path,
        newest: Newest,
        find: Callable[[int, int], int | None],
        renew: Callable[[], None],
    ) -> None:
        """`find` tells the row, in the store of a generation, of an event seen in any; `renew` puts marks in force."""
        self._book = book
        self._folder = folder
        self._newest = newest
        self._find = find
        self._renew = renew
        self._trouble = ""
        self._seen: Mapping[str, Annotation] = {}
        self._turn = threading.Lock()

    # -- how the case stands ------------------------------------------------------------------------------------

    def hold(self) -> Hold:
        """How the case stands; one that nobody has in hand is taken in hand. Never raises."""
        try:
            if not self._book.standing().in_hand:
                self._book.take()
            return self._told()
        except CtworkError as problem:
            return Hold(known=True, in_hand=False, trouble=f"{problem.title}. {problem.hint}")

    def take(self, *, force: bool) -> Hold:
        """Takes the case in hand, with `force` also from another. Raises CaseHeld, CtworkError."""
        self._book.hold(force=force)
        self._renew()
        return self._told()

    def _told(self) -> Hold:
        found: Standing = self._book.standing()
        holder = None if found.in_hand else found.holder
        return Hold(
            known=True,
            head=found.head,
            marks=found.marks,
            in_hand=found.in_hand,
            holder=_named(holder),
            since_ms=0 if holder is None else holder.since_ms,
            faults=found.faults,
            on_network=found.on_network,
            trouble=self._trouble,
        )

    # -- marks --------------------------------------------------------------------------------------------------

    def known(self) -> Mapping[str, Annotation]:
        """The marks as far as they can be read: a journal that cannot be read hides no event."""
        try:
            self._seen = self._book.marks()
            self._trouble = ""
        except CtworkError as problem:
            self._trouble = f"{problem.title}. {problem.hint}"
        return self._seen

    def lines(self) -> Sequence[Line]:
        """The marked events that are here, the one marked last at the end."""
        generation, store = self._newest()
        if store is None or not (places := store.places()):
            return ()
        from ctwork.store.line import read_lines  # polars, which a store has loaded

        marks = self._seen
        found = sorted((marks[text].changed_ms, row) for text, row in places.items() if text in marks)
        rows = store.rows([row for _, row in found[-_LINES:]])
        return read_lines(store.frame, rows, seen_as(generation, 0))

    def said_of(self, subject: Subject) -> Annotation:
        """What is said of one thing so far. Raises CtworkError."""
        if subject.lens is not None:
            return NOTHING_SAID
        return self.known().get(next(iter(self._targets(subject))), NOTHING_SAID)

    def tags(self) -> Sequence[str]:
        """The tags that were given so far. Raises CtworkError."""
        marks = self._book.marks()
        return sorted({tag for said in marks.values() for tag in said.tags})

    def toggle(self, row: int) -> Marking:
        """Sets a bookmark on the event, or takes it away. Raises CtworkError."""
        with self._turn:
            targets = self._targets(Subject(row=row))
            before = self.known().get(next(iter(targets)), NOTHING_SAID)
            return self._change(targets, Change(bookmark=not before.bookmark))

    def mark(self, subject: Subject, change: Change) -> Marking:
        """Makes `change` to all of `subject` in one deed. Raises CaseHeld, CtworkError; then nothing was changed."""
        with self._turn:
            return self._change(self._targets(subject), change, str(subject.lens or ""))

    def count(self, lens: Lens) -> int:
        """How many events `lens` shows."""
        _, store = self._newest()
        return 0 if store is None else store.look(lens).total

    def undo(self) -> Marking:
        """Takes the last change of marks back. Raises as `mark`."""
        with self._turn:
            return self._done(self._book.undo())

    def redo(self) -> Marking:
        """Does it again, likewise."""
        with self._turn:
            return self._done(self._book.redo())

    def _change(self, targets: Mapping[str, Annotation], change: Change, lens: str = "") -> Marking:
        changed = self._book.mark(targets, change, lens)
        only = next(iter(targets)) if len(targets) == 1 else None
        return self._done(changed, only)

    def _done(self, changed: int, only: str | None = None) -> Marking:
        """What to tell of a change that is on the disk."""
        self._renew()
        said = None if only is None else self._seen.get(only, NOTHING_SAID)
        return Marking(changed, self._told(), self.lines(), said)

    def _targets(self, subject: Subject) -> Mapping[str, Annotation]:
        if subject.target is not None:
            return {str(subject.target): NOTHING_SAID}
        generation, store = self._newest()
        if store is None:
            raise CaseError("these events are still being read", "mark them again in a moment")
        if subject.lens is not None:
            return store.targets(rows_shown(store, subject.lens))
        row = None if subject.row is None else self._find(generation, subject.row)
        if row is None:
            raise CaseError("the load has gone on since this was shown", "move the cursor, then mark it again")
        return store.targets([row])

    # -- lists --------------------------------------------------------------------------------------------------

    def listed(self) -> Sequence[Listed]:
        """Every mark, as it was first made. Raises CtworkError."""
        marks = self._book.marks()
        generation, store = self._newest()
        places = {} if store is None else store.places()
        strays = set() if store is None else set(store.strays())
        return [
            Listed(
                text,
                said,
                seen_as(generation, places[text]) if text in places else None,
                text not in strays,
            )
            for text, said in marks.items()
        ]

    def cases(self) -> Sequence[KnownCase]:
        """The cases of this user, the one used last first."""
        return recent_cases(data_folder(), self._folder)

    def deeds(self, limit: int) -> Sequence[Deed]:
        """The last entries of the journal, the newest first, without looks. Raises CtworkError."""
        entries = [each for each in self._book.entries() if each.kind != "look"]
        return [_deed(each) for each in reversed(entries[-limit:])]


def rows_shown(store: "Store", lens: Lens) -> list[int]:
    """The events of a lens, to be marked at once. Raises UsageError when they are too many."""
    view = store.look(lens)
    if view.total > MARKED_AT_ONCE:
        raise UsageError(f"the lens shows {view.total:,} events, more than {MARKED_AT_ONCE:,}", "narrow it")
    rows: list[int] = view.slice(0, view.total).tolist()
    return rows


def _deed(entry: Entry) -> Deed:
    payload = {name: value for name, value in entry.payload.items() if name not in ("marks", "lenses")}
    return Deed(entry.seq, entry.at_ms, entry.actor, entry.host, entry.tool, entry.kind, payload, entry.hash)


def _named(holder: Holder | None) -> str:
    return "" if holder is None else f"{holder.actor}@{holder.host}"
