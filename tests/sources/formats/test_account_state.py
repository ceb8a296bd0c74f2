"""What kits save beside events is told as what it is; events are found in every shape that kits give them."""

import json
from typing import Any

import pytest
from containers import RECORDS, compact, looked_up

from ctwork.sources.base import IssueKind
from ctwork.sources.decode import decode

ARN = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"
TRAIL = {"Name": "main", "S3BucketName": "logs", "HomeRegion": "us-east-1", "TrailARN": ARN}
ANSWERS: dict[str, Any] = {
    "describe-trails": {"trailList": [TRAIL]},
    "describe-trails-none": {"trailList": []},
    "get-trail": {"Trail": TRAIL},
    "list-trails": {"Trails": [{"TrailARN": ARN, "Name": "main", "HomeRegion": "us-east-1"}]},
    "get-trail-status": {"IsLogging": True, "LatestDeliveryTime": "2026-01-01T00:00:00+00:00"},
    "get-event-selectors": {"TrailARN": ARN, "EventSelectors": [{"ReadWriteType": "All"}]},
    "get-advanced-selectors": {
        "TrailARN": ARN,
        "AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}],
    },
    "get-insight-selectors": {"InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]},
    "list-public-keys": {"PublicKeyList": [{"Value": "MIIB", "Fingerprint": "00"}]},
    "list-event-data-stores": {"EventDataStores": []},
    "describe-organization": {"Organization": {"Id": "o-1", "Arn": "a", "MasterAccountId": "123456789012"}},
    "list-accounts": {"Accounts": [{"Id": "123456789012", "Arn": "a", "Email": "a@example.com"}]},
    "get-caller-identity": {"UserId": "AIDA", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/a"},
    "get-bucket-versioning": {"Status": "Enabled", "MFADelete": "Disabled"},
    "get-bucket-policy": {"Policy": '{"Version":"2012-10-17","Statement":[]}'},
    "get-bucket-lifecycle": {"Rules": [{"ID": "old", "Status": "Enabled", "Expiration": {"Days": 1}}]},
    "get-bucket-logging": {"LoggingEnabled": {"TargetBucket": "b", "TargetPrefix": ""}},
    "get-bucket-encryption": {"ServerSideEncryptionConfiguration": {"Rules": []}},
    "get-bucket-object-lock": {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
    "get-bucket-location": {"LocationConstraint": None},
    "trails-of-a-kit": [TRAIL, TRAIL],
    "commands-of-a-kit": [
        {"command": "aws cloudtrail describe-trails", "output": [TRAIL]},
        {"command": "aws cloudtrail get-event-selectors --trail-name <name>", "output": {"main": {}}},
    ],
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("indent", [None, 4])
def test_a_saved_answer_is_told_as_state_of_the_account(name: str, indent: int | None) -> None:
    found = decode(json.dumps(ANSWERS[name], indent=indent).encode(), f"kit/{name}.json")
    assert (found.records, found.bystander) == ([], IssueKind.ACCOUNT_STATE)
    assert [issue.kind for issue in found.issues] == [IssueKind.ACCOUNT_STATE]


def test_answers_one_to_a_line_are_told() -> None:
    data = b"".join(compact(ANSWERS[name]) + b"\n" for name in ("describe-trails", "get-trail-status"))
    found = decode(data, "kit/all.jsonl")
    assert (found.records, found.bystander) == ([], IssueKind.ACCOUNT_STATE)


def test_a_record_within_an_answer_is_a_loss_that_is_told() -> None:
    found = decode(compact({"trailList": [], "more": [RECORDS[0]]}), "kit/x.json")
    assert (found.records, found.bystander) == ([], None)
    assert IssueKind.UNSUPPORTED in {issue.kind for issue in found.issues}


def test_the_log_of_an_acquisition_has_one_row() -> None:
    lines: list[dict[str, Any]] = [
        {"run": {"bucket": "b", "agent": "ctwork/0.1.0 acquisition/00"}},
        *({"object": {"bucket": "b", "key": f"AWSLogs/{number}.json.gz", "sha256": "00"}} for number in range(300)),
        {"failed": {"key": "k", "code": "AccessDenied"}},
        {"end": {"fetched": 300}},
    ]
    found = decode(b"".join(compact(line) + b"\n" for line in lines), "logs/ctwork-pull/acquisition.jsonl")
    assert (found.records, found.bystander) == ([], IssueKind.ACQUISITION_LOG)
    assert [issue.kind for issue in found.issues] == [IssueKind.ACQUISITION_LOG]


def test_a_record_within_the_log_of_an_acquisition_is_a_loss_that_is_told() -> None:
    lines = [{"run": {}}, {"object": {"key": "k"}}, {"object": {"metadata": RECORDS[0]}}]
    found = decode(b"".join(compact(line) + b"\n" for line in lines), "logs/ctwork-pull/acquisition.jsonl")
    assert IssueKind.UNSUPPORTED in {issue.kind for issue in found.issues}


ITEMS = [looked_up(record) for record in RECORDS]
PAGES = [{"Events": ITEMS[:1], "NextToken": "t"}, {"Events": ITEMS[1:], "ResponseMetadata": {"RetryAttempts": 0}}]
SHAPES: dict[str, bytes] = {
    "a page": compact({"Events": ITEMS}),
    "a page for people": json.dumps({"Events": ITEMS}, indent=4).encode(),
    "an array of pages": compact(PAGES),
    "pages glued together": b"\n".join(
        json.dumps(page, indent=4).encode() for page in (PAGES[0], {"Events": ITEMS[1:]})
    ),
    "a page to a line": b"\n".join(map(compact, PAGES)),
    "an array of items": compact(ITEMS),
    "an item to a line": b"\n".join(map(compact, ITEMS)),
    "an array of arrays": compact([ITEMS[:1], ITEMS[1:]]),
    "items under a name": compact({"events": ITEMS}),
    "after its command": compact([{"command": "aws cloudtrail lookup-events", "output": ITEMS}]),
    "a page after its command": compact({"command": "aws cloudtrail lookup-events", "output": PAGES[0] | PAGES[1]}),
    "records alone": compact(RECORDS),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_events_that_a_kit_has_looked_up_are_read(shape: str) -> None:
    found = decode(SHAPES[shape], "kit/us-east-1/cloudtrail.json")
    wanted = RECORDS[1:] if shape == "a page after its command" else RECORDS
    assert [json.loads(record) for record in found.records] == wanted
    assert found.issues == []
