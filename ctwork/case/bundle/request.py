"""What a bundle is asked to hold, how far one has come, and what came of it. Plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.case.dossier import Dossier

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What to pack."""

    store: "Store"
    view: "View"
    """The events. What is said of the load, the marks and the journal is always all there is."""
    dossier: Dossier
    selected: str = ""
    """What else than the lens of `view` chose them, in words."""
    with_sources: bool = False
    key: Path | None = None
    """What to sign with: a private key, or a public one whose private part an agent holds. None for no signature."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How far a bundle, or the check of one, has come."""

    step: str
    done: int
    total: int

    def __str__(self) -> str:
        return f"{self.step} · {100 * self.done // max(self.total, 1)} %"


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
