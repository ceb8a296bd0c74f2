"""Every column of one record, read the slow way."""

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from ctwork.model.address import address_class
from ctwork.model.column import COLUMNS
from ctwork.model.document import NumberText, at_path, legal_text, read_json, scalar_leaves, scalar_text
from ctwork.model.record import Event

RECORD: dict[str, Any] = {
    "eventVersion": "1.08",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAX:alice",
        "arn": "arn:aws:sts::123456789012:assumed-role/Admin/alice",
        "accountId": "123456789012",
        "accessKeyId": "ASIAX",
        "sessionContext": {
            "sessionIssuer": {"arn": "arn:aws:iam::123456789012:role/team/Admin"},
            "attributes": {"creationDate": "2023-07-10T11:42:18Z", "mfaAuthenticated": "true"},
            "sourceIdentity": "alice@corp",
        },
    },
    "eventTime": "2023-07-10T11:42:19Z",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "203.0.113.64",
    "userAgent": "[aws-cli/2.17.32]",
    "errorCode": "AccessDenied",
    "errorMessage": "Access Denied",
    "requestParameters": {"bucketName": "b", "key": "k", "tags": [{"v": "1"}, {"v": "2"}], "n": None},
    "responseElements": None,
    "additionalEventData": {"bytesTransferredIn": 0.0, "bytesTransferredOut": 4096.0},
    "readOnly": True,
    "eventID": "id-1",
    "eventType": "AwsApiCall",
    "managementEvent": False,
    "recipientAccountId": "210987654321",
    "vpcEndpointId": "vpce-1",
}

EXPECTED: dict[str, tuple[str, ...]] = {
    "eventTime": ("2023-07-10T11:42:19Z",),
    "eventID": ("id-1",),
    "eventName": ("GetObject",),
    "eventSource": ("s3.amazonaws.com",),
    "awsRegion": ("us-east-1",),
    "sourceIPAddress": ("203.0.113.64",),
    "userAgent": ("[aws-cli/2.17.32]",),
    "errorCode": ("AccessDenied",),
    "errorMessage": ("Access Denied",),
    "readOnly": ("true",),
    "eventType": ("AwsApiCall",),
    "eventCategory": (),
    "recipientAccountId": ("210987654321",),
    "eventVersion": ("1.08",),
    "vpcEndpointId": ("vpce-1",),
    "userIdentity.type": ("AssumedRole",),
    "userIdentity.arn": ("arn:aws:sts::123456789012:assumed-role/Admin/alice",),
    "userIdentity.accountId": ("123456789012",),
    "userIdentity.accessKeyId": ("ASIAX",),
    "userIdentity.userName": (),
    "userIdentity.principalId": ("AROAX:alice",),
    "userIdentity.invokedBy": (),
    "userIdentity.sessionContext.sessionIssuer.arn": ("arn:aws:iam::123456789012:role/team/Admin",),
    "userIdentity.sessionContext.attributes.creationDate": ("2023-07-10T11:42:18Z",),
    "userIdentity.sessionContext.attributes.mfaAuthenticated": ("true",),
    "userIdentity.sessionContext.sourceIdentity": ("alice@corp",),
    "principal": ("123456789012:role/team/Admin",),
    "session": ("alice",),
    "principal_type": ("role",),
    "account": ("210987654321",),
    "service": ("s3",),
    "verb": ("read",),
    "outcome": ("denied",),
    "resource": ("arn:aws:s3:::b", "arn:aws:s3:::b/k"),
    "address_class": ("public",),
    "agent_family": ("aws-cli",),
    "category": ("Data",),
    "bytes_in": ("0",),
    "bytes_out": ("4096",),
    "copies": ("3",),
    "source": ("a.zip!b.json",),
    "issue": (),
    "tag": (),
    "verdict": (),
    "bookmark": (),
    "mark": (),
    "note": (),
    "severity": (),
    "finding": (),
}


def event(**members: Any) -> Event:
    return Event.parse(json.dumps({**RECORD, **members}).encode())


@pytest.mark.parametrize("column", [column.name for column in COLUMNS])
def test_every_column(column: str) -> None:
    raw = json.dumps(RECORD).encode()
    expected = EXPECTED | {"sha256": (hashlib.sha256(raw).hexdigest(),)}
    assert Event.parse(raw, "a.zip!b.json", 3).values(column) == expected[column]


def test_an_empty_record_has_only_what_is_always_said() -> None:
    said = {column.name: values for column in COLUMNS if (values := Event.parse(b"{}").values(column.name))}
    assert said.pop("sha256") == (hashlib.sha256(b"{}").hexdigest(),)
    assert said == {
        "principal_type": ("none",),
        "outcome": ("ok",),
        "address_class": ("none",),
        "agent_family": ("none",),
        "category": ("Management",),
        "copies": ("1",),
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requestParameters.bucketName", ("b",)),
        ("requestParameters.tags.v", ("1", "2")),
        ("requestParameters.tags", ("1", "2")),
        ("requestParameters", ("b", "k", "1", "2")),
        ("requestParameters.n", ()),
        ("requestParameters.BucketName", ()),
        ("requestParameters.bucketName.deeper", ()),
        ("responseElements", ()),
        ("managementEvent", ("false",)),
        ("additionalEventData.bytesTransferredOut", ("4096.0",)),
        ("nothing.at.all", ()),
        ("", ()),
        ("..", ()),
    ],
)
def test_paths(path: str, expected: tuple[str, ...]) -> None:
    assert event().values(path) == expected


def test_raw_is_every_scalar() -> None:
    found = Event.parse(b'{"a":[1,{"b":"x","c":null}],"d":true,"e":1.50,"f":"","g":"x"}').values("raw")
    assert found == ("1", "x", "true", "1.50")


def test_numbers_keep_their_digits() -> None:
    one = Event.parse(b'{"requestParameters":{"a":123456789012345678901234567890,"b":4096.0,"c":1e5,"d":-0.0,"e":NaN}}')
    assert one.values("requestParameters") == ("123456789012345678901234567890", "4096.0", "1e5", "-0.0", "NaN")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, ("7",)), (True, ("true",)), (1.50, ("1.5",)), (None, ()), ("", ()), ({"x": "y"}, ()), (["y"], ()), ([], ())],
)
def test_texts_of_another_type(value: Any, expected: tuple[str, ...]) -> None:
    one = event(eventName=value, errorCode=value, awsRegion=value)
    assert one.values("eventName") == one.values("errorCode") == one.values("awsRegion") == expected
    assert event(userIdentity={"arn": value}).values("userIdentity.arn") == expected


def test_what_is_no_text_is_reached_by_path() -> None:
    assert event(eventName={"x": "y"}).values("eventName.x") == ("y",)
    assert event(userIdentity=[{"type": "Root"}]).values("userIdentity.type") == ()
    assert event(userIdentity=[{"type": "Root"}]).values("principal") == ()


@pytest.mark.parametrize("flag", ["true", 1, [], {}])
def test_a_flag_is_a_boolean(flag: Any) -> None:
    one = event(readOnly=flag, eventName="PutObject")
    assert (one.values("readOnly"), one.values("verb")) == ((), ("write",))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("4096.0", ("4096",)),
        ("0", ("0",)),
        ("12", ("12",)),
        ("9223372036854775807", ("9223372036854775807",)),
        ("1e3", ("1000",)),
        ("12.75", ("12",)),
        ("-1", ()),
        ("-1.5", ()),
        ("1e400", ()),
        ("1e300", ()),
        ("NaN", ()),
        ("Infinity", ()),
        ("9" * 5000, ()),
        ('"12"', ()),
        ("true", ()),
        ("null", ()),
        ("[1]", ()),
    ],
)
def test_byte_counts(count: str, expected: tuple[str, ...]) -> None:
    raw = f'{{"additionalEventData":{{"bytesTransferredIn":{count}}}}}'.encode()
    assert Event.parse(raw).values("bytes_in") == expected
    assert Event.parse(b'{"additionalEventData":"x"}').values("bytes_in") == ()


def test_insight() -> None:
    insight = {
        "eventVersion": "1.07",
        "eventType": "AwsCloudTrailInsight",
        "eventCategory": "Insight",
        "recipientAccountId": "1",
        "insightDetails": {
            "eventSource": "ec2.amazonaws.com",
            "eventName": "RunInstances",
            "errorCode": "Client.UnauthorizedOperation",
        },
    }
    one = Event.parse(json.dumps(insight).encode())
    names = (
        "eventName",
        "eventSource",
        "errorCode",
        "service",
        "principal",
        "principal_type",
        "account",
        "category",
        "outcome",
        "verb",
    )
    assert {name: one.values(name) for name in names} == {
        "eventName": ("RunInstances",),
        "eventSource": ("ec2.amazonaws.com",),
        "errorCode": ("Client.UnauthorizedOperation",),
        "service": ("ec2",),
        "principal": (),
        "principal_type": ("none",),
        "account": ("1",),
        "category": ("Insight",),
        "outcome": ("denied",),
        "verb": ("write",),
    }
    assert event(insightDetails={"eventName": "Other", "errorCode": "Odd"}, errorCode=None).values("errorCode") == ()


def test_failed_login() -> None:
    one = event(
        eventName="ConsoleLogin", errorCode=None, errorMessage=None, responseElements={"ConsoleLogin": "Failure"}
    )
    assert one.values("outcome") == ("failed-login",)
    details = event(
        eventName="CredentialVerification",
        errorCode=None,
        errorMessage=None,
        serviceEventDetails={"CredentialVerification": "Failure"},
    )
    assert details.values("outcome") == ("failed-login",)


def test_account_falls_back_to_the_identity() -> None:
    assert event(recipientAccountId=None).values("account") == ("123456789012",)
    assert event(recipientAccountId="").values("account") == ("123456789012",)


def test_service_from_the_address() -> None:
    one = event(userIdentity={"accountId": "1"}, sourceIPAddress="rds.amazonaws.com")
    assert (one.values("principal"), one.values("address_class")) == (("service:rds.amazonaws.com",), ("service",))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"7"])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        Event.parse(raw)


def test_half_surrogates_cannot_leave() -> None:
    one = Event.parse(b'{"eventName":"a\\ud800b","userAgent":"\\ud83d\\ude00","requestParameters":{"x":"\\udfff"}}')
    assert one.values("eventName") == ("a\ufffdb",)
    assert one.values("userAgent") == ("😀",)
    assert "".join(one.values("raw")).encode()


def test_deep_records_do_not_break_the_walk() -> None:
    document: Any = "end"
    for _ in range(5000):
        document = {"a": [document]}
    assert list(scalar_leaves(document)) == ["end"]
    assert list(at_path(document, "a.a.a"))


def test_document_tools() -> None:
    assert read_json(b"1e5") == "1e5"
    assert isinstance(read_json(b"7"), NumberText)
    assert [scalar_text(value) for value in (None, True, 7, 1.5, "x", [], {}, NumberText("4.0"))] == [
        "",
        "true",
        "7",
        "1.5",
        "x",
        "",
        "",
        "4.0",
    ]
    assert at_path({"a": [[{"b": 1}], {"b": 2}]}, "a.b") == [1, 2]
    assert legal_text("plain é 😀") == "plain é 😀"


def test_every_column_of_real_records(real_records: dict[str, list[bytes]]) -> None:
    """Nothing raises, every value is text that can be written, each column's values are distinct."""
    seen = 0
    for name, raws in real_records.items():
        for raw in raws[:: 60 if name == "sans504-bulk" else 6]:
            one = Event.parse(raw, name)
            seen += 1
            for column in (*COLUMNS_BY_NAME, "raw", "requestParameters"):
                values = one.values(column)
                assert len(set(values)) == len(values)
                assert all(value and value.encode() for value in values)
            assert one.values("outcome")
            assert one.values("address_class") == (address_class(one.text("sourceIPAddress")),)
    assert seen > 800


COLUMNS_BY_NAME = tuple(column.name for column in COLUMNS)


def test_counts_of_the_attack_simulation(real_records: dict[str, list[bytes]]) -> None:
    """Against the field survey and the ground truth counted with the standard library."""
    events = [Event.parse(raw) for raw in real_records["invictus-ir"]]
    assert len(events) == 2900
    assert Counter(one.values("outcome")[0] for one in events) == {
        "ok": 2600,
        "throttled": 102,
        "denied": 60,
        "error": 138,
    }
    assert Counter(one.values("eventName")[0] for one in events)["Decrypt"] == 178
    assert Counter(value for one in events for value in one.values("sourceIPAddress"))["192.168.10.20"] == 2154
    assert {value for one in events for value in one.values("account")} == {"123837392027"}
