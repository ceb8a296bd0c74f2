"""From records to log files: which trail takes what, in which five-minute slot, under which key."""

import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .clock import MINUTE, folder, minute_name, slot_after
from .dice import ALNUM, Dice
from .evasion import STARTED, STOPPED
from .record import INSIGHT, LOG, Record
from .world import HOME, ORGANISATION, TRAILS, Trail

_CROWD = 60
"""More records than this in one slot make a second file."""
_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0))
_PROD_SOURCES = frozenset({"dynamodb.amazonaws.com", "lambda.amazonaws.com"})
"""Data events the account trail does not select."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """One delivered log file."""

    trail: Trail
    account: str
    region: str
    kind: str
    key: str
    """Key in the log bucket, and path below ``sample_logs/``."""
    delivered: int
    """When S3 had it."""
    records: tuple[Record, ...]
    body: bytes
    """Inflated bytes, as delivered."""


def recorded(trail: Trail, record: Record) -> bool:
    """True when `trail` selects this record and was logging when it happened."""
    if trail.organisation:
        return not STOPPED < record.when < STARTED
    if (record.account, record.region, record.kind) != (trail.account, HOME, LOG):
        return False
    return record.document["eventCategory"] == "Management" or record.document["eventSource"] not in _PROD_SOURCES


def deliver(records: Iterable[Record]) -> list[LogFile]:
    """All log files of all trails, by key."""
    slots: dict[tuple[Trail, str, str, str, int], list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda record: (record.when, record.event_id)):
        for trail in TRAILS:
            if recorded(trail, record):
                slots[trail, record.account, record.region, record.kind, _slot(trail, record)].append(record)
    files = []
    for (trail, account, region, kind, slot), batch in slots.items():
        dice = Dice(f"file/{trail.name}/{account}/{region}/{kind}/{slot}")
        shards = 2 if len(batch) > _CROWD else 1
        for shard in range(shards):
            files.append(_log_file(dice, trail, (account, region, kind), slot, batch[shard::shards]))
    return sorted(files, key=lambda file: file.key)


def _slot(trail: Trail, record: Record) -> int:
    """The delivery slot: full five minutes for logs, any minute for insights."""
    if record.kind == INSIGHT:
        return (record.when + record.late_s) // MINUTE * MINUTE
    return slot_after(record.when + trail.lag_s + record.late_s)


def _log_file(dice: Dice, trail: Trail, place: tuple[str, str, str], slot: int, batch: list[Record]) -> LogFile:
    """One file: its name, and its records in the loose order in which they arrived."""
    account, region, kind = place
    name = f"{account}_{kind}_{region}_{minute_name(slot)}_{dice.text(ALNUM, 16)}.json.gz"
    key = f"{root(trail, account)}/{kind}/{region}/{folder(slot)}/{name}"
    loose = sorted(batch, key=lambda record: record.when + dice.between(0, 20 if dice.chance(0.3) else 0))
    body = '{"Records":[' + ",".join(record.text for record in loose) + "]}"
    return LogFile(trail, account, region, kind, key, slot + dice.between(8, 190), tuple(loose), body.encode("ascii"))


def root(trail: Trail, account: str) -> str:
    """``AWSLogs/o-…/account`` or ``AWSLogs/account``."""
    return f"AWSLogs/{ORGANISATION}/{account}" if trail.organisation else f"AWSLogs/{account}"


def deflated(body: bytes) -> bytes:
    """gzip as AWS writes it: ten plain header bytes without a name or a time, level 6."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return _HEADER + (packer.compress(body) + packer.flush())[len(_HEADER) :]
