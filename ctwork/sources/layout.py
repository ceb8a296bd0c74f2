"""What a key or a file name says before anybody opens it: account, region, kind, delivery slot; what a filter may skip.

Layouts and names: AWS CloudTrail user guide, "Finding your CloudTrail log files"; checked on 3,927 real names. A path
is matched from the right, so that prefixes, organisation trails, Control Tower buckets, copies that start in the middle
of a key and flattened folders are all read alike. Paths order and narrow a walk, and never speak for a record.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

DAY_S = 86_400
DELIVERY_LAG_S = DAY_S
"""Files are delivered after their events: 10 minutes as measured, hours for addenda and retries. Slots are kept this
long past ``until``."""
SLOT_WIDTH_S = 300
"""A trail slot never lay before its events (33,377 of 33,377), but it is five minutes wide: one slot of grace."""
UNDATED = -1
"""Sort key of a path that says nothing about time: such paths come first."""

_REGION = r"[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}"
_KIND = r"CloudTrail(?:-(?:Digest|Insight|NetworkActivity|Aggregated))?"
_IS_REGION = re.compile(_REGION).fullmatch
_IS_KIND = re.compile(_KIND).fullmatch
_IS_ACCOUNT = re.compile(r"\d{12}").fullmatch
_IS_ORGANISATION = re.compile(r"o-[a-z0-9]{10,32}").fullmatch
_SLOT = re.compile(r"_([0-9]{8})T([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?Z").search
_NAME = re.compile(rf"(?<!\d)(\d{{12}})_({_KIND})_({_REGION})_").search
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What one path says; an empty text or ``None`` where it says nothing."""

    account: str = ""
    """Twelve digits."""
    region: str = ""
    kind: str = ""
    """``CloudTrail``, or that with ``-Digest``, ``-Insight``, ``-NetworkActivity`` or ``-Aggregated``."""
    slot_s: int | None = None
    """Delivery slot in the file name, seconds since 1970 UTC."""
    day: int | None = None
    """Start of the delivery day, seconds since 1970 UTC: from the slot, else from the date folders."""

    @classmethod
    def of(cls, path: str) -> "KeyFacts":
        """Facts of the file at `path` (``/`` or a backslash between folders): its name first, then its folders."""
        if "\\" in path:
            path = path.replace("\\", "/")
        folder, _, name = path.rpartition("/")
        slot_s = slot_of(name)
        match = _NAME(name)
        if match and slot_s is not None:
            return cls(match[1], match[3], match[2], slot_s, slot_s - slot_s % DAY_S)
        place = Place.of(folder)
        account, kind, region = match.groups() if match else (place.account, place.kind, place.region)
        whole_day = place.start_s is not None and place.end_s == place.start_s + DAY_S
        day = place.start_s if whole_day else None
        return cls(account, region, kind, slot_s, day if slot_s is None else slot_s - slot_s % DAY_S)


@dataclass(frozen=True, slots=True)
class Place:
    """What the folders of a path say."""

    account: str = ""
    region: str = ""
    kind: str = ""
    start_s: int | None = None
    """First second that the date folders cover; ``None`` without date folders below a region."""
    end_s: int | None = None
    """First second after that."""

    @classmethod
    def of(cls, folder: str) -> "Place":
        """Facts of `folder`. Dates count only below a region folder: another ``2024/05`` may be the day of the copy."""
        return _place(folder)


@lru_cache(maxsize=4096)
def _place(folder: str) -> Place:
    parts = folder.replace("\\", "/").split("/")
    for at in range(len(parts) - 1, -1, -1):
        if not _IS_REGION(parts[at]):
            continue
        kind = parts[at - 1] if at and _IS_KIND(parts[at - 1]) else ""
        start_s, end_s = _date_span(parts[at + 1 : at + 4])
        if kind or start_s is not None:
            account = parts[at - 2] if kind and at > 1 and _IS_ACCOUNT(parts[at - 2]) else ""
            return Place(account, parts[at], kind, start_s, end_s)
    return Place(account=_account_below_logs(parts))


def _account_below_logs(parts: list[str]) -> str:
    """The account folder after the last ``AWSLogs`` (a trail prefix may itself hold that word)."""
    for at in range(len(parts) - 1, -1, -1):
        if parts[at] == "AWSLogs":
            rest = parts[at + 1 : at + 3]
            if rest and _IS_ORGANISATION(rest[0]):
                rest = rest[1:]
            return rest[0] if rest and _IS_ACCOUNT(rest[0]) else ""
    return ""


def _date_span(parts: list[str]) -> tuple[int | None, int | None]:
    """The seconds that ``YYYY[/MM[/DD]]`` covers, ``(None, None)`` when `parts` does not start with a year."""
    digits = []
    for part, width in zip(parts, (4, 2, 2), strict=False):
        if len(part) != width or not (part.isascii() and part.isdigit()):
            break
        digits.append(int(part))
    try:
        if len(digits) == 3:
            first = date(*digits).toordinal()
            last = first + 1
        elif len(digits) == 2:
            year, month = digits
            first = date(year, month, 1).toordinal()
            last = date(year + month // 12, month % 12 + 1, 1).toordinal()
        elif digits:
            first, last = date(digits[0], 1, 1).toordinal(), date(digits[0] + 1, 1, 1).toordinal()
        else:
            return None, None
    except ValueError:
        return None, None
    return (first - _EPOCH_DAY) * DAY_S, (last - _EPOCH_DAY) * DAY_S


def slot_of(name: str) -> int | None:
    """The delivery slot in a file name, seconds since 1970 UTC; ``None`` without one or with an impossible date."""
    match = _SLOT(name)
    if match is None:
        return None
    day, hour, minute, second = match.groups()
    start_s = _day_start(day)
    return None if start_s is None else start_s + int(hour) * 3600 + int(minute) * 60 + int(second or 0)


@lru_cache(maxsize=4096)
def _day_start(digits: str) -> int | None:
    """Seconds since 1970 at the start of the day ``YYYYMMDD``; ``None`` when the calendar has no such day."""
    try:
        return (date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal() - _EPOCH_DAY) * DAY_S
    except ValueError:
        return None


def file_key(path: str) -> int:
    """Where the file at `path` belongs in time order: its slot, else its delivery day, else `UNDATED`."""
    facts = KeyFacts.of(path)
    if facts.slot_s is not None:
        return facts.slot_s
    return UNDATED if facts.day is None else facts.day


def folder_key(path: str) -> int:
    """The earliest slot the folder at `path` can hold, `UNDATED` when its path does not say."""
    start_s = Place.of(path).start_s
    return UNDATED if start_s is None else start_s


@dataclass(frozen=True, slots=True)
class PathFilter:
    """What a walk may leave out unopened. A path is refused only when it proves that it lies outside."""

    accounts: frozenset[str] = field(default_factory=frozenset)
    """Twelve-digit accounts to keep; empty keeps all."""
    regions: frozenset[str] = field(default_factory=frozenset)
    since_s: int | None = None
    """Earliest event time wanted, seconds since 1970 UTC."""
    until_s: int | None = None
    """First event time no longer wanted; delivery may lag behind it by `DELIVERY_LAG_S`."""
    kinds: frozenset[str] = field(default_factory=frozenset)
    """As in `KeyFacts.kind`; empty keeps all."""

    @property
    def is_open(self) -> bool:
        """True when nothing can be refused."""
        narrow = self.accounts or self.regions or self.kinds
        return not narrow and self.since_s is None and self.until_s is None

    def admits_file(self, facts: KeyFacts) -> bool:
        """False when the facts of a file prove that it is outside."""
        if not self.admits_kind(facts.kind):
            return False
        if facts.slot_s is not None:
            return self._admits(facts.account, facts.region, facts.slot_s, facts.slot_s + 1)
        end_s = None if facts.day is None else facts.day + DAY_S
        return self._admits(facts.account, facts.region, facts.day, end_s)

    def admits_kind(self, kind: str) -> bool:
        """False for a kind that is not wanted; "" is none, and proves nothing."""
        return not self.kinds or not kind or kind in self.kinds

    def admits_folder(self, path: str) -> bool:
        """False when everything below the folder at `path` is outside."""
        place = Place.of(path)
        if not self.admits_kind(place.kind):
            return False
        return self._admits(place.account, place.region, place.start_s, place.end_s)

    def _admits(self, account: str, region: str, start_s: int | None, end_s: int | None) -> bool:
        if self.accounts and account and account not in self.accounts:
            return False
        if self.regions and region and region not in self.regions:
            return False
        if start_s is None or end_s is None:
            return True
        if self.since_s is not None and end_s <= self.since_s - SLOT_WIDTH_S:
            return False
        return self.until_s is None or start_s < self.until_s + DELIVERY_LAG_S


OPEN_FILTER = PathFilter()
"""Keeps everything."""
