"""CloudTrail's event history and public keys on loopback, as the API answers; everything else is handed to moto."""

import json
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCOUNT = "123456789012"
_HOP = {"host", "content-length", "connection", "transfer-encoding", "accept-encoding"}


@dataclass
class Seen:
    """One request."""

    operation: str
    region: str
    body: dict[str, Any]
    agent: str


@dataclass
class Refuse:
    """An error that the server answers with."""

    code: str
    message: str = "as the test wants it"
    status: int = 400

    def body(self, *, json_wanted: bool) -> bytes:
        """As CloudTrail says it, or as STS and EC2 do."""
        if json_wanted:
            return json.dumps({"__type": self.code, "message": self.message}).encode()
        error = f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
        return f"<Response>{error}<Errors>{error}</Errors></Response>".encode()


Verdict = Callable[[Seen], Refuse | None]


@dataclass
class HistoryServer:
    """What it holds, what it was asked, and how it is to misbehave."""

    behind: str
    """URL of the server that answers everything else."""
    account: str = ACCOUNT
    """Whose requests all of them are, for the server behind."""
    events: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """By region and category, in any order; times are seconds since 1970."""
    keys: list[dict[str, Any]] = field(default_factory=list)
    refuse: Verdict = lambda seen: None
    garble: Callable[[Seen], bytes | None] = lambda seen: None
    """Bytes to answer with, whatever was asked."""
    seen: list[Seen] = field(default_factory=list)
    page: int = 50
    url: str = ""
    tokens: dict[str, tuple[str, int]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    """Of every request, those to the server behind included."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, operation: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.operation == operation]

    def questions(self) -> Counter[tuple[str, str]]:
        """How often each region and category was asked for its history."""
        return Counter((seen.region, category_of(seen.body)) for seen in self.asked("LookupEvents"))

    def look_up(self, seen: Seen) -> dict[str, Any]:
        body = seen.body
        first, last = body.get("StartTime", 0), body.get("EndTime", 1 << 40)
        question = json.dumps([seen.region, {key: body[key] for key in sorted(body) if key != "NextToken"}])
        events = self.events.get((seen.region, category_of(body)), [])
        held = [event for event in events if first <= event["EventTime"] <= last]
        held.sort(key=lambda event: -event["EventTime"])
        token = body.get("NextToken")
        if token is not None and self.tokens.get(token, ("", 0))[0] != question:
            raise ValueError("InvalidNextTokenException")
        at = self.tokens[token][1] if token else 0
        size = min(self.page, body.get("MaxResults", 50))
        answer: dict[str, Any] = {"Events": held[at : at + size]}
        if at + size < len(held):
            answer["NextToken"] = f"token-{len(self.tokens)}"
            self.tokens[answer["NextToken"]] = question, at + size
        return answer

    def list_keys(self, body: dict[str, Any]) -> dict[str, Any]:
        """One key to a page."""
        at = int(body.get("NextToken", 0))
        answer: dict[str, Any] = {"PublicKeyList": self.keys[at : at + 1]}
        if at + 1 < len(self.keys):
            answer["NextToken"] = str(at + 1)
        return answer


def category_of(body: dict[str, Any]) -> str:
    return body.get("EventCategory", "management")


def event(number: int, at_s: float, region: str = "us-east-1", **more: Any) -> dict[str, Any]:
    """One item of a history, its record inside."""
    record = {
        "eventVersion": "1.10",
        "userIdentity": {"type": "IAMUser", "userName": "ann", "arn": f"arn:aws:iam::{ACCOUNT}:user/ann"},
        "eventTime": "2026-01-01T00:00:00Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "ListUsers",
        "awsRegion": region,
        "eventID": f"{region}-{number:08}",
        "recipientAccountId": ACCOUNT,
        **more,
    }
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": "true",
        "EventTime": at_s,
        "EventSource": record["eventSource"],
        "Username": "ann",
        "Resources": [],
        "CloudTrailEvent": json.dumps(record, separators=(",", ":"), ensure_ascii=False),
    }


def public_key(number: int) -> dict[str, Any]:
    return {
        "Value": b64encode(b"\x30\x82" + bytes([number]) * 268).decode(),
        "ValidityStartTime": 1_700_000_000.0 + number,
        "ValidityEndTime": 1_702_592_000.0 + number,
        "Fingerprint": f"{number:032x}",
    }


@contextmanager
def serving(server: HistoryServer) -> Iterator[HistoryServer]:
    """The server while it answers; `url` is set."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            target = self.headers.get("X-Amz-Target", "")
            with server.lock:
                server.headers.append(dict(self.headers))
            seen = self._seen(target, data)
            if (refusal := server.refuse(seen)) is not None:
                self._send(refusal.status, refusal.body(json_wanted=bool(target)), {"Content-Type": "text/plain"})
            elif (data_instead := server.garble(seen)) is not None:
                self._send(200, data_instead, {"Content-Type": "application/x-amz-json-1.1"})
            elif seen.operation == "LookupEvents":
                self._say(lambda: server.look_up(seen))
            elif seen.operation == "ListPublicKeys":
                self._say(lambda: server.list_keys(seen.body))
            else:
                self._hand_on(data)

        def _seen(self, target: str, data: bytes) -> Seen:
            scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
            body = json.loads(data) if target and data else {}
            operation = (
                target.rpartition(".")[2]
                or f"{self.command} {self.path.partition('?')[0]} {data[:60].decode('latin-1')}"
            )
            found = Seen(operation, scope[2] if len(scope) > 2 else "", body, self.headers.get("User-Agent", ""))
            with server.lock:
                server.seen.append(found)
            return found

        def _say(self, answer: Callable[[], dict[str, Any]]) -> None:
            try:
                with server.lock:
                    said, status = answer(), 200
            except ValueError as problem:
                said, status = {"__type": str(problem)}, 400
            data = json.dumps(said).encode()
            self._send(status, data, {"Content-Type": "application/x-amz-json-1.1"})

        def _hand_on(self, data: bytes) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            headers["x-moto-account-id"] = server.account
            # The library for requests would call every body a form.
            headers.setdefault("Content-Type", "application/octet-stream")
            request = urllib.request.Request(
                server.behind + self.path, data if data else None, headers, method=self.command
            )
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    self._send(answer.status, answer.read(), dict(answer.headers))
            except urllib.error.HTTPError as problem:
                with problem:
                    self._send(problem.code, problem.read(), dict(problem.headers))

        def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in {*_HOP, "server", "date"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
