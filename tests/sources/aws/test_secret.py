"""Credentials stay in memory, no instance is asked unbidden, and sign-ins are read, never renewed or written."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from history_server import HistoryServer, Seen, event

from ctwork.errors import EnvironmentFailure
from ctwork.sources.access import Access
from ctwork.sources.aws.door import Door

pytestmark = pytest.mark.usefixtures("hasty")
ROOT = Path(__file__).resolve().parents[3]
SECRET = "canary/SECRET+0123456789abcdefghijklmnop"
TOKEN = "canaryTOKEN//////////0123456789=="
PROFILE_SECRET = "canary/PROFILE+0123456789abcdefghijklmno"

_RUN = """
import sys
from pathlib import Path
from ctwork.sources import Opening, open_source
from ctwork.sources.access import Access
keep, url, location = sys.argv[1:]
opened = open_source([location], Opening(keep=keep, access=Access(endpoint=url)))
for item in opened.walk():
    print(item)
for footprint in opened.footprints:
    print(footprint, *footprint.lines, sep="\\n")
"""


def files_below(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("location", ["lookup:///us-east-1", "lookup://incident/us-east-1"])
def test_no_secret_is_written_told_or_handed_on(
    cloud: HistoryServer, own_home: Path, tmp_path: Path, location: str
) -> None:
    write(
        own_home / ".aws" / "credentials",
        f"[incident]\naws_access_key_id=AKIACANARY\naws_secret_access_key={PROFILE_SECRET}\n",
    )
    given = files_below(own_home)
    cloud.events["us-east-1", "management"] = [event(n, 1_790_000_000 + n) for n in range(120)]
    visible: list[bytes] = []
    running: list[int] = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    named = "incident" in location
    if not named:
        environment |= {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    else:
        del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]

    def look(_: Seen) -> None:
        """What others on this machine may see while requests are made."""
        for pid in [*running, *(child for parent in running for child in children(parent))]:
            visible.append(Path(f"/proc/{pid}/cmdline").read_bytes())
            if named or pid not in running:
                visible.append(Path(f"/proc/{pid}/environ").read_bytes())

    cloud.refuse = look
    command = [sys.executable, "-c", _RUN, str(tmp_path / "keep"), cloud.url, location]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path
    ) as process:
        running.append(process.pid)
        out, _ = process.communicate(timeout=100)
    assert process.returncode == 0, out.decode()
    assert b"management" in out and visible
    written = {path: data for path, data in files_below(tmp_path).items() if path not in given}
    assert len(written) > 4
    assert files_below(own_home) == given
    for data in (out, *written.values(), *visible):
        for secret in (SECRET, TOKEN, PROFILE_SECRET):
            assert secret.encode() not in data
            assert secret[:20].encode() not in data


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def test_credentials_are_not_in_what_python_shows(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    door = Door(Access())
    keys = door.keys()
    assert keys is not None and keys.secret == SECRET
    for shown in (repr(keys), str(keys), repr(door), repr(vars(door)), repr(door.access)):
        assert SECRET not in shown and TOKEN not in shown


@contextmanager
def instance() -> Iterator[tuple[str, list[str]]]:
    """An instance's metadata service with a role, and the paths it was asked for."""
    asked: list[str] = []
    role = {
        "Code": "Success",
        "AccessKeyId": "ASIAINSTANCE",
        "SecretAccessKey": "of-the-instance",
        "Token": "t",
        "Expiration": (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._answer(b"a token")

        def do_GET(self) -> None:
            self._answer(json.dumps(role).encode() if self.path.endswith("/the-role") else b"the-role")

        def _answer(self, data: bytes) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def metadata(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Nothing but an instance has credentials."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    with instance() as (url, asked):
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        yield asked


def test_an_instance_is_asked_when_that_is_allowed(metadata: list[str]) -> None:
    keys = Door(Access(allow_imds=True)).keys()
    assert keys is not None and keys.access_key == "ASIAINSTANCE"
    assert metadata


def _client(door: Door) -> None:
    door.client("cloudtrail")


def _caller(door: Door) -> None:
    assert door.caller().code == "NoCredentialsError"


def _keys(door: Door) -> None:
    with pytest.raises(EnvironmentFailure) as failure:
        door.keys()
    assert "--allow-imds" in failure.value.hint


@pytest.mark.parametrize("use", [_client, _caller, _keys])
@pytest.mark.parametrize("mode", ["", "auto", "standard"])
def test_an_instance_is_not_asked_otherwise(
    metadata: list[str],
    cloud: HistoryServer,
    monkeypatch: pytest.MonkeyPatch,
    own_home: Path,
    use: Callable[[Door], None],
    mode: str,
) -> None:
    if mode:
        monkeypatch.setenv("AWS_DEFAULTS_MODE", mode)
    use(Door(Access(endpoint=cloud.url)))
    use(Door(Access(endpoint=cloud.url, region="eu-west-1")))
    assert metadata == []


def test_a_profile_that_takes_its_source_from_the_instance(
    metadata: list[str], cloud: HistoryServer, own_home: Path
) -> None:
    role = "[profile far]\nrole_arn=arn:aws:iam::123456789012:role/far\ncredential_source=Ec2InstanceMetadata\n"
    write(own_home / ".aws" / "config", role)
    with pytest.raises(EnvironmentFailure, match="credentials cannot be had"):
        Door(Access(profile="far", endpoint=cloud.url)).keys()
    assert metadata == []


def test_an_assumed_role_is_kept_in_memory(
    cloud: HistoryServer, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    write(
        own_home / ".aws" / "config",
        "[profile near]\naws_access_key_id=AKIANEAR\naws_secret_access_key=near\n"
        "[profile far]\nrole_arn=arn:aws:iam::123456789012:role/far\nsource_profile=near\n",
    )
    given = files_below(own_home)
    ask_at(cloud.url, monkeypatch)
    door = Door(Access(profile="far", endpoint=cloud.url))
    keys = door.keys()
    assert keys is not None and keys.access_key.startswith("ASIA") and keys.token
    assert door.gate.called == {("sts", "AssumeRole"): 1}
    assert {headers["User-Agent"].startswith(door.agent) for headers in cloud.headers} == {True}
    assert files_below(own_home) == given


def ask_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the library find credentials at the test's server: what settings name is deliberately not obeyed."""
    create = botocore.session.Session.create_client

    def there(session: Any, service: str, *arguments: Any, **named: Any) -> Any:
        if service in ("sts", "sso") and not named.get("endpoint_url"):
            named["endpoint_url"] = url
        return create(session, service, *arguments, **named)

    monkeypatch.setattr(botocore.session.Session, "create_client", there)


def signed_in(home: Path, name: str, lasts: timedelta) -> Path:
    """A sign-in as ``aws sso login`` leaves it."""
    write(
        home / ".aws" / "config",
        f"[sso-session {name}]\nsso_start_url=https://example.com/start\nsso_region=us-east-1\n"
        f"[profile p]\nsso_session={name}\nsso_account_id=123456789012\nsso_role_name=r\n",
    )
    cached = home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(name.encode()).hexdigest()}.json"
    ends = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
    token = {
        "startUrl": "https://example.com/start",
        "region": "us-east-1",
        "accessToken": "access",
        "expiresAt": ends,
        "clientId": "c",
        "clientSecret": "s",
        "registrationExpiresAt": "2099-01-01T00:00:00Z",
        "refreshToken": "refresh",
    }
    write(cached, json.dumps(token))
    return cached


@pytest.fixture
def sso(cloud: HistoryServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The portal of the identity centre, and what it was asked for."""
    asked: list[str] = []
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    role = {"accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4_000_000_000_000}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            asked.append(self.path)
            data = json.dumps({"roleCredentials": role}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        ask_at(f"http://127.0.0.1:{server.server_address[1]}", monkeypatch)
        yield asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("lasts", [timedelta(hours=4), timedelta(minutes=5)])
def test_a_sign_in_is_used_and_left_as_it_is(own_home: Path, sso: list[str], lasts: timedelta) -> None:
    """Also shortly before its end, when the library would renew it and write it down."""
    signed_in(own_home, "work", lasts)
    given = files_below(own_home)
    door = Door(Access(profile="p"))
    keys = door.keys()
    assert keys is not None and keys.access_key == "ASIASSO"
    assert [path.partition("?")[0] for path in sso] == ["/federation/credentials"]
    assert files_below(own_home) == given


def test_a_sign_in_that_has_ended_is_told(own_home: Path, sso: list[str]) -> None:
    signed_in(own_home, "work", timedelta(minutes=-5))
    given = files_below(own_home)
    door = Door(Access(profile="p"))
    with pytest.raises(EnvironmentFailure, match="credentials cannot be had"):
        door.keys()
    assert sso == []
    assert files_below(own_home) == given


def test_kept_tokens_are_never_written(tmp_path: Path) -> None:
    from ctwork.sources.aws.chain import KeptTokens

    write(tmp_path / "a.json", '{"accessToken": "x", "refreshToken": "y"}')
    kept: Any = KeptTokens(str(tmp_path), renewable=False)
    assert kept["a"] == {"accessToken": "x"}
    assert KeptTokens(str(tmp_path), renewable=True)["a"]["refreshToken"] == "y"
    kept["a"] = {"accessToken": "z"}
    kept["b"] = {}
    del kept["a"]
    assert files_below(tmp_path) == {tmp_path / "a.json": b'{"accessToken": "x", "refreshToken": "y"}'}
