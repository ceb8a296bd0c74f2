"""``s3://bucket/prefix``: which bucket, and which of its keys."""

import re
from dataclasses import dataclass

from ctwork.errors import UsageError

SCHEME = "s3://"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]").fullmatch
_ACCESS_POINT = re.compile(
    r"(arn:[a-z-]+:s3[a-z-]*:[a-z0-9-]*:\d*:accesspoint[:/][A-Za-z0-9.-]+)(?:/(.*))?", re.S
).fullmatch


@dataclass(frozen=True, slots=True)
class S3Place:
    """A bucket and the prefix of the keys that are meant."""

    bucket: str
    """A name, or the ARN of an access point."""
    prefix: str
    """"" for the whole bucket."""

    @classmethod
    def of(cls, location: str) -> "S3Place":
        """The place that `location` names. Raises UsageError."""
        rest = location.removeprefix(SCHEME)
        if match := _ACCESS_POINT(rest):
            return cls(match[1], match[2] or "")
        bucket, _, prefix = rest.partition("/")
        if not location.startswith(SCHEME) or not _BUCKET(bucket):
            raise UsageError(f"{location} names no bucket", "for example s3://my-trail-bucket/AWSLogs/")
        return cls(bucket, prefix)

    @property
    def label(self) -> str:
        """The bucket as the name of a folder."""
        return self.bucket.rpartition(":")[2].replace("/", ":")

    def url(self, key: str, version: str = "") -> str:
        """How an object is named to people."""
        return f"{SCHEME}{self.bucket}/{key}{f'?versionId={version}' if version else ''}"
