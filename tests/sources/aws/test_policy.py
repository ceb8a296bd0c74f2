"""The shipped policy allows exactly what may be called; the list itself holds real operations that only read."""

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from ctwork.errors import UsageError
from ctwork.sources.aws.permit import Gate, NotPermitted, reads
from ctwork.sources.aws.policy import OPTIONAL, policy

READING = ("Get", "List", "Head", "Describe", "Lookup")
FOR_OTHERS = {"kms:Decrypt", "s3:GetObjectVersion"}
"""What S3 does in the caller's name when it hands out an object, and what `GetObject` needs for an earlier version."""


def statements(place: str = "", key_arn: str = "") -> list[dict[str, Any]]:
    document = json.loads(policy(place, key_arn))
    assert document["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = document["Statement"]
    return found


def actions(found: list[dict[str, Any]]) -> list[str]:
    return [action for statement in found for action in statement["Action"]]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inside in value:
            yield from texts(inside)
    else:
        yield value


def test_the_policy_allows_what_is_called_and_nothing_else() -> None:
    allowed = actions(statements())
    assert len(allowed) == len(set(allowed))
    assert set(allowed) == {action for action in reads().values() if action} | FOR_OTHERS
    assert not any("*" in action for action in allowed)
    assert {statement["Effect"] for statement in statements()} == {"Allow"}


def test_every_action_reads() -> None:
    for action in set(actions(statements())) - {"kms:Decrypt"}:
        assert action.partition(":")[2].startswith(READING), action


def test_what_may_be_called_is_real_and_reads() -> None:
    session = botocore.session.Session()
    for service, operation in reads():
        model = session.get_service_model(service).operation_model(operation)
        assert model.name.startswith(READING)
        assert model.http["method"] in ("GET", "HEAD", "POST")
        # Those that speak by POST alone say the operation in a header, or in the body.
        if model.http["method"] == "POST":
            assert session.get_service_model(service).metadata["protocol"] in ("json", "query", "ec2")


def test_every_operation_of_these_services_that_writes_is_outside() -> None:
    session, gate = botocore.session.Session(), Gate()
    inside = set(reads())
    for service in {service for service, _ in inside}:
        for operation in session.get_service_model(service).operation_names:
            if (service, operation) in inside or service == "sts":
                continue
            with pytest.raises(NotPermitted):
                gate.permit(service, operation)
    assert not gate.called


def test_kms_is_allowed_through_s3_alone() -> None:
    (decrypt,) = [each for each in statements("s3://logs/a/") if each["Action"] == ["kms:Decrypt"]]
    assert decrypt["Condition"]["StringLike"] == {"kms:ViaService": "s3.*.amazonaws.com"}
    assert decrypt["Resource"] == "KEY-ARN"
    (decrypt,) = [each for each in statements("s3://logs/a/", "arn:k") if each["Action"] == ["kms:Decrypt"]]
    assert decrypt["Resource"] == "arn:k"


def test_a_bucket_is_named_and_nothing_beyond_its_prefix() -> None:
    found = statements("s3://my-logs/AWSLogs/o-1")
    by_id = {statement["Sid"]: statement for statement in found}
    assert by_id["ReadLogs"]["Resource"] == "arn:aws:s3:::my-logs/AWSLogs/o-1*"
    assert by_id["ListLogs"]["Condition"] == {"StringLike": {"s3:prefix": "AWSLogs/o-1*"}}
    assert not {"BUCKET", "PREFIX"} & {word for text in texts(found) for word in ("BUCKET", "PREFIX") if word in text}
    assert "cloudtrail:LookupEvents" not in actions(found)
    needed = [statement["Sid"] for statement in found if not statement["Sid"].startswith(OPTIONAL)]
    assert needed == ["ReadLogs", "ListLogs", "FindBucket"]


def test_a_whole_bucket_and_odd_names() -> None:
    by_id = {statement["Sid"]: statement for statement in statements("s3://my-logs")}
    assert by_id["ReadLogs"]["Resource"] == "arn:aws:s3:::my-logs/*"
    assert "Condition" not in by_id["ListLogs"]
    by_id = {statement["Sid"]: statement for statement in statements("s3://my-logs/BUCKET-PREFIX/a*b?c$/")}
    assert by_id["ReadLogs"]["Resource"] == "arn:aws:s3:::my-logs/BUCKET-PREFIX/a${*}b${?}c${$}/*"
    with pytest.raises(UsageError):
        policy("s3://")


def test_the_event_history_needs_no_bucket() -> None:
    found = statements("lookup://incident/us-east-1")
    assert "cloudtrail:LookupEvents" in actions(found)
    assert not any(action.startswith(("s3:", "kms:")) for action in actions(found))
    assert {statement["Resource"] for statement in found} == {"*"}


def test_an_access_point_is_named_by_its_arn() -> None:
    arn = "arn:aws:s3:eu-west-1:123456789012:accesspoint/logs"
    by_id = {statement["Sid"]: statement for statement in statements(f"s3://{arn}/AWSLogs/")}
    assert by_id["ReadLogs"]["Resource"] == f"{arn}/object/AWSLogs/*"
    assert by_id["ListLogs"]["Resource"] == arn
