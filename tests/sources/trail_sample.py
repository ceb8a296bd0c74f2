"""Records, trail files and archives made up for the tests of this room."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"


def record(number: int, **more: Any) -> dict[str, Any]:
    """One plausible record; `number` makes it different from others."""
    return {
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/a", "accountId": ACCOUNT},
        "eventTime": "2024-05-01T00:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "requestParameters": {"bucketName": "b", "note": 'brackets }]{[ and \\ and "quotes"'},
        "resources": [{"ARN": "arn:aws:s3:::b/k", "type": "AWS::S3::Object"}],
        "eventID": f"00000000-0000-4000-8000-{number:012d}",
        **more,
    }


def text(value: Any) -> bytes:
    """Compact JSON, as AWS writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


def trail(*records: Mapping[str, Any]) -> bytes:
    return text({"Records": list(records)})


def key(day: int, hour: int = 0, region: str = "us-east-1", account: str = ACCOUNT, suffix: str = "A") -> str:
    """The key of a trail file delivered in May 2024."""
    name = f"{account}_CloudTrail_{region}_202405{day:02d}T{hour:02d}05Z_{suffix * 16}.json.gz"
    return f"AWSLogs/{account}/CloudTrail/{region}/2024/05/{day:02d}/{name}"


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def delivered(days: int = 4) -> dict[str, bytes]:
    """Trail files by key, latest first: two records each."""
    return {
        key(day): gzip.compress(trail(record(10 * day), record(10 * day + 1)), mtime=0) for day in range(days, 0, -1)
    }
