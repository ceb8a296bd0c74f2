"""The source behind ``lookup://``: the event history that CloudTrail's API has of an account, kept in the case.

The API knows management and insight events of the last 90 days. What was fetched once is not asked for again, and is
there without the network ever after.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from ctwork.errors import EnvironmentFailure, SourceError
from ctwork.sources.access import Access
from ctwork.sources.aws.answer import append, lines
from ctwork.sources.aws.footprint import Footprint, told_of
from ctwork.sources.aws.shelf import SCHEME, Shelf
from ctwork.sources.aws.stretch import missing
from ctwork.sources.base import Blob, Issue, IssueKind
from ctwork.sources.carrier import os_issue
from ctwork.sources.layout import PathFilter
from ctwork.sources.opening import Opening

FOLDER = "lookup"
"""Below `Opening.keep`: ``account/region/category/day/page.json``."""
CALLERS = "callers.jsonl"
REQUESTS = "requests.jsonl"
"""What each run has asked: `Footprint.as_line`."""
_HISTORY_S = 90 * 86_400
"""How far back the API knows."""
_SLACK_S = 2 * 86_400
"""It moves on while it is asked, and a case may have begun with a day that was nearly out of reach."""
NOTHING_STAMPED = (0, 0, 0, 0)
_is_region = re.compile(r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2}").fullmatch
_is_account = re.compile(r"[0-9]{12}").fullmatch


@dataclass(frozen=True, slots=True)
class Place:
    """What one location names."""

    profile: str = ""
    """"" for the default one."""
    regions: tuple[str, ...] = ()
    """Empty for all that the account uses."""

    @classmethod
    def parse(cls, location: str) -> "Place":
        """``lookup://[profile][/region[,region…]]``. Raises SourceError for what is no region."""
        profile, named = map(unquote, location.removeprefix(SCHEME).partition("/")[::2])
        regions = tuple(dict.fromkeys(filter(None, (part.strip() for part in named.strip("/").split(",")))))
        for region in regions:
            if not _is_region(region):
                raise SourceError(f"{region} is no region.", "Write lookup://PROFILE/us-east-1,eu-west-1.")
        return cls(profile, regions)

    def __str__(self) -> str:
        named = ",".join(self.regions)
        return f"{SCHEME}{quote(self.profile, safe=' ')}{'/' if named else ''}{named}"


class LookupSource:
    """The event histories of accounts."""

    def __init__(self, locations: Sequence[str], opening: Opening) -> None:
        """Raises SourceError for a location that names no region, and without a folder to keep answers in."""
        self.skipped_by_filter = 0
        self._opening = opening
        self._places = tuple(dict.fromkeys(map(Place.parse, locations)))
        if opening.keep is None:
            raise SourceError("The CloudTrail API needs a case folder to keep its answers in.", "Name one with --case.")
        if opening.access is not None and opening.access.anonymous:
            raise SourceError("The CloudTrail API answers to signed requests alone.", "Leave out --no-sign-request.")
        self._root = Path(opening.keep) / FOLDER
        self._told: set[str] = set()
        self.footprints: tuple[Footprint, ...] = ()
        """What the walk has asked of each account, when it has ended."""

    @staticmethod
    def opens(location: str) -> bool:
        """Everything that starts with ``lookup://``."""
        return location.startswith(SCHEME)

    def walk(self) -> Iterator[Blob | Issue]:
        """What is kept, oldest day first, then what is new, newest first, as it comes; last, what was asked for it."""
        for place in self._places:
            if self._opening.access is None or self._opening.survey:
                yield from self._kept(self._known_accounts(place), place.regions)
                if self._opening.survey and self._opening.access is not None:
                    yield Blob(f"{place}/new", "", 0, NOTHING_STAMPED)
            else:
                yield from self._fetched(place, self._opening.access)
        if told := told_of(lines(self._root / REQUESTS)):
            # It is a file beside the pages, and counts as one that holds no record.
            yield Issue(SCHEME + REQUESTS, IssueKind.ACQUISITION_LOG, told)

    def _fetched(self, place: Place, access: Access) -> Iterator[Blob | Issue]:
        # The AWS library takes a while to load, and nobody else needs it.
        from ctwork.sources.aws.visit import Visit

        visit = Visit(replace(access, profile=place.profile or access.profile), self._root, self._opening.admits)
        account = visit.account
        if not account:
            kept = list(self._kept(self._known_accounts(place), place.regions))
            if not kept:
                raise EnvironmentFailure(f"{place} cannot be asked: {visit.problem}", visit.hint)
            yield Issue(f"{place}", IssueKind.NOT_FETCHED, f"Nothing new was fetched: {visit.problem}. {visit.hint}")
            yield from kept
            return
        if account not in self._callers(place):
            append(self._root / CALLERS, {"profile": place.profile, "account": account})
        yield from self._kept([account], place.regions)
        try:
            yield from visit.fetch(place.regions, self._opening.stopped)
        finally:
            footprint = visit.leave()
            append(self._root / REQUESTS, footprint.as_line())
            self.footprints += (footprint,)

    def _callers(self, place: Place) -> set[str]:
        known = lines(self._root / CALLERS)
        return {str(line.get("account")) for line in known if line.get("profile") == place.profile}

    def _known_accounts(self, place: Place) -> list[str]:
        """Accounts that the place's profile has been, or all that there are."""
        callers = self._callers(place)
        kept = sorted(path.name for path in self._root.glob("*") if _is_account(path.name) and path.is_dir())
        return [account for account in kept if account in callers or not callers]

    def _kept(self, accounts: Iterable[str], regions: tuple[str, ...]) -> Iterator[Blob | Issue]:
        """Pages on the shelves that the filter admits, each once."""
        admits = self._opening.admits
        found = []
        for account in accounts:
            for shelf in self._shelves(account):
                region = shelf.name.split("/")[-2]
                if self._opening.access is None and not (regions and region not in regions):
                    yield from _unfinished(shelf, admits)
                for page in shelf.pages():
                    if regions and region not in regions:
                        continue
                    if not admitted(admits, account, region, page.extent):
                        self.skipped_by_filter += 1
                    elif (name := f"{shelf.name}/{page.name}") not in self._told:
                        self._told.add(name)
                        found.append((page.name, shelf.name, shelf))
        for page_name, _, shelf in sorted(found, key=lambda entry: entry[:2]):
            try:
                yield shelf.blob(page_name)
            except OSError as problem:
                yield os_issue(f"{shelf.name}/{page_name}", problem)

    def _shelves(self, account: str) -> Iterator[Shelf]:
        for region in sorted(path.name for path in (self._root / account).glob("*") if _is_region(path.name)):
            for folder in sorted((self._root / account / region).glob("*")):
                if folder.is_dir():
                    yield Shelf(self._root, f"{account}/{region}/{folder.name}")


def admitted(admits: PathFilter, account: str, region: str, extent: tuple[int, int] | None) -> bool:
    """Whether the filter wants a page; one that does not say what it holds is wanted."""
    if admits.accounts and account not in admits.accounts:
        return False
    if admits.regions and region not in admits.regions:
        return False
    if extent is None:
        return True
    if admits.since_s is not None and extent[1] < admits.since_s:
        return False
    return admits.until_s is None or extent[0] < admits.until_s


def _unfinished(shelf: Shelf, admits: PathFilter) -> Iterator[Issue]:
    """Says so when the API was not asked for all that it had when it was asked last."""
    covered = shelf.covered()
    last = covered[-1][1] if covered else 0
    gaps = missing((max(last - _HISTORY_S + _SLACK_S, admits.since_s or 0), last), covered)
    if gaps or not covered:
        spans = ", ".join(f"{_moment(first)} to {_moment(end)}" for first, end in gaps[:3]) or "any of it"
        message = f"Not asked for yet: {spans}. Name the place again with the network, and it goes on there."
        yield Issue(shelf.name, IssueKind.NOT_FETCHED, message)


def _moment(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
