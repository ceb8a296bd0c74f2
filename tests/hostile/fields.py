"""Family C: records whose fields have other types, values or names than CloudTrail gives them."""

from collections.abc import Iterator

from hostile.case import Case, case, event_id, odd, record, text, trail

ODD: tuple[tuple[str, str, bytes], ...] = (
    ("time-null", "eventTime", b"null"),
    ("time-number", "eventTime", b"1714521600"),
    ("time-empty", "eventTime", b'""'),
    ("time-words", "eventTime", b'"yesterday"'),
    ("time-of-month-13", "eventTime", b'"2024-13-01T00:00:00Z"'),
    ("time-of-a-leap-second", "eventTime", b'"2016-12-31T23:59:60Z"'),
    ("time-of-year-0", "eventTime", b'"0000-01-01T00:00:00Z"'),
    ("time-of-year-9999", "eventTime", b'"9999-12-31T23:59:59Z"'),
    ("time-with-offset", "eventTime", b'"2024-05-01T02:00:00+02:00"'),
    ("time-in-a-list", "eventTime", b'["2024-05-01T00:00:00Z"]'),
    ("name-null", "eventName", b"null"),
    ("name-list", "eventName", b'["GetObject"]'),
    ("name-empty", "eventName", b'""'),
    ("name-of-10000-letters", "eventName", b'"' + b"A" * 10_000 + b'"'),
    ("source-number", "eventSource", b"5"),
    ("version-number", "eventVersion", b"1.08"),
    ("version-of-the-future", "eventVersion", b'"9.99"'),
    ("identity-string", "userIdentity", b'"ann"'),
    ("identity-null", "userIdentity", b"null"),
    ("identity-list", "userIdentity", b'[{"type":"Root"}]'),
    ("identity-of-an-unknown-type", "userIdentity", b'{"type":"Martian","arn":5}'),
    ("identity-with-a-looping-session", "userIdentity", b'{"sessionContext":{"sessionIssuer":{"sessionContext":{}}}}'),
    ("parameters-string", "requestParameters", b'"{}"'),
    ("parameters-list", "requestParameters", b'[{"bucketName":"b"}]'),
    ("parameters-number", "requestParameters", b"0"),
    ("response-string", "responseElements", b'"ok"'),
    ("response-false", "responseElements", b"false"),
    ("resources-object", "resources", b'{"ARN":"arn:aws:s3:::b"}'),
    ("resources-of-null", "resources", b"[null,[],5]"),
    ("read-only-string", "readOnly", b'"true"'),
    ("read-only-number", "readOnly", b"1"),
    ("counters-string", "additionalEventData", b'"none"'),
    ("counters-negative", "additionalEventData", b'{"bytesTransferredIn":-1,"bytesTransferredOut":1e300}'),
    ("address-list", "sourceIPAddress", b'["192.0.2.1","192.0.2.2"]'),
    ("address-words", "sourceIPAddress", b'"not an address"'),
    ("agent-object", "userAgent", b'{"name":"aws-cli"}'),
    ("error-number", "errorCode", b"403"),
    ("account-number", "recipientAccountId", b"111122223333"),
    ("region-true", "awsRegion", b"true"),
    ("unknown-field", "quantumState", b'{"up":[1,2,3]}'),
)
"""Name, field, and the JSON text that stands there."""


def ids() -> Iterator[Case]:
    """Records whose eventID is not what it should be: delivered all the same."""
    for name, value, read_as in (
        ("null", b"null", "None"),
        ("number", b"5", "5"),
        ("empty", b'""', ""),
        ("list", b"[1]", "['1']"),
        ("in-capitals", b'"B0071E00-0000-4000-8000-000000000001"', "B0071E00-0000-4000-8000-000000000001"),
        ("a-path", b'"../../etc/passwd"', "../../etc/passwd"),
        ("of-10000-letters", b'"' + b"e" * 10_000 + b'"', "e" * 10_000),
    ):
        yield case(f"C-id-{name}", trail(odd(1, "eventID", value)), (read_as,))
    yield case("C-id-missing", trail(text(record(1, eventID=...))), ("None",))
    yield case("C-two-records-without-id", trail(*[text(record(n, eventID=...)) for n in (1, 2)]), ("None", "None"))


def others() -> Iterator[Case]:
    """The record as a whole."""
    bare = {"eventVersion": "1.08", "eventName": "a", "eventSource": "b", "eventID": event_id(1)}
    many = {f"field{number}": number for number in range(300)}
    yield case("C-four-fields-only", trail(text(bare)), (1,))
    yield case("C-300-unknown-fields", trail(text(record(1) | many)), (1,))
    yield case("C-keys-sorted", b"[%s]" % text(dict(sorted(record(1).items()))), (1,))
    yield case("C-every-field-null", trail(text(dict.fromkeys(record(1)) | {"eventID": event_id(1)})), (1,))


CASES = [
    *(case(f"C-{name}", trail(odd(1, field, value)), (1,)) for name, field, value in ODD),
    *ids(),
    *others(),
]
