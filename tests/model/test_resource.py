"""Resources as declared and as derived; the quick reading of raw bytes must give what the slow one gives."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.document import legal_text, read_json
from ctwork.model.resource import declared, derive_raw, derived, resources_of
from ctwork.resources import toml_table

TABLE = toml_table("resources.toml")
SAMPLES = [(service, sample) for service, row in TABLE.items() for sample in row["samples"]]
ARN = "arn:aws:kms:us-east-1:123456789012:key/k"


def both(source: str, request: Any, response: Any = None) -> tuple[str, ...]:
    """`derived`, after checking that `derive_raw` agrees on two ways to write the same parts."""
    slow = derived(source, "", request, response)
    for ascii_only in (True, False):
        texts = [json.dumps(part, ensure_ascii=ascii_only) for part in (request, response)]
        # Half a surrogate pair can only be written as an escape.
        if all(text == legal_text(text) for text in texts):
            assert derive_raw(source, *map(str.encode, texts)) == slow
    return slow


@pytest.mark.parametrize(("service", "sample"), SAMPLES)
def test_samples(service: str, sample: dict[str, Any]) -> None:
    assert list(both(f"{service}.amazonaws.com", sample.get("request"), sample.get("response"))) == sample["gives"]


def test_every_path_of_the_table_is_reached() -> None:
    """A name put at each path is found, alone and in a list; and no path ends where another goes on."""
    for service, row in TABLE.items():
        for side in ("request", "response") if service != "s3" else ():
            for path in row[side]:
                assert not any(other.startswith(f"{path}.") for other in row[side])
                for value in ("name-1", ["name-1"]):
                    part: Any = value
                    for key in reversed(path.split(".")):
                        part = {key: part}
                    parts = (part, None) if side == "request" else (None, part)
                    assert both(f"{service}.amazonaws.com", *parts) == ("name-1",), path


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (None, ()),
        ([], ()),
        ({"ARN": "a"}, ()),
        ("a", ()),
        ([{"ARN": "a", "accountId": "1", "type": "T"}, {"ARN": "b"}, {"ARN": "a"}], ("a", "b")),
        ([{"ARNPrefix": "arn:aws:s3:::b/", "type": "AWS::S3::Object"}], ("arn:aws:s3:::b/",)),
        ([{"arn": "a", "accountid": "1"}], ("a",)),
        ([None, 7, "x", [], {}, {"ARN": None}, {"ARN": 7}, {"ARN": ""}, {"ARN": {"x": 1}}, {"ARN": "ok"}], ("ok",)),
    ],
)
def test_declared(resources: Any, expected: tuple[str, ...]) -> None:
    assert declared(resources) == expected


def test_declared_goes_before_derived() -> None:
    record = {"eventSource": "iam.amazonaws.com", "requestParameters": {"userName": "bob"}}
    assert resources_of(record) == ("bob",)
    assert resources_of({**record, "resources": [{"ARN": "a"}]}) == ("a",)
    assert resources_of({**record, "resources": [{"type": "T"}]}) == ("bob",)
    assert resources_of({"eventSource": 7, "eventName": [], "requestParameters": {"x": ARN}}) == (ARN,)
    assert resources_of({}) == ()


@pytest.mark.parametrize(
    ("source", "request_part", "response_part", "expected"),
    [
        (
            "odd.example",
            {"a": [{"b": [ARN]}], "c": ARN},
            {"d": "arn:aws-us-gov:s3:::x"},
            (ARN, "arn:aws-us-gov:s3:::x"),
        ),
        ("odd.example", {ARN: "key, no value"}, None, ()),
        ("odd.example", {"text": f"see {ARN}", "policy": f'{{"Resource":"{ARN}"}}'}, None, ()),
        ("odd.example", ARN, [ARN], (ARN,)),
        ("odd.example", {"almost": "arn:awsome", "near": "arn:AWS:x:"}, None, ()),
        ("iam.amazonaws.com", {"userName": "bob", "policyArn": ARN}, None, (ARN, "bob")),
        ("iam.amazonaws.com", {"userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "roleName": "***"}, None, ()),
        ("iam.amazonaws.com", {"userName": None, "roleName": 7, "groupName": "", "policyName": {"x": "y"}}, None, ()),
        ("iam.amazonaws.com", {"nested": {"userName": "bob"}}, None, ()),
        ("iam.amazonaws.com", [{"userName": "bob"}], "userName", ()),
        ("IAM.amazonaws.com", {"userName": "bob"}, None, ("bob",)),
        ("iam.amazonaws.com.cn", {"userName": "bob"}, None, ("bob",)),
        ("iam.amazonaws.com", {"userName": 'quote " and \\ and é'}, None, ('quote " and \\ and é',)),
        ("iam.amazonaws.com", {"userName": "half \ud800"}, None, ("half \ufffd",)),
        ("ec2.amazonaws.com", {"instancesSet": {"items": "no list"}}, {"instancesSet": [{"items": []}]}, ()),
        ("ec2.amazonaws.com", {"instanceId": "i-1"}, {"instancesSet": {"items": [{"instanceId": "i-1"}]}}, ("i-1",)),
        ("signin.amazonaws.com", {"userName": "bob"}, None, ()),
        ("", None, None, ()),
    ],
)
def test_derived(source: str, request_part: Any, response_part: Any, expected: tuple[str, ...]) -> None:
    assert both(source, request_part, response_part) == expected


@pytest.mark.parametrize(
    ("request_part", "expected"),
    [
        ({"bucketName": "b", "Host": "other.s3.amazonaws.com"}, ["arn:aws:s3:::b"]),
        ({"bucketName": "b", "key": "k", "prefix": ""}, ["arn:aws:s3:::b", "arn:aws:s3:::b/k"]),
        ({"bucketName": ["b"], "key": "k"}, []),
        ({"bucketName": "b", "key": "***"}, ["arn:aws:s3:::b"]),
        ({"key": "k"}, []),
        ({"bucketName": "b", "Host": "s3.cn-north-1.amazonaws.com.cn"}, ["arn:aws-cn:s3:::b"]),
        ({"Host": "b.s3.us-gov-west-1.amazonaws.com"}, ["arn:aws-us-gov:s3:::b"]),
        ({"Host": "b.s3-us-west-2.amazonaws.com"}, ["arn:aws:s3:::b"]),
        ({"Host": "b.s3.dualstack.eu-west-1.amazonaws.com"}, ["arn:aws:s3:::b"]),
        ({"Host": "ap-1.s3-accesspoint.eu-west-1.amazonaws.com"}, []),
        ({"Host": "b.s3.example.org"}, []),
        ({"bucketName": "arn:aws:s3:us-west-2:1:accesspoint/a", "key": "k"}, ["arn:aws:s3:us-west-2:1:accesspoint/a"]),
        ({"bucketName": "b", "acl": {"x": "arn:aws:iam::1:user/u"}}, ["arn:aws:iam::1:user/u", "arn:aws:s3:::b"]),
    ],
)
def test_s3(request_part: Any, expected: list[str]) -> None:
    assert list(both("s3.amazonaws.com", request_part)) == expected


@pytest.mark.parametrize(
    ("request_part", "expected"),
    [
        (b'{"userName":"a\\u003db\\u0026"}', ("a=b&",)),
        (b'{"user\\u004eame":"bob"}', ("bob",)),
        (b'{"x":"\\u0061rn:aws:iam::1:user/u"}', ("arn:aws:iam::1:user/u",)),
        (b'{"x":"a\\u0072n:aws:iam::1:user/u"}', ("arn:aws:iam::1:user/u",)),
        (b' { "userName" : "bob" } ', ("bob",)),
        (b'{"userName":"first","userName":"last"}', ("last",)),
        (b'{"x":"arn:aws:a:b","x":"arn:aws:c:d"}', ("arn:aws:c:d",)),
        (b'{"userName":"bob","big":123456789012345678901234567890,"odd":NaN}', ("bob",)),
        (b"null", ()),
        (b"", ()),
        (b"{", ()),
        (b'{"userName":"\xff"}', ("\ufffd",)),
        (b'{"userName":"bob"} trailing', ()),
        (b'"arn:aws:iam::1:user/u"', ("arn:aws:iam::1:user/u",)),
        (b"[" * 3000 + b'"arn:aws:x:y"' + b"]" * 3000, ()),
    ],
)
def test_raw_bytes(request_part: bytes, expected: tuple[str, ...]) -> None:
    assert derive_raw("iam.amazonaws.com", request_part, b"null") == expected
    assert derive_raw("iam.amazonaws.com", b"", request_part) == tuple(
        name for name in expected if name.startswith("arn:")
    )


def test_deep_values_are_entered() -> None:
    deep = b'{"a":' * 900 + b'"arn:aws:x:y"' + b"}" * 900
    assert derive_raw("x.amazonaws.com", deep, b"") == ("arn:aws:x:y",)


KEYS = st.sampled_from(
    sorted(
        {
            key
            for row in TABLE.values()
            for side in ("request", "response")
            for path in row[side]
            for key in path.split(".")
        }
    )
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from([ARN, "arn:aws-cn:x", "***", "b.s3.amazonaws.com", 'q"\\', "arn:aws"])
)
PARTS = st.recursive(
    LEAVES,
    lambda c: st.lists(c, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3) | st.just(ARN), c, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(TABLE)), PARTS, PARTS)
def test_raw_agrees_with_decoded(service: str, request_part: Any, response_part: Any) -> None:
    names = both(f"{service}.amazonaws.com", request_part, response_part)
    assert len(names) == len(set(names))
    assert all(type(name) is str and name for name in names)


class _Parts(msgspec.Struct):
    eventSource: Any = None
    requestParameters: msgspec.Raw = msgspec.Raw(b"null")
    responseElements: msgspec.Raw = msgspec.Raw(b"null")


def test_raw_agrees_with_decoded_on_real_records(real_records: dict[str, list[bytes]]) -> None:
    checked = named = 0
    for raws in real_records.values():
        for raw in raws:
            parts = msgspec.json.decode(raw, type=_Parts)
            source = parts.eventSource if isinstance(parts.eventSource, str) else ""
            request, response = bytes(parts.requestParameters), bytes(parts.responseElements)
            names = derive_raw(source, request, response)
            checked += 1
            named += bool(names)
            assert names == derived(source, "", json.loads(request), json.loads(response))
            if checked % 20 == 0:
                assert names == derived(source, "", read_json(request), read_json(response))
    assert checked > 20_000
    assert named > 10_000


def test_derived_covers_the_attack_simulation(real_records: dict[str, list[bytes]]) -> None:
    """Of 2,207 calls that list no resource, every one that names something in a documented place is placed."""
    records = [json.loads(raw) for raw in real_records["invictus-ir"]]
    bare = [record for record in records if not record.get("resources")]
    assert len(bare) == 2207
    assert sum(1 for record in bare if resources_of(record)) == 1204
    story = [
        record["eventName"] for record in bare if "stratus-red-team-ct-stop-trail-qzbgnfqisx" in resources_of(record)
    ]
    assert "StopLogging" in story
