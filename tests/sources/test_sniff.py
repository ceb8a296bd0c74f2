"""Every container is recognised from its content and gives its records with exact spans."""

import json
from typing import Any

import pytest
from trail_sample import record, text, trail

from ctwork.sources.base import IssueKind
from ctwork.sources.decode import decode
from ctwork.sources.harvest import DERIVED, FULL, Decoded

R = [record(number) for number in range(3)]
T = [text(item) for item in R]


def eventbridge(item: dict[str, Any], kind: str = "AWS API Call via CloudTrail") -> dict[str, Any]:
    return {"version": "0", "id": "1", "detail-type": kind, "source": "aws.s3", "resources": [], "detail": item}


def looked_up(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "EventId": item["eventID"],
        "EventName": item["eventName"],
        "ReadOnly": "true",
        "Resources": [],
        "CloudTrailEvent": json.dumps(item),
    }


def check(data: bytes, container: str, records: list[bytes], fidelity: str = FULL) -> Decoded:
    """The records are these and lie where the spans say; nothing else is told."""
    found = decode(data, "x.json")
    assert found.issues == []
    assert (found.container, found.fidelity, found.records) == (container, fidelity, records)
    assert found.bystander is None
    assert len(found.spans) == len(records)
    if fidelity == FULL:
        assert [data[start:end] for start, end in found.spans] == records
    return found


def indented(value: Any) -> tuple[bytes, list[bytes]]:
    """`value` pretty-printed, and the records `R` as they then stand in it."""
    depth = 4 if isinstance(value, dict) else 2
    return (
        json.dumps(value, indent=2).encode(),
        [json.dumps(item, indent=2).replace("\n", "\n" + " " * depth).encode() for item in R],
    )


@pytest.mark.parametrize("space", [b"", b"\n", b" \r\n\t"])
def test_trail_file(space: bytes) -> None:
    check(space + trail(*R) + space, "trail", T)
    check(
        b'{"Records":' + space + b"[" + space + (space + b"," + space).join(T) + space + b"]" + space + b"}", "trail", T
    )


def test_trail_file_written_by_other_tools() -> None:
    pretty, records = indented({"Records": R})
    check(pretty, "trail", records)
    ordered = [dict(sorted(item.items())) for item in R]
    check(text({"Records": ordered}), "trail", [text(item) for item in ordered])
    check(text({"a": {"Records": [1]}, "Records": R, "z": "]}"}), "trail", T)
    check(b'{"\\u0052ecords":[' + b",".join(T) + b"]}", "trail", T)


def test_a_repeated_list_hides_no_record() -> None:
    for data in (
        b'{"Records":[%s],"Records":[%s,%s]}' % tuple(T),
        b'{"a":1,"Records":[%s],"b":2,"Records":[%s,%s]}' % tuple(T),
    ):
        found = decode(data)
        assert found.records == T
        assert [issue.kind for issue in found.issues] == [IssueKind.DUPLICATE_KEY]
    same = decode(b'{"Records":[%s],"Records":[%s]}' % (T[0], T[0]))
    assert same.records == [T[0], T[0]]
    assert [issue.kind for issue in same.issues] == [IssueKind.DUPLICATE_KEY]


def test_insights_and_aggregated_events_are_records() -> None:
    insight = {"eventVersion": "1.07", "eventID": "i", "eventType": "AwsCloudTrailInsight", "insightDetails": {}}
    check(trail(insight), "trail", [text(insight)])
    rolled = {"eventVersion": "1.0", "eventCategory": "Aggregated", "timeWindow": {}, "summary": {}, "eventId": "a"}
    check(text([rolled]), "array", [text(rolled)])


def test_bare_array() -> None:
    check(text(R), "array", T)
    pretty, records = indented(R)
    check(pretty, "array", records)
    check(text([eventbridge(R[0]), R[1]]), "array", T[:2])


def test_single_record() -> None:
    check(T[0] + b"\n", "record", T[:1])


def test_json_lines_of_everything() -> None:
    check(b"\n".join(T), "json-lines", T)
    check(b"\r\n".join(T) + b"\r\n\r\n", "json-lines", T)
    check(b"".join(T), "json-lines", T)
    check(b"\x1e" + b"\n\x1e".join(T), "json-lines", T)
    check(trail(R[0]) + b"\n" + trail(R[1], R[2]), "json-lines", T)
    check(trail(R[0]) + text(R[1:]), "json-lines", T)
    check(text(eventbridge(R[0])) + b"\n" + T[1], "json-lines", T[:2])
    check(
        b"\n".join(json.dumps(item, indent=1).encode() for item in R),
        "json-lines",
        [json.dumps(item, indent=1).encode() for item in R],
    )


@pytest.mark.parametrize("kind", ["AWS API Call via CloudTrail", "AWS Console Signin via CloudTrail"])
def test_eventbridge(kind: str) -> None:
    check(text(eventbridge(R[0], kind)), "eventbridge", T[:1])
    check(text({"account": "1", "region": "us-east-1", "detail": R[0]}), "eventbridge", T[:1])


def test_other_eventbridge_events_are_no_records() -> None:
    found = decode(text(eventbridge({"state": "running"}, "EC2 Instance State-change Notification")))
    assert (found.records, found.bystander) == ([], IssueKind.NOT_CLOUDTRAIL)


def test_lookup_events() -> None:
    pages = {"NextToken": "x", "Events": [looked_up(item) for item in R]}
    data = text(pages)
    found = check(data, "lookup-events", [json.dumps(item).encode() for item in R], DERIVED)
    assert [json.loads(data[start:end])["EventId"] for start, end in found.spans] == [item["eventID"] for item in R]
    lines = b"\n".join(text(looked_up(item)) for item in R)
    check(lines, "json-lines", [json.dumps(item).encode() for item in R], DERIVED)
    check(text(looked_up(R[0])), "lookup-events", [json.dumps(R[0]).encode()], DERIVED)
    check(text({"Events": R}), "lookup-events", T)
    check(text({**looked_up(R[0]), "CloudTrailEvent": R[0]}), "lookup-events", T[:1])


def test_lookup_text_is_unescaped_exactly() -> None:
    inner = json.dumps({**R[0], "userAgent": "\u00e9\u20ac\U0001f600\u2028"}, ensure_ascii=False)
    found = decode(text({"EventId": "1", "CloudTrailEvent": inner}))
    assert found.records == [inner.encode()]


def test_lookup_item_without_a_record_is_told() -> None:
    found = decode(text({"Events": [looked_up(R[0]), {"EventId": "1", "CloudTrailEvent": "{broken"}]}))
    assert len(found.records) == 1
    assert [issue.kind for issue in found.issues] == [IssueKind.SYNTAX]


S3_ITEM = {"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "x", "s3": {}}
POINTER = {"s3Bucket": "b", "s3ObjectKey": ["AWSLogs/x.json.gz"]}


def sns(message: Any) -> dict[str, Any]:
    return {"Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": json.dumps(message)}


@pytest.mark.parametrize(
    ("document", "bystander"),
    [
        (trail(S3_ITEM), IssueKind.NOTIFICATION),
        (trail({"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {}}), IssueKind.NOTIFICATION),
        (trail({**R[0], "eventSource": "aws:s3"}), IssueKind.NOTIFICATION),
        (text(sns(POINTER)), IssueKind.NOTIFICATION),
        (text(sns({"Records": [S3_ITEM]})), IssueKind.NOTIFICATION),
        (text(sns("CloudTrail validation message.")), IssueKind.NOTIFICATION),
        (text({"digestS3Object": "k", "logFiles": [], "awsAccountId": "1"}), IssueKind.DIGEST_FILE),
        (b'{"Records":[]}', IssueKind.EMPTY),
        (b"[]", IssueKind.EMPTY),
        (b' {"Events": [ ] }\n', IssueKind.EMPTY),
        (b"[]\n[]\n", IssueKind.EMPTY),
        (b"", IssueKind.EMPTY),
        (b" \n", IssueKind.EMPTY),
        (b'{"a":1}', IssueKind.NOT_CLOUDTRAIL),
        (b"[1,2]", IssueKind.NOT_CLOUDTRAIL),
        (b'[{"type":"IAMUser"},{"role":{}}]', IssueKind.NOT_CLOUDTRAIL),
        (b'{"a":1}\n{"b":2}\n', IssueKind.NOT_CLOUDTRAIL),
        (b'{"Records":{"a":1}}', IssueKind.NOT_CLOUDTRAIL),
        (b'{"Records":[{"a":1}]}', IssueKind.NOT_CLOUDTRAIL),
        (text({"insightDetails": {"eventName": "a", "eventSource": "b"}}), IssueKind.NOT_CLOUDTRAIL),
    ],
)
def test_what_holds_no_record_is_told_as_a_note(document: bytes, bystander: IssueKind) -> None:
    found = decode(document, "x.json")
    assert found.records == []
    assert found.bystander == bystander
    assert [issue.kind for issue in found.issues] == [bystander]


def test_an_eventbridge_event_inside_sns_is_opened() -> None:
    data = text(sns(eventbridge(R[0])))
    found = decode(data)
    assert (found.fidelity, found.spans) == (DERIVED, [(0, len(data))])
    assert [json.loads(item) for item in found.records] == R[:1]


def test_strangers_between_records_are_told() -> None:
    found = decode(text([R[0], {"a": 1}, 5, R[1]]))
    assert found.records == T[:2]
    assert [issue.kind for issue in found.issues] == [IssueKind.NOT_CLOUDTRAIL] * 2
    found = decode(b'{"Records":[%s,null,%s]}' % (T[0], T[1]))
    assert found.records == T[:2]
    assert [(issue.kind, issue.length) for issue in found.issues] == [(IssueKind.NOT_OBJECT, 4)]


def test_nested_envelopes_end() -> None:
    message: Any = eventbridge(R[0])
    for _ in range(7):
        message = sns(message)
    assert decode(text(message)).records == []


def test_issues_of_one_kind_are_counted_past_a_hundred() -> None:
    found = decode(text([R[0], *[1] * 1000]))
    assert len(found.issues) == 101
    assert found.issues[-1].message.startswith("900 more")
