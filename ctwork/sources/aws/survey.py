"""Which parts of a bucket to list, one level after the other, and which to leave alone: pure decisions, no request.

Organisation, account, kind, region, year and month are found level by level; below a month everything is listed at
once, from the first day wanted to the last. What lies outside the filter is never listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ctwork.sources.aws.terms import Listed, ListJob
from ctwork.sources.layout import KeyFacts, PathFilter, Place

_LOGS = "AWSLogs"
_KIND = "CloudTrail"
_LOOKED_INTO = 4
"""Levels below the prefix that are looked into for logs one by one; what lies deeper is listed at once."""
_MONTH_S = 31 * 86_400
_DAYS = range(1, 32)
LOG_SUFFIXES = (
    *(".json", ".gz", ".jsonl", ".ndjson", ".csv", ".parquet", ".orc", ".txt", ".log"),
    *(".zip", ".tar", ".tgz", ".zst", ".zstd", ".bz2", ".xz"),
)
"""Names that may hold logs, where nothing else says what an object is."""


@dataclass(slots=True)
class Survey:
    """Decides what is asked for next from what a listing has shown."""

    prefix: str
    admits: PathFilter
    versions: bool = False
    left_out: dict[str, str] = field(default_factory=dict)
    """Prefixes that hold no CloudTrail logs, and why they are left alone."""
    filtered: int = 0
    """Prefixes and objects outside the filter."""
    unlike_logs: int = 0
    """Objects whose name is not that of a log."""
    regions: set[str] = field(default_factory=set)
    """Regions whose logs are wanted: whose keys have signed their digests."""
    first_s: int | None = None
    """The first delivery slot that is wanted, seconds since 1970 UTC."""
    last_s: int | None = None

    def first(self) -> ListJob:
        """Where to begin."""
        return self._job(self.prefix)

    def below(self, folders: list[str]) -> Iterator[ListJob]:
        """What to list next, for the `folders` of a page."""
        for folder in folders:
            if reason := self._reason_against(folder):
                self.left_out[folder] = reason
            elif not self.admits.admits_folder(folder.rstrip("/")):
                self.filtered += 1
            else:
                yield self._job(folder)

    def wants(self, listed: Listed) -> bool:
        """Whether an object is to be fetched."""
        key = listed.key
        if key.endswith("/") and not listed.size:
            return False
        facts = KeyFacts.of(key)
        if not facts.kind and not key.lower().endswith(LOG_SUFFIXES) and "." in key.rpartition("/")[2]:
            self.unlike_logs += 1
            return False
        if not self.admits.is_open and not self.admits.admits_file(facts):
            self.filtered += 1
            return False
        self._note(facts)
        return True

    def _note(self, facts: KeyFacts) -> None:
        if facts.region:
            self.regions.add(facts.region)
        if facts.day is not None:
            self.first_s = facts.day if self.first_s is None else min(self.first_s, facts.day)
            self.last_s = facts.day if self.last_s is None else max(self.last_s, facts.day)

    def _job(self, folder: str) -> ListJob:
        """How to list `folder`: level by level down to the months."""
        place = Place.of(folder.rstrip("/"))
        job = ListJob(0, folder, versions=self.versions)
        if place.start_s is not None and place.end_s is not None:
            months = place.end_s - place.start_s <= _MONTH_S
            return self._days(job) if months else ListJob(0, folder, folders=True, versions=self.versions)
        if _KIND + "-Lake" in folder or "eventDay=" in folder:
            return job
        depth = folder[len(self.prefix) :].count("/")
        if place.region or _LOGS in folder.split("/") or depth < _LOOKED_INTO:
            return ListJob(0, folder, folders=True, versions=self.versions)
        return job

    def _days(self, job: ListJob) -> ListJob:
        """The listing of a month, from the first day wanted to the last."""
        month = job.prefix
        if self.admits.is_open or Place.of(month.rstrip("/")).end_s is None or not _is_month(month):
            return job
        days = [day for day in _DAYS if self.admits.admits_folder(f"{month}{day:02d}")]
        if not days:
            return job
        after = f"{month}{days[0]:02d}" if days[0] > 1 else ""
        stop = f"{month}{days[-1] + 1:02d}" if days[-1] < _DAYS[-1] else ""
        return ListJob(job.number, month, after=after, stop=stop, versions=job.versions)

    def _reason_against(self, folder: str) -> str:
        """Why `folder` holds no CloudTrail logs; "" when it may."""
        parts = folder.rstrip("/").split("/")
        place = Place.of("/".join(parts[:-1]))
        if place.account and not place.kind and parts[-2] == place.account and not parts[-1].startswith(_KIND):
            return f"logs of {parts[-1]}, not of CloudTrail"
        kind = Place.of("/".join(parts)).kind or (parts[-1] if parts[-1].startswith(_KIND) else "")
        if kind and not self.admits.admits_kind(kind):
            self.filtered += 1
            return f"{kind} is not asked for"
        return ""


def _is_month(folder: str) -> bool:
    """Whether `folder` ends in a year and a month, and no day."""
    parts = folder.rstrip("/").split("/")
    return len(parts) > 1 and len(parts[-1]) == 2 and len(parts[-2]) == 4
