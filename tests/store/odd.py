"""Records that AWS would not write, as bytes: every field with every type, times and ids of every shape."""

import json
from collections.abc import Iterator

from store.build import record

SCALARS = (
    '""',
    '" x "',
    '"é"',
    '"\\u0000"',
    '"\\n"',
    '"A\\u200bB"',
    '"\\ud83d\\ude00"',
    '"\u2028"',
    "0",
    "-1",
    "1.5",
    "true",
    "false",
)
NUMBERS = ("-0", "1e3", "1E400", "12345678901234567890", "123456789012345678901234567890", "1.10")
"""Numbers whose text a reader may lose."""
CONTAINERS = ("null", "[]", "{}", '["a","b"]', "[null]", "[[1]]", '{"a":"b"}', '[{"ARN":"arn:aws:s3:::x"}]')
LOOSE = ("NaN", "Infinity", "-Infinity", '"\\ud800"', '"a\\udc00b"')
"""What strict JSON refuses."""

TEXT_FIELDS = (
    "eventTime",
    "eventID",
    "eventSource",
    "eventName",
    "eventType",
    "eventCategory",
    "errorCode",
    "errorMessage",
    "awsRegion",
    "recipientAccountId",
    "eventVersion",
    "vpcEndpointId",
    "sourceIPAddress",
    "userAgent",
)
OTHER_FIELDS = (
    "readOnly",
    "userIdentity",
    "resources",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "insightDetails",
    "serviceEventDetails",
)
IDENTITY_MEMBERS = ("type", "arn", "accountId", "accessKeyId", "userName", "principalId", "invokedBy", "sessionContext")
TIMES = (
    "2024-01-01T00:00:00.123Z",
    "2024-01-01T00:00:00+02:00",
    "20240101T000000Z",
    "2024-01-01T00:00:00",
    "2024-13-01T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-02-29T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2024-01-01",
    "garbage",
    " 2024-01-01T00:00:00Z",
    "2024-01-01t00:00:00z",
    "2024-01-01 00:00:00Z",
    "２０２４-01-01T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T23:59:60Z",
    "2024-01-01T00:00:0éZ",
    "2024-01-01T00:00:00Zé",
)
IDS = (
    "00000000-0000-0000-0000-000000000000",
    "ABCDEF00-0000-4000-8000-000000000001",
    "abcdef00-0000-4000-8000-000000000001",
    "x",
    "a" * 36,
    "-" * 36,
    "é" * 36,
    "abcdef00x0000x4000x8000x000000000001",
    "00000000-0000-4000-8000-00000000000g",
    " 0000000-0000-4000-8000-000000000001",
)
COUNTERS = (
    '{"bytesTransferredIn":5,"bytesTransferredOut":"7"}',
    '{"bytesTransferredIn":-5,"bytesTransferredOut":0.9}',
    '{"bytesTransferredIn":null,"bytesTransferredOut":true}',
    '{"bytesTransferredIn":1e300,"bytesTransferredOut":-0.0}',
    '{"bytesTransferredIn":4.0960e3,"bytesTransferredOut":1E+2}',
    '{"bytesTransferredIn":0.0,"bytesTransferredOut":1e18}',
)


def with_member(field: str, text: str, number: int = 0, **fields: object) -> bytes:
    """A record whose member `field` is the JSON `text`, whatever that is."""
    whole = json.dumps(record(number, **{**fields, field: ...}), separators=(",", ":"))
    return f'{whole[:-1]},"{field}":{text}}}'.encode()


def _members(texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield from ((field, text) for field in (*TEXT_FIELDS, *OTHER_FIELDS))
        yield from (("userIdentity", f'{{"type":"AssumedRole","{name}":{text}}}') for name in IDENTITY_MEMBERS[1:])
        yield "userIdentity", f'{{"type":{text},"userName":"bob","accountId":"111122223333"}}'
        for inner in ("sessionIssuer", "attributes", "sourceIdentity"):
            yield "userIdentity", f'{{"type":"AssumedRole","sessionContext":{{"{inner}":{text}}}}}'
        yield "requestParameters", f'{{"bucketName":{text},"key":{text},"Host":{text}}}'
        yield "resources", f'[{{"ARN":{text}}},{{"arn":"arn:aws:s3:::z"}}]'


def numbered(members: Iterator[tuple[str, str]], first: int) -> list[bytes]:
    """One record per member, each with an id of its own."""
    return [with_member(field, text, number) for number, (field, text) in enumerate(members, first)]


READ_ALIKE: list[bytes] = [
    *numbered(_members((*SCALARS, *CONTAINERS)), 100_000),
    *(json.dumps(record(300_000 + n, eventTime=text)).encode() for n, text in enumerate(TIMES)),
    *(json.dumps(record(300_100 + n, eventID=text)).encode() for n, text in enumerate(IDS)),
    *numbered((("additionalEventData", text) for text in COUNTERS), 300_200),
    *(with_member("eventTime", text, 300_300) for text in ("null", '""')),
    *(with_member("eventID", text, 300_400) for text in ("null", '""', "5", "5.0")),
]
"""Strict JSON that both readings understand alike."""
