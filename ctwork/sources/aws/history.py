"""Fetches the event history of one account: all its regions side by side, newest first, page by page onto the shelf."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from ctwork.errors import EnvironmentFailure
from ctwork.sources.aws.door import FAILURES, Door
from ctwork.sources.aws.pace import Pace
from ctwork.sources.aws.refusal import Refusal, refusal_of, refused
from ctwork.sources.aws.shelf import SCHEME, Shelf
from ctwork.sources.aws.stretch import Stretch, missing
from ctwork.sources.base import Blob, Issue, IssueKind

DAY_S = 86_400
REACH_S = 90 * DAY_S
"""How far back the API has events."""
SETTLED_S = 3_600
"""Events are in the history minutes after their time; what is younger than this when it is asked is asked again."""
CATEGORIES = ("insight", "management")
"""Folders, in the order of asking: insights are few, and one request tells that there are none."""
PATIENCE = 4
"""Refusals for asking too often, each of several tries, after which a region is given up."""
_JOIN_S = 2.0
"""How long the end waits for all threads; one that still waits for the network keeps nothing that is not whole."""
_LOOK_S = 0.1
_PAGE = 50
_Item = Blob | Issue | BaseException | None
"""What a region's thread hands over; None when it has ended."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be fetched of one account."""

    root: Path
    """Holds a folder per account."""
    account: str
    regions: tuple[str, ...]
    since_s: int | None = None
    """Earliest event time, seconds since 1970 UTC."""
    until_s: int | None = None
    """First event time no longer wanted."""

    def stretch(self, now_s: int) -> Stretch:
        """The seconds to be asked for, at a time."""
        first = max(now_s - REACH_S, self.since_s or 0)
        return first, now_s if self.until_s is None else min(now_s, self.until_s - 1)


def fetch_history(door: Door, wanted: Wanted, stopped: Callable[[], bool]) -> Iterator[Blob | Issue]:
    """Each new page as soon as it is kept, and each region that could not be asked to the end.

    Ends early once `stopped`, whatever the network does. Raises EnvironmentFailure when pages cannot be kept.
    """
    items: SimpleQueue[_Item] = SimpleQueue()
    stop = threading.Event()
    threads = [
        threading.Thread(target=_ask, args=(door, wanted, region, items, stop), name=f"lookup-{region}", daemon=True)
        for region in wanted.regions
    ]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running and not stopped():
            try:
                item = items.get(timeout=_LOOK_S)
            except Empty:
                continue
            if item is None:
                running -= 1
            elif isinstance(item, OSError):
                raise EnvironmentFailure(
                    f"What the API answers cannot be kept in the case: {item.strerror}.",
                    "Give the case a place with more room.",
                ) from item
            elif isinstance(item, BaseException):
                raise item
            else:
                yield item
    finally:
        stop.set()
        end_s = time.monotonic() + _JOIN_S
        for thread in threads:
            thread.join(max(0.0, end_s - time.monotonic()))


def enabled_regions(door: Door, account: str) -> tuple[tuple[str, ...], Issue | None]:
    """The regions that the account uses; where it does not say, the profile's alone, and an issue that tells so."""
    try:
        found = door.client("ec2").describe_regions()["Regions"]
    except FAILURES as problem:
        said = refusal_of("ec2", "DescribeRegions", problem)
        message = (
            f"The account does not say which regions it uses ({said.code}), so {door.region} alone is asked. "
            "Name the others: lookup://PROFILE/us-east-1,eu-west-1; IAM and sign-in events are in us-east-1."
        )
        return (door.region,), Issue(SCHEME + account, IssueKind.NOT_FETCHED, message)
    return tuple(sorted(region["RegionName"] for region in found)), None


def _ask(door: Door, wanted: Wanted, region: str, items: "SimpleQueue[_Item]", stop: threading.Event) -> None:
    try:
        _Region(door, wanted, region, items, stop).ask()
    except Exception as problem:  # the top of a thread
        items.put(problem)
    finally:
        items.put(None)


class _Region:
    """One region, asked in a thread of its own."""

    def __init__(
        self, door: Door, wanted: Wanted, region: str, items: "SimpleQueue[_Item]", stop: threading.Event
    ) -> None:
        self._door = door
        self._wanted = wanted
        self._region = region
        self._items = items
        self._stop = stop
        self._pace = Pace(stop)
        self._client: Any = None

    def ask(self) -> None:
        """Both categories."""
        for category in CATEGORIES:
            shelf = Shelf(self._wanted.root, f"{self._wanted.account}/{self._region}/{category}")
            refusal = self._fetch(shelf, category)
            if refusal is not None:
                message = f"Not all events of this region could be fetched: {refusal}"
                self._items.put(Issue(shelf.name, IssueKind.NOT_FETCHED, message))
                return

    def _fetch(self, shelf: Shelf, category: str) -> Refusal | None:
        try:
            self._client = self._client or self._door.client("cloudtrail", self._region)
        except FAILURES as problem:
            return refusal_of("cloudtrail", "LookupEvents", problem)
        for gap in missing(self._wanted.stretch(int(time.time())), shelf.covered()):
            refusal = _Gap(self._client, self._pace, shelf, category, gap, self._items).fill()
            if refusal is not None or self._stop.is_set():
                return refusal
        return None


class _Gap:
    """One stretch of time, asked from its newest event to its oldest."""

    def __init__(
        self, client: Any, pace: Pace, shelf: Shelf, category: str, gap: Stretch, items: "SimpleQueue[_Item]"
    ) -> None:
        self._client = client
        self._pace = pace
        self._shelf = shelf
        self._category = category
        self._first, self._last = gap
        self._items = items
        self._known = shelf.event_ids(gap)
        self._settled_s = int(time.time()) - SETTLED_S
        self._token = ""
        self._end_s = gap[1]
        """Where the question that `_token` goes on with has its end."""
        self._throttled = 0

    def fill(self) -> Refusal | None:
        """Asks to the end; why that was not possible, if it was not. Returns early when nobody wants more."""
        while self._pace.wait():
            try:
                answer = self._client.lookup_events(**self._question())
            except FAILURES as problem:
                refusal = refusal_of("cloudtrail", "LookupEvents", problem)
                if not self._goes_on(refusal):
                    return refusal
                continue
            if self._pace.is_over:
                # Somebody else may have the folder by now.
                return None
            self._pace.answered()
            self._throttled = 0
            token = answer.get("NextToken") or ""
            if token and token == self._token:
                return refused("cloudtrail", "LookupEvents", "Repeats")
            # The library takes what is no answer for an empty one; the service says so when it has nothing.
            if not isinstance(answer.get("Events"), list):
                return refused("cloudtrail", "LookupEvents", "Malformed")
            self._token = token
            self._take(answer["Events"])
            if not token:
                return None
        return None

    def _question(self) -> dict[str, Any]:
        question: dict[str, Any] = {
            "StartTime": datetime.fromtimestamp(self._first, UTC),
            "EndTime": datetime.fromtimestamp(self._end_s, UTC),
            "MaxResults": _PAGE,
        }
        if self._category != "management":
            question["EventCategory"] = self._category
        if self._token:
            question["NextToken"] = self._token
        return question

    def _goes_on(self, refusal: Refusal) -> bool:
        """Whether to ask again after a refusal, and how."""
        if refusal.kind == "Throttling" and self._throttled < PATIENCE:
            self._throttled += 1
            self._pace.slower()
            return True
        if refusal.code == "InvalidNextTokenException" and self._last < self._end_s:
            # The thread of the question is lost; it is taken up at the oldest event that is here.
            self._token, self._end_s = "", self._last
            return True
        return False

    def _take(self, events: Sequence[dict[str, Any]]) -> None:
        times = [int(event["EventTime"].timestamp()) for event in events if "EventTime" in event]
        oldest = min(times, default=self._last)
        # The end of a page may cut through a second; the last page reaches down to the start.
        proven = (oldest + 1 if self._token else self._first, min(self._last, self._settled_s))
        covers = proven if proven[0] <= proven[1] else None
        ids = {str(event.get("EventId", "")) for event in events}
        if ids <= self._known:
            self._shelf.note(covers)
        else:
            extent = (oldest, max(times, default=self._last))
            self._items.put(self._shelf.blob(self._shelf.add(list(events), extent, covers)))
        self._last = min(self._last, oldest)
