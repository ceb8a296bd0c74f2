"""Real servers on loopback: each starts when it is first asked for, serves all processes of a run, ends with its last.

    python -m tests.servers seaweed FOLDER      the guard of one server; `running` starts it

Every user holds a shared lock on a file, which the system takes back from a process that is killed. The guard waits
for the exclusive lock: it has it when nobody is left, ends the server and removes what it wrote.
"""

import fcntl
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
ACCESS_KEY = "AKIATESTSREADER00001"
SECRET_KEY = "sec/ret+of+the+tests/0123456789abcdefgh"
REGION = "us-east-1"
_READY_S = 60.0
_PUTTERS = 8
_IDENTITIES = {
    "identities": [
        {
            "name": "tests",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that speaks the API of AWS."""

    endpoint: str
    """Its URL."""
    metrics: str = ""
    """Where seaweed counts its requests."""

    def environment(self, **more: str) -> dict[str, str]:
        """What a process needs to sign requests for it; nothing of the user's own settings."""
        none = os.devnull
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": none,
            "AWS_SHARED_CREDENTIALS_FILE": none,
            "AWS_EC2_METADATA_DISABLED": "true",
            **more,
        }

    def client(self, service: str = "s3") -> Any:
        """A client that may do everything, to set the stage."""
        import boto3
        from botocore.config import Config

        return boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=REGION).client(
            service, endpoint_url=self.endpoint, config=Config(s3={"addressing_style": "path"})
        )

    def put_many(self, bucket: str, objects: Mapping[str, bytes], metadata: Mapping[str, str] | None = None) -> None:
        """Puts `objects`, all with the same user `metadata`; about a millisecond each. Makes the bucket when needed."""
        _Putter(self.endpoint, bucket, metadata or {}).run(objects)

    def gets(self, bucket: str) -> int:
        """How many objects of `bucket` have been asked for, as seaweed counts."""
        with urllib.request.urlopen(self.metrics, timeout=_READY_S) as answer:
            lines = answer.read().decode().splitlines()
        wanted = f'SeaweedFS_s3_request_total{{bucket="{bucket}",'
        return sum(int(line.split()[-1]) for line in lines if line.startswith(wanted) and 'type="GET"' in line)


class _Putter:
    """Signs and sends puts over a few connections: the library's own client takes three times as long."""

    def __init__(self, endpoint: str, bucket: str, metadata: Mapping[str, str]) -> None:
        from botocore.auth import S3SigV4Auth
        from botocore.credentials import Credentials

        self._auth = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION)
        self._endpoint, self._bucket = endpoint, bucket
        self._headers = {f"x-amz-meta-{name}": value for name, value in metadata.items()}
        self._own = threading.local()
        self._open: list[http.client.HTTPConnection] = []

    def run(self, objects: Mapping[str, bytes]) -> None:
        try:
            self._put("", b"")
            with ThreadPoolExecutor(_PUTTERS) as pool:
                for _ in pool.map(self._put, objects, objects.values()):
                    pass
        finally:
            for connection in self._open:
                connection.close()

    def _put(self, key: str, content: bytes) -> None:
        from botocore.awsrequest import AWSRequest

        path = f"/{self._bucket}" + (f"/{quote(key, safe='/~')}" if key else "")
        request = AWSRequest("PUT", self._endpoint + path, headers=self._headers if key else {}, data=content)
        self._auth.add_auth(request)
        connection = self._connection()
        connection.request("PUT", path, content, dict(request.headers))
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200 and b"BucketAlready" not in said:
            raise OSError(f"PUT {path} was answered with {answer.status}: {said[:300]!r}")

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if found is None:
            parts = urlsplit(self._endpoint)
            found = self._own.connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
            self._open.append(found)
        return found


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Server]:
    """The server of this kind ("seaweed" or "moto") that all who name the same folder share."""
    home = folder / f"server-{kind}"
    home.mkdir(parents=True, exist_ok=True)
    with open(home / "users.lock", "w") as used:
        fcntl.flock(used, fcntl.LOCK_SH)
        with open(home / "start.lock", "w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if not (home / "address.json").exists():
                _start_guard(kind, home)
        yield Server(**json.loads((home / "address.json").read_bytes()))


def _start_guard(kind: str, home: Path) -> None:
    words = [sys.executable, "-m", "tests.servers", kind, str(home)]
    log = os.open(home / "guard.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    outputs = [(os.POSIX_SPAWN_DUP2, log, number) for number in (1, 2)]
    # In a session of its own, so that Ctrl+C does not reach it: it is to end after its users.
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    pid = os.posix_spawn(words[0], words, environ, file_actions=outputs, setsid=True)
    os.close(log)
    end = time.monotonic() + _READY_S
    while not (home / "address.json").exists():
        if time.monotonic() > end or os.waitpid(pid, os.WNOHANG)[0]:
            raise OSError(f"{kind} does not start: {(home / 'guard.log').read_text()[-2000:]}")
        time.sleep(0.02)


def guard(kind: str, home: Path) -> None:
    """Runs a server until the last of its users has gone."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for _ in range(3):
        # A port may be taken between the look and the start.
        words, address = {"seaweed": _seaweed, "moto": _moto}[kind](home)
        with open(home / "server.log", "w") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, cwd=home)
        try:
            if _ready(process, address.endpoint):
                _serve(home, address)
                return
        finally:
            # Nothing that it has is to be kept.
            process.kill()
            process.wait()
            shutil.rmtree(home / "data", ignore_errors=True)
    raise OSError((home / "server.log").read_text(errors="replace")[-2000:])


def _serve(home: Path, address: Server) -> None:
    told = home / "address.json"
    part = home / "address.part"
    part.write_text(json.dumps({"endpoint": address.endpoint, "metrics": address.metrics}))
    part.rename(told)
    try:
        with open(home / "users.lock") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            told.unlink()
    finally:
        told.unlink(missing_ok=True)


def _ready(process: subprocess.Popen[bytes], endpoint: str) -> bool:
    """Whether the server came to answer HTTP at all."""
    parts, end = urlsplit(endpoint), time.monotonic() + _READY_S
    while process.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=2)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                return True
        connection.close()
        time.sleep(0.05)
    return False


def _seaweed(home: Path) -> tuple[list[str], Server]:
    program = shutil.which("weed") or str(Path(sys.executable).parent / "weed")
    ports = _free_ports(5)
    (home / "data").mkdir(exist_ok=True)
    # Without identities it would take any signature for good.
    (home / "identities.json").write_text(json.dumps(_IDENTITIES))
    named = {
        "dir": home / "data", "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.port": ports[0], "master.port": ports[1],
        "volume.port": ports[2], "filer.port": ports[3], "metricsPort": ports[4], "metricsIp": "127.0.0.1",
        "s3.config": home / "identities.json", "s3.port.iceberg": 0, "s3.port.lance": 0, "volume.max": 2_000,
        "master.volumeSizeLimitMB": 100, "master.telemetry": "false",
    }  # fmt: skip
    words = [program, "server", "-s3", *(f"-{name}={value}" for name, value in named.items())]
    return words, Server(f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[4]}/metrics")


def _moto(_: Path) -> tuple[list[str], Server]:
    port = _free_ports(1)[0]
    return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], Server(f"http://127.0.0.1:{port}")


def _free_ports(count: int) -> list[int]:
    """Ports that are free now, and those 10,000 above them, where seaweed's own traffic goes."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(11_000, 22_000)
        if port not in found and _is_free(port) and _is_free(port + 10_000):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


if __name__ == "__main__":
    guard(sys.argv[1], Path(sys.argv[2]))
