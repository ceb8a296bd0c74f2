"""Digest files: one an hour for each trail, account and region, each signed and holding its predecessor's signature."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .clock import END, FIRST_DAY, HOUR, MINUTE, folder, iso, second_name
from .deliver import LogFile, root
from .evasion import STARTED, STOPPED
from .signer import fingerprint, sign
from .world import HOME, LOG_BUCKET, Trail

_ALGORITHM = "SHA256withRSA"
_LAST_WORDS_S = 10 * MINUTE
"""After StopLogging the files under way are still delivered; then comes the last digest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest file."""

    key: str
    body: bytes
    """Inflated bytes."""
    signature: str
    """Hex; kept in S3 object metadata, hence lost in copies."""
    newest: bool
    """True for the last digest of an unbroken chain: nothing in the archive repeats its signature."""

    @property
    def sidecar(self) -> bytes:
        """The object's user metadata, as a JSON document."""
        metadata = {"x-amz-meta-signature": self.signature, "x-amz-meta-signature-algorithm": _ALGORITHM}
        return json.dumps(metadata, indent=2).encode() + b"\n"


def write_digests(trails: tuple[Trail, ...], files: list[LogFile]) -> list[Digest]:
    """Every digest of every trail, oldest first within a chain."""
    delivered: dict[tuple[Trail, str, str], list[LogFile]] = defaultdict(list)
    for file in files:
        delivered[file.trail, file.account, file.region].append(file)
    digests: list[Digest] = []
    for trail in trails:
        for account, region in trail.pairs:
            own = sorted(delivered[trail, account, region], key=lambda file: file.key)
            for windows in _chains(trail):
                digests += _chain(trail, account, region, windows, own)
    return digests


def _chains(trail: Trail) -> Iterator[list[tuple[int, int]]]:
    """The windows of each unbroken chain, as (start, end)."""
    ends = list(range(FIRST_DAY + trail.phase_s, END + HOUR, HOUR))
    if not trail.organisation:
        yield [(end - HOUR, end) for end in ends]
        return
    before = [(end - HOUR, end) for end in ends if end <= STOPPED]
    yield [*before, (before[-1][1], STOPPED + _LAST_WORDS_S)]
    after = [end for end in ends if end > STARTED]
    yield list(zip([STARTED, *after], after, strict=False))


def _chain(
    trail: Trail, account: str, region: str, windows: list[tuple[int, int]], files: list[LogFile]
) -> Iterator[Digest]:
    """The digests of one chain."""
    previous: Digest | None = None
    for start, end in windows:
        covered = [file for file in files if start < file.delivered <= end]
        name = f"{account}_CloudTrail-Digest_{region}_{trail.name}_{HOME}_{second_name(end)}.json.gz"
        key = f"{root(trail, account)}/CloudTrail-Digest/{region}/{folder(end)}/{name}"
        content = _content(account, key, (start, end), covered, previous)
        body = json.dumps(content, separators=(",", ":")).encode()
        before = previous.signature if previous else "null"
        digest_hash = hashlib.sha256(body).hexdigest()
        signature = sign(f"{iso(end)}\n{LOG_BUCKET}/{key}\n{digest_hash}\n{before}")
        previous = Digest(key, body, signature, newest=end == windows[-1][1])
        yield previous


def _content(
    account: str, key: str, window: tuple[int, int], files: list[LogFile], previous: Digest | None
) -> dict[str, Any]:
    """The members of a digest, in AWS's order."""
    spans = [_span(file) for file in files]
    return {
        "awsAccountId": account,
        "digestStartTime": iso(window[0]),
        "digestEndTime": iso(window[1]),
        "digestS3Bucket": LOG_BUCKET,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": fingerprint(),
        "digestSignatureAlgorithm": _ALGORITHM,
        "newestEventTime": max((span["newestEventTime"] for span in spans), default=None),
        "oldestEventTime": min((span["oldestEventTime"] for span in spans), default=None),
        "previousDigestS3Bucket": LOG_BUCKET if previous else None,
        "previousDigestS3Object": previous.key if previous else None,
        "previousDigestHashValue": hashlib.sha256(previous.body).hexdigest() if previous else None,
        "previousDigestHashAlgorithm": "SHA-256" if previous else None,
        "previousDigestSignature": previous.signature if previous else None,
        "logFiles": [
            {
                "s3Bucket": LOG_BUCKET,
                "s3Object": file.key,
                "hashValue": hashlib.sha256(file.body).hexdigest(),
                "hashAlgorithm": "SHA-256",
            }
            | span
            for file, span in zip(files, spans, strict=True)
        ],
    }


def _span(file: LogFile) -> dict[str, str]:
    """Newest and oldest event of a file."""
    times = [record.when for record in file.records]
    return {"newestEventTime": iso(max(times)), "oldestEventTime": iso(min(times))}
