"""Reading bytes: read-only, regular files only, watched for change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from trail_sample import tarred, zipped

from ctwork.sources import open_source
from ctwork.sources.base import DEFAULT_BOUNDS, Blob, Bounds, IssueKind, Member
from ctwork.sources.carrier import Unreadable, read_carrier, stamp_of

CONTENT = b"x" * 100_000


def blob_of(path: Path, member: Member | None = None) -> Blob:
    status = os.lstat(path)
    return Blob(path.name, str(path), status.st_size, stamp_of(status), None, member)


def refused(blob: Blob, bounds: Bounds = DEFAULT_BOUNDS) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        read_carrier(blob, bounds)
    assert error.value.issue.source == blob.name
    return error.value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.json.gz"
    path.write_bytes(CONTENT)
    return path


def test_whole_files_and_empty_ones(file: Path) -> None:
    assert read_carrier(blob_of(file)) == CONTENT
    file.write_bytes(b"")
    assert read_carrier(blob_of(file)) == b""


def test_reading_leaves_no_trace(file: Path) -> None:
    os.utime(file, (1, 1))
    before = file.stat()
    read_carrier(blob_of(file))
    after = file.stat()
    assert (before.st_atime_ns, before.st_mtime_ns, before.st_ctime_ns) == (
        after.st_atime_ns,
        after.st_mtime_ns,
        after.st_ctime_ns,
    )


def test_what_is_not_there_or_no_file(file: Path, tmp_path: Path) -> None:
    blob = blob_of(file)
    file.unlink()
    assert refused(blob).issue.kind is IssueKind.VANISHED
    os.mkfifo(file)
    assert refused(blob).issue.kind is IssueKind.SPECIAL_FILE
    file.unlink()
    file.mkdir()
    assert refused(blob).issue.kind is IssueKind.SPECIAL_FILE
    file.rmdir()
    (tmp_path / "other").write_bytes(CONTENT)
    file.symlink_to("other")
    assert refused(blob).issue.kind is IssueKind.SYMLINK_OUTSIDE


def test_too_large_is_not_read(file: Path) -> None:
    issue = refused(blob_of(file), Bounds(inflated_bytes=99_999)).issue
    assert issue.kind is IssueKind.TOO_LARGE
    assert "100,000" in issue.message
    assert "99,999" in issue.message


@pytest.mark.parametrize("change", ["append", "truncate", "replace", "unlink"])
def test_change_while_reading_is_told(file: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    read = os.read

    def meddling(fd: int, size: int) -> bytes:
        data = read(fd, size)
        monkeypatch.setattr(os, "read", read)
        if change == "append":
            with file.open("ab") as more:
                more.write(b"y")
        elif change == "truncate":
            os.truncate(file, 10)
        elif change == "replace":
            file.unlink()
            file.write_bytes(CONTENT)
        else:
            file.unlink()
        return data

    blob = blob_of(file)
    monkeypatch.setattr(os, "read", meddling)
    error = refused(blob)
    if change == "unlink":
        assert error.issue.kind is IssueKind.VANISHED
    else:
        assert error.issue.kind is IssueKind.CHANGED
        assert error.data == CONTENT


def test_ranges(file: Path) -> None:
    file.write_bytes(b"0123456789")
    assert read_carrier(blob_of(file, Member("range", 0, 3, 4))) == b"3456"
    error = refused(blob_of(file, Member("range", 0, 8, 4)))
    assert (error.issue.kind, error.data) == (IssueKind.TRUNCATED, b"89")


def test_an_archive_that_changed_is_not_read_by_old_offsets(file: Path) -> None:
    member = blob_of(file, Member("range", 0, 0, 4))
    packed = blob_of(file, Member("pack", 0, 0, 4))
    with file.open("ab") as more:
        more.write(b"grown")
    assert refused(member).issue.kind is IssueKind.CHANGED
    assert read_carrier(packed) == b"xxxx", "a pack grows while it is read"


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_zip_members(tmp_path: Path, method: int) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped({"a": CONTENT, "b": b"", "c": b"small"}, method))
    blobs = [item for item in open_source([str(path)]).walk() if isinstance(item, Blob)]
    assert [read_carrier(blob) for blob in blobs] == [CONTENT, b"", b"small"]


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_damaged_zip_members_are_told(tmp_path: Path, method: int) -> None:
    path = tmp_path / "x.zip"
    data = bytearray(zipped({"a": os.urandom(2000)}, method))
    data[1500] ^= 0xFF
    path.write_bytes(data)
    (blob,) = (item for item in open_source([str(path)]).walk() if isinstance(item, Blob))
    assert refused(blob).issue.kind is IssueKind.CRC


def test_zip_claims_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped({"a": bytes(1 << 20)}))
    (blob,) = (item for item in open_source([str(path)]).walk() if isinstance(item, Blob))
    assert refused(blob, Bounds(ratio_floor_bytes=1000)).issue.kind is IssueKind.RATIO
    assert refused(blob, Bounds(inflated_bytes=1000)).issue.kind is IssueKind.TOO_LARGE
    assert blob.member is not None
    odd = Member("zip", 0, 0, 10, blob.member.stored, 99, 0)
    assert refused(blob_of(path, odd)).issue.kind is IssueKind.UNSUPPORTED
    nowhere = Member("zip", 0, 7, 10, 10, 8, 0)
    assert refused(blob_of(path, nowhere)).issue.kind is IssueKind.TRUNCATED


def test_a_cut_tar_gives_its_last_member_in_part(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(tarred({"a": CONTENT}, form=0)[:50_512])
    (blob,) = (item for item in open_source([str(path)]).walk() if isinstance(item, Blob))
    error = refused(blob)
    assert (error.issue.kind, error.data) == (IssueKind.TRUNCATED, CONTENT[:50_000])


def test_the_room_is_light_to_import() -> None:
    script = (
        "import sys, ctwork.sources, ctwork.sources.decode, ctwork.sources.inflate, ctwork.sources.carrier;"
        "print(sorted({'polars','textual','rich','numpy','boto3','bz2','lzma','zipfile','tarfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
