"""Pulls from a server that misbehaves by chance, killed and run again: every object is right, or a row says why not.

python -m tests.proofs.pulls --count 200 --seed 1 [--jobs 8]
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.faulty.bucket import Bucket, Stored
from tests.faulty.fault import Fault, Kind, Rule
from tests.faulty.keys import HOSTILE
from tests.faulty.server import FaultyServer, Request
from tests.proofs.durable import Tally
from tests.proofs.pulling import Copy, Ended, Stop, digest_of, kept_files, pull, read_copy

_TRAIL = (
    "AWSLogs/{account}/CloudTrail/{region}/2026/{month:02d}/{day:02d}/{account}_CloudTrail_{region}_{number}.json.gz"
)
_HOPELESS = frozenset(
    {
        Kind.DENIED,
        Kind.KMS_DENIED,
        Kind.KMS_DISABLED,
        Kind.ARCHIVED,
        Kind.EXPIRED,
        Kind.SKEWED,
        Kind.MOVED,
        Kind.BOUNCED,
    }
    | {Kind.OTHER_REGION}
)
"""After these there is no use in asking again."""
_PASSING = (
    Kind.DROP, Kind.RESET, Kind.OVERSTATED, Kind.UNDERSTATED, Kind.CUT, Kind.PADDED, Kind.WRONG, Kind.SLOW_DOWN,
    Kind.UNAVAILABLE, Kind.INTERNAL, Kind.BAD_GATEWAY, Kind.GARBAGE, Kind.NO_HTTP, Kind.TRICKLE, Kind.LATE,
    Kind.NO_RANGE, Kind.OTHER_RANGE,
)  # fmt: skip
_OF_LISTINGS = (
    Kind.DROP, Kind.RESET, Kind.SLOW_DOWN, Kind.INTERNAL, Kind.HALF_A_PAGE, Kind.GARBAGE, Kind.NO_HTTP,
    Kind.BAD_GATEWAY, Kind.OVERSTATED, Kind.SAME_PAGE, Kind.NO_TOKEN, Kind.ENDLESS, Kind.CIRCLING, Kind.DOCTYPE,
    Kind.DENIED, Kind.LATE,
)  # fmt: skip
_READS = ("Get", "List", "Describe")
"""So begin the names of operations that are sent by POST and change nothing."""
_TARGET = "/elsewhere"
_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
_CODES = {
    signal.SIGKILL: {-signal.SIGKILL},
    signal.SIGTERM: {-signal.SIGTERM, 130, 143},
    signal.SIGINT: {130},
}


@dataclass
class Trial:
    """One bucket, its faults, and one copy of it."""

    dest: Path
    server: FaultyServer
    dice: random.Random
    tally: Tally
    name: str
    legal: dict[bytes, set[str]] = field(default_factory=dict)
    """The SHA-256 of everything that was ever under a key."""
    recorded: dict[bytes, set[str]] = field(default_factory=dict)
    """The ETags that the log had for a key before the run that is looked at."""

    def breach(self, text: str) -> None:
        self.tally.breaches.append(f"{self.name}: {text}")

    def learn(self) -> None:
        """Notes what is in the bucket now."""
        for stored in self.server.bucket:
            self.legal.setdefault(stored.key, set()).add(stored.sha256)


def stage(dice: random.Random) -> Bucket:
    """A small bucket: logs, names of all kinds, empty and large objects, encrypted ones and uploads in parts."""
    bucket, names = Bucket(), set()
    count = dice.randrange(20, 61)
    names |= set(dice.sample([key for key in HOSTILE if key.endswith(b".json")], dice.randrange(6)))
    while len(names) < count:
        account, region = dice.choice(("111122223333", "444455556666")), dice.choice(("us-east-1", "eu-west-1"))
        month, day = dice.randrange(1, 3), dice.randrange(1, 29)
        named = _TRAIL.format(account=account, region=region, month=month, day=day, number=dice.randrange(10**9))
        names.add(named.encode())
    for name in sorted(names):
        size = dice.choice((0, 1, *(dice.randrange(2_000) for _ in range(12)), dice.randrange(300_000), 3_000_000))
        content = (name + b"\n" + dice.randbytes(size))[:size]
        kind = dice.random()
        if kind < 0.1:
            bucket.put(name, content, etag=f"{dice.getrandbits(128):032x}-2")
        elif kind < 0.2:
            header = {"x_amz_server_side_encryption": "aws:kms"}
            bucket.put(name, content, etag=f"{dice.getrandbits(128):032x}", **header)
        else:
            bucket.put(name, content, x_amz_meta_signature=f"{dice.getrandbits(64):x}")
    return bucket


def schedule(dice: random.Random, bucket: Bucket, endpoint: str, patience: int) -> list[Rule]:
    """Faults for some objects, for some listings, and perhaps a storm over all. `patience` bounds repetitions."""
    rules: list[Rule] = []
    for stored in bucket:
        for _ in range(dice.choice((0, 0, 0, 1, 1, 2)) if dice.random() < 0.7 else 0):
            rules.append(Rule(_fault(dice, stored, endpoint, patience), key=stored.key, times=_times(dice, patience)))
    for _ in range(dice.choice((0, 0, 1, 2))):
        kind = dice.choice(_OF_LISTINGS)
        fault = Fault(kind, dice.choice((-1, 50, 400)) if kind is not Kind.OVERSTATED else 9, 0.1)
        rules.append(Rule(fault, "ListObjectsV2", times=_times(dice, patience), skipping=dice.randrange(8)))
    if dice.random() < 0.3:
        storm = Fault(dice.choice((Kind.SLOW_DOWN, Kind.UNAVAILABLE, Kind.INTERNAL)))
        rules.append(Rule(storm, times=dice.randrange(1, 40), skipping=dice.randrange(10)))
    dice.shuffle(rules)
    return rules


def _times(dice: random.Random, patience: int) -> int:
    return dice.choice((1, 1, 1, 2, 3, 5, -1)) if patience > 1 else dice.choice((1, 1, 2))


def _fault(dice: random.Random, stored: Stored, endpoint: str, patience: int) -> Fault:
    size = len(stored.content)
    if dice.random() < 0.25:
        kind = dice.choice((*_HOPELESS, Kind.CHANGED, Kind.GONE))
        return Fault(kind, text=endpoint + _TARGET if kind is Kind.BOUNCED else "")
    if patience > 1 and dice.random() < 0.02:
        return Fault(Kind.STALL, dice.choice((-1, 0, size // 2)))
    # A wrong byte shows where the ETag is an MD5, and where it is not the same one twice.
    kind = dice.choice([each for each in _PASSING if each is not Kind.WRONG or not (stored.given_etag or size < 64)])
    if kind in (Kind.DROP, Kind.RESET):
        return Fault(kind, dice.choice((-1, 0, 1, dice.randrange(size + 1), size - 1)))
    if kind is Kind.TRICKLE:
        return Fault(kind, size // 5 + 1, 0.05)
    return Fault(kind, dice.choice((1, 7, max(size // 2, 1))), 0.2)


def prove_once(root: Path, seed: int, tally: Tally, patience: int) -> None:
    """One trial: perhaps killed some times, run to its end, and run again when the faults are over."""
    dice = random.Random(seed)
    bucket = stage(dice)
    with FaultyServer(bucket) as server:
        trial = Trial(root / f"copy-{seed}", server, dice, tally, f"seed {seed}")
        trial.learn()
        server.behave(schedule(dice, bucket, server.endpoint, patience))
        for _ in range(dice.choice((0, 1, 1, 2, 3)) if patience > 1 else dice.choice((0, 0, 1))):
            _run(trial, _moment(trial))
        _run(trial, None)
        tally.seen["trials"] += 1
        tally.seen["faults"] += len(server.schedule.rules)
        if patience > 1:
            server.behave()
            last = _run(trial, None)
            if last.code != 0:
                trial.breach(f"without faults it ends with {last.code}: {last.report.get('failed')} {last.err[-300:]}")
    shutil.rmtree(trial.dest)


def _moment(trial: Trial) -> Stop:
    dice, server = trial.dice, trial.server
    after = dice.randrange(1, 120)
    came: Callable[[], bool] = lambda: len(server.requests) >= after  # noqa: E731
    return Stop(dice.choice(_SIGNALS), came, dice.uniform(0, 0.03))


def _run(trial: Trial, stop: Stop | None) -> Ended:
    """One run, and everything that has to hold after it."""
    server, dice = trial.server, trial.dice
    copy = read_copy(trial.dest)
    trial.recorded = {}
    for row in copy.objects:
        trial.recorded.setdefault(row["key"].encode(), set()).add(row["etag"])
    server.requests = []
    options = ("--workers", str(dice.choice((1, 1, 2))), "--in-flight", str(dice.choice((1, 4, 64))))
    ended = pull(server.server, server.bucket.name, trial.dest, *options, stop=stop)
    requests, copy = list(server.requests), read_copy(trial.dest)
    trial.learn()
    trial.tally.seen["runs"] += 1
    trial.tally.seen["stopped"] += ended.stopped
    trial.tally.seen["failed rows"] += len(ended.report.get("failed", ()))
    _look_at_end(trial, ended, stop)
    _look_at_disk(trial, copy)
    _look_at_requests(trial, requests)
    if not ended.stopped:
        _look_at_objects(trial, ended, copy)
    return ended


def _look_at_end(trial: Trial, ended: Ended, stop: Stop | None) -> None:
    if "Traceback" in ended.err or "Error:" in ended.err:
        trial.breach(f"it says {ended.err[-600:]}")
    if ended.orphans:
        trial.breach(f"left running: {ended.orphans}")
    failed = bool(ended.report.get("failed"))
    # 4: nothing was had at all.
    allowed = {3, 4} if failed else {0}
    if ended.stopped and stop is not None:
        allowed = _CODES[stop.number] | (allowed if ended.report else set())
    if ended.code not in allowed:
        trial.breach(f"it ends with {ended.code}, not one of {sorted(allowed)}: {ended.err[-300:]}")


def _look_at_disk(trial: Trial, copy: Copy) -> None:
    """Nothing wrong under a final name, and nothing wrong on record."""
    if copy.torn:
        trial.breach(f"{copy.torn} lines of the log are no JSON")
    everything = set().union(*trial.legal.values())
    for path in kept_files(trial.dest):
        if digest_of(path) not in everything:
            trial.breach(f"{path.relative_to(trial.dest)} has bytes that were never in the bucket")
    for row in copy.objects:
        found = digest_of(trial.dest / row["path"])
        if row["sha256"] not in trial.legal.get(row["key"].encode(), ()):
            trial.breach(f"{row['key']!r} is recorded with a wrong hash")
        elif found != row["sha256"]:
            trial.breach(f"{row['key']!r} is recorded, and on the disk is {found or 'nothing'}")


def _look_at_requests(trial: Trial, requests: list[Request]) -> None:
    """Nothing is fetched twice, nothing is asked for that is not to be, every read is on condition."""
    whole: dict[bytes, int] = {}
    # Such an answer spoils the one that comes behind it on the same connection.
    spoilt = any(each.fault in (Kind.UNDERSTATED, Kind.PADDED) for each in requests)
    for each in requests:
        reads = each.method in ("GET", "HEAD") or each.operation.startswith(_READS)
        if not reads or each.key.startswith(b"else"):
            trial.breach(f"it asked {each.method} {each.operation} {each.key!r}")
        if not each.headers.get("user-agent", "").startswith("ctwork/"):
            trial.breach(f"the user agent is {each.headers.get('user-agent')}")
        if each.operation != "GetObject":
            continue
        if each.headers.get("if-match", "").strip('"') in trial.recorded.get(each.key, ()):
            trial.breach(f"{each.key!r} is on record and was asked for again")
        if "if-match" not in each.headers:
            trial.breach(f"{each.key!r} was asked for without If-Match")
        whole[each.key] = whole.get(each.key, 0) + (each.status == 200 and each.fault is None)
    for key, times in whole.items():
        if times > 1 and not spoilt:
            trial.breach(f"{key!r} was given whole {times} times in one run")


def _look_at_objects(trial: Trial, ended: Ended, copy: Copy) -> None:
    """Every object of the bucket is here or has a row; no row without need."""
    rows = [row["key"].encode() for row in ended.report.get("failed", ())]
    have = {(row["key"].encode(), row["sha256"]) for row in copy.objects}
    for stored in trial.server.bucket:
        here = (stored.key, stored.sha256) in have
        # A listing that failed is told by its prefix.
        told = any(stored.key == row or (stored.key.startswith(row) and _is_prefix(row)) for row in rows)
        if not here and not told:
            trial.breach(f"{stored.key!r} is neither here nor told of")
        if here and stored.key in rows:
            trial.breach(f"{stored.key!r} is here and told to have failed")
        trial.tally.seen["objects here" if here else "objects told of"] += 1


def _is_prefix(row: bytes) -> bool:
    return not row or row.endswith(b"/")


def prove(count: int, seed: int, patience: int = 2, jobs: int = 8) -> Tally:
    """`count` trials, some side by side: most of their time is waiting."""
    tally, guard = Tally(), threading.Lock()

    def one(number: int) -> None:
        own = Tally()
        try:
            prove_once(Path(root), number, own, patience)
        except Exception as problem:  # a trial that breaks must not pass for one that holds
            own.breaches.append(f"seed {number}: {type(problem).__name__}: {problem}")
        with guard:
            tally.seen.update(own.seen)
            tally.breaches += own.breaches

    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, range(seed, seed + count)))
    return tally


def main(arguments: list[str]) -> int:
    """Runs the trials, prints what they saw; 1 when there was a breach."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the first trial; the others count on")
    parser.add_argument("--jobs", type=int, default=8, help="trials side by side")
    parser.add_argument("--short", action="store_true", help="faults that pass quickly")
    asked = parser.parse_args(arguments)
    tally = prove(asked.count, asked.seed, 1 if asked.short else 2, asked.jobs)
    print(dict(tally.seen), f"{len(tally.breaches)} breaches")
    for breach in tally.breaches[:20]:
        print("BREACH", breach)
    return bool(tally.breaches)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
