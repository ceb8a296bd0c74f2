"""The typed reading of a record: the two dozen fields the columns need, everything else left as raw bytes.

Typed decoding is an index over the evidence: what it refuses (odd types, lone surrogates, huge numbers) is read again
by the tolerant path, which never refuses an object, and says so with an issue kind.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder

from ctwork.model.document import NumberText, json_text, legal_text, read_json, scalar_text
from ctwork.sources.base import IssueKind

ABSENT = Raw()
_LONGEST_COUNT = 20
"""Digits from which an integer is no counter any more, and too long for one to be made of it."""


class Transfer(Struct, gc=False, frozen=True):
    """Byte counters of S3 data events; JSON floats such as ``4096.0``."""

    bytesTransferredIn: int | float | None = None
    bytesTransferredOut: int | float | None = None


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


class Trail(Struct, gc=False, forbid_unknown_fields=True):
    """A trail log file, which holds nothing beside its list: what else an object has might be records too."""

    Records: list[Rec]


decode_trail = Decoder(Trail).decode
_decode_record = Decoder(Rec).decode
_decode_slices = Decoder(dict[str, Raw]).decode

_RAW_FIELDS = frozenset(name for name, kind in Rec.__annotations__.items() if kind is Raw)
_FLAG_FIELDS = frozenset({"readOnly", "managementEvent"})


def read_record(raw: bytes) -> tuple[Rec | None, IssueKind | None]:
    """The record in `raw`, and what was odd about it; no record when it is not a JSON object at all."""
    try:
        return _decode_record(raw), None
    except ValidationError:
        kind = IssueKind.ODD_TYPE
    except (DecodeError, RecursionError, UnicodeDecodeError):
        kind = IssueKind.SYNTAX
    try:
        document = read_json(raw)
    except ValueError:
        return None, IssueKind.SYNTAX
    except RecursionError:
        return None, IssueKind.DEPTH
    if not isinstance(document, dict):
        return None, IssueKind.NOT_OBJECT
    if kind is IssueKind.SYNTAX:
        kind = IssueKind.SURROGATE if raw.find(b"\\u") >= 0 or not raw.isascii() else IssueKind.NONFINITE
    return _coerce(document, raw), kind


def _coerce(document: Mapping[str, Any], raw: bytes) -> Rec:
    """`document` forced into the columns: scalars of another type become their JSON text, objects are left out."""
    values: dict[str, Any] = {}
    slices = _slices(raw)
    for field in Rec.__struct_fields__:
        value = document.get(field)
        if value is None:
            continue
        if field in _RAW_FIELDS:
            values[field] = slices[field] if slices is not None else _written(value)
        elif field in _FLAG_FIELDS:
            values[field] = value if isinstance(value, bool) else None
        elif field == "additionalEventData":
            values[field] = _transfer(value)
        else:
            values[field] = legal_text(scalar_text(value)) or None
    return Rec(**values)


def _slices(raw: bytes) -> dict[str, Raw] | None:
    """The exact bytes of each member; None for JSON that the strict decoder refuses."""
    try:
        return _decode_slices(raw)
    except (DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _written(value: object) -> Raw:
    """`value` as JSON again, numbers with the digits they came with; absent when it is nested too deep for that."""
    try:
        return Raw(json_text(value).encode())
    except RecursionError:
        return ABSENT


def _transfer(value: object) -> Transfer | None:
    if not isinstance(value, dict):
        return None
    counts = [value.get(name) for name in Transfer.__struct_fields__]
    return Transfer(*(_number(count) if isinstance(count, NumberText) else None for count in counts))


def _number(text: NumberText) -> int | float:
    return int(text) if text.isdecimal() and len(text) < _LONGEST_COUNT else float(text)


def decoded(raw: Raw) -> object:
    """A raw field as the reference reads it; None for what cannot be decoded."""
    try:
        return read_json(bytes(raw)) if bytes(raw) else None
    except (ValueError, RecursionError):
        return None
