"""A bucket as a source: streamed, kept, opened again without the network, and all that went wrong told."""

import subprocess
import sys
from pathlib import Path

import pytest

from ctwork.errors import EnvironmentFailure, SourceError, UsageError
from ctwork.sources import Opening, open_source
from ctwork.sources.access import Access
from ctwork.sources.base import Blob, Issue, IssueKind
from ctwork.sources.layout import PathFilter
from tests.faulty.bucket import Bucket
from tests.faulty.fault import Fault, Kind, Rule
from tests.faulty.server import FaultyServer
from tests.servers import ACCESS_KEY, SECRET_KEY, Server

DAY = "AWSLogs/111111111111/CloudTrail/us-east-1/2024/05"


def key(day: int) -> str:
    return f"{DAY}/{day:02d}/111111111111_CloudTrail_us-east-1_202405{day:02d}T0005Z_abcdefghijklmnop.json.gz"


@pytest.fixture
def bucket(seaweed: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    for name, value in seaweed.environment().items():
        monkeypatch.setenv(name, value)
    name = f"s3-{abs(hash(tmp_path))}"
    seaweed.put_many(name, {key(day): f"log of day {day}".encode() for day in range(1, 6)})
    return name


def opening(
    seaweed: Server, tmp_path: Path, *, online: bool = True, survey: bool = False, **more: PathFilter
) -> Opening:
    access = Access(endpoint=seaweed.endpoint) if online else None
    return Opening(keep=str(tmp_path / "kept"), access=access, survey=survey, **more)


def names(items: list[Blob | Issue]) -> list[str]:
    return sorted(item.name for item in items if isinstance(item, Blob))


def test_a_bucket_is_read_kept_and_read_again_without_the_network(seaweed: Server, bucket: str, tmp_path: Path) -> None:
    place = f"s3://{bucket}/"
    first = list(open_source([place], opening(seaweed, tmp_path)).walk())
    wanted = [f"{place}{key(day)}" for day in range(1, 6)]
    assert names(first) == wanted
    assert all(Path(item.path).read_bytes().startswith(b"log of day") for item in first if isinstance(item, Blob))
    again = list(open_source([place], opening(seaweed, tmp_path, online=False)).walk())
    [asked] = [item for item in again if isinstance(item, Issue)]
    assert asked.kind is IssueKind.ACQUISITION_LOG and "NOT agent:*acquisition/" in asked.message
    assert {item.name: item.stamp for item in again if isinstance(item, Blob)} == {
        item.name: item.stamp for item in first if isinstance(item, Blob)
    }
    seaweed.put_many(bucket, {key(9): b"log of day 9"})
    surveyed = list(open_source([place], opening(seaweed, tmp_path, survey=True)).walk())
    assert [item.stamp for item in surveyed if isinstance(item, Blob)][5:] == [(0, 0, 0, 0)]
    third = list(open_source([place], opening(seaweed, tmp_path)).walk())
    assert names(third) == sorted([*wanted, f"{place}{key(9)}"])


def test_a_filter_and_a_prefix_narrow_what_is_fetched(seaweed: Server, bucket: str, tmp_path: Path) -> None:
    admits = PathFilter(since_s=1_714_694_400)  # 2024-05-03
    found = list(open_source([f"s3://{bucket}/{DAY}/"], opening(seaweed, tmp_path, admits=admits)).walk())
    assert names(found) == [f"s3://{bucket}/{key(day)}" for day in (3, 4, 5)]


def test_without_the_network_what_is_kept_is_read_and_the_rest_told(
    seaweed: Server, bucket: str, tmp_path: Path
) -> None:
    place = f"s3://{bucket}/"
    away = Opening(keep=str(tmp_path / "kept"), access=Access(endpoint="http://127.0.0.1:9"))
    with pytest.raises(EnvironmentFailure):
        list(open_source([place], away).walk())
    list(open_source([place], opening(seaweed, tmp_path)).walk())
    found = list(open_source([place], away).walk())
    assert len(names(found)) == 5
    told, _ = [item for item in found if isinstance(item, Issue)]
    assert told.kind is IssueKind.NOT_FETCHED and "fetched before" in told.message


def test_what_is_no_bucket_and_what_has_no_place_to_be_kept(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no bucket"):
        open_source(["s3:///x"], Opening(keep=str(tmp_path)))
    with pytest.raises(SourceError, match="needs a case folder"):
        open_source(["s3://bucket"])


def test_what_could_not_be_had_is_told_again_until_it_comes(
    seaweed: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in seaweed.environment().items():
        monkeypatch.setenv(name, value)
    held = Bucket()
    held.put(key(1), b"one")
    held.put(key(2), b"two")

    def issues(access: Access | None) -> list[tuple[str, IssueKind]]:
        source = open_source(["s3://bucket/"], Opening(keep=str(tmp_path / "kept"), access=access))
        found = [item for item in source.walk() if isinstance(item, Issue)]
        return [(item.source, item.kind) for item in found][:-1]

    with FaultyServer(held, [Rule(Fault(Kind.KMS_DENIED), key=key(2).encode(), times=1)]) as server:
        missing = [(f"s3://bucket/{key(2)}", IssueKind.NOT_FETCHED)]
        assert issues(Access(endpoint=server.endpoint)) == missing
        assert issues(None) == missing
        assert issues(Access(endpoint=server.endpoint)) == []
        assert issues(None) == []


def test_a_bucket_that_is_not_there(seaweed: Server, bucket: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no bucket"):
        list(open_source(["s3://never-made/"], opening(seaweed, tmp_path)).walk())


def test_a_kept_bucket_opens_without_the_aws_library(seaweed: Server, bucket: str, tmp_path: Path) -> None:
    list(open_source([f"s3://{bucket}/"], opening(seaweed, tmp_path)).walk())
    code = f"""
import sys
from ctwork.sources import Opening, open_source
assert len(list(open_source(["s3://{bucket}/"], Opening(keep={str(tmp_path / "kept")!r})).walk())) == 6
print(sorted({{"boto3", "botocore", "aiohttp"}} & sys.modules.keys()))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_no_secret_is_written(seaweed: Server, bucket: str, tmp_path: Path) -> None:
    list(open_source([f"s3://{bucket}/"], opening(seaweed, tmp_path)).walk())
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET_KEY.encode() not in content and ACCESS_KEY.encode() not in content
