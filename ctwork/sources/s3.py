"""Reads a bucket: what is kept of it first, then what is fetched into the case, each object as soon as it is here.

The AWS library is imported by a walk over the network alone: a case that came from a bucket opens without any.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.errors import CtworkError, SourceError
from ctwork.sources.aws.copybook import LOG, Copybook, Told, issue_of, kept_in, told_in
from ctwork.sources.aws.footprint import told_of
from ctwork.sources.aws.news import Arrived, Failed, News, Wish
from ctwork.sources.aws.place import SCHEME, S3Place
from ctwork.sources.base import Blob, Issue, IssueKind
from ctwork.sources.carrier import os_issue, stamp_of
from ctwork.sources.layout import KeyFacts, slot_of
from ctwork.sources.opening import Opening

if TYPE_CHECKING:
    from ctwork.sources.aws.pull import Pull

_NOT_HERE = (0, 0, 0, 0)


class S3Source:
    """Buckets, each with a prefix. Nothing is written in them, ever."""

    def __init__(self, locations: Sequence[str], opening: Opening) -> None:
        """Raises UsageError for a location that names no bucket, SourceError without a place to keep what comes."""
        self.skipped_by_filter = 0
        self._places = [S3Place.of(location) for location in locations]
        if opening.keep is None:
            raise SourceError("A bucket needs a case folder that keeps what comes.", "Copy it with `ctwork pull`.")
        self._folder = Path(os.path.realpath(opening.keep))
        self._opening = opening

    @staticmethod
    def opens(location: str) -> bool:
        """Whether it is an S3 URI."""
        return location.startswith(SCHEME)

    def walk(self) -> Iterator[Blob | Issue]:
        """Every object: those that are kept, then those that arrive; what cannot be had comes as an issue.

        Without a way to the network what is kept is all there is. Raises CtworkError when nothing is, either.
        """
        kept = 0
        for item in self._kept():
            kept += isinstance(item, Blob)
            yield item
        told = told_in(self._folder)
        if self._opening.access is None:
            yield from self._told_before(told)
        else:
            for place in self._places:
                try:
                    yield from self._over_the_network(place)
                except CtworkError as problem:
                    # What was fetched earlier is evidence, too; what is new can be had later.
                    if not kept:
                        raise
                    message = f"Not looked at again: {problem.title}. What was fetched before is read. ({problem.hint})"
                    yield Issue(place.url(place.prefix), IssueKind.NOT_FETCHED, message)
                    yield from self._told_before(told)
            if self._opening.stopped():
                yield from self._told_before(told_in(self._folder))
        if asked := told_of(told_in(self._folder).footprints):
            # It is a file beside the objects, and counts as one that holds no record.
            yield Issue(LOG, IssueKind.ACQUISITION_LOG, asked)

    def check(self) -> None:
        """Asks whether the bucket is there, unless some of it is kept already. Raises CtworkError."""
        if self._opening.access is None or any(isinstance(item, Blob) for item in self._kept()):
            return
        from ctwork.sources.aws.bucket import endpoint_of  # boto3, and only now
        from ctwork.sources.aws.door import Door

        door = Door(self._opening.access)
        door.keys()
        for place in self._places:
            endpoint_of(door, place)

    def _told_before(self, told: Told) -> Iterator[Issue]:
        """What earlier runs could not have or found odd."""
        yield from (issue for each, issue in told.issues if self._place_of(each.bucket, each.key) is not None)

    def _place_of(self, bucket: str, key: str) -> S3Place | None:
        return next((each for each in self._places if each.bucket == bucket and key.startswith(each.prefix)), None)

    def _kept(self) -> Iterator[Blob | Issue]:
        admits = self._opening.admits
        for each in kept_in(self._folder):
            place = self._place_of(each.bucket, each.key)
            if place is None or (each.listed_version and not self._opening.versions):
                continue
            if not admits.is_open and not admits.admits_file(KeyFacts.of(each.key)):
                self.skipped_by_filter += 1
                continue
            yield self._blob(place.url(each.key, each.listed_version), each.path, each.key)

    def _blob(self, name: str, path: str, key: str) -> Blob | Issue:
        """The object that lies at `path`, below the folder."""
        whole = f"{self._folder}/{path}"
        try:
            status = os.stat(whole)  # noqa: PTH116 - a path object per object costs more than the call
        except OSError as problem:
            return os_issue(name, problem)
        return Blob(name, whole, status.st_size, stamp_of(status), slot_of(key))

    def _over_the_network(self, place: S3Place) -> Iterator[Blob | Issue]:
        from ctwork.sources.aws.door import Door  # boto3, and only now
        from ctwork.sources.aws.pull import Pull

        assert self._opening.access is not None, "it is not asked for offline"
        door = Door(self._opening.access)
        book = Copybook(self._folder)
        try:
            pull = Pull(place, book, door, Wish(self._opening.admits, self._opening.versions), self._opening.stopped)
        except BaseException:
            book.abandon()
            raise
        with closing(pull):
            if self._opening.survey:
                yield from self._surveyed(place, pull)
                return
            for news in pull.run():
                yield self._told(place, news)
            self.skipped_by_filter += pull.survey.filtered
            if not self._opening.stopped():
                pull.save_state()

    def _surveyed(self, place: S3Place, pull: "Pull") -> Iterator[Blob | Issue]:
        """One blob that no store knows, if there is anything to be fetched; what cannot be listed."""
        for news in pull.plan():
            if isinstance(news, Failed) and news.code != "InvalidObjectState":
                yield self._told(place, news)
        if pull.counts.wanted:
            yield Blob(place.url(place.prefix), "", 0, _NOT_HERE)

    def _told(self, place: S3Place, news: News) -> Blob | Issue:
        name = place.url(news.key, news.version)
        if isinstance(news, Arrived):
            return self._blob(name, news.path, news.key)
        if isinstance(news, Failed):
            return issue_of(name, "", news.code, news.hint, "")
        return issue_of(name, news.kind, "", "", news.message)
