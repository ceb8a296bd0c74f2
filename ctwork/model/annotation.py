"""What an investigator says of something marked: bookmark, tags, note, severity, verdict. Plain values.

An annotation that says nothing is no mark. A `Change` tells which parts become what, and leaves the others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ctwork.errors import UsageError

SEVERITIES = ("info", "low", "medium", "high", "critical")
"""The mildest first."""
VERDICTS = ("benign", "suspicious", "malicious")
NOTE_LIMIT = 65_536
TAG_LIMIT = 100
"""Code points of a note, and of one tag."""


@dataclass(frozen=True, slots=True)
class About:
    """What marked evidence looked like when it was marked, so that it can be told without the evidence. Raw text."""

    time: str = ""
    """The eventTime as the store shows it, "" for none; the other parts likewise."""
    event: str = ""
    principal: str = ""
    address: str = ""
    source: str = ""
    """The name of the file within its source, without the place where that lies."""
    index: int = 0

    def row(self) -> dict[str, Any]:
        """As the journal writes it: only what there is."""
        return {name: value for name in (*_SEEN, "index") if (value := getattr(self, name))}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "About":
        """Back from a journal."""
        time, event, principal, address, source = (str(row.get(name, "")) for name in _SEEN)
        return cls(time, event, principal, address, source, int(row.get("index", 0)))


_SAID = ("bookmark", "note", "severity", "verdict", "author", "changed_ms")
_SEEN = ("time", "event", "principal", "address", "source")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is said of one target."""

    bookmark: bool = False
    tags: tuple[str, ...] = ()
    """Sorted, none twice."""
    note: str = ""
    """Markdown."""
    severity: str = ""
    """One of `SEVERITIES`, or "" for none."""
    verdict: str = ""
    """One of `VERDICTS`, or "" for none."""
    author: str = ""
    """Who changed it last."""
    changed_ms: int = 0
    about: About | None = None
    """None for what is no evidence: a value, a stretch of time, a moment."""

    @property
    def says_something(self) -> bool:
        """Whether it is a mark at all."""
        return bool(self.bookmark or self.tags or self.note or self.severity or self.verdict)

    def row(self) -> dict[str, Any]:
        """As the journal writes it: only what is said."""
        said = {name: value for name in _SAID if (value := getattr(self, name))}
        if self.tags:
            said["tags"] = list(self.tags)
        if self.about is not None and (seen := self.about.row()):
            said["about"] = seen
        return said

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Annotation":
        """Back from `row`; members that are unknown here, of a later version, are passed over."""
        about = row.get("about")
        return cls(
            bookmark=bool(row.get("bookmark", False)),
            tags=tuple(map(str, row.get("tags", ()))),
            note=str(row.get("note", "")),
            severity=str(row.get("severity", "")),
            verdict=str(row.get("verdict", "")),
            author=str(row.get("author", "")),
            changed_ms=int(row.get("changed_ms", 0)),
            about=About.of(about) if isinstance(about, Mapping) else None,
        )


NOTHING_SAID = Annotation()


@dataclass(frozen=True, slots=True)
class Change:
    """Which parts of an annotation become what; None leaves a part as it is."""

    bookmark: bool | None = None
    add_tags: tuple[str, ...] = ()
    drop_tags: tuple[str, ...] = ()
    note: str | None = None
    """"" takes the note away; `severity` and `verdict` likewise."""
    severity: str | None = None
    verdict: str | None = None
    clear: bool = False
    """Whether everything that was said before is taken back first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "add_tags", tuple(map(_tag, self.add_tags)))
        object.__setattr__(self, "drop_tags", tuple(map(_tag, self.drop_tags)))
        if self.note is not None and len(self.note) > NOTE_LIMIT:
            raise UsageError(f"a note holds {NOTE_LIMIT:,} characters", "write the rest into another one")
        _known(self.severity, SEVERITIES, "severity")
        _known(self.verdict, VERDICTS, "verdict")

    @property
    def is_nothing(self) -> bool:
        """Whether it leaves every part as it is."""
        return self == Change()

    def applied(self, before: Annotation, author: str, at_ms: int) -> Annotation:
        """`before` as it is afterwards; `before` itself when that is the same."""
        start = replace(NOTHING_SAID, about=before.about) if self.clear else before
        tags = tuple(sorted({*start.tags, *self.add_tags} - set(self.drop_tags)))
        after = replace(
            start,
            bookmark=_or(self.bookmark, start.bookmark),
            tags=tags,
            note=_or(self.note, start.note),
            severity=_or(self.severity, start.severity),
            verdict=_or(self.verdict, start.verdict),
            author=before.author,
            changed_ms=before.changed_ms,
        )
        return before if after == before else replace(after, author=author, changed_ms=at_ms)


@dataclass(frozen=True, slots=True)
class Clash:
    """A part in which two annotations of one target differ, so that one had to give way."""

    target: str
    part: str
    kept: str
    given_way: str


@dataclass(slots=True)
class Union:
    """Puts what another investigator said beside what is said here: nothing is lost, and what differs is told."""

    clashes: list[Clash] = field(default_factory=list)

    def of(self, target: str, ours: Annotation, theirs: Annotation) -> Annotation:
        """Both together: all tags, both notes; where severity or verdict differ, ours, and a clash."""
        both = replace(
            ours,
            bookmark=ours.bookmark or theirs.bookmark,
            tags=tuple(sorted({*ours.tags, *theirs.tags})),
            note=_both_notes(ours, theirs),
            severity=self._one(target, "severity", ours.severity, theirs.severity),
            verdict=self._one(target, "verdict", ours.verdict, theirs.verdict),
            about=ours.about or theirs.about,
        )
        if both == ours:
            return ours
        newest = max(ours, theirs, key=lambda each: (each.changed_ms, each.author))
        return replace(both, author=newest.author, changed_ms=newest.changed_ms)

    def _one(self, target: str, part: str, ours: str, theirs: str) -> str:
        if ours and theirs and ours != theirs:
            self.clashes.append(Clash(target, part, ours, theirs))
        return ours or theirs


def worst(severities: Iterable[str]) -> str:
    """The gravest of some severities; "" for none."""
    return max(severities, key=lambda each: SEVERITIES.index(each) if each in SEVERITIES else -1, default="")


def _both_notes(ours: Annotation, theirs: Annotation) -> str:
    if not theirs.note or theirs.note in ours.note:
        return ours.note
    if not ours.note or ours.note in theirs.note:
        return theirs.note
    return f"{ours.note}\n\n[{theirs.author}] {theirs.note}"


def _or(new: Any, old: Any) -> Any:
    return old if new is None else new


def _tag(text: str) -> str:
    tag = "-".join(text.split())
    if not tag or len(tag) > TAG_LIMIT:
        raise UsageError(f"a tag has 1 to {TAG_LIMIT} characters", "write a word, or a few joined by -")
    return tag


def _known(value: str | None, known: tuple[str, ...], what: str) -> None:
    if value and value not in known:
        raise UsageError(f"there is no {what} {value}", "one of " + ", ".join(known))
