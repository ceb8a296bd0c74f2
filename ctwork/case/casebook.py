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

from ctwork.case.custody import Actor, Holder
from ctwork.case.ledger import FILE, Ledger, held
from ctwork.case.olderlens import FILE as OLDER
from ctwork.case.olderlens import older_lenses
from ctwork.errors import CaseError, UsageError
from ctwork.model.annotation import Annotation, Change, Clash
from ctwork.model.entry import LOOKS, NOWHERE, Anchor, Entry, entry, faults
from ctwork.model.state import Rows, State

MARKED_AT_ONCE = 100_000
_FAULTS_TOLD = 20


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
    """The journal of a case and what it amounts to. Opened by the first call that needs it."""

    def __init__(self, folder: Path, actor: Actor | None = None, clock: Callable[[], int] = now_ms) -> None:
        self._folder = folder
        self._actor = actor or Actor.here()
        self._clock = clock
        self._turn = RLock()
        self._ledger: Ledger | None = None
        self._state = State()
        self._seen = NOWHERE
        self._settled = NOWHERE
        self._faults: list[str] = []

    @property
    def begun(self) -> bool:
        """Whether there is a journal yet: to ask must not begin one."""
        return self._ledger is not None or any((self._folder / name).exists() for name in (FILE, OLDER))

    # -- in hand ------------------------------------------------------------------------------------------------

    def take(self, *, force: bool = False) -> bool:
        """Takes the case in hand; False when another has it. With `force` it is taken from him. Raises CtworkError."""
        with self._turn:
            ledger = self._open()
            if not ledger.take(self._clock(), force=force):
                return False
            self._catch_up()
            return True

    @property
    def refusal(self) -> CaseError:
        """Why the case cannot be taken in hand: who has it."""
        with self._turn:
            return held(self._open().holder)

    def standing(self) -> Standing:
        """How the case stands now, what others wrote meanwhile included. Raises CtworkError."""
        with self._turn:
            ledger = self._open()
            self._catch_up()
            return Standing(
                self._seen, len(self._state.marks), ledger.holds, ledger.holder, tuple(self._faults), ledger.on_network
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
            self._open()
            self._catch_up()
            return dict(self._state.marks)

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
            self._in_hand()
            rows = self._state.changing(targets, change, self._actor.name, self._clock())
            if rows:
                self._add("mark", {"marks": rows, "count": len(rows), **({"lens": lens} if lens else {})})
            return len(rows)

    def undo(self) -> int:
        """Takes the last change of marks back; returns how many targets that changed. Raises as `mark`."""
        return self._turn_back("undo", self._in_hand().undoing)

    def redo(self) -> int:
        """Does again what `undo` took back, likewise."""
        return self._turn_back("redo", self._in_hand().redoing)

    def _turn_back(self, kind: str, found: Callable[[], tuple[int, Rows] | None]) -> int:
        with self._turn:
            deed = found()
            if deed is None:
                return 0
            seq, rows = deed
            self._add(kind, {"of": seq, "marks": rows, "count": len(rows)})
            return len(rows)

    def merge(self, other: Path) -> Merged:
        """Takes in the marks of the case in the folder `other`. Raises UsageError, CaseError, EnvironmentFailure."""
        if not (other / FILE).is_file():
            raise UsageError(f"{other} is no case with marks", "name the folder of the other case")
        if (other / FILE).resolve() == (self._folder / FILE).resolve():
            raise UsageError("a case cannot be merged with itself", "name the folder of the other case")
        theirs = Casebook(other, self._actor)
        try:
            marks, standing, case = theirs.marks(), theirs.standing(), theirs.name
        finally:
            theirs.close()
        if standing.faults:
            raise CaseError(f"the journal of {other} is not whole: {standing.faults[0]}", "`ctwork journal --check`")
        with self._turn:
            rows, clashes = self._in_hand().merging(marks)
            if rows:
                told = [[each.target, each.part, each.kept, each.given_way] for each in clashes]
                source = {"case": case, "head": str(standing.head)}
                self._add("merge", {"marks": rows, "count": len(rows), "from": source, "clashes": told})
            return Merged(len(rows), tuple(clashes))

    # -- journal ------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What tells this case from any other, wherever it is copied; "" before its first entry."""
        first = next(iter(self.entries()), None)
        return "" if first is None else str(first.payload.get("case", ""))

    @property
    def head(self) -> Anchor:
        """The last entry."""
        return self.standing().head

    @property
    def settled(self) -> Anchor:
        """The last entry that changed something: the same before and after an export, which is an entry, too."""
        with self._turn:
            self._open()
            self._catch_up()
            return self._settled

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The entries behind number `after`."""
        with self._turn:
            return self._open().entries(after)

    def faults(self, anchors: Iterable[Anchor] = ()) -> Sequence[str]:
        """What is wrong with the journal, a sentence each; an end that was cut off shows against `anchors` only."""
        return tuple(faults(self.entries(), anchors))

    def note(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        """Writes down what changes no mark: a look, a load, an export. Raises UsageError, EnvironmentFailure."""
        with self._turn:
            self._open()
            return self._add(kind, payload)

    def copy(self, target: Path) -> None:
        """The journal as one complete file. Raises EnvironmentFailure."""
        with self._turn:
            self._open().copy(target)

    @property
    def state(self) -> State:
        """The live state: for those who fold further; not to be changed."""
        with self._turn:
            self._open()
            self._catch_up()
            return self._state

    def save_lens(self, name: str, lens: str | None) -> int:
        """Gives `lens` a name, or with None takes the name away; returns when. Raises as `mark`."""
        with self._turn:
            self._in_hand()
            at_ms = self._clock()
            self._add("lens", {"lenses": {name: None if lens is None else {"lens": lens, "saved_ms": at_ms}}})
            return at_ms

    # -- within -------------------------------------------------------------------------------------------------

    def _open(self) -> Ledger:
        if self._ledger is None:
            self._ledger = Ledger(self._folder, self._actor, self._begin)
        return self._ledger

    def _begin(self) -> Entry:
        """The first entry: what tells this case from any other, and the lenses of a case that had no journal yet."""
        payload = {"case": str(uuid.uuid4()), **older_lenses(self._folder)}
        return entry(NOWHERE, self._clock(), self._actor.name, self._actor.host, self._actor.tool, "begin", payload)

    def _in_hand(self) -> State:
        """The state, brought up to date, of a case in hand. Raises CaseHeld."""
        ledger = self._open()
        if not ledger.holds and not self.take():
            raise held(ledger.holder)
        self._catch_up()
        return self._state

    def _add(self, kind: str, payload: Mapping[str, Any]) -> Entry:
        added = self._open().append(kind, payload, self._clock())
        self._catch_up()
        return added

    def _catch_up(self) -> None:
        """Takes in what was written since the last look, and looks whether it is whole."""
        ledger = self._open()
        if ledger.head == self._seen:
            return
        for each in ledger.entries(self._seen.seq):
            self._faults += faults([each], before=self._seen)
            # What was changed afterwards is told, and not taken for what was said.
            if each.is_whole:
                self._apply(each)
            del self._faults[_FAULTS_TOLD:]
            self._seen = each.anchor
            if each.kind not in LOOKS:
                self._settled = each.anchor

    def _apply(self, new: Entry) -> None:
        try:
            self._state.apply(new)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            self._faults.append(f"entry {new.seq} cannot be understood: {problem}")
