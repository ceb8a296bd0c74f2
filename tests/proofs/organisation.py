"""An organisation's bucket on a real S3 server, pulled, interrupted time and again, and taken up: the hashes are equal.

python -m tests.proofs.organisation --count 100000 --stops 6 --seed 1 [--work FOLDER] [--workers 2]
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tests.proofs.durable import Tally
from tests.proofs.pulling import LOG, Ended, Stop, digest_of, kept_files, pull, read_copy
from tests.servers import Server, running

_ORGANISATION = "AWSLogs/o-exampleorg1"
_KINDS = ("CloudTrail",) * 8 + ("CloudTrail-Digest", "CloudTrail-Insight")
_REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
_PATTERNS = 24
_BATCH = 5_000
_LINE_BYTES = 550
"""Of the log, per object, about."""
_UNTOLD = 128
"""Objects whose arrival a process may not have told yet."""
_ABOUT_THE_BUCKET = 12
"""Requests of one run that are not for an object, and are counted among them: where the bucket is, its settings."""
_SIGNALS = (signal.SIGINT, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)


def organisation(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` objects of an organisation: key and content, no two contents alike."""
    dice = random.Random(seed)
    patterns = [_records(dice) for _ in range(_PATTERNS)]
    accounts = [f"{dice.randrange(10**11, 10**12)}" for _ in range(max(2, min(60, count // 500)))]
    for number in range(count):
        account, region, kind = dice.choice(accounts), dice.choice(_REGIONS), dice.choice(_KINDS)
        month, day = 1 + number % 3, dice.randrange(1, 29)
        stamp = f"2026{month:02d}{day:02d}T{dice.randrange(24):02d}{5 * dice.randrange(12):02d}"
        folder = f"{_ORGANISATION}/{account}/{kind}/{region}/2026/{month:02d}/{day:02d}"
        name = f"{account}_{kind}_{region}_{stamp}Z_{number:016d}.json.gz"
        if kind == "CloudTrail-Digest":
            name = f"{account}_{kind}_{region}_trail-{number}_us-east-1_{stamp}00Z.json.gz"
        # A second member of the stream is made once per object: cheap, and no two objects are the same.
        yield f"{folder}/{name}", dice.choice(patterns) + gzip.compress(b"\n" * (1 + number % 7), mtime=number)


def _records(dice: random.Random) -> bytes:
    records = [
        {
            "eventVersion": "1.10",
            "eventTime": f"2026-01-{dice.randrange(1, 29):02d}T00:{dice.randrange(60):02d}:00Z",
            "eventName": dice.choice(("GetObject", "AssumeRole", "DescribeInstances", "PutObject")),
            "eventID": f"{dice.getrandbits(128):032x}",
            "requestParameters": {"key": f"{dice.getrandbits(256):x}"},
        }
        for _ in range(dice.randrange(1, 9))
    ]
    return gzip.compress(json.dumps({"Records": records}).encode(), 6, mtime=0)


@dataclass
class Source:
    """What the bucket holds."""

    server: Server
    bucket: str
    hashes: dict[str, str] = field(default_factory=dict)
    """The SHA-256 by key."""
    size_bytes: int = 0


def fill(server: Server, bucket: str, count: int, seed: int) -> Source:
    """Puts an organisation into a new bucket."""
    source, objects = Source(server, bucket), organisation(count, seed)
    while batch := dict(islice(objects, _BATCH)):
        server.put_many(bucket, batch, {"signature": "f00d"})
        source.hashes |= {key: hashlib.sha256(content).hexdigest() for key, content in batch.items()}
        source.size_bytes += sum(map(len, batch.values()))
    return source


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is pulled."""

    workers: int = 2
    in_flight: int = 128

    @property
    def options(self) -> tuple[str, ...]:
        return ("--workers", str(self.workers), "--in-flight", str(self.in_flight))

    @property
    def on_the_way(self) -> int:
        """How many objects a run may have asked for that are not on record when it is ended."""
        return self.in_flight + _UNTOLD * self.workers


def prove(source: Source, dest: Path, stops: int, seed: int, tally: Tally, manner: Manner) -> None:
    """Pulls `source` with as many interruptions, and looks whether everything is there, and was read once."""
    dice, before = random.Random(seed), source.server.gets(source.bucket)
    for number in range(stops):
        share = (number + dice.random()) / (stops + 1)
        _stopped(source, dest, dice.choice(_SIGNALS), share, tally, manner)
    last = _timed(source, dest, tally, manner)
    if last.code or last.report.get("failed"):
        tally.breaches.append(f"it ends with {last.code}: {last.report.get('failed', last.err)!s:.500}")
    gets = source.server.gets(source.bucket) - before
    tally.seen["gets"] = gets
    most = stops * manner.on_the_way + (stops + 1) * _ABOUT_THE_BUCKET
    if not 0 <= gets - len(source.hashes) <= most:
        tally.breaches.append(f"{gets:,} objects were asked for, of {len(source.hashes):,}")
    _compare(source, dest, tally)
    again = _pull(source, dest, manner)
    more = source.server.gets(source.bucket) - before - gets
    if again.code or again.report["fetched"] or more > _ABOUT_THE_BUCKET:
        tally.breaches.append(f"a run with nothing to do fetches: {again.code} {more} {again.report.get('fetched')}")
    tally.seen["ms of a run with nothing to do"] = int(again.wall_s * 1_000)


def _pull(source: Source, dest: Path, manner: Manner, stop: Stop | None = None) -> Ended:
    return pull(source.server, source.bucket, dest, *manner.options, stop=stop, prefix="AWSLogs/")


def _stopped(source: Source, dest: Path, number: signal.Signals, share: float, tally: Tally, manner: Manner) -> None:
    """One run that is ended when about this `share` of all is on record."""
    log, size = dest / LOG, _LINE_BYTES * len(source.hashes)

    def far() -> bool:
        time.sleep(0.01)
        return log.exists() and log.stat().st_size >= share * size

    before, recorded = source.server.gets(source.bucket), len(read_copy(dest).objects)
    ended = _pull(source, dest, manner, Stop(number, far))
    tally.seen[f"stopped by {number.name}" if ended.stopped else "not stopped"] += 1
    if "Traceback" in ended.err or ended.orphans:
        tally.breaches.append(f"{number.name}: {ended.orphans} {ended.err[-300:]}")
    if ended.stopped and number is signal.SIGINT and ended.code != 130:
        tally.breaches.append(f"interrupted, it ends with {ended.code}")
    # What a process that was killed had asked for is still being served.
    time.sleep(0.5)
    asked = source.server.gets(source.bucket) - before
    lost = asked - (len(read_copy(dest).objects) - recorded)
    tally.seen["most that was lost"] = max(tally.seen["most that was lost"], lost)
    if lost > manner.on_the_way + _ABOUT_THE_BUCKET:
        tally.breaches.append(f"{number.name}: {lost:,} objects were asked for and are not on record")


def _timed(source: Source, dest: Path, tally: Tally, manner: Manner) -> Ended:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = _pull(source, dest, manner)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    fetched = ended.report.get("fetched", 0)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tally.seen["objects of the last run"] = fetched
    tally.seen["objects/s of the last run"] = int(fetched / ended.wall_s)
    tally.seen["µs of CPU per object in the last run"] = int(cpu_s / max(fetched, 1) * 1e6)
    return ended


def _compare(source: Source, dest: Path, tally: Tally) -> None:
    copy = read_copy(dest)
    recorded = {row["key"]: row["sha256"] for row in copy.objects}
    tally.seen["objects"] = len(source.hashes)
    tally.seen["recorded twice"] = len(copy.objects) - len(recorded)
    if recorded != source.hashes:
        wrong = [key for key in source.hashes.keys() | recorded.keys() if source.hashes.get(key) != recorded.get(key)]
        tally.breaches.append(f"{len(wrong):,} hashes on record differ: {wrong[:3]}")
    found = {str(path.relative_to(dest / source.bucket)): digest_of(path) for path in kept_files(dest)}
    if found != source.hashes:
        wrong = [key for key in source.hashes.keys() | found.keys() if source.hashes.get(key) != found.get(key)]
        tally.breaches.append(f"{len(wrong):,} files differ: {wrong[:3]}")
    if any(row["metadata"] != {"signature": "f00d"} for row in copy.objects):
        tally.breaches.append("user metadata is missing")


def main(arguments: list[str]) -> int:
    """Fills a bucket, pulls it, prints what was seen; 1 when there was a breach."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--stops", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--work", type=Path, help="where server and copy lie; needs 4 GB for 100,000 objects")
    asked = parser.parse_args(arguments)
    tally = Tally()
    with tempfile.TemporaryDirectory(dir=asked.work) as root, running("seaweed", Path(root)) as server:
        began = time.monotonic()
        source = fill(server, "organisation", asked.count, asked.seed)
        print(f"filled: {asked.count:,} objects, {source.size_bytes:,} bytes, {time.monotonic() - began:.0f} s")
        prove(source, Path(root) / "copy", asked.stops, asked.seed, tally, Manner(asked.workers))
    print(dict(tally.seen), f"{len(tally.breaches)} breaches")
    for breach in tally.breaches[:20]:
        print("BREACH", breach)
    return bool(tally.breaches)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
