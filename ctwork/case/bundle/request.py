"""What a bundle is asked to hold, how far one has come, and what came of it. Plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.model.annotation import Annotation
from ctwork.model.entry import NOWHERE, Anchor, Entry
from ctwork.model.lens import Lens
from ctwork.model.savedlens import SavedLens
from ctwork.model.state import State

if TYPE_CHECKING:
    from ctwork.case.casebook import Casebook
    from ctwork.store.store import Store


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
    def of(cls, casebook: "Casebook") -> "Dossier":
        """The journal of `casebook`, which is not begun by this. Raises CtworkError."""
        if not casebook.begun:
            return EMPTY
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


EMPTY = Dossier("", (), {}, {}, ())


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What to pack."""

    store: "Store"
    lens: Lens
    dossier: Dossier
    with_sources: bool = False
    key: Path | None = None
    """What to sign with: a private key, or a public one whose private part an agent holds. None for no signature."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How far a bundle, or the check of one, has come."""

    step: str
    done: int
    total: int


Told = Callable[[Packing], None]


@dataclass(frozen=True, slots=True)
class BundleDone:
    """A bundle that lies whole on the disk."""

    files: int
    """Payload files."""
    records: int
    sha256: str
    """Of its tag manifest, which stands for every byte in it."""
    unreadable: int
    """Events whose original bytes could not be had any more."""
    troubles: tuple[str, ...]
    """What its reader has to know, a sentence each."""
