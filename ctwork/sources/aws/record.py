"""One line of the acquisition log: what S3 said of an object when its bytes came, and what those bytes are."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from ctwork.sources.aws.terms import FetchJob

_METADATA = "x-amz-meta-"


class ObjectRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """An object of the copy, as the log keeps it."""

    bucket: str
    key: str
    path: str
    """Where its bytes lie, below the folder of the copy."""
    size: int
    sha256: str
    """Of the bytes as delivered, in hexadecimal."""
    etag: str
    modified: str
    """When S3 says that it was written: ISO 8601."""
    fetched: str
    """When it was read, by the clock of this machine: ISO 8601."""
    version: str = ""
    listed_version: str = ""
    """The version that was asked for by name; "" when the current one was."""
    storage: str = ""
    encryption: str = ""
    kms_key: str = ""
    content_type: str = ""
    content_encoding: str = ""
    lock_mode: str = ""
    locked_until: str = ""
    legal_hold: str = ""
    metadata: dict[str, str] = {}
    """User metadata; a digest's signature among it."""
    unlike: str = ""
    """The MD5 of the bytes where the ETag should be that and is another."""


_encode = msgspec.json.Encoder().encode


class _Line(msgspec.Struct, frozen=True):
    object: ObjectRecord


def line_of(bucket: str, job: FetchJob, headers: Mapping[str, str], sha256: str, unlike: str) -> bytes:
    """The log's line for an object that has arrived; `headers` are those of the answer that brought it."""
    record = ObjectRecord(
        bucket=bucket,
        key=job.key,
        path=job.path,
        size=job.size,
        sha256=sha256,
        etag=headers.get("ETag", job.etag).strip('"'),
        modified=job.modified,
        fetched=datetime.now(UTC).isoformat(timespec="milliseconds"),
        version=headers.get("x-amz-version-id", ""),
        listed_version=job.version,
        storage=headers.get("x-amz-storage-class", job.storage),
        encryption=headers.get("x-amz-server-side-encryption", ""),
        kms_key=headers.get("x-amz-server-side-encryption-aws-kms-key-id", ""),
        content_type=headers.get("Content-Type", ""),
        content_encoding=headers.get("Content-Encoding", ""),
        lock_mode=headers.get("x-amz-object-lock-mode", ""),
        locked_until=headers.get("x-amz-object-lock-retain-until-date", ""),
        legal_hold=headers.get("x-amz-object-lock-legal-hold", ""),
        metadata={
            name[len(_METADATA) :].lower(): _legal(value)
            for name, value in headers.items()
            if name.lower().startswith(_METADATA)
        },
        unlike=unlike,
    )
    return _encode(_Line(record)) + b"\n"


def _legal(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
