"""The faulty server is S3 where it is to be, and does each of its misdeeds where it is not."""

import http.client
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError

from tests.faulty.bucket import Bucket
from tests.faulty.fault import ERRORS, Fault, Kind, Rule
from tests.faulty.keys import HOSTILE
from tests.faulty.server import FaultyServer
from tests.servers import ACCESS_KEY, SECRET_KEY

BODY = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def running() -> Iterator[FaultyServer]:
    with FaultyServer(Bucket()) as server:
        yield server


@pytest.fixture
def faulty(running: FaultyServer) -> FaultyServer:
    running.behave()
    running.bucket.put("a/one.json", BODY, x_amz_meta_signature="f00d")
    running.bucket.put("a/two.json", b"")
    return running


@cache
def client(server: FaultyServer) -> Any:
    """Tells of the first failure."""
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, read_timeout=0.5)
    session = boto3.Session(ACCESS_KEY, SECRET_KEY, region_name="us-east-1")
    return session.client("s3", endpoint_url=server.endpoint, config=config)


def read(server: FaultyServer, **more: str) -> bytes:
    got: bytes = client(server).get_object(Bucket="bucket", Key="a/one.json", **more)["Body"].read()
    return got


def test_objects_are_read_whole_in_part_and_on_condition(faulty: FaultyServer) -> None:
    got = client(faulty).get_object(Bucket="bucket", Key="a/one.json")
    assert (got["Body"].read(), got["Metadata"]) == (BODY, {"signature": "f00d"})
    assert read(faulty, Range="bytes=10-19", IfMatch=got["ETag"]) == BODY[10:20]
    assert read(faulty, Range="bytes=10200-") == BODY[10200:]
    for more, code in (({"IfMatch": '"x"'}, "PreconditionFailed"), ({"Range": "bytes=99999-"}, "InvalidRange")):
        with pytest.raises(ClientError, match=code):
            read(faulty, **more)
    assert faulty.count()[b"a/one.json"] == 5
    assert faulty.requests[1].headers["range"] == "bytes=10-19"


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_listings_show_every_key_once_however_they_are_paged(size: int) -> None:
    bucket = Bucket(versioned=True)
    for key in HOSTILE:
        bucket.put(key, b"1")
        bucket.put(key, b"2")
    bucket.delete(HOSTILE[0])
    with FaultyServer(bucket) as server:
        pages = (
            client(server)
            .get_paginator("list_objects_v2")
            .paginate(Bucket="bucket", PaginationConfig={"PageSize": size})
        )
        found = [each["Key"].encode() for page in pages for each in page.get("Contents", ())]
        assert found == sorted(HOSTILE[1:])
        both = client(server).get_paginator("list_object_versions")
        pages = list(both.paginate(Bucket="bucket", PaginationConfig={"PageSize": size}))
        assert sum(len(page.get("Versions", ())) for page in pages) == 2 * len(HOSTILE)
        assert [each["Key"].encode() for page in pages for each in page.get("DeleteMarkers", ())] == [HOSTILE[0]]
        pages = (
            client(server)
            .get_paginator("list_objects_v2")
            .paginate(Bucket="bucket", Delimiter="/", Prefix="a/", PaginationConfig={"PageSize": size})
        )
        folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", ())]
        assert folders == ["a/ /", "a/../", "a/./", "a//", "a/a/", "a/b.json/"]
        for key in HOSTILE[1:]:
            assert client(server).get_object(Bucket="bucket", Key=key.decode())["Body"].read() == b"2"


_REDIRECTED = (Kind.MOVED, Kind.OTHER_REGION)
_SPOILED: dict[Kind, tuple[Fault, type[Exception] | Callable[[bytes], bool]]] = {
    Kind.DROP: (Fault(Kind.DROP, 100), ResponseStreamingError),
    Kind.RESET: (Fault(Kind.RESET, 100), ResponseStreamingError),
    Kind.STALL: (Fault(Kind.STALL, 100), ReadTimeoutError),
    Kind.TRICKLE: (Fault(Kind.TRICKLE, 5_000, 0.01), lambda got: got == BODY),
    Kind.LATE: (Fault(Kind.LATE, pause_s=0.05), lambda got: got == BODY),
    Kind.OVERSTATED: (Fault(Kind.OVERSTATED, 3), ResponseStreamingError),
    Kind.UNDERSTATED: (Fault(Kind.UNDERSTATED, 3), lambda got: got == BODY[:-3]),
    Kind.CUT: (Fault(Kind.CUT, 3), lambda got: got == BODY[:-3]),
    Kind.PADDED: (Fault(Kind.PADDED, 3), lambda got: got == BODY + b"\0\0\0"),
    Kind.WRONG: (Fault(Kind.WRONG), lambda got: got != BODY and len(got) == len(BODY)),
    Kind.CHANGED: (Fault(Kind.CHANGED), lambda got: got.startswith(b"overwritten")),
    Kind.GONE: (Fault(Kind.GONE), ClientError),
    Kind.BAD_GATEWAY: (Fault(Kind.BAD_GATEWAY), ClientError),
    Kind.GARBAGE: (Fault(Kind.GARBAGE), lambda got: len(got) == 300),
    Kind.NO_HTTP: (Fault(Kind.NO_HTTP), BotoCoreError),
    **{kind: (Fault(kind), ClientError) for kind in ERRORS if kind not in (Kind.BOUNCED, *_REDIRECTED)},
    # The library signs for the region that was named and asks again.
    **{kind: (Fault(kind, text="eu-central-1"), lambda got: got == BODY) for kind in _REDIRECTED},
}


@pytest.mark.parametrize("kind", _SPOILED, ids=lambda kind: kind.name)
def test_each_fault_reaches_the_reader(faulty: FaultyServer, kind: Kind) -> None:
    fault, effect = _SPOILED[kind]
    faulty.behave([Rule(fault)])
    if isinstance(effect, type):
        with pytest.raises(effect):
            read(faulty)
    else:
        assert effect(read(faulty))
    assert faulty.requests[0].fault is kind


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET])
def test_a_connection_ends_before_anything_is_said(faulty: FaultyServer, kind: Kind) -> None:
    faulty.behave([Rule(Fault(kind))])
    with pytest.raises(ConnectionClosedError):
        read(faulty)
    assert (faulty.requests[0].status, faulty.requests[0].sent) == (0, 0)
    assert read(faulty) == BODY


def test_a_redirect_names_its_place_and_a_range_may_not_be_heeded(faulty: FaultyServer) -> None:
    bounced = Fault(Kind.BOUNCED, text="http://127.0.0.1:1/x")
    faulty.behave([Rule(bounced), Rule(Fault(Kind.NO_RANGE)), Rule(Fault(Kind.OTHER_RANGE))])
    connection = http.client.HTTPConnection(urlsplit(faulty.endpoint).netloc)
    said = []
    for _ in range(3):
        connection.request("GET", "/bucket/a/one.json", headers={"Range": "bytes=5-6"})
        answer = connection.getresponse()
        said.append((answer.status, answer.headers["Location"], answer.headers["Content-Range"], len(answer.read())))
    connection.close()
    assert said[0][:2] == (307, "http://127.0.0.1:1/x")
    assert said[1:] == [(200, None, None, len(BODY)), (206, None, "bytes 0-1/10240", 2)]


def test_listings_break_off_repeat_themselves_and_never_end(faulty: FaultyServer) -> None:
    def page(kind: Kind, **more: str) -> Any:
        faulty.behave([Rule(Fault(kind), operation="ListObjectsV2")])
        return client(faulty).list_objects_v2(Bucket="bucket", **more)

    for kind in (Kind.HALF_A_PAGE, Kind.GARBAGE):
        with pytest.raises((ResponseParserError, ClientError)):
            page(kind)
    first = page(Kind.SAME_PAGE)
    again = page(Kind.SAME_PAGE, ContinuationToken=first["NextContinuationToken"])
    assert first["NextContinuationToken"] == again["NextContinuationToken"]
    assert page(Kind.NO_TOKEN)["IsTruncated"]
    assert (
        page(Kind.ENDLESS)["NextContinuationToken"]
        != page(Kind.ENDLESS, ContinuationToken="01")["NextContinuationToken"]
    )


def test_a_storm_passes_and_a_rule_can_wait(faulty: FaultyServer) -> None:
    faulty.behave([Rule(Fault(Kind.SLOW_DOWN), key=b"a/one.json", times=2, skipping=1)])
    heard = []
    for _ in range(4):
        try:
            heard.append(read(faulty) == BODY)
        except ClientError as refusal:
            heard.append(refusal.response["Error"]["Code"])
    assert heard == [True, "SlowDown", "SlowDown", True]
