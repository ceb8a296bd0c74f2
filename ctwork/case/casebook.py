"""What an investigator does in one case: marks, takes back, saves lenses, merges; each deed an entry of the journal.

Nothing is said to be done before it is on the disk. Whoever does not have the case in hand may look and take something
out, and no more. Every call may wait for the disk: call it in a thread.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from ctwork.case.account import Account
from ctwork.case.custody import Actor, Holder
from ctwork.case.ledger import FILE, Ledger, held
from ctwork.case.olderlens import FILE as OLDER
from ctwork.case.olderlens import older_lenses
from ctwork.errors import CaseError, UsageError
from ctwork.model.annotation import Annotation, Change, Clash
from ctwork.model.entry import NOWHERE, Anchor, Entry, entry, faults
from ctwork.model.state import Rows, State

MARKED_AT_ONCE = 100_000


def now_ms() -> int:
    """Milliseconds since 1970 UTC, by this machine's clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands: what a status line says of it."""

    head: Anchor
    marks: int
    in_hand: bool
    """Whether what is done here is written."""
    holder: Holder | None
    """Who has it in hand, this process included."""
    faults: tuple[str, ...]
    """What is wrong with its journal, a sentence each."""
    on_network: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of another case's marks."""

    marks: int
    """Targets that are said more of now."""
    clashes: tuple[Clash, ...]


class Casebook:
    """The journal of a case and what it amounts to. Opened by the first call that needs it, begun by the first deed.

    To read never begins one: where there is none, there are no marks, no entries and no faults.
    """

    def __init__(self, folder: Path, actor: Actor | None = None, clock: Callable[[], int] = now_ms) -> None:
        self.folder = folder
        self._actor = actor or Actor.here()
        self._clock = clock
        self._turn = RLock()
        self._ledger: Ledger | None = None
        self._account = Account()

    @property
    def begun(self) -> bool:
        """Whether there is a journal yet."""
        return self._ledger is not None or any((self.folder / name).exists() for name in (FILE, OLDER))

    # -- in hand ------------------------------------------------------------------------------------------------

    def take(self, *, force: bool = False) -> bool:
        """Takes the case in hand; False when another has it. With `force` it is taken from him. Raises CtworkError."""
        with self._turn:
            if not self._open().take(self._clock(), force=force):
                return False
            self._read()
            return True

    def hold(self, *, force: bool = False) -> State:
        """The state, not to be changed, of a case that is in hand or is taken in hand now. Raises CaseHeld as well."""
        with self._turn:
            ledger = self._open()
            if not ledger.holds and not self.take(force=force):
                raise held(ledger.holder)
            return self._read().state

    def standing(self) -> Standing:
        """How the case stands now, what others wrote meanwhile included. Raises CtworkError."""
        with self._turn:
            told, ledger = self._read(), self._ledger
            if ledger is None:
                return Standing(told.seen, 0, True, None, (), False)
            return Standing(
                told.seen, len(told.state.marks), ledger.holds, ledger.holder, tuple(told.faults), ledger.on_network
            )

    def close(self) -> None:
        """Gives the case out of hand."""
        with self._turn:
            if self._ledger is not None:
                self._ledger.close()
                self._ledger = None

    # -- marks --------------------------------------------------------------------------------------------------

    def marks(self) -> Mapping[str, Annotation]:
        """What is said, by the text of the target, in the order in which it was first said. A copy."""
        with self._turn:
            return dict(self._read().state.marks)

    def mark(self, targets: Mapping[str, Annotation], change: Change, lens: str = "") -> int:
        """Makes `change` to each target in one deed; returns how many it changed.

        The values of `targets` are what a target looks like that is not marked yet; `lens` is what chose them. Raises
        UsageError for more than `MARKED_AT_ONCE`, CaseHeld, EnvironmentFailure.
        """
        if len(targets) > MARKED_AT_ONCE:
            raise UsageError(
                f"{len(targets):,} events at once are more than {MARKED_AT_ONCE:,}",
                "narrow the lens; a lens is saved with S, and a value is marked once for all its events",
            )
        with self._turn:
            rows = self.hold().changing(targets, change, self._actor.name, self._clock())
            if rows:
                self.note("mark", {"marks": rows, "count": len(rows), **({"lens": lens} if lens else {})})
            return len(rows)

    def undo(self) -> int:
        """Takes the last change of marks back; returns how many targets that changed. Raises as `mark`."""
        return self._turn_back("undo", State.undoing)

    def redo(self) -> int:
        """Does again what `undo` took back, likewise."""
        return self._turn_back("redo", State.redoing)

    def _turn_back(self, kind: str, found: Callable[[State], tuple[int, Rows] | None]) -> int:
        with self._turn:
            deed = found(self.hold()) if self.begun else None
            if deed is None:
                return 0
            seq, rows = deed
            self.note(kind, {"of": seq, "marks": rows, "count": len(rows)})
            return len(rows)

    def merge(self, other: Path) -> Merged:
        """Takes in the marks of the case in the folder `other`. Raises UsageError, CaseError, EnvironmentFailure."""
        if not (other / FILE).is_file():
            raise UsageError(f"{other} is no case with marks", "name the folder of the other case")
        if (other / FILE).resolve() == (self.folder / FILE).resolve():
            raise UsageError("a case cannot be merged with itself", "name the folder of the other case")
        theirs = Casebook(other, self._actor)
        try:
            marks, standing, case = theirs.marks(), theirs.standing(), theirs.name
        finally:
            theirs.close()
        if standing.faults:
            raise CaseError(f"the journal of {other} is not whole: {standing.faults[0]}", "`ctwork journal --check`")
        with self._turn:
            rows, clashes = self.hold().merging(marks)
            if rows:
                told = [[each.target, each.part, each.kept, each.given_way] for each in clashes]
                source = {"case": case, "head": str(standing.head)}
                self.note("merge", {"marks": rows, "count": len(rows), "from": source, "clashes": told})
            return Merged(len(rows), tuple(clashes))

    # -- journal ------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What tells this case from any other, wherever it is copied; "" before its first entry."""
        first = next(self.entries(limit=1), None)
        return "" if first is None else str(first.payload.get("case", ""))

    @property
    def head(self) -> Anchor:
        """The last entry."""
        return self.standing().head

    @property
    def settled(self) -> Anchor:
        """The last entry that changed something: the same before and after an export, which is an entry, too."""
        with self._turn:
            return self._read().settled

    def entries(self, after: int = 0, limit: int = -1) -> Iterator[Entry]:
        """The first `limit` entries behind number `after`, or all of them."""
        with self._turn:
            return self._open().entries(after, limit) if self.begun else iter(())

    def last(self, kind: str) -> Entry | None:
        """The last entry of a kind; None where there is none."""
        with self._turn:
            return self._open().last(kind) if self.begun else None

    def faults(self, anchors: Iterable[Anchor] = ()) -> Sequence[str]:
        """What is wrong with the journal, a sentence each; an end that was cut off shows against `anchors` only."""
        return tuple(faults(self.entries(), anchors)) if self.begun else ()

    def note(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        """Adds an entry: a look, a load, an export; one that changes marks wants the case in hand.

        Raises CaseHeld, UsageError, EnvironmentFailure; then nothing was added.
        """
        with self._turn:
            added = self._open().append(kind, payload, self._clock())
            if added.previous == self._account.seen.hash:
                self._account.add(added)
            else:
                self._read()
            return added

    def copy(self, target: Path) -> None:
        """The journal as one complete file. Raises EnvironmentFailure."""
        with self._turn:
            self._open().copy(target)

    @property
    def state(self) -> State:
        """The live state: for those who fold further; not to be changed."""
        with self._turn:
            return self._read().state

    def save_lens(self, name: str, lens: str | None) -> int:
        """Gives `lens` a name, or with None takes the name away; returns when. Raises as `mark`."""
        with self._turn:
            self.hold()
            at_ms = self._clock()
            self.note("lens", {"lenses": {name: None if lens is None else {"lens": lens, "saved_ms": at_ms}}})
            return at_ms

    # -- within -------------------------------------------------------------------------------------------------

    def _open(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self.folder, self._actor, lambda: _first(self.folder, self._actor, self._clock()))
        return self._ledger

    def _read(self) -> Account:
        """What the journal amounts to, what was written since the last look included; nothing where none is begun."""
        if self.begun:
            ledger = self._open()
            if ledger.head != self._account.seen:
                self._account.read(ledger.entries(self._account.seen.seq))
        return self._account


def begin(book: Casebook) -> None:
    """Begins the journal of a case that has none: what leaves the house names its head. Raises CtworkError."""
    if not book.begun:
        book.take()


def _first(folder: Path, actor: Actor, at_ms: int) -> Entry:
    """The first entry: what tells this case from any other, and the lenses of a case that had no journal yet."""
    payload = {"case": str(uuid.uuid4()), **older_lenses(folder)}
    return entry(NOWHERE, at_ms, actor.name, actor.host, actor.tool, "begin", payload)
