"""A pull against a server that says and does what S3 may: what arrives, what is told, what is asked again."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ctwork.errors import EnvironmentFailure
from ctwork.sources.access import Access
from ctwork.sources.aws.copybook import LOG, Copybook
from ctwork.sources.aws.door import Door
from ctwork.sources.aws.keyname import path_of
from ctwork.sources.aws.news import Arrived, Failed, News, Noticed, Wish
from ctwork.sources.aws.place import S3Place
from ctwork.sources.aws.pull import Pull
from ctwork.sources.aws.trouble import hint_for
from ctwork.sources.base import IssueKind
from ctwork.sources.layout import PathFilter
from tests.faulty.bucket import Bucket
from tests.faulty.fault import Fault, Kind, Rule
from tests.faulty.server import FaultyServer
from tests.servers import ACCESS_KEY, SECRET_KEY

KEY = (
    "AWSLogs/111111111111/CloudTrail/us-east-1/2024/05/01/"
    "111111111111_CloudTrail_us-east-1_20240501T0005Z_abcdefghijklmnop.json.gz"
)


@pytest.fixture
def keys(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.fixture
def served(keys: None) -> Iterator[FaultyServer]:
    with FaultyServer(Bucket()) as server:
        yield server


Run = Callable[..., tuple[Pull, list[News]]]


@pytest.fixture
def run(served: FaultyServer, tmp_path: Path) -> Run:
    """Pulls into ``copy``; the pull when it has ended, and its news."""

    def pull(place: str = "s3://bucket/", wish: Wish | None = None, **access: object) -> tuple[Pull, list[News]]:
        given = Access(endpoint=served.endpoint, **access)  # type: ignore[arg-type]
        book = Copybook(tmp_path / "copy")
        pull = Pull(S3Place.of(place), book, Door(given), wish or Wish(processes=1))
        try:
            news = list(pull.run())
        except EnvironmentFailure:
            pull.abandon()
            raise
        pull.close()
        return pull, news

    return pull


def lines(folder: Path, kind: str) -> list[dict[str, object]]:
    rows = [json.loads(line) for line in (folder / "copy" / LOG).read_bytes().splitlines()]
    return [row[kind] for row in rows if kind in row]


def only(news: list[News], kind: type[News]) -> News:
    [found] = [item for item in news if isinstance(item, kind)]
    return found


def test_an_object_comes_with_all_that_is_said_of_it(served: FaultyServer, run: Run, tmp_path: Path) -> None:
    content = b"evidence" * 100
    served.bucket.put(
        KEY,
        content,
        x_amz_meta_signature="ab" * 256,
        x_amz_server_side_encryption="AES256",
        x_amz_version_id="v7",
        x_amz_object_lock_mode="COMPLIANCE",
        Content_Encoding="gzip",
    )
    run()
    assert (tmp_path / "copy" / "bucket" / KEY).read_bytes() == content
    [row] = lines(tmp_path, "object")
    assert row["key"] == KEY and row["size"] == 800 and row["path"] == f"bucket/{KEY}"
    assert row["sha256"] == hashlib.sha256(content).hexdigest()
    assert row["etag"] == hashlib.md5(content).hexdigest()
    assert row["metadata"] == {"signature": "ab" * 256}
    assert row["encryption"] == "AES256" and row["version"] == "v7" and row["lock_mode"] == "COMPLIANCE"
    assert row["content_encoding"] == "gzip"


def test_what_is_here_is_not_asked_for_again_and_what_is_new_is(served: FaultyServer, run: Run) -> None:
    for number in range(30):
        served.bucket.put(f"logs/{number:02d}.json", b"x" * number)
    pull, news = run()
    assert pull.counts.fetched == 30 and len(news) == 30
    served.behave()
    served.bucket.put("logs/new.json", b"later")
    pull, news = run()
    assert [item.key for item in news] == ["logs/new.json"]
    assert served.count() == {b"logs/new.json": 1}
    assert pull.counts.here == 30


def test_a_plan_counts_and_fetches_nothing(served: FaultyServer, tmp_path: Path) -> None:
    served.bucket.put("a.json", b"12345")
    served.bucket.put("cold.json", b"1", storage="DEEP_ARCHIVE")
    pull = Pull(
        S3Place.of("s3://bucket"),
        Copybook(tmp_path / "copy"),
        Door(Access(endpoint=served.endpoint)),
        Wish(processes=1),
    )
    list(pull.plan())
    pull.close()
    assert (pull.planned.objects, pull.planned.bytes, pull.planned.archived) == (1, 5, 1)
    assert not served.count()


def test_keys_of_every_kind_are_kept(served: FaultyServer, run: Run, tmp_path: Path) -> None:
    names = [
        "../x.json",
        "a//b.json",
        "sp ace+plus%25.json",
        "é\u2028.json",
        "a",
        "a/b.json",
        "x" * 1000 + ".json",
        "q?x=1&y#z.json",
    ]
    for name in names:
        served.bucket.put(name, name.encode())
    pull, _ = run()
    assert pull.counts.failed == 0
    for name in names:
        assert (tmp_path / "copy" / "bucket" / path_of(name)).read_bytes() == name.encode()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy", "home"]


REFUSALS = {
    Kind.DENIED: "AccessDenied",
    Kind.KMS_DENIED: "AccessDenied",
    Kind.ARCHIVED: "InvalidObjectState",
    Kind.SKEWED: "RequestTimeTooSkewed",
    Kind.MOVED: "PermanentRedirect",
    Kind.GONE: "NoSuchKey",
    Kind.CHANGED: "PreconditionFailed",
}


def test_what_cannot_be_had_is_a_row_with_what_to_do_and_the_run_goes_on(
    served: FaultyServer, run: Run, tmp_path: Path
) -> None:
    for kind in REFUSALS:
        served.bucket.put(f"{kind.name}.json", kind.name.encode())
    served.bucket.put("good.json", b"good")
    served.behave([Rule(Fault(kind), key=f"{kind.name}.json".encode(), times=-1) for kind in REFUSALS])
    _, news = run()
    failed = {item.key: item for item in news if isinstance(item, Failed)}
    assert {key: item.code for key, item in failed.items()} == {f"{k.name}.json": code for k, code in REFUSALS.items()}
    assert all(len(item.hint) > 20 and "{" not in item.hint for item in failed.values())
    copied = {path.name for path in (tmp_path / "copy/bucket").iterdir()}
    assert copied == {"good.json"}
    told = {row["key"]: (row["code"], row["hint"]) for row in lines(tmp_path, "failed")}
    assert told == {key: (item.code, item.hint) for key, item in failed.items()}
    # Another run asks for them again, and for them alone.
    served.behave()
    _, news = run()
    assert {item.key for item in news if isinstance(item, Arrived)} == {*failed} - {"GONE.json"}


def test_expired_credentials_are_told_for_each_object_and_no_server_is_asked_in_vain(
    served: FaultyServer, run: Run
) -> None:
    for number in range(100):
        served.bucket.put(f"{number}.json", b"x")
    served.behave([Rule(Fault(Kind.EXPIRED), times=-1)])
    pull, news = run(in_flight=4)
    assert {item.code for item in news if isinstance(item, Failed)} == {"ExpiredToken"}
    assert pull.counts.failed == 100
    assert sum(served.count().values()) < 30


def test_a_key_that_may_not_decrypt_is_told_from_a_bucket_that_refuses() -> None:
    kms = hint_for("AccessDenied", "User is not authorized to perform: kms:Decrypt on this resource")
    assert "kms:Decrypt" in kms and "s3:GetObject" not in kms
    assert "--requester-pays" in hint_for("AccessDenied")
    assert "--requester-pays" not in hint_for("AccessDenied", payer=True)
    assert "DEEP_ARCHIVE" in hint_for("InvalidObjectState", storage="DEEP_ARCHIVE")
    assert "Strange" in hint_for("Strange", "words")


FAULTS = [
    Fault(Kind.DROP, 100_000),
    Fault(Kind.RESET, 1_000),
    Fault(Kind.DROP, -1),
    Fault(Kind.SLOW_DOWN),
    Fault(Kind.INTERNAL),
    Fault(Kind.BAD_GATEWAY),
    Fault(Kind.CUT, 10),
    Fault(Kind.PADDED, 10),
    Fault(Kind.OVERSTATED, 10),
    Fault(Kind.UNDERSTATED, 10),
    Fault(Kind.WRONG),
    Fault(Kind.NO_HTTP),
]


def test_what_passes_is_got_over(served: FaultyServer, run: Run, tmp_path: Path) -> None:
    contents = {f"{number}.json": bytes([number]) + bytes(range(256)) * 1_200 for number in range(len(FAULTS))}
    for key, content in contents.items():
        served.bucket.put(key, content)
    served.behave([Rule(fault, key=f"{number}.json".encode(), times=2) for number, fault in enumerate(FAULTS)])
    pull, _ = run()
    assert pull.counts.failed == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "copy/bucket").iterdir()} == contents


def test_a_broken_body_goes_on_where_it_stopped(served: FaultyServer, run: Run) -> None:
    served.bucket.put("big.json", bytes(300_000))
    served.behave([Rule(Fault(Kind.DROP, 200_000), times=1)])
    run()
    first, second = [each for each in served.requests if each.operation == "GetObject"]
    assert "range" not in first.headers
    start = int(second.headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 200_000
    assert second.headers["if-match"] == first.headers["if-match"]


def test_a_large_object_goes_on_in_another_run(served: FaultyServer, run: Run, tmp_path: Path) -> None:
    content = bytes(9 << 20)
    served.bucket.put("large.json", content)
    served.behave([Rule(Fault(Kind.DROP, 5 << 20), times=1), Rule(Fault(Kind.DENIED), times=-1)])
    pull, _ = run()
    assert pull.counts.failed == 1
    served.behave()
    run()
    [asked] = [each for each in served.requests if each.operation == "GetObject"]
    assert asked.headers["range"].startswith("bytes=")
    assert asked.sent < len(content)
    assert (tmp_path / "copy/bucket/large.json").read_bytes() == content


@pytest.mark.parametrize("kind", [Kind.SAME_PAGE, Kind.NO_TOKEN, Kind.GARBAGE])
def test_a_listing_that_lies_is_told_and_ends(
    served: FaultyServer, run: Run, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    served.bucket.put("a.json", b"a")
    served.behave([Rule(Fault(kind), operation="ListObjectsV2", times=-1)])
    pull, news = run()
    assert pull.counts.failed >= 1
    assert {item.code for item in news if isinstance(item, Failed)} <= {"EndlessListing", "MalformedListing"}


def test_a_redirect_leads_nowhere(served: FaultyServer, run: Run, keys: None) -> None:
    with FaultyServer(Bucket()) as elsewhere:
        served.bucket.put("a.json", b"a")
        served.behave([Rule(Fault(Kind.BOUNCED, text=f"{elsewhere.endpoint}/bucket/a.json"), times=-1)])
        _, news = run()
        failed = only(news, Failed)
        assert isinstance(failed, Failed) and failed.code in ("Redirected", "TemporaryRedirect")
        assert not elsewhere.requests


def test_what_is_overwritten_is_kept_beside_what_was_there_and_told(
    served: FaultyServer, run: Run, tmp_path: Path
) -> None:
    served.bucket.put(KEY, b"first")
    run()
    served.bucket.put(KEY, b"second")
    _, news = run()
    noticed = only(news, Noticed)
    assert isinstance(noticed, Noticed) and noticed.kind is IssueKind.CHANGED_SINCE
    arrived = only(news, Arrived)
    assert isinstance(arrived, Arrived)
    assert (tmp_path / "copy/bucket" / KEY).read_bytes() == b"first"
    assert (tmp_path / "copy" / arrived.path).read_bytes() == b"second"
    _, news = run()
    assert not news


def test_versions_bring_back_what_was_deleted_and_overwritten(keys: None, tmp_path: Path) -> None:
    kept = Bucket(versioned=True)
    kept.put("gone.json", b"deleted log")
    kept.delete("gone.json")
    kept.put("twice.json", b"before")
    kept.put("twice.json", b"after")
    with FaultyServer(kept) as server:
        book = Copybook(tmp_path / "copy")
        wish = Wish(versions=True, processes=1)
        pull = Pull(S3Place.of("s3://bucket"), book, Door(Access(endpoint=server.endpoint)), wish)
        news = list(pull.run())
        pull.close()
    told = {(item.key, item.kind) for item in news if isinstance(item, Noticed)}
    assert told == {
        ("gone.json", IssueKind.DELETE_MARKER),
        ("gone.json", IssueKind.NONCURRENT_VERSION),
        ("twice.json", IssueKind.NONCURRENT_VERSION),
    }
    contents = {(tmp_path / "copy" / item.path).read_bytes() for item in news if isinstance(item, Arrived)}
    assert contents == {b"deleted log", b"before", b"after"}
    assert (tmp_path / "copy/bucket/twice.json").read_bytes() == b"after"


def test_every_request_reads_and_names_its_run(served: FaultyServer, run: Run) -> None:
    served.bucket.put(KEY, b"x")
    pull, _ = run()
    assert {each.method for each in served.requests} <= {"GET", "HEAD", "POST"}
    reads = [each for each in served.requests if each.method != "POST"]
    assert reads and all(pull.footprint.agent in each.headers["user-agent"] for each in reads)
    assert pull.footprint.as_line()["calls"]["s3:GetObject"] == 1  # type: ignore[index]


def test_new_credentials_are_asked_for_once_and_used(
    served: FaultyServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        served.bucket.put(f"{number}.json", b"x")
    served.behave([Rule(Fault(Kind.EXPIRED), times=5)])
    asked: list[int] = []
    usual = Door.keys

    def renewed(door: Door) -> object:
        found = usual(door)
        asked.append(1)
        return found if len(asked) == 1 else type(found)(found.access_key, found.secret, f"token-{len(asked)}")  # type: ignore[call-arg, union-attr]

    monkeypatch.setattr(Door, "keys", renewed)
    pull, _ = run()
    assert pull.counts.failed == 0 and pull.counts.fetched == 20
    assert len(asked) == 2
    assert any(each.headers.get("x-amz-security-token") == "token-2" for each in served.requests)


def test_a_full_disk_ends_the_run_in_words(served: FaultyServer, run: Run, tmp_path: Path) -> None:
    served.bucket.put("a/b.json", b"x")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "ctwork-pull").mkdir()
    (tmp_path / "copy" / "bucket").write_bytes(b"a file where a folder must be")
    with pytest.raises(EnvironmentFailure, match="cannot be written"):
        run()


def test_the_filter_is_kept_to(served: FaultyServer, run: Run) -> None:
    served.bucket.put(KEY, b"x")
    served.bucket.put(KEY.replace("111111111111", "222222222222"), b"y")
    pull, news = run(wish=Wish(PathFilter(frozenset({"222222222222"})), processes=1))
    assert [item.key[8:20] for item in news] == ["222222222222"]
    assert pull.survey.filtered == 1


def test_a_bucket_without_an_answer_is_told_at_once(keys: None, tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    with pytest.raises(EnvironmentFailure, match="cannot be reached"):
        Pull(S3Place.of("s3://bucket"), book, Door(Access(endpoint="http://127.0.0.1:9")), Wish(processes=1))
    book.abandon()


def test_what_was_deleted_since_is_told_and_its_bytes_stay(served: FaultyServer, run: Run, tmp_path: Path) -> None:
    served.bucket.put("stays.json", b"x")
    served.bucket.put("gone.json", b"y")
    run()
    served.bucket.delete("gone.json")
    _, news = run()
    noticed = only(news, Noticed)
    assert isinstance(noticed, Noticed)
    assert (noticed.key, noticed.kind) == ("gone.json", IssueKind.DELETED_SINCE)
    assert (tmp_path / "copy/bucket/gone.json").read_bytes() == b"y"
    # Where a part cannot be listed, what is missing from the listing proves nothing.
    served.behave([Rule(Fault(Kind.DENIED), operation="ListObjectsV2", times=-1)])
    _, news = run()
    assert [type(item) for item in news] == [Failed]
