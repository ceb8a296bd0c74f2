"""What a case says at its last change: the state that bundles and reports are made of, the same each time."""

from collections.abc import Mapping
from dataclasses import dataclass

from ctwork.case.casebook import Casebook
from ctwork.model.annotation import Annotation
from ctwork.model.entry import NOWHERE, Anchor, Entry
from ctwork.model.savedlens import SavedLens
from ctwork.model.state import State


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the journal of a case says up to its last change. Looks and exports after that are of no account."""

    case: str
    """What tells this case from any other; "" for one without a journal."""
    entries: tuple[Entry, ...]
    marks: Mapping[str, Annotation]
    lenses: Mapping[str, SavedLens]
    faults: tuple[str, ...]
    """What is wrong with the journal."""

    @classmethod
    def of(cls, casebook: Casebook) -> "Dossier":
        """The journal of `casebook`. Raises CtworkError."""
        until = casebook.settled
        entries = tuple(each for each in casebook.entries() if each.seq <= until.seq)
        state = State.of(entries)
        return cls(casebook.name, entries, state.marks, state.lenses, tuple(casebook.faults([until])))

    @property
    def anchor(self) -> Anchor:
        """The last entry: what is written down elsewhere, so that nothing up to it can be taken away unnoticed."""
        return self.entries[-1].anchor if self.entries else NOWHERE

    @property
    def at_ms(self) -> int:
        """When that was written, in milliseconds since 1970 UTC; 0 without any."""
        return self.entries[-1].at_ms if self.entries else 0
