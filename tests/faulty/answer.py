"""What the faulty server answers: first what S3 would, then what a fault makes of that."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime

from tests.faulty.bucket import Bucket, Stored
from tests.faulty.fault import ERRORS, Fault, Kind
from tests.faulty.listing import error, objects_page, versions_page

_RANGE = re.compile(r"bytes=(\d+)-(\d*)").fullmatch
_WHO = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:iam::123456789012:user/reader</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body, and how they reach the other side."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None
    """The length in the header where it is not the true one."""
    cut_at: int | None = None
    """The connection ends after so many bytes of the body, negative: before anything was said; None: it goes on."""
    resets: bool = False
    """It ends by RST."""
    stalls: bool = False
    """It does not end, and nothing comes."""
    piece: int = 0
    """Bytes at a time; 0 for all."""
    pause_s: float = 0.0
    late_s: float = 0.0
    raw: bytes = b""
    """Sent instead of everything else."""


def answer_to(
    bucket: Bucket, operation: str, key: bytes, query: Mapping[str, str], headers: Mapping[str, str]
) -> Answer:
    """What S3 answers."""
    match operation:
        case "GetObject" | "HeadObject":
            return _object(bucket, key, query, headers)
        case "ListObjectsV2":
            return _xml(objects_page(bucket, query))
        case "ListObjectVersions":
            return _xml(versions_page(bucket, query))
        case "HeadBucket":
            return Answer(headers={"x-amz-bucket-region": bucket.region})
        case "GetBucketLocation":
            region = "" if bucket.region == "us-east-1" else bucket.region
            return _xml(f"<LocationConstraint>{region}</LocationConstraint>".encode())
        case "GetBucketVersioning":
            state = "<Status>Enabled</Status>" if bucket.versioned else ""
            return _xml(f"<VersioningConfiguration>{state}</VersioningConfiguration>".encode())
        case "GetCallerIdentity":
            return _xml(_WHO)
        case "":
            return _error(404, "NoSuchBucket", "The specified bucket does not exist")
        case _:
            return _error(403, "AccessDenied", f"{operation} is not allowed here")


def faulty(answer: Answer, fault: Fault, bucket: Bucket, query: Mapping[str, str]) -> Answer:
    """`answer` as `fault` spoils it."""
    if fault.kind in ERRORS:
        return _refusal(fault, bucket)
    size, body = fault.size, answer.body
    match fault.kind:
        case Kind.DROP | Kind.RESET | Kind.STALL:
            cut_at = size if size < 0 else min(size, max(len(body) - 1, 0))
            return replace(answer, cut_at=cut_at, resets=fault.kind is Kind.RESET, stalls=fault.kind is Kind.STALL)
        case Kind.TRICKLE:
            return replace(answer, piece=max(size, 1), pause_s=fault.pause_s)
        case Kind.LATE:
            return replace(answer, late_s=fault.pause_s)
        case Kind.OVERSTATED:
            return replace(answer, announced=len(body) + max(size, 1), cut_at=len(body))
        case Kind.UNDERSTATED:
            return replace(answer, announced=max(len(body) - max(size, 1), 0))
        case Kind.CUT:
            return replace(answer, body=body[: max(len(body) - max(size, 1), 0)])
        case Kind.PADDED:
            return replace(answer, body=body + b"\0" * max(size, 1))
        case Kind.WRONG:
            return replace(answer, body=_with_another_byte(body))
        case Kind.OTHER_RANGE if answer.status == 206:
            return _other_range(answer)
        case _:
            return _of_a_listing(answer, fault, bucket, query)


def _of_a_listing(answer: Answer, fault: Fault, bucket: Bucket, query: Mapping[str, str]) -> Answer:
    match fault.kind:
        case Kind.BAD_GATEWAY:
            return Answer(502, b"<html><body><h1>502 Bad Gateway</h1>\x1b]0;x\x07", {"Content-Type": "text/html"})
        case Kind.GARBAGE:
            return replace(answer, status=200, body=random.randbytes(300))
        case Kind.NO_HTTP:
            return Answer(raw=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        case Kind.HALF_A_PAGE:
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case Kind.SAME_PAGE:
            return _xml(objects_page(bucket, query, following=query.get("continuation-token") or "00"))
        case Kind.NO_TOKEN:
            return _xml(objects_page(bucket, query, more=True))
        case Kind.ENDLESS:
            token = f"{int(query.get('continuation-token', '0'), 16) + 1:032x}"
            told = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
            return _xml(f"<ListBucketResult><EncodingType>url</EncodingType>{told}</ListBucketResult>".encode())
        case Kind.CIRCLING:
            token = query.get("continuation-token", "")
            first = {name: text for name, text in query.items() if name != "continuation-token"}
            return _xml(objects_page(bucket, first, following=f"{int(token or '0', 16) + 1:032x}"))
        case Kind.DOCTYPE:
            return _xml(_ENTITIES)
        case _:
            # CHANGED, GONE and NO_RANGE have done their work.
            return answer


def _refusal(fault: Fault, bucket: Bucket) -> Answer:
    status, code, message = ERRORS[fault.kind]
    more: dict[str, str] = {}
    headers: dict[str, str] = {}
    if fault.kind is Kind.ARCHIVED:
        more["StorageClass"] = fault.text or "GLACIER"
    if fault.kind is Kind.MOVED:
        headers["x-amz-bucket-region"] = fault.text or bucket.region
        more["Endpoint"] = f"{bucket.name}.s3.{headers['x-amz-bucket-region']}.amazonaws.com"
    if fault.kind is Kind.OTHER_REGION:
        more["Region"] = fault.text or "eu-central-1"
    if fault.kind is Kind.BOUNCED:
        headers["Location"] = fault.text
    return Answer(status, error(code, message, **more), {"Content-Type": "application/xml", **headers})


def _object(bucket: Bucket, key: bytes, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    version = query.get("versionId", "")
    stored = bucket.version(key, version) if version else bucket.current(key)
    if stored is None or stored.marker:
        code = "NoSuchVersion" if version else "NoSuchKey"
        return _error(404, code, "The specified key does not exist.")
    if stored.storage in ("GLACIER", "DEEP_ARCHIVE"):
        return _refusal(Fault(Kind.ARCHIVED, text=stored.storage), bucket)
    wanted = headers.get("if-match", "*").strip('"')
    if wanted not in ("*", stored.etag):
        return _error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    described = _described(stored, bucket)
    ranged = _RANGE(headers.get("range", ""))
    if ranged is None:
        return Answer(200, stored.content, described)
    size, first = len(stored.content), int(ranged[1])
    last = min(int(ranged[2]) if ranged[2] else size - 1, size - 1)
    if first >= size:
        return _error(416, "InvalidRange", "The requested range is not satisfiable")
    described["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Answer(206, stored.content[first : last + 1], described)


def _described(stored: Stored, bucket: Bucket) -> dict[str, str]:
    headers = {"ETag": f'"{stored.etag}"', "Last-Modified": format_datetime(stored.modified, usegmt=True)}
    headers |= {"Content-Type": "application/json", "Accept-Ranges": "bytes"}
    headers |= {"x-amz-version-id": stored.version} if bucket.versioned else {}
    headers |= {"x-amz-storage-class": stored.storage} if stored.storage != "STANDARD" else {}
    return headers | dict(stored.headers)


def _with_another_byte(body: bytes) -> bytes:
    if not body:
        return body
    spoiled, place = bytearray(body), random.randrange(len(body))
    spoiled[place] ^= random.randrange(1, 256)
    return bytes(spoiled)


def _other_range(answer: Answer) -> Answer:
    whole = answer.headers["Content-Range"].partition("/")[2]
    return replace(answer, headers={**answer.headers, "Content-Range": f"bytes 0-{len(answer.body) - 1}/{whole}"})


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(status, error(code, message), {"Content-Type": "application/xml"})


def _xml(body: bytes) -> Answer:
    return Answer(200, body, {"Content-Type": "application/xml"})
