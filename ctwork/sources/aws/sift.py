"""Sorts what a listing shows: to be fetched, here already, archived, or something an investigator must know."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ctwork.sources.aws.copybook import Copybook
from ctwork.sources.aws.news import Counts, Failed, Noticed
from ctwork.sources.aws.place import S3Place
from ctwork.sources.aws.survey import Survey
from ctwork.sources.aws.terms import Listed
from ctwork.sources.aws.trouble import hint_for
from ctwork.sources.base import IssueKind
from ctwork.sources.layout import KeyFacts

_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object that is to be fetched."""

    listed: Listed
    version: str
    """The version to ask for; "" for the current one."""
    path: str
    """Where it goes, below the folder of the copy."""


@dataclass(frozen=True, slots=True)
class Sift:
    """Knows what is wanted and what is here, and counts."""

    place: S3Place
    book: Copybook
    survey: Survey
    counts: Counts
    _met: set[str] = field(default_factory=set)
    """Keys that are kept and still listed."""

    def page(self, objects: list[Listed]) -> Iterator[Wanted | Failed | Noticed]:
        """What is to be done about the objects of one page."""
        for listed in objects:
            self.counts.listed += 1
            if not self.survey.wants(listed):
                continue
            if listed.marker:
                yield _deleted(listed)
                continue
            version = "" if listed.latest else listed.version
            if (self.place.bucket, listed.key, "") in self.book.kept:
                self._met.add(listed.key)
            if version:
                yield _outdated(listed)
            elif (before := self.book.overwrites(self.place.bucket, listed)) is not None:
                message = (
                    f"Other bytes than when it was fetched before (ETag {before.etag}, written {before.modified}; now "
                    f"{listed.etag}, {listed.modified}): logs are written once. Both are kept."
                )
                yield Noticed(listed.key, "", IssueKind.CHANGED_SINCE, message)
            yield from self._sorted(listed, version)

    def gone(self) -> Iterator[Noticed]:
        """What was fetched before and is no longer in the bucket; to be asked when all of it has been listed."""
        for (bucket, key, version), kept in self.book.kept.items():
            mine = bucket == self.place.bucket and not version and key.startswith(self.place.prefix)
            if mine and key not in self._met and self.survey.admits.admits_file(KeyFacts.of(key)):
                message = f"Deleted from the bucket since it was fetched ({kept.fetched[:19]}Z); its bytes are kept."
                yield Noticed(key, "", IssueKind.DELETED_SINCE, message)

    def _sorted(self, listed: Listed, version: str) -> Iterator[Wanted | Failed]:
        path = self.book.place(self.place.bucket, self.place.label, listed, version)
        if path is None:
            self.counts.here += 1
            self.counts.here_bytes += listed.size
        elif listed.storage in _ARCHIVED and not listed.restored:
            self.counts.archived += 1
            hint = hint_for("InvalidObjectState", storage=listed.storage)
            yield Failed(listed.key, version, "InvalidObjectState", hint)
        else:
            self.counts.wanted += 1
            self.counts.wanted_bytes += listed.size
            yield Wanted(listed, version, path)


def _deleted(listed: Listed) -> Noticed:
    state = "It is deleted" if listed.latest else "It was deleted and written again"
    message = (
        f"{state}: a delete marker of {listed.modified} lies on it. Earlier versions are fetched, if there are any."
    )
    return Noticed(listed.key, listed.version, IssueKind.DELETE_MARKER, message)


def _outdated(listed: Listed) -> Noticed:
    message = f"A version that is no longer the current one, written {listed.modified}: logs are written once."
    return Noticed(listed.key, listed.version, IssueKind.NONCURRENT_VERSION, message)
