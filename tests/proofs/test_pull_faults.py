"""One run of the real program meets every fault at once: what passes is fetched, what does not has its row."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ctwork.sources.aws.keyname import key_of
from tests.faulty.bucket import Bucket
from tests.faulty.fault import Fault, Kind, Rule
from tests.faulty.keys import HOSTILE, LAWLESS
from tests.faulty.server import FaultyServer
from tests.proofs.pulling import Ended, digest_of, kept_files, pull, read_copy

BODY = bytes(range(256)) * 20


class Case(NamedTuple):
    fault: Fault
    code: str = ""
    """Of the row that is to be there; "" for an object that is fetched."""
    hint: str = ""
    """What the row says, in part."""
    times: int = -1


CASES = {
    "drop": Case(Fault(Kind.DROP, 1_000), times=2),
    "drop-at-once": Case(Fault(Kind.DROP, -1), times=2),
    "drop-at-the-end": Case(Fault(Kind.DROP, len(BODY) - 1), times=2),
    "reset": Case(Fault(Kind.RESET, 1_000), times=2),
    "reset-at-once": Case(Fault(Kind.RESET, -1), times=1),
    "trickle": Case(Fault(Kind.TRICKLE, 1_000, 0.01)),
    "late": Case(Fault(Kind.LATE, pause_s=0.3)),
    "overstated": Case(Fault(Kind.OVERSTATED, 5), times=1),
    "understated": Case(Fault(Kind.UNDERSTATED, 5), times=1),
    "cut": Case(Fault(Kind.CUT, 5), times=1),
    "padded": Case(Fault(Kind.PADDED, 5), times=1),
    "wrong": Case(Fault(Kind.WRONG), times=2),
    "slow-down": Case(Fault(Kind.SLOW_DOWN), times=2),
    "unavailable": Case(Fault(Kind.UNAVAILABLE), times=1),
    "internal": Case(Fault(Kind.INTERNAL), times=2),
    "gateway": Case(Fault(Kind.BAD_GATEWAY), times=1),
    "garbage": Case(Fault(Kind.GARBAGE), times=1),
    "no-http": Case(Fault(Kind.NO_HTTP), times=1),
    "denied": Case(Fault(Kind.DENIED), "AccessDenied", "s3:GetObject"),
    "kms": Case(Fault(Kind.KMS_DENIED), "AccessDenied", "kms:Decrypt"),
    "disabled": Case(Fault(Kind.KMS_DISABLED), "KMS.DisabledException", "find out who disabled it"),
    "archived": Case(Fault(Kind.ARCHIVED), "InvalidObjectState", "must restore it"),
    "skewed": Case(Fault(Kind.SKEWED), "RequestTimeTooSkewed", "clock"),
    "moved": Case(Fault(Kind.MOVED, text="eu-central-1"), "PermanentRedirect", "--bucket-region"),
    "region": Case(Fault(Kind.OTHER_REGION), "AuthorizationHeaderMalformed", "--bucket-region"),
    "gone": Case(Fault(Kind.GONE), "NoSuchKey", "deleted before it was read"),
    "changed": Case(Fault(Kind.CHANGED), "PreconditionFailed", "changed between", times=1),
}


def run(server: FaultyServer, dest: Path, *options: str) -> Ended:
    ended = pull(server.server, server.bucket.name, dest, "--workers", "1", *options)
    assert "Traceback" not in ended.err
    assert ended.orphans == []
    return ended


def test_each_fault_passes_or_has_its_row(tmp_path: Path) -> None:
    bucket = Bucket()
    hashes = {name: bucket.put(f"{name}.json", BODY + name.encode()).sha256 for name in (*CASES, "bounced", "cold")}
    bucket.put("cold.json", BODY, storage="DEEP_ARCHIVE")
    with FaultyServer(bucket) as server:
        bounced = Fault(Kind.BOUNCED, text=f"{server.endpoint}/elsewhere/k")
        cases = {**CASES, "bounced": Case(bounced, "TemporaryRedirect", "try again later")}
        server.behave([Rule(case.fault, key=f"{name}.json".encode(), times=case.times) for name, case in cases.items()])
        ended = run(server, tmp_path / "copy")
        rows = {row["key"].removesuffix(".json"): row for row in ended.report["failed"]}
        assert (
            rows.pop("cold")["hint"]
            == "it is archived (DEEP_ARCHIVE): the owner must restore it; nothing is restored from here"
        )
        assert {name: row["code"] for name, row in rows.items()} == {n: c.code for n, c in cases.items() if c.code}
        assert [name for name, row in rows.items() if cases[name].hint not in row["hint"]] == []
        assert ended.code == 3
        recorded = {row["key"].removesuffix(".json"): row["sha256"] for row in read_copy(tmp_path / "copy").objects}
        assert recorded == {name: hashes[name] for name, case in cases.items() if not case.code}
        found = {path.name.removesuffix(".json"): digest_of(path) for path in kept_files(tmp_path / "copy")}
        assert found == recorded
        # No redirect is followed, nothing archived is asked for, and no refusal for good is tried again.
        assert [each for each in server.requests if not each.operation] == []
        asked = {key.decode().removesuffix(".json"): times for key, times in server.count().items()}
        assert "cold" not in asked
        assert [name for name, case in cases.items() if case.code and asked[name] != 1] == []
        assert [
            name for name, case in cases.items() if case.times > 0 and not case.code and asked[name] != case.times + 1
        ] == []
        # What broke off goes on where it stopped.
        ranges = [each.headers.get("range") for each in server.requests if each.key == b"drop.json"]
        assert ranges == [None, "bytes=1000-", "bytes=2000-"]


def test_an_expired_token_ends_in_rows(tmp_path: Path) -> None:
    bucket = Bucket()
    for number in range(12):
        bucket.put(f"{number}.json", b"%d" % number)
    with FaultyServer(bucket, [Rule(Fault(Kind.EXPIRED), times=-1, skipping=5)]) as server:
        ended = run(server, tmp_path / "copy", "--in-flight", "1")
        assert (ended.code, ended.report["fetched"]) == (3, 5)
        assert [row["code"] for row in ended.report["failed"]] == ["ExpiredToken"] * 7


def test_hostile_keys_stay_in_the_folder(tmp_path: Path) -> None:
    bucket = Bucket()
    for key in (*HOSTILE, *LAWLESS):
        bucket.put(key, b"content of " + key)
    with FaultyServer(bucket) as server:
        ended = run(server, tmp_path / "copy")
    dest = tmp_path / "copy"
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    found = {key_of(str(path.relative_to(dest / "bucket"))).encode(): path.read_bytes() for path in kept_files(dest)}
    assert found == {key: b"content of " + key for key in found}
    assert len(found) + ended.report["unlike_logs"] == len(HOSTILE)
    # Names that are no text are not lost: each has its row.
    assert len(ended.report["failed"]) == len(LAWLESS) == ended.report["listed"] - len(HOSTILE)
    assert {key for key in HOSTILE if key.endswith(b".json")} <= found.keys()
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ended.err) is None


def test_a_prefix_that_cannot_be_listed_is_told_and_the_rest_is_fetched(tmp_path: Path) -> None:
    codes = {
        Kind.DENIED: "AccessDenied", Kind.EXPIRED: "ExpiredToken", Kind.SKEWED: "RequestTimeTooSkewed",
        Kind.SAME_PAGE: "EndlessListing", Kind.CIRCLING: "EndlessListing", Kind.NO_TOKEN: "EndlessListing",
        Kind.ENDLESS: "EndlessListing",
    }  # fmt: skip
    bucket, months = Bucket(), {}
    for number, kind in enumerate((*codes, None)):
        account = f"{number:012d}"
        months[kind] = f"AWSLogs/{account}/CloudTrail/eu-west-1/2026/01/"
        for day in range(1, 4):
            bucket.put(f"{months[kind]}{day:02d}/{account}_{day}.json.gz", f"{number} {day}".encode())
    rules = [Rule(Fault(kind), "ListObjectsV2", months[kind].encode(), times=-1) for kind in codes]
    with FaultyServer(bucket, rules) as server:
        ended = run(server, tmp_path / "copy")
        assert ended.code == 3
        told = {row["key"]: row["code"] for row in ended.report["failed"]}
        assert told == {months[kind]: code for kind, code in codes.items()}
        here = {row["key"] for row in read_copy(tmp_path / "copy").objects}
        assert {key for key in here if key.startswith(months[None])} == {
            each.key.decode() for each in bucket if each.key.startswith(months[None].encode())
        }
        assert server.count("ListObjectsV2").most_common(1)[0][1] < 2_000


def test_a_page_that_comes_twice_is_not_fetched_twice(tmp_path: Path) -> None:
    """The second time it says that it is the last: only its names tell."""
    bucket = Bucket()
    for number in range(5):
        bucket.put(f"{number}.json", b"%d" % number)
    with FaultyServer(bucket, [Rule(Fault(Kind.CIRCLING), "ListObjectsV2")]) as server:
        ended = run(server, tmp_path / "copy")
        assert [row["code"] for row in ended.report["failed"]] == ["EndlessListing"]
        assert set(server.count().values()) == {1}
        assert ended.report["fetched"] == 5


def test_nothing_at_all(tmp_path: Path) -> None:
    with FaultyServer(Bucket(), [Rule(Fault(Kind.DENIED), "ListObjectsV2", times=-1)]) as server:
        assert run(server, tmp_path / "copy").code == 4
        assert pull(server.server, "another", tmp_path / "another").code == 4


@pytest.mark.long
def test_no_server(tmp_path: Path) -> None:
    with FaultyServer(Bucket()) as server:
        pass
    assert pull(server.server, "bucket", tmp_path / "copy").code == 5


@pytest.mark.long
def test_what_never_passes_has_its_row(tmp_path: Path) -> None:
    """A minute and more: every one of them is tried again and again."""
    bucket = Bucket()
    codes = {
        Kind.DROP: "IncompleteBody", Kind.RESET: "IncompleteBody", Kind.STALL: "Timeout", Kind.CUT: "SizeMismatch",
        Kind.PADDED: "SizeMismatch", Kind.WRONG: "ContentMismatch", Kind.SLOW_DOWN: "SlowDown",
        Kind.INTERNAL: "InternalError", Kind.BAD_GATEWAY: "ServiceUnavailable", Kind.NO_HTTP: "ConnectionFailed",
    }  # fmt: skip
    for kind in codes:
        bucket.put(f"{kind.name}.json", BODY + kind.name.encode())
    with FaultyServer(bucket, [Rule(Fault(k, 0), key=f"{k.name}.json".encode(), times=-1) for k in codes]) as server:
        ended = run(server, tmp_path / "copy")
        told = {row["key"].removesuffix(".json"): row["code"] for row in ended.report["failed"]}
        assert told == {kind.name: code for kind, code in codes.items()}
        assert max(server.count().values()) <= 7
        assert list(kept_files(tmp_path / "copy")) == []


def test_bytes_that_are_not_what_was_listed_are_kept_and_told(tmp_path: Path) -> None:
    """The same bytes twice are what the bucket gives: its ETags are no MD5s, or somebody has changed them."""
    bucket = Bucket()
    bucket.put("right.json", BODY)
    stored = bucket.put("unlike.json", BODY, etag="0" * 32)
    with FaultyServer(bucket) as server:
        ended = run(server, tmp_path / "copy")
        assert (ended.code, ended.report["unlike_etag"], ended.report["fetched"]) == (0, 1, 2)
        assert server.count()[b"unlike.json"] == 2
    rows = {row["key"]: row.get("unlike", "") for row in read_copy(tmp_path / "copy").objects}
    assert rows == {"right.json": "", "unlike.json": hashlib.md5(stored.content).hexdigest()}
