"""Companions of logs that hold no record are told as what they are; partner events of Lake are kept and told."""

import json
from typing import Any

import pytest
from containers import RECORDS, compact, sns, table

from ctwork.sources.base import IssueKind
from ctwork.sources.decode import decode

S3_ITEM = {"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"object": {}}}
POINTER = {"s3Bucket": "b", "s3ObjectKey": ["AWSLogs/x.json.gz"]}


def page(*bodies: Any) -> bytes:
    return compact({"Messages": [{"MessageId": "1", "ReceiptHandle": "h", "Body": body} for body in bodies]})


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (compact({"Records": [S3_ITEM]}), IssueKind.NOTIFICATION),
        (compact(POINTER), IssueKind.NOTIFICATION),
        (page(json.dumps({"Records": [S3_ITEM]})), IssueKind.NOTIFICATION),
        (page(json.dumps(sns({"Records": [S3_ITEM]}))), IssueKind.NOTIFICATION),
        (page(json.dumps(sns(POINTER))), IssueKind.NOTIFICATION),
        (page(json.dumps(sns("CloudTrail validation message."))), IssueKind.NOTIFICATION),
        (page("hello"), IssueKind.NOTIFICATION),
        (compact({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}), IssueKind.NOTIFICATION),
        (compact({"digestS3Object": "k", "logFiles": []}), IssueKind.DIGEST_FILE),
        (compact({"hashSignature": "00", "files": [{"fileHashValue": "1"}]}), IssueKind.DIGEST_FILE),
        (b"Permission Check Successful", IssueKind.NOTIFICATION),
        (
            compact({"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL"}]}),
            IssueKind.NOTIFICATION,
        ),
        (compact({"events": [], "searchedLogStreams": []}), IssueKind.EMPTY),
        (compact({"events": [{"timestamp": 1, "message": "START RequestId"}]}), IssueKind.NOT_CLOUDTRAIL),
        (compact({"class_uid": 6003, "metadata": {"product": {"name": "GuardDuty"}}}), IssueKind.NOT_CLOUDTRAIL),
        (b"# Execution Time: x Query Statement: SELECT 1\n_col0,n\n1,2\n", IssueKind.NOT_CLOUDTRAIL),
        (table(["eventid", "eventname", "eventtime"], []), IssueKind.EMPTY),
        (table(["name", "age"], [["a", 1]]), IssueKind.NOT_CLOUDTRAIL),
        (compact({"_source": {"a": 1}}), IssueKind.NOT_CLOUDTRAIL),
    ],
)
def test_what_holds_no_record_is_told(data: bytes, kind: IssueKind) -> None:
    found = decode(data, "companion")
    assert found.records == []
    assert [issue.kind for issue in found.issues] == [kind]
    assert found.bystander is kind


@pytest.mark.parametrize("category", ["ActivityAuditLog", "ConfigurationItem"])
def test_partner_events_of_lake_are_kept_and_told(category: str) -> None:
    event = {"eventVersion": "1.0", "eventCategory": category, "eventID": "1", "eventData": {"version": "1"}}
    found = decode(compact([RECORDS[0], event]), "x")
    assert [json.loads(record) for record in found.records] == [RECORDS[0], event]
    assert [(issue.kind, issue.index) for issue in found.issues] == [(IssueKind.NOT_CLOUDTRAIL, 1)]


def test_strangers_among_messages_are_told_one_by_one() -> None:
    found = decode(page(json.dumps(RECORDS[0]), "hello", json.dumps(POINTER)), "x")
    assert len(found.records) == 1
    assert [issue.kind for issue in found.issues] == [IssueKind.NOTIFICATION] * 2


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (compact({"awslogs": {"data": "not base64!"}}), IssueKind.SYNTAX),
        (compact({"awslogs": {"data": "H4sIAAAAAAAA/w=="}}), IssueKind.TRUNCATED),
        (page(json.dumps(RECORDS[0])[:-20]), IssueKind.SYNTAX),
        (compact({"events": [{"timestamp": 1, "message": json.dumps(RECORDS[0])[:200]}]}), IssueKind.SYNTAX),
    ],
)
def test_damage_inside_an_envelope_is_a_loss_with_its_place(data: bytes, kind: IssueKind) -> None:
    found = decode(data, "x")
    assert found.records == []
    assert [issue.kind for issue in found.issues] == [kind]
    assert found.issues[0].offset is not None and found.issues[0].length
    assert found.bystander is None


def test_envelopes_deeper_than_the_limit_are_a_loss() -> None:
    message: Any = RECORDS[0]
    for depth in range(1, 12):
        message = sns(message)
        found = decode(compact(message), "x")
        assert len(found.records) == (depth <= 5)
        assert [issue.kind for issue in found.issues] == ([] if depth <= 5 else [IssueKind.DEPTH])


def test_a_bomb_inside_an_envelope_is_bounded() -> None:
    import base64
    import gzip

    from ctwork.sources.base import Bounds

    bomb = base64.b64encode(gzip.compress(b" " * 4_000_000, mtime=0)).decode()
    found = decode(compact({"awslogs": {"data": bomb}}), "x", Bounds(inflated_bytes=1 << 20))
    assert [issue.kind for issue in found.issues] == [IssueKind.TOO_LARGE]
