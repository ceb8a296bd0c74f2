"""What is asked to leave a case, and what came of it. Plain values."""

from dataclasses import dataclass

from ctwork.model.lens import Lens

REDACTIONS = ("nothing", "accounts", "addresses", "names", "all")
"""What is given pseudonyms on request; secrets are taken out in any case, but of the original bytes."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which events leave."""

    name: str
    suffix: str
    """The end of a file name that asks for it."""
    told: str
    """What it is, in one line."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Which events are to leave, in which form, into which file."""

    lens: Lens
    marked: bool
    """Only events that are marked themselves."""
    form: str
    path: str
    redact: str = REDACTIONS[0]


@dataclass(frozen=True, slots=True)
class Left:
    """What left."""

    name: str
    events: int
    sha256: str
    """Of the file with the events."""
    problems: int
    """Events whose original bytes could not be had."""
