"""Brings a bucket's logs to this disk: it is listed, what is not here yet is fetched, and all is written down."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from ctwork import __version__
from ctwork.errors import EnvironmentFailure
from ctwork.sources.aws.bucket import endpoint_of
from ctwork.sources.aws.copybook import STATE, Copybook
from ctwork.sources.aws.door import Door
from ctwork.sources.aws.footprint import Footprint
from ctwork.sources.aws.hands import Hands
from ctwork.sources.aws.news import Arrived, Counts, Failed, News, Noticed, Plan, Wish
from ctwork.sources.aws.place import S3Place
from ctwork.sources.aws.sift import Sift, Wanted
from ctwork.sources.aws.survey import Survey
from ctwork.sources.aws.terms import (
    Called,
    Expired,
    Fetched,
    FetchJob,
    FromWorker,
    Hello,
    ListJob,
    Missed,
    Page,
    Unlisted,
)
from ctwork.sources.aws.trouble import hint_for
from ctwork.sources.layout import DAY_S

if TYPE_CHECKING:
    from ctwork.sources.aws.state import Saved

_WAIT_S = 0.1


class Pull:
    """One run. `plan` may be asked for first; `run` tells what becomes of each object until everything is here."""

    def __init__(
        self, place: S3Place, book: Copybook, door: Door, wish: Wish, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Asks who we are and where the bucket is. Once `stopped` says so, nothing more is asked for.

        Raises EnvironmentFailure, SourceError and UsageError.
        """
        self._keys = door.keys()
        endpoint = endpoint_of(door, place)
        self.caller = door.caller()
        self.counts = Counts()
        self.survey = Survey(place.prefix, wish.admits, wish.versions)
        self._door = door
        self._place = place
        self._book = book
        self._sift = Sift(place, book, self.survey, self.counts)
        self._to_list = deque([self.survey.first()])
        self._to_fetch: deque[Wanted] = deque()
        self._lists: dict[int, ListJob] = {}
        self._fetches: dict[int, Wanted] = {}
        self._number = 0
        self._stopped = stopped
        self._whole = self._unlisted = self._told_gone = False
        in_flight = max(1, door.access.in_flight // wish.processes)
        hello = Hello(endpoint, self._keys, place.bucket, str(book.folder.resolve()), in_flight)
        self._hands = Hands(hello, wish.processes)
        book.tell("run", self._beginning(wish))

    def plan(self) -> Iterator[News]:
        """Lists everything and fetches nothing; `planned` says afterwards what it comes to."""
        yield from self._until(lambda: not (self._to_list or self._lists), fetching=False)
        yield from self._gone()

    def run(self) -> Iterator[News]:
        """Fetches everything that is not here, while whatever is not listed yet is listed."""
        yield from self._until(lambda: not (self._to_list or self._lists or self._to_fetch or self._fetches))
        yield from self._gone()
        self._whole = not self._stopped()

    def save_state(self) -> "Saved | None":
        """Keeps what verifies the copy without the network: keys and trails, as far as we may ask; None for unsigned.

        Raises EnvironmentFailure.
        """
        if self._keys is None:
            return None
        from ctwork.sources.aws.state import save_state  # only when all is here

        survey = self.survey
        span = (_moment(survey.first_s), _moment(None if survey.last_s is None else survey.last_s + 2 * DAY_S))
        buckets = [] if self._place.bucket.startswith("arn:") else [self._place.bucket]
        try:
            saved = save_state(
                self._door, self._book.folder / STATE, sorted(survey.regions) or [self._door.region], span, buckets
            )
        except OSError as problem:
            raise EnvironmentFailure(
                f"the state of the trails cannot be written: {problem.strerror}", "make room and run this again"
            ) from problem
        self._book.tell("state", {"answers": saved.answers, "refused": len(saved.refusals)})
        return saved

    @property
    def footprint(self) -> Footprint:
        """What the run leaves in the logs of the account: by this it can be told from everybody else's doing."""
        return Footprint.of(self.caller.arn, self._door.agent, self._door.gate)

    @property
    def planned(self) -> Plan:
        """What `run` is going to fetch, as far as it is listed."""
        said, called = self.counts, self._door.gate.called
        lists = sum(times for (_, name), times in called.items() if name.startswith("ListObject"))
        return Plan(said.wanted, said.wanted_bytes, said.listed, said.here, said.archived, lists)

    def close(self) -> None:
        """Ends the run and writes down how it went; what is under way is given up. Raises EnvironmentFailure."""
        self._hands.dismiss()
        said = self.counts
        self._book.close(
            {
                "complete": self._whole,
                "listed": said.listed,
                "fetched": said.fetched,
                "bytes": said.fetched_bytes,
                "here": said.here,
                "failed": said.failed,
                "unlike_etag": said.unlike,
                "left_out": self.survey.left_out,
                "filtered": self.survey.filtered,
                "unlike_logs": self.survey.unlike_logs,
                "footprint": self.footprint.as_line(),
            }
        )

    def abandon(self) -> None:
        """Lets go of everything as it is; the next run looks after it."""
        self._hands.dismiss()
        self._book.abandon()

    def _beginning(self, wish: Wish) -> dict[str, object]:
        """What the log says of a run when it begins."""
        return {
            "tool": f"ctwork {__version__}",
            "source": self._place.url(self._place.prefix),
            "user_agent": self._door.agent,
            "caller": self.caller.arn,
            "caller_unknown": self.caller.problem,
            "accounts": sorted(wish.admits.accounts),
            "regions": sorted(wish.admits.regions),
            "kinds": sorted(wish.admits.kinds),
            "since_s": wish.admits.since_s,
            "until_s": wish.admits.until_s,
            "versions": wish.versions,
        }

    def _gone(self) -> Iterator[News]:
        """What is no longer in the bucket, once, when nothing was left unlisted."""
        if self._stopped() or self._unlisted or self._told_gone:
            return
        self._told_gone = True
        for item in self._sift.gone():
            self._tell("finding", item, {"kind": item.kind, "message": item.message})
            yield item

    def _until(self, done: Callable[[], bool], *, fetching: bool = True) -> Iterator[News]:
        while not self._stopped():
            self._give(fetching=fetching)
            if done():
                break
            lines, news = bytearray(), list[News]()
            for message in self._hands.results(_WAIT_S):
                news += self._take(message, lines)
            # Written down before anybody is told.
            self._book.add(bytes(lines))
            yield from news
        self.counts.listing = bool(self._to_list or self._lists)

    def _give(self, *, fetching: bool) -> None:
        for _ in range(min(self._hands.room_to_list(), len(self._to_list))):
            self._number += 1
            job = msgspec.structs.replace(self._to_list.popleft(), number=self._number)
            self._lists[job.number] = job
            self._hands.list(job)
        for _ in range(min(self._hands.room_to_fetch(), len(self._to_fetch)) if fetching else 0):
            self._number += 1
            wanted = self._to_fetch.popleft()
            self._fetches[self._number] = wanted
            of = wanted.listed
            self._hands.fetch(
                FetchJob(self._number, of.key, wanted.version, of.etag, of.size, of.modified, of.storage, wanted.path)
            )

    def _take(self, message: FromWorker, lines: bytearray) -> Iterator[News]:
        match message:
            case Fetched():
                lines += message.line
                self.counts.unlike += message.unlike
                yield self._arrived(self._fetches.pop(message.number))
            case Missed():
                wanted = self._fetches.pop(message.number)
                yield self._missed(wanted, message)
            case Page():
                yield from self._listed(message)
            case Unlisted():
                job = self._lists.pop(message.number)
                self._unlisted = True
                hint = hint_for(message.code, message.message, listing=True, payer=self._door.access.requester_pays)
                yield self._fail(Failed(job.prefix, "", message.code, hint))
            case Called():
                for name, times in message.operations.items():
                    self._door.gate.note("s3", name, times)
            case Expired():
                self._hands.renew(self._door.keys())

    def _arrived(self, wanted: Wanted) -> Arrived:
        self.counts.fetched += 1
        self.counts.fetched_bytes += wanted.listed.size
        return Arrived(wanted.listed.key, wanted.version, wanted.path)

    def _missed(self, wanted: Wanted, message: Missed) -> Failed:
        payer, storage = self._door.access.requester_pays, wanted.listed.storage
        hint = hint_for(message.code, message.message, storage=storage, payer=payer)
        return self._fail(Failed(wanted.listed.key, wanted.version, message.code, hint))

    def _listed(self, page: Page) -> Iterator[News]:
        if page.last:
            self._lists.pop(page.number)
        self._to_list.extend(self.survey.below(page.folders))
        for item in self._sift.page(page.objects):
            if isinstance(item, Wanted):
                self._to_fetch.append(item)
            elif isinstance(item, Failed):
                yield self._fail(item)
            else:
                self._tell("finding", item, {"kind": item.kind, "message": item.message})
                yield item

    def _fail(self, failed: Failed) -> Failed:
        self.counts.failed += 1
        self._tell("failed", failed, {"code": failed.code, "hint": failed.hint})
        return failed

    def _tell(self, kind: str, item: Failed | Noticed, said: Mapping[str, str]) -> None:
        about = {"bucket": self._place.bucket, "key": item.key, "version": item.version}
        self._book.tell(kind, {**about, **said})


def _moment(at_s: int | None) -> datetime | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC)
