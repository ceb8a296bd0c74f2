"""Saves what a verifier needs without the network ever after: trails, their settings, public keys, the buckets' rules.

Each answer is kept as the AWS CLI prints it, under the name of the command. What is refused is one line of
``state.jsonl`` and no failure: not every caller may ask all of this.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore import xform_name

from ctwork.sources.aws.answer import append, keep, rendered
from ctwork.sources.aws.door import FAILURES, Door
from ctwork.sources.aws.refusal import Refusal, refusal_of, refused

LOG = "state.jsonl"
Span = tuple[datetime | None, datetime | None]
"""The time that keys are wanted for; None where it is open."""
_OLDEST = datetime(2013, 11, 1, tzinfo=UTC)
"""CloudTrail began in this month."""
_KEY_LAG = timedelta(hours=2)
"""A digest is signed after the hour that it is about (facts: cloudtrail-formats 6.5)."""
_PAGES = 1_000
_AT_ONCE = 8
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_OF_TRAIL = ("GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "GetEventConfiguration")
_OF_BUCKET = {
    "GetBucketLocation": "get-bucket-location",
    "GetBucketVersioning": "get-bucket-versioning",
    "GetBucketPolicy": "get-bucket-policy",
    "GetBucketLifecycleConfiguration": "get-bucket-lifecycle",
    "GetBucketLogging": "get-bucket-logging",
    "GetBucketEncryption": "get-bucket-encryption",
    "GetObjectLockConfiguration": "get-bucket-object-lock",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of it."""

    answers: int
    refusals: tuple[Refusal, ...]


def save_state(
    door: Door,
    folder: Path,
    regions: Sequence[str],
    span: Span = (None, None),
    buckets: Iterable[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> Saved:
    """Asks in `regions` for trails and keys, and for the rules of `buckets` and of those that trails write to.

    An answer that differs from the one kept before is kept beside it. Once `stopped` nothing more is asked. Raises
    OSError when nothing can be written.
    """
    asked = _Asked(door, folder, stopped)
    asked.save("sts", "", "GetCallerIdentity", "get-caller-identity")
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="state") as pool:
        found = [answer for answer in pool.map(lambda region: _of_region(asked, region, span), regions) if answer]
        trails = list(
            {trail["TrailARN"]: trail for answer in found for trail in answer if "TrailARN" in trail}.values()
        )
        if found:
            asked.write("describe-trails", {"trailList": trails})
        jobs = [pool.submit(_of_trail, asked, trail, trails) for trail in trails]
        written = {trail["S3BucketName"] for trail in trails if trail.get("S3BucketName")}
        jobs += [pool.submit(_of_bucket, asked, bucket) for bucket in sorted({*buckets, *written})]
        jobs.append(pool.submit(_of_organisation, asked))
        for job in jobs:
            job.result()
    refusals = tuple(sorted(asked.refusals, key=lambda refusal: (refusal.operation, refusal.code)))
    return Saved(asked.answers, refusals)


@dataclass(slots=True)
class _Asked:
    """Asks, and keeps what is answered; several threads at once."""

    door: Door
    folder: Path
    stopped: Callable[[], bool]
    answers: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def ask(self, service: str, region: str, operation: str, **wanted: Any) -> dict[str, Any] | None:
        """One answer, all its pages in one; None for a refusal, which is noted, and when nothing is wanted any more."""
        if self.stopped():
            return None
        try:
            client = self._clients.get((service, region)) or self.door.client(service, region)
            self._clients[service, region] = client
            answer = _joined(getattr(client, xform_name(operation)), wanted)
            if not answer.get("NextToken"):
                return answer
            refusal = refused(service, operation, "Repeats")
        except FAILURES as problem:
            refusal = refusal_of(service, operation, problem)
        self.refusals.append(refusal)
        about = {"region": region, **{name: value for name, value in wanted.items() if isinstance(value, str)}}
        append(self.folder / LOG, {"asked": datetime.now(UTC), **about, **asdict(refusal)})
        return None

    def save(self, service: str, region: str, operation: str, name: str, **wanted: Any) -> dict[str, Any] | None:
        """Asks, and keeps the answer as ``<name>.json``."""
        answer = self.ask(service, region, operation, **wanted)
        if answer is not None:
            self.write(name, answer)
        return answer

    def write(self, name: str, answer: Mapping[str, Any]) -> None:
        """Keeps an answer; another one under its name stays, with the time of its own."""
        path, data = self.folder / f"{name}.json", rendered(answer)
        self.answers += 1
        with suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return
            since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            path.rename(path.with_name(f"{path.stem}.{since:%Y%m%dT%H%M%SZ}.json"))
        keep(path, data)


def _joined(call: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a call, the lists of later pages added to those of the first.

    ``NextToken`` stays in it where there is no end.
    """
    answer: dict[str, Any] = call(**wanted)
    for _ in range(_PAGES):
        if not (token := answer.pop("NextToken", None)):
            break
        page = call(**wanted, NextToken=token)
        for name, value in page.items():
            if isinstance(value, list):
                answer.setdefault(name, []).extend(value)
        answer["NextToken"] = page.get("NextToken")
    return answer


def _of_region(asked: _Asked, region: str, span: Span) -> list[dict[str, Any]] | None:
    """Keys and data stores of one region; its trails, None where those are refused."""
    first, last = span
    wanted = {"StartTime": first or _OLDEST, "EndTime": (last or datetime.now(UTC)) + _KEY_LAG}
    asked.save("cloudtrail", region, "ListPublicKeys", f"list-public-keys/{region}", **wanted)
    asked.save("cloudtrail", region, "ListEventDataStores", f"list-event-data-stores/{region}")
    answer = asked.ask("cloudtrail", region, "DescribeTrails", includeShadowTrails=True)
    return None if answer is None else list(answer.get("trailList", []))


def _of_trail(asked: _Asked, trail: Mapping[str, Any], trails: Sequence[Mapping[str, Any]]) -> None:
    region, arn = str(trail.get("HomeRegion") or asked.door.region), str(trail["TrailARN"])
    named = f"{region}-{trail.get('Name', '')}"
    same = [other for other in trails if (other.get("HomeRegion"), other.get("Name")) == (region, trail.get("Name"))]
    if len(same) > 1:  # an organisation's trail beside one of the account
        named += f"-{arn.split(':')[4] if arn.count(':') > 4 else ''}"
    for operation in _OF_TRAIL:
        key = "Name" if operation == "GetTrailStatus" else "TrailName"
        folder = xform_name(operation).replace("_", "-")
        asked.save("cloudtrail", region, operation, f"{folder}/{_UNSAFE.sub('_', named)}", **{key: arn})


def _of_bucket(asked: _Asked, bucket: str) -> None:
    for operation, folder in _OF_BUCKET.items():
        asked.save("s3", "", operation, f"{folder}/{_UNSAFE.sub('_', bucket)}", Bucket=bucket)


def _of_organisation(asked: _Asked) -> None:
    if asked.save("organizations", "", "DescribeOrganization", "describe-organization") is not None:
        asked.save("organizations", "", "ListAccounts", "list-accounts")
