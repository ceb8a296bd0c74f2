"""What the mark editor holds, as plain values: what may be marked, and the change that was written."""

from dataclasses import dataclass

from ctwork.model.annotation import SEVERITIES, VERDICTS, Annotation, Change
from ctwork.model.lens import Lens
from ctwork.tui import tagging
from ctwork.tui.markport import Subject
from ctwork.tui.widgets.note_area import legible

NONE = "none"
SAME = "as it is"


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the things that may be marked."""

    subject: Subject
    told: str
    """What it is, raw."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Some events that may leave the case."""

    name: str
    """One word."""
    lens: Lens
    told: str
    """What they are, raw."""
    marked: bool = False
    """Only those of the lens that are marked."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the fields."""

    tags: str = ""
    severity: str = NONE
    verdict: str = NONE
    note: str = ""

    @classmethod
    def of(cls, said: Annotation, *, many: bool) -> "Written":
        """The fields for what is said so far; of `many` things nothing is shown, and what is left alone stays."""
        if many:
            return cls(severity=SAME, verdict=SAME)
        return cls(tagging.line_of(said.tags), said.severity or NONE, said.verdict or NONE, legible(said.note))


def severities(*, many: bool) -> tuple[str, ...]:
    """What may be chosen, the mildest first."""
    return (*((SAME,) if many else ()), NONE, *SEVERITIES)


def verdicts(*, many: bool) -> tuple[str, ...]:
    """What may be chosen."""
    return (*((SAME,) if many else ()), NONE, *VERDICTS)


def change_of(written: Written, before: Annotation, *, many: bool) -> Change:
    """What has to change for the fields to be true; a bookmark where nothing is written or said.

    Raises UsageError for a tag or a note that is too long.
    """
    start = Written.of(before, many=many)
    added, dropped = tagging.differing(written.tags, () if many else before.tags)
    change = Change(
        None,
        added,
        dropped,
        None if written.note == start.note else written.note,
        _word(written.severity, start.severity),
        _word(written.verdict, start.verdict),
    )
    if change.is_nothing and (many or not before.says_something):
        return Change(bookmark=True)
    return change


def _word(chosen: str, start: str) -> str | None:
    return None if chosen == start else "" if chosen == NONE else chosen
