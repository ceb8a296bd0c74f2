"""The typed reading of a record: the two dozen fields the columns need, everything else left as raw bytes.

Typed decoding is an index over the evidence: what it refuses (odd types, lone surrogates, huge numbers) is read again
by the tolerant path, which never refuses an object, and says so with an issue kind.
"""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder

from ctwork.sources.base import IssueKind

ABSENT = Raw()


class Transfer(Struct, gc=False, frozen=True):
    """Byte counters of S3 data events; JSON floats such as ``4096.0``."""

    bytesTransferredIn: float | None = None
    bytesTransferredOut: float | None = None


class Rec(Struct, gc=False):
    """One record as CloudTrail wrote it; absent and null are both None (or `ABSENT` / ``null`` for raw fields)."""

    eventTime: str | None = None
    eventID: str | None = None
    eventSource: str | None = None
    eventName: str | None = None
    readOnly: bool | None = None
    managementEvent: bool | None = None
    eventType: str | None = None
    eventCategory: str | None = None
    errorCode: str | None = None
    errorMessage: str | None = None
    awsRegion: str | None = None
    recipientAccountId: str | None = None
    eventVersion: str | None = None
    vpcEndpointId: str | None = None
    sourceIPAddress: str | None = None
    userAgent: str | None = None
    additionalEventData: Transfer | None = None
    userIdentity: Raw = ABSENT
    resources: Raw = ABSENT
    requestParameters: Raw = ABSENT
    responseElements: Raw = ABSENT
    insightDetails: Raw = ABSENT
    serviceEventDetails: Raw = ABSENT


class Trail(Struct, gc=False):
    """A trail log file."""

    Records: list[Rec]


decode_trail = Decoder(Trail).decode
_decode_record = Decoder(Rec).decode

_RAW_FIELDS = frozenset(name for name, kind in Rec.__annotations__.items() if kind is Raw)
_FLAG_FIELDS = frozenset({"readOnly", "managementEvent"})


def read_record(raw: bytes) -> tuple[Rec | None, IssueKind | None]:
    """The record in `raw`, and what was odd about it; no record when it is not a JSON object at all."""
    try:
        return _decode_record(raw), None
    except ValidationError:
        kind = IssueKind.ODD_TYPE
    except (DecodeError, RecursionError):
        kind = IssueKind.SYNTAX
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return None, IssueKind.SYNTAX
    if not isinstance(document, dict):
        return None, IssueKind.NOT_OBJECT
    if kind is IssueKind.SYNTAX:
        kind = IssueKind.SURROGATE if _has_surrogate(document) else IssueKind.NONFINITE
    return coerce(document), kind


def coerce(document: Mapping[str, Any]) -> Rec:
    """`document` forced into the columns: scalars of another type become their JSON text, objects are left out."""
    values: dict[str, Any] = {}
    for field in Rec.__struct_fields__:
        value = document.get(field)
        if value is None:
            continue
        if field in _RAW_FIELDS:
            values[field] = Raw(json.dumps(_clean(value)).encode())
        elif field in _FLAG_FIELDS:
            values[field] = value if isinstance(value, bool) else None
        elif field == "additionalEventData":
            values[field] = _transfer(value)
        else:
            values[field] = scalar_text(value)
    return Rec(**values)


def scalar_text(value: object) -> str | None:
    """The text of a JSON scalar; None for null, objects and lists. Lone surrogates become U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if value is None or isinstance(value, dict | list):
        return None
    return json.dumps(value)


def _transfer(value: object) -> Transfer | None:
    if not isinstance(value, dict):
        return None
    counts = [value.get(name) for name in Transfer.__struct_fields__]
    return Transfer(*(float(n) if isinstance(n, int | float) and not isinstance(n, bool) else None for n in counts))


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {scalar_text(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return scalar_text(value) if isinstance(value, str) else value


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_surrogate(key) or _has_surrogate(item) for key, item in value.items())
    if isinstance(value, list):
        return any(map(_has_surrogate, value))
    return isinstance(value, str) and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)
