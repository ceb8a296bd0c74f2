"""A copy remembers what it has, whatever ended the run before."""

import hashlib
from pathlib import Path

import pytest

from ctwork.errors import CaseError, UsageError
from ctwork.sources import open_source
from ctwork.sources.aws.copybook import LOG, Copybook, kept_in, told_in
from ctwork.sources.aws.record import line_of
from ctwork.sources.aws.terms import FetchJob, Listed
from ctwork.sources.base import Blob, Issue, IssueKind


def put(book: Copybook, key: str, content: bytes, version: str = "") -> Listed:
    """As a worker does it: the bytes, then the line."""
    listed = Listed(key, len(content), hashlib.md5(content).hexdigest(), "2024-05-01T00:00:00Z")
    path = book.place("bucket", "bucket", listed, version)
    assert path is not None
    target = book.folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    job = FetchJob(1, key, version, listed.etag, listed.size, listed.modified, "", path)
    book.add(line_of("bucket", job, {}, hashlib.sha256(content).hexdigest(), ""))
    return listed


def test_what_was_kept_is_known_again(tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    listed = put(book, "a/b.json", b"one")
    book.close({})
    again = Copybook(tmp_path / "copy")
    assert again.place("bucket", "bucket", listed, "") is None
    assert again.place("other", "other", listed, "") == "other/a/b.json"
    again.close({})
    assert [kept.key for kept in kept_in(tmp_path / "copy")] == ["a/b.json"]


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_line_that_a_crash_cut_off_is_as_if_it_had_never_been(tmp_path: Path, cut: int) -> None:
    book = Copybook(tmp_path / "copy")
    first, second = put(book, "a.json", b"one"), put(book, "b.json", b"two")
    book.abandon()
    log = tmp_path / "copy" / LOG
    log.write_bytes(log.read_bytes()[:-cut])
    again = Copybook(tmp_path / "copy")
    assert again.place("bucket", "bucket", first, "") is None
    assert again.place("bucket", "bucket", second, "") == "bucket/b.json"
    put(again, "c.json", b"three")
    again.close({})
    assert [kept.key for kept in kept_in(tmp_path / "copy")] == ["a.json", "c.json"]


def test_after_a_run_without_an_end_every_object_of_it_is_hashed(tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    old = put(book, "old.json", b"one")
    book.close({})
    book = Copybook(tmp_path / "copy")
    whole, torn, short = put(book, "whole.json", b"two"), put(book, "torn.json", b"three"), put(book, "s.json", b"four")
    book.abandon()
    # As a power failure leaves it: the length is there, the bytes are not.
    (tmp_path / "copy/bucket/torn.json").write_bytes(b"\0" * 5)
    (tmp_path / "copy/bucket/s.json").write_bytes(b"")
    again = Copybook(tmp_path / "copy")
    assert [again.place("bucket", "bucket", listed, "") for listed in (old, whole)] == [None, None]
    assert again.place("bucket", "bucket", torn, "") == "bucket/torn.json"
    assert again.place("bucket", "bucket", short, "") == "bucket/s.json"
    again.abandon()


def test_an_object_that_somebody_removed_is_fetched_again(tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    listed = put(book, "a.json", b"one")
    book.close({})
    (tmp_path / "copy/bucket/a.json").unlink()
    again = Copybook(tmp_path / "copy")
    assert again.place("bucket", "bucket", listed, "") == "bucket/a.json"
    again.abandon()


def test_other_bytes_under_a_kept_key_lie_beside_the_first(tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    put(book, "a.json", b"one")
    book.close({})
    again = Copybook(tmp_path / "copy")
    changed = Listed("a.json", 3, hashlib.md5(b"two").hexdigest(), "2024-05-02T00:00:00Z")
    assert again.place("bucket", "bucket", changed, "") == f"bucket/%versions/{changed.etag}/a.json"
    before = again.overwrites("bucket", changed)
    assert before is not None and before.sha256 == hashlib.sha256(b"one").hexdigest()
    again.abandon()


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    with pytest.raises(CaseError, match="another ctwork"):
        Copybook(tmp_path / "copy")
    book.abandon()
    Copybook(tmp_path / "copy").abandon()


def test_nothing_is_written_beside_what_somebody_else_has_there(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "seized.zip").write_bytes(b"PK")
    with pytest.raises(UsageError, match="holds other files"):
        Copybook(tmp_path / "evidence")
    assert [each.name for each in (tmp_path / "evidence").iterdir()] == ["seized.zip"]
    assert not list(kept_in(tmp_path / "evidence"))


@pytest.mark.parametrize(("narrow", "stays"), [({}, False), ({"accounts": ["111111111111"]}, True)])
def test_a_part_that_could_not_be_listed_is_told_until_a_run_has_listed_it(
    tmp_path: Path, narrow: dict[str, list[str]], stays: bool
) -> None:
    book = Copybook(tmp_path / "copy")
    book.tell("run", {"source": "s3://bucket/"})
    book.tell("failed", {"bucket": "bucket", "key": "AWSLogs/", "version": "", "code": "AccessDenied", "hint": "ask"})
    book.close({"complete": True, "footprint": {"calls": {}}})
    told = told_in(tmp_path / "copy")
    assert [(each.key, each.code) for each in told.remarks] == [("AWSLogs/", "AccessDenied")]
    book = Copybook(tmp_path / "copy")
    book.tell("run", {"source": "s3://bucket/", **narrow})
    book.close({"complete": True, "footprint": {"calls": {}}})
    told = told_in(tmp_path / "copy")
    assert bool(told.remarks) is stays
    assert len(told.footprints) == 2


def test_a_run_that_broke_off_is_told_with_what_it_asked_until_one_comes_to_its_end(tmp_path: Path) -> None:
    begun = {"source": "s3://bucket/", "user_agent": "ctwork/1 acquisition/abc", "caller": "arn:x"}
    book = Copybook(tmp_path / "copy")
    book.tell("run", begun)
    put(book, "a.json", b"one")
    put(book, "b.json", b"two")
    book.abandon()
    told = told_in(tmp_path / "copy")
    [(_, issue)] = told.issues
    assert issue.kind is IssueKind.NOT_FETCHED and issue.source == "s3://bucket/" and "broke off" in issue.message
    [asked] = told.footprints
    assert asked["calls"] == {"s3:GetObject": 2} and asked["lens"] == "NOT agent:*acquisition/abc*"
    book = Copybook(tmp_path / "copy")
    book.tell("run", begun)
    book.close({"complete": False, "footprint": {"calls": {}}})
    assert [issue.kind for _, issue in told_in(tmp_path / "copy").issues] == [IssueKind.NOT_FETCHED]
    book = Copybook(tmp_path / "copy")
    book.tell("run", begun)
    book.close({"complete": True, "footprint": {"calls": {}}})
    told = told_in(tmp_path / "copy")
    assert not list(told.issues) and len(told.footprints) == 3


def test_a_copy_that_is_opened_as_a_folder_tells_what_it_lacks_and_what_was_odd(tmp_path: Path) -> None:
    book = Copybook(tmp_path / "copy")
    book.tell("run", {"source": "s3://bucket/"})
    put(book, "a.json", b'{"Records":[]}')
    about = {"bucket": "bucket", "version": ""}
    book.tell("failed", {**about, "key": "b.json", "code": "AccessDenied", "hint": "ask the owner"})
    book.tell("finding", {**about, "key": "a.json", "kind": "delete-marker", "message": "deleted"})
    book.tell("finding", {**about, "key": "a.json", "kind": "not-yet-known", "message": "news"})
    book.close({"complete": True, "footprint": {"calls": {}}})
    found = list(open_source([str(tmp_path / "copy")]).walk())
    assert [(item.source, item.kind) for item in found if isinstance(item, Issue)] == [
        ("s3://bucket/b.json", IssueKind.NOT_FETCHED),
        ("s3://bucket/a.json", IssueKind.DELETE_MARKER),
        ("s3://bucket/a.json", IssueKind.CHANGED_SINCE),
    ]
    assert sorted(item.name for item in found if isinstance(item, Blob)) == [
        "bucket/a.json",
        "ctwork-pull/acquisition.jsonl",
    ]
