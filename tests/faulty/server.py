"""The faulty server itself: HTTP/1.1 on a loopback socket, in a thread of its own, every request written down."""

import asyncio
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import unquote_to_bytes

from tests.faulty.answer import Answer, answer_to, faulty
from tests.faulty.bucket import Bucket
from tests.faulty.fault import Kind, Rule, Schedule
from tests.faulty.listing import parsed_query
from tests.servers import Server

_HEAD_LIMIT = 65_536
_FOR_EVER_S = 3_600.0
_REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 307: "Temporary Redirect", 400: "Bad Request"}


@dataclass(slots=True)
class Request:
    """One request, and what became of it."""

    operation: str
    """As S3 names it; "" for what is none of the operations that the server knows."""
    key: bytes
    """Of the object; of a listing its prefix."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""
    method: str = "GET"
    at_s: float = field(default_factory=time.monotonic)
    status: int = 0
    """Of the answer; 0 when none was begun."""
    sent: int = 0
    """Bytes of the body that left."""
    fault: Kind | None = None


class FaultyServer:
    """Serves `bucket` with the faults of `rules` from `__enter__` to `__exit__`."""

    def __init__(self, bucket: Bucket, rules: Sequence[Rule] = ()) -> None:
        self.bucket = bucket
        self.schedule = Schedule(rules)
        self.requests: list[Request] = []
        """In the order in which they came."""
        self.endpoint = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._end: asyncio.Event
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "FaultyServer":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    @property
    def server(self) -> Server:
        """For a client, and for the environment of a program."""
        return Server(self.endpoint)

    def behave(self, rules: Sequence[Rule] = ()) -> None:
        """From now on this schedule, and no request of before."""
        self.schedule = Schedule(rules)
        self.requests = []

    def count(self, operation: str = "GetObject") -> Counter[bytes]:
        """How often each key (or prefix) was asked for."""
        return Counter(each.key for each in self.requests if each.operation == operation)

    # -- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=_HEAD_LIMIT)
        self.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio makes a task per connection"
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serves one request; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rows = head.split("\r\n")
        method, target, _ = line.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        request = self._parse(method, target, dict(headers), body)
        self.requests.append(request)
        fault = self.schedule.fault(request.operation, request.key)
        request.fault = fault.kind if fault else None
        if fault and fault.kind is Kind.CHANGED:
            self.bucket.change(request.key, b"overwritten " * (1 + len(self.requests) % 50))
        if fault and fault.kind is Kind.GONE:
            self.bucket.delete(request.key)
        if fault and fault.kind is Kind.NO_RANGE:
            headers.pop("range", None)
        answer = answer_to(self.bucket, request.operation, request.key, request.query, headers)
        answer = faulty(answer, fault, self.bucket, request.query) if fault else answer
        return await self._send(answer, request, writer)

    def _parse(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
        path, _, words = target.partition("?")
        query = parsed_query(words)
        bucket, _, key = path.removeprefix("/").partition("/")
        if method == "POST":
            said = parsed_query(body.decode("latin-1"))
            named = headers.get("x-amz-target", "").rpartition(".")[2] or said.get("Action", "")
            return Request(named, b"", said, headers, method)
        if key:
            return Request({"GET": "GetObject", "HEAD": "HeadObject"}.get(method, method), unquote_to_bytes(key),
                           query, headers, method)  # fmt: skip
        asked = {"list-type": "ListObjectsV2", "versions": "ListObjectVersions", "location": "GetBucketLocation",
                 "versioning": "GetBucketVersioning"}  # fmt: skip
        name = next((operation for word, operation in asked.items() if word in query), method)
        prefix = query.get("prefix", "").encode("utf-8", "surrogateescape")
        known = unquote_to_bytes(bucket).decode("utf-8", "replace") == self.bucket.name
        return Request(("HeadBucket" if method == "HEAD" else name) if known else "", prefix, query, headers, method)

    async def _send(self, answer: Answer, request: Request, writer: asyncio.StreamWriter) -> bool:
        if answer.late_s:
            await asyncio.sleep(answer.late_s)
        if answer.cut_at is not None and answer.cut_at < 0:
            return await self._cut(answer, writer)
        if answer.raw:
            writer.write(answer.raw)
            await writer.drain()
            return False
        request.status = answer.status
        body = b"" if request.method == "HEAD" else answer.body
        announced = len(answer.body) if answer.announced is None else answer.announced
        lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Status')}"]
        fixed = {"Content-Length": str(announced), "x-amz-request-id": "4442587FB7D0A2F9", "Server": "AmazonS3"}
        lines += [f"{name}: {value}" for name, value in ({**fixed, **answer.headers}).items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape"))
        end = len(body) if answer.cut_at is None else min(len(body), answer.cut_at)
        step = answer.piece or max(end, 1)
        for at in range(0, end, step):
            writer.write(body[at : min(at + step, end)])
            await writer.drain()
            request.sent = min(at + step, end)
            if answer.piece:
                await asyncio.sleep(answer.pause_s)
        await writer.drain()
        if answer.cut_at is not None:
            return await self._cut(answer, writer)
        return True

    async def _cut(self, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        """Ends the connection as `answer` says. Nothing is sent on it any more."""
        if answer.stalls:
            await asyncio.sleep(_FOR_EVER_S)
        peer: socket.socket | None = writer.get_extra_info("socket")
        if answer.resets and peer is not None:
            with suppress(OSError):
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            # What was written goes out before the end.
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        return False
