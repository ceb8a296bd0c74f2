"""The servers of the tests are what the tests take them for: they verify, they keep versions, they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.servers import ROOT, Server, running

_USER = """
import sys, time
from pathlib import Path
from tests.servers import running
with running("moto", Path(sys.argv[1])) as server:
    print(server.endpoint, flush=True)
    time.sleep(600)
"""


def test_seaweed_verifies_signatures_and_keeps_metadata(seaweed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seaweed.put_many("verified", {"a b/ü+%41.json.gz": b"1", "a": b""}, {"signature": "f00d"})
    got = seaweed.client().get_object(Bucket="verified", Key="a b/ü+%41.json.gz")
    assert (got["Body"].read(), got["Metadata"]) == (b"1", {"signature": "f00d"})
    monkeypatch.setattr("tests.servers.SECRET_KEY", "another")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        seaweed.client().list_objects_v2(Bucket="verified")


def test_seaweed_keeps_versions(seaweed: Server) -> None:
    client = seaweed.client()
    client.create_bucket(Bucket="versions")
    client.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    seaweed.put_many("versions", {"k": b"first"})
    seaweed.put_many("versions", {"k": b"second"})
    client.delete_object(Bucket="versions", Key="k")
    found = client.list_object_versions(Bucket="versions")
    kept = [client.get_object(Bucket="versions", Key="k", VersionId=each["VersionId"]) for each in found["Versions"]]
    assert {each["Body"].read() for each in kept} == {b"first", b"second"}
    assert [each["IsLatest"] for each in found["DeleteMarkers"]] == [True]


def test_seaweed_counts_what_is_asked_for(seaweed: Server) -> None:
    seaweed.put_many("counted", {"k": b"x"})
    before, client = seaweed.gets("counted"), seaweed.client()
    for _ in range(3):
        client.get_object(Bucket="counted", Key="k")["Body"].read()
    client.list_objects_v2(Bucket="counted")
    assert seaweed.gets("counted") - before == 3


def test_moto_plays_the_rest(moto: Server) -> None:
    client = moto.client()
    client.create_bucket(Bucket="archived")
    client.put_object(Bucket="archived", Key="k", Body=b"1", StorageClass="GLACIER")
    with pytest.raises(ClientError, match="InvalidObjectState"):
        client.get_object(Bucket="archived", Key="k")
    assert moto.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert moto.client("cloudtrail").describe_trails()["trailList"] == []


def test_a_server_outlives_its_starter_and_ends_with_its_last_user(tmp_path: Path) -> None:
    """Killed outright, as an interrupted run may be."""
    words = [sys.executable, "-c", _USER, str(tmp_path)]
    starter = subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT)
    assert starter.stdout
    endpoint = starter.stdout.readline().decode().strip()
    with running("moto", tmp_path) as server:
        assert server.endpoint == endpoint
        os.kill(starter.pid, signal.SIGKILL)
        starter.communicate()
        time.sleep(0.2)
        server.put_many("alive", {"k": b"1"})
    end = time.monotonic() + 20
    with pytest.raises(ConnectionError):
        while time.monotonic() < end:
            server.put_many("alive", {"k": b"1"})
            time.sleep(0.02)
