"""One hostile input with its oracle, and the records that all of them are made of."""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, IssueKind

Plant = Callable[[Path], None]
"""Puts something into a folder."""


@dataclass(frozen=True)
class Case:
    """One input and the truth about it."""

    name: str
    """Family letter, a dash, and what is wrong in a few words."""
    content: bytes | Callable[[], bytes] | Plant
    """One file's bytes, or what makes them, or (see `is_tree`) what plants a little tree."""
    holds: Counter[str]
    """How often each eventID must be delivered; nothing else may be."""
    told: frozenset[IssueKind] = frozenset()
    """One of these must be told. None: nothing is damaged, and no loss may be told."""
    file: str = "x.json"
    is_tree: bool = False
    meanwhile: Plant | None = None
    """What happens to the folder after it was listed and before it is read."""
    bounds: Bounds = DEFAULT_BOUNDS
    waits_for: str = ""
    """What has to come before this case can pass."""

    def plant(self, folder: Path) -> None:
        """Puts the input into `folder`, which exists and is empty."""
        if self.is_tree:
            self.content(folder)  # type: ignore[operator,call-arg]
        else:
            (folder / self.file).write_bytes(self.bytes)

    @property
    def bytes(self) -> bytes:
        """The content of a case that is one file."""
        return self.content if isinstance(self.content, bytes) else self.content()  # type: ignore[call-arg,return-value]


def case(
    name: str,
    content: bytes | Callable[[], bytes] | Plant,
    holds: Iterable[int | str] = (),
    told: str = "",
    file: str = "x.json",
    **more: Any,
) -> Case:
    """A case in one line: `holds` are numbers of `R` (or eventIDs), `told` is kinds in one string."""
    ids = Counter(event_id(item) if isinstance(item, int) else item for item in holds)
    return Case(name, content, ids, frozenset(map(IssueKind, told.split())), file, **more)


def event_id(number: int) -> str:
    """The eventID of ``R[number]``."""
    return f"b0071e00-0000-4000-8000-{number:012x}"


def record(number: int, **fields: Any) -> dict[str, Any]:
    """A plain management event; `fields` replace its members, ``...`` leaves one out."""
    whole: dict[str, Any] = {
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ann", "accountId": "111122223333"},
        "eventTime": f"2024-05-01T00:{number % 60:02d}:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2.1",
        "requestParameters": {"bucketName": "b", "note": 'brackets }]{[ and \\ and "quotes"'},
        "eventID": event_id(number),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    }
    return {key: value for key, value in (whole | fields).items() if value is not ...}


def text(value: object) -> bytes:
    """Compact JSON, as AWS writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


R = [text(record(number)) for number in range(12)]
"""The records that undamaged parts are made of."""


def trail(*records: bytes) -> bytes:
    """A log file as a trail writes it."""
    return b'{"Records":[%s]}' % b",".join(records)


def gz(data: bytes, level: int = 6) -> bytes:
    """One gzip member with the plain header of a delivered log."""
    return gzip.compress(data, level, mtime=0)


def odd(number: int, key: str, value: bytes) -> bytes:
    """``R[number]`` with the member `key` replaced by (or ending with) the JSON text `value`, whatever that is."""
    whole = text(record(number, **{key: ...}))
    return b'%s,"%s":%s}' % (whole[:-1], key.encode(), value)


def inside(number: int, value: bytes) -> bytes:
    """``R[number]`` with the JSON text `value` deep in its requestParameters."""
    return odd(number, "requestParameters", b'{"bucketName":"b","deep":{"value":%s}}' % value)
