"""A pull that ended in the middle of an object, lost a process or its disk goes on where it was, and is right."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faulty.bucket import Bucket
from tests.faulty.fault import Fault, Kind, Rule
from tests.faulty.server import FaultyServer
from tests.proofs.durable import small_disk
from tests.proofs.pulling import Ended, Stop, digest_of, kept_files, processes, pull, read_copy

_LARGE = 9 << 20
_CAME = 17 << 19


def run(server: FaultyServer, dest: Path, *options: str, stop: Stop | None = None) -> Ended:
    ended = pull(server.server, "bucket", dest, "--workers", "1", *options, stop=stop)
    assert "Traceback" not in ended.err
    assert ended.orphans == []
    return ended


@pytest.fixture
def large() -> Bucket:
    bucket = Bucket()
    bucket.put("large.json", random.Random(1).randbytes(_LARGE))
    bucket.put("small.json", b"small")
    return bucket


def stalled(server: FaultyServer, dest: Path) -> None:
    """A run that is killed when the large object has come as far as it will, and the small one is on record."""
    server.behave([Rule(Fault(Kind.STALL, _CAME), key=b"large.json")])

    def came() -> bool:
        partial = (path.stat().st_size for path in (dest / "ctwork-pull" / "partial").glob("*"))
        return max(partial, default=0) >= _CAME and bool(read_copy(dest).objects)

    assert run(server, dest, stop=Stop(signal.SIGKILL, came)).code == -signal.SIGKILL
    server.behave()


def test_a_large_object_goes_on_where_it_stopped(large: Bucket, tmp_path: Path) -> None:
    dest = tmp_path / "copy"
    with FaultyServer(large) as server:
        stalled(server, dest)
        assert run(server, dest).code == 0
        [request] = [each for each in server.requests if each.operation == "GetObject"]
        etag = f'"{large.current(b"large.json").etag}"'
        assert (request.headers["range"], request.headers["if-match"]) == (f"bytes={_CAME}-", etag)
    assert digest_of(dest / "bucket" / "large.json") == large.current(b"large.json").sha256
    assert list((dest / "ctwork-pull" / "partial").iterdir()) == []


@pytest.mark.long
def test_what_was_begun_and_damaged_is_begun_anew(large: Bucket, tmp_path: Path) -> None:
    dest = tmp_path / "copy"
    with FaultyServer(large) as server:
        stalled(server, dest)
        [partial] = [path for path in (dest / "ctwork-pull" / "partial").iterdir() if path.stat().st_size == _CAME]
        with open(partial, "r+b") as file:
            file.seek(1_000)
            file.write(b"damaged")
        assert run(server, dest).code == 0
        assert [each.headers.get("range") for each in server.requests if each.operation == "GetObject"] == [
            f"bytes={_CAME}-",
            None,
        ]
    assert digest_of(dest / "bucket" / "large.json") == large.current(b"large.json").sha256


@pytest.mark.long
def test_an_object_that_changed_meanwhile_is_not_stuck_together(large: Bucket, tmp_path: Path) -> None:
    dest = tmp_path / "copy"
    with FaultyServer(large) as server:
        stalled(server, dest)
        large.put("large.json", random.Random(2).randbytes(_LARGE))
        assert run(server, dest).code == 0
        assert [each.headers.get("range") for each in server.requests if each.operation == "GetObject"] == [None]
    assert digest_of(dest / "bucket" / "large.json") == large.current(b"large.json").sha256


def test_a_process_that_is_killed_ends_the_run_and_the_next_goes_on(tmp_path: Path) -> None:
    bucket = Bucket()
    for number in range(40):
        bucket.put(f"{number}.json", b"%d" % number)
    dest = tmp_path / "copy"
    with FaultyServer(bucket, [Rule(Fault(Kind.LATE, pause_s=0.1), times=-1)]) as server:
        killer = threading.Thread(target=_kill_worker, args=(lambda: len(server.requests) > 20, server.endpoint))
        killer.start()
        ended = run(server, dest, "--in-flight", "2")
        killer.join()
        assert ended.code == 5
        assert "run this again" in ended.err
        before = {row["key"].encode() for row in read_copy(dest).objects}
        assert before
        server.behave()
        assert run(server, dest).code == 0
        assert not before & server.count().keys()
    assert sorted(path.name for path in kept_files(dest)) == sorted(f"{number}.json" for number in range(40))


def _kill_worker(ready: Callable[[], bool], endpoint: str) -> None:
    end = time.monotonic() + 60
    while not ready() and time.monotonic() < end:
        time.sleep(0.005)
    for pid, words in processes():
        if "ctwork.sources.aws.worker" in words and _parent_speaks_to(pid, endpoint):
            os.kill(pid, signal.SIGKILL)


def _parent_speaks_to(pid: int, endpoint: str) -> bool:
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return endpoint.encode() in Path(f"/proc/{parent}/cmdline").read_bytes()


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can be mounted by root alone")
def test_a_full_disk_ends_the_run_and_room_lets_it_go_on(tmp_path: Path) -> None:
    bucket, dice = Bucket(), random.Random(3)
    for number in range(60):
        bucket.put(f"{number:02d}.json", dice.randbytes(40_000))
    try:
        with small_disk(1 << 20) as disk, FaultyServer(bucket) as server:
            ended = run(server, disk / "copy", "--in-flight", "4")
            assert ended.code == 5
            assert "make room" in ended.err
            for row in read_copy(disk / "copy").objects:
                assert digest_of(disk / "copy" / row["path"]) == row["sha256"]
            subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
            ended = run(server, disk / "copy")
            assert (ended.code, ended.report["failed"]) == (0, [])
            hashes = {each.sha256 for each in bucket}
            assert {digest_of(path) for path in kept_files(disk / "copy")} == hashes
    except (OSError, subprocess.CalledProcessError) as problem:
        pytest.skip(f"nothing can be mounted here: {problem}")


@pytest.mark.long
def test_versions_are_fetched_once_and_a_deleted_log_is_told(tmp_path: Path) -> None:
    bucket = Bucket(versioned=True)
    first = [bucket.put(f"{number}.json", b"first %d" % number) for number in range(4)]
    bucket.put("1.json", b"second")
    bucket.delete("2.json")
    bucket.delete("3.json")
    bucket.put("3.json", b"back")
    with FaultyServer(bucket) as server:
        ended = run(server, tmp_path / "copy", "--versions")
        assert ended.code == 0
        told = sorted((row["kind"], row["key"]) for row in ended.report["findings"])
        copy = read_copy(tmp_path / "copy")
        assert {row["sha256"] for row in copy.objects} == {
            each.sha256 for key in (b"0.json", b"1.json", b"2.json", b"3.json") for each in bucket.versions(key)
            if not each.marker
        }  # fmt: skip
        assert {row["version"] for row in copy.objects} >= {each.version for each in first}
        assert [key for _, key in told] == ["2.json", "3.json", "1.json", "2.json", "3.json"]
        assert len({kind for kind, _ in told}) == 2
        server.behave()
        again = run(server, tmp_path / "copy", "--versions")
        assert (again.code, again.report["fetched"], sum(server.count().values())) == (0, 0, 0)
    for row in copy.objects:
        assert digest_of(tmp_path / "copy" / row["path"]) == row["sha256"]
