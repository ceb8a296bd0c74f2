"""Documents and tables that look like a known format, with anything in place of what belongs there, never raise."""

import csv
import json
import time
from typing import Any

import pytest
from containers import CONSOLE_HEADER, RECORDS, compact, in_ecs, in_ocsf, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctwork.sources.decode import decode
from ctwork.sources.formats.cell import parsed_json, parsed_repr, parsed_struct
from ctwork.sources.formats.member import event_time

WORDS = [
    *("Records", "Events", "events", "results", "hits", "logEvents", "records", "Messages", "QueryResultRows"),
    *("eventName", "eventSource", "eventID", "eventTime", "eventVersion", "eventCategory", "eventData", "detail"),
    *("@timestamp", "@message", "message", "_source", "_raw", "result", "content", "attributes", "event", "original"),
    *("messageType", "awslogs", "data", "Type", "MessageId", "TopicArn", "Message", "Body", "body", "ReceiptHandle"),
    *("class_uid", "metadata", "product", "name", "api", "unmapped", "resources", "actor", "time", "aws", "cloudtrail"),
    *("CloudTrailEvent", "EventId", "eventjson", "eventname", "eventid", "useridentity", "Sns", "kinesis", "recordId"),
    *("insightDetails", "timeWindow", "summary", "digestS3Object", "logFiles", "timestamp", "detail-type", "p_x"),
    *("userIdentity.sessionContext.sessionIssuer.arn", "aws.cloudtrail.event_version", "event.original", "a.b.c"),
]
TEXTS = ["aws:sqs", "aws:sns", "aws:kinesis", "DATA_MESSAGE", "CloudTrail", "ActivityAuditLog", "H4sIAAAA", "{", "[{}]"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(TEXTS)
    | st.sampled_from([json.dumps(RECORDS[0]), json.dumps({"Records": RECORDS[:1]}), "{'a': 1}", "{type=Root, arn=x}"])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)
relaxed = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(VALUES)
def test_documents_that_look_like_formats(value: Any) -> None:
    for data in (compact(value), compact([value, RECORDS[0]]), compact(value) + b"\n" + compact(RECORDS[0])):
        found = decode(data, "x.json")
        assert found.records or found.issues
        for record, (start, end) in zip(found.records, found.spans, strict=True):
            assert isinstance(json.loads(record), dict)
            assert 0 <= start <= end <= len(data)


def changed(document: Any, path: list[int], value: Any) -> Any:
    """`document` with the value at a pseudo-random place replaced."""
    if not path or not isinstance(document, dict | list) or not document:
        return value
    if isinstance(document, list):
        at = path[0] % len(document)
        return [changed(item, path[1:], value) if n == at else item for n, item in enumerate(document)]
    key = list(document)[path[0] % len(document)]
    return {**document, key: changed(document[key], path[1:], value)}


@relaxed
@given(
    st.sampled_from([in_ocsf(RECORDS[0]), in_ecs(RECORDS[1], original=False), in_ecs(RECORDS[1], original=True)]),
    st.lists(st.integers(0, 20), min_size=1, max_size=5),
    VALUES,
)
def test_mapped_documents_with_anything_in_them(document: Any, path: list[int], value: Any) -> None:
    found = decode(compact(changed(document, path, value)), "x.json")
    assert found.records or found.issues
    assert all(isinstance(json.loads(record), dict) for record in found.records)


HEADERS = [
    list(CONSOLE_HEADER),
    ["eventid", "eventname", "eventtime", "useridentity", "resources", "requestparameters", "readonly"],
    ["eventID", "eventTime", "eventName", "userIdentity.arn", "userIdentity", "tlsDetails.tlsVersion", "p_any"],
    ["eventjson", "eventid"],
    ["@timestamp", "@message"],
    ["class_uid", "metadata", "api", "resources", "unmapped", "time"],
    ["@timestamp", "event.id", "event.action", "aws.cloudtrail.user_identity.arn", "aws.cloudtrail.resources"],
]
CELLS = st.sampled_from(
    [
        *("", "null", "{}", "[]", "{", "[{", "{type=Root, arn=x}", "{arn=x, sessioncontext={attributes={mfa=1}}}"),
        *("[{arn=a, type=b}, {arn=c}]", "{'a': 1, 'b': [None, True]}", "[{'resourceName': 'x'}]", "{'a': {1, 2}}"),
        *('{"a":1}', '{"a":', "[1,2]", "2024-05-01 10:00:00.000", "1714557600", "true", "TRUE", "\udcff"),
        *(json.dumps(RECORDS[0]), json.dumps([RECORDS[0]]), '{"name":"CloudTrail","product":{"name":"CloudTrail"}}'),
        '{"product":{"name":"CloudTrail"},"uid":"1"}',
    ]
) | st.text(max_size=8)


@relaxed
@given(st.sampled_from(HEADERS), st.data())
def test_tables_with_anything_in_them(header: list[str], draw: st.DataObject) -> None:
    width = len(header)
    rows = draw.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4))
    legal = [[cell.replace("\udcff", "\u00ff") for cell in row] for row in rows]
    found = decode(table(header, legal, quoting=csv.QUOTE_ALL).replace("\u00ff".encode(), b"\xff"), "x.csv")
    told = sum(issue.index is None for issue in found.issues)
    blank = sum(not any(row) for row in rows)
    assert len(found.records) + told + blank >= len(rows)
    assert all(isinstance(json.loads(record), dict) for record in found.records)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-01T10:00:07Z", "2024-05-01T10:00:07Z"),
        ("2024-05-01 10:00:07.999", "2024-05-01T10:00:07Z"),
        ("2024-05-01 10:00:07.123 UTC", "2024-05-01T10:00:07Z"),
        ("2024-05-01T12:00:07.5+02:00", "2024-05-01T10:00:07Z"),
        ("20240501T100007Z", "2024-05-01T10:00:07Z"),
        (1714557607, "2024-05-01T10:00:07Z"),
        ("1714557607.25", "2024-05-01T10:00:07Z"),
        (1714557607999, "2024-05-01T10:00:07Z"),
        ("1714557607999999", "2024-05-01T10:00:07Z"),
        ("1714557607999999999", "2024-05-01T10:00:07Z"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_times_of_any_writing(written: Any, expected: str) -> None:
    assert event_time(written) == expected


STRUCTS = {"a": ["x", "y", "b"], "b": ["z"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{x=1, y=2}", {"x": "1", "y": "2"}),
        ("{x=1, y=null, b={z=3}}", {"x": "1", "b": {"z": "3"}}),
        ("{x=a, b, c=d, y=e=f}", {"x": "a, b, c=d", "y": "e=f"}),
        ("{x={y=1}, y=2}", {"x": "{y=1}", "y": "2"}),
        ("{x=1, x=2, y=3}", {"x": "1, x=2", "y": "3"}),
        ("[{x=1}, {x=2}]", [{"x": "1"}, {"x": "2"}]),
        ("[]", []),
        ("{}", {}),
        ("{unknown=1}", None),
        ("x=1", None),
        ("", None),
    ],
)
def test_structs_as_presto_prints_them(text: str, expected: Any) -> None:
    assert parsed_struct(text, "a", STRUCTS) == expected


@pytest.mark.parametrize("text", ["__import__('os')", "{'a': f()}", "{'a': x}", "[1 for _ in 'a']", "{" * 5000, "'a'"])
def test_cells_are_never_run(text: str) -> None:
    assert parsed_repr(text) is None
    assert parsed_json(text) is None


@pytest.mark.parametrize(
    "data",
    [
        compact({"attributes": 1}).replace(b"1", b'{"attributes":' * 300 + b"1" + b"}" * 300),
        b'{"event":' * 300 + b"1" + b"}" * 300,
        b'{"_source":{"result":' * 150 + b"1" + b"}}" * 150,
        b"[" * 400 + b"]" * 400,
        compact({"class_uid": 1, "metadata": {"product": {"name": "CloudTrail"}, "uid": "1"}, "x": 0}).replace(
            b'"x":0', b'"api":' + b'{"request":' * 200 + b"1" + b"}" * 200
        ),
        compact({"Records": [{"a": {"Records": [{"a": 1}] * 50}}] * 200}),
        compact([{"@message": "x" * 100_000}] * 50),
    ],
    ids=["attributes", "event", "source", "arrays", "ocsf", "records", "messages"],
)
def test_nested_look_alikes_end(data: bytes) -> None:
    started = time.process_time()
    found = decode(data, "x")
    assert found.records or found.issues
    assert time.process_time() - started < 5
