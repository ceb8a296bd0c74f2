"""Marks as screens show them: of one event, of a whole case, and what is asked to be marked. Plain values, raw text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctwork.model.annotation import Annotation
from ctwork.model.entry import NOWHERE, Anchor
from ctwork.model.lens import Lens
from ctwork.model.shown import Line
from ctwork.model.target import Target


@dataclass(frozen=True, slots=True)
class Hold:
    """How a case stands: its journal, and whether what is done here is written."""

    known: bool = False
    """Whether anybody has looked yet."""
    head: Anchor = NOWHERE
    """The last entry of the journal."""
    marks: int = 0
    in_hand: bool = True
    holder: str = ""
    """Who else has the case in hand, ``user@host``; "" for nobody."""
    since_ms: int = 0
    faults: tuple[str, ...] = ()
    """What is wrong with the journal, a sentence each."""
    on_network: bool = False
    trouble: str = ""
    """Why the journal cannot be read or written at all."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be marked: one event on screen, what a target names, or all that a lens shows."""

    row: int | None = None
    target: Target | None = None
    lens: Lens | None = None


@dataclass(frozen=True, slots=True)
class Marking:
    """What came of a change, once it is on the disk."""

    changed: int
    """Targets that are said something else of now."""
    hold: Hold
    lines: Sequence[Line]
    """The marked events, the one marked last at the end."""
    said: Annotation | None = None
    """What is said now of the one thing that was marked; None when it were several."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One mark of a case."""

    target: str
    said: Annotation
    row: int | None
    """The event, where it is here; None for what is no event, too."""
    here: bool
    """Whether the evidence is here: what is no event always is."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the journal, without the marks it holds."""

    seq: int
    at_ms: int
    actor: str
    host: str
    tool: str
    kind: str
    payload: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case of this user."""

    folder: str
    sources: tuple[str, ...]
    opened_ms: int
    marks: int
    """-1 when it cannot be told."""
    here: bool
    """Whether it is the one that is open."""
