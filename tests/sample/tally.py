"""Counts a tree of log files the slow and obvious way."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_THROTTLED = ("ThrottlingException", "RequestLimitExceeded", "ProvisionedThroughputExceededException")
_COLUMNS = (
    "eventName",
    "eventSource",
    "sourceIPAddress",
    "errorCode",
    "awsRegion",
    "recipientAccountId",
    "eventCategory",
    "eventType",
    "eventVersion",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.accessKeyId",
)


def read_tree(tree: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Unique records by (eventID, text); ``_copies`` holds how often each was read."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(tree.rglob("*.json.gz")):
        if "CloudTrail-Digest" in path.name:
            continue
        text = gzip.decompress(path.read_bytes()).decode()
        for raw in split_records(text):
            document = json.loads(raw)
            found.setdefault((document["eventID"], raw), document | {"_copies": 0})["_copies"] += 1
    return found


def split_records(text: str) -> list[str]:
    """The exact text of every record of a ``{"Records":[…]}`` document."""
    decoder = json.JSONDecoder()
    parts, position = [], text.index("[") + 1
    while text[position] != "]":
        position += text[position] == ","
        _, end = decoder.raw_decode(text, position)
        parts.append(text[position:end])
        position = end
    return parts


def count_tree(found: Mapping[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """Totals and counts by column."""
    documents = list(found.values())
    read = sum(document["_copies"] for document in documents)
    ids = Counter(event_id for event_id, _ in found)
    conflicts = sorted(event_id for event_id, versions in ids.items() if versions > 1)
    times = sorted(document["eventTime"] for document in documents)
    return {
        "records": {
            "read": read,
            "unique": len(documents),
            "copies": read - len(documents),
            "conflicts": len(conflicts),
            "event_ids": len(ids),
        },
        "conflicting_event_ids": conflicts,
        "first_event": times[0],
        "last_event": times[-1],
        "counts": {name: _count(documents, name) for name in _COLUMNS},
        "outcomes": dict(sorted(Counter(_outcome(document) for document in documents).items())),
        "bytes_out_by_bucket": _bytes_out(documents),
    }


def _count(documents: Iterable[dict[str, Any]], column: str) -> dict[str, int]:
    counter: Counter[str] = Counter()
    for document in documents:
        value: Any = document
        for name in column.split("."):
            value = (value or {}).get(name)
        if value is not None:
            counter[value] += 1
    return dict(sorted(counter.items()))


def _outcome(document: Mapping[str, Any]) -> str:
    """How a call ended; Insights records are no calls and count as ok."""
    if (document.get("responseElements") or {}).get("ConsoleLogin") == "Failure":
        return "failed-login"
    code = document.get("errorCode", "")
    if code.endswith(_DENIED) or code == "VpceAccessDenied":
        return "denied"
    if code.endswith(_THROTTLED):
        return "throttled"
    return "error" if code else "ok"


def _bytes_out(documents: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for document in documents:
        bucket = (document.get("requestParameters") or {}).get("bucketName")
        if bucket and document["eventName"] == "GetObject" and "errorCode" not in document:
            total[bucket] += int(document["additionalEventData"]["bytesTransferredOut"])
    return dict(sorted(total.items()))


def lineage(documents: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Issued keys, those seen in use, calls made with them, and the longest chain of issues."""
    issuer: dict[str, str | None] = {}
    calls: Counter[str] = Counter()
    for document in documents:
        own = (document.get("userIdentity") or {}).get("accessKeyId")
        if own:
            calls[own] += 1
        answer = document.get("responseElements") or {}
        for issued in (answer.get("credentials"), answer.get("accessKey")):
            if issued:
                issuer[issued["accessKeyId"]] = own or issuer.get(issued["accessKeyId"])
    used = [key for key in issuer if calls[key]]

    def depth(key: str | None) -> int:
        return 1 + depth(issuer[key]) if key in issuer else 0

    return {
        "issued": len(issuer),
        "used": len(used),
        "child_events": sum(calls[key] for key in used),
        "max_depth": max(map(depth, issuer)),
    }
