"""A report as plain blocks: what it says, and nothing of how that looks. Text that is a `Value` is not ours: raw."""

from dataclasses import dataclass

from ctwork.model.shown import Histogram


@dataclass(frozen=True, slots=True)
class Value:
    """Text from the evidence, or a name that somebody gave. It may hold anything."""

    text: str


Inline = str | Value
Cell = Inline | tuple[Inline, ...]
"""Several parts stand beside each other."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, 1 for that of the whole."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...] = ()
    """Which columns hold numbers."""


@dataclass(frozen=True, slots=True)
class Note:
    """What an investigator wrote, in Markdown: raw."""

    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Marked events in one bucket of the picture."""

    count: int
    severity: str
    """The gravest; "" when none has one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Events over time, and which of the buckets hold marked ones."""

    histogram: Histogram
    flags: tuple[tuple[int, Flag], ...]
    """By bucket, ascending."""


Block = Heading | Text | Bullets | Table | Note | Picture


def text(*parts: Inline) -> Text:
    """A paragraph of `parts`."""
    return Text(parts)
