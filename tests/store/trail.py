"""Records and trail files as AWS writes them, for tests. Imports nothing heavy."""

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]


def record(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A plain management event; `fields` replace its members, ``...`` leaves one out."""
    whole: dict[str, Any] = {
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ann", "accountId": "111122223333"},
        "eventTime": (datetime(2024, 1, 1) + timedelta(seconds=number)).isoformat() + "Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2.1",
        "eventID": event_id(number),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }
    return {name: value for name, value in (whole | fields).items() if value is not ...}


def event_id(number: int) -> str:
    """A lower-case UUID of its own for each number."""
    return f"00000000-0000-4000-8000-{number:012x}"


def write_trail(path: Path, records: Iterable[Record | bytes]) -> Path:
    """A trail log file as AWS delivers it, gzipped when its name says so; a record given as bytes is kept as it is."""
    items = [item if isinstance(item, bytes) else json.dumps(item, separators=(",", ":")).encode() for item in records]
    data = b'{"Records":[' + b",".join(items) + b"]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path
