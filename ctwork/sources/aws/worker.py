"""The process that speaks to a bucket: jobs come in on standard input, pages and lines of the log go out.

It ends when its input closes. Both directions carry lengths and MessagePack. Credentials come with the first message
and are never written.
"""

import asyncio
import errno
import os
import signal
import sys
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

import msgspec

from ctwork.sources.aws.fetch import Fetcher, patiently
from ctwork.sources.aws.listing import Cursor
from ctwork.sources.aws.renewal import Renewals
from ctwork.sources.aws.terms import (
    LENGTH_BYTES,
    Broken,
    Called,
    Expired,
    FetchJob,
    FromWorker,
    Hello,
    ListJob,
    Missed,
    Renewed,
    ToWorker,
    Unlisted,
)
from ctwork.sources.aws.trouble import Trouble
from ctwork.sources.aws.valve import Valve
from ctwork.sources.aws.wire import Wire

_FLUSH_S = 0.02
_AT_ONCE = 64
_STUCK = frozenset({errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL})
"""What is the fault of one name, and not of the disk."""


def main() -> None:
    """Serves until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Answers leave through a descriptor of their own: whatever might be printed must not come between them.
    out = os.dup(1)
    os.dup2(2, 1)
    asyncio.run(_serve(out))
    os._exit(0)


async def _serve(out: int) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    with open(out, "wb", buffering=0) as pipe:
        transport, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, pipe)
        await _work(reader, transport)


async def _work(reader: asyncio.StreamReader, transport: asyncio.WriteTransport) -> None:
    messages = _incoming(reader)
    first = await anext(messages, None)
    if first is None:
        return
    [hello] = first
    if not isinstance(hello, Hello):
        raise TypeError(f"the first message is {type(hello).__name__}")
    async with Wire(hello.endpoint, hello.keys, hello.in_flight) as wire:
        desk = Desk(wire, hello, transport)
        async for batch in messages:
            for message in batch:
                desk.take(message)
        desk.close()


async def _incoming(reader: asyncio.StreamReader) -> AsyncGenerator[list[ToWorker], None]:
    decoder = msgspec.msgpack.Decoder(list[ToWorker])
    try:
        while True:
            length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "little")
            yield decoder.decode(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return


class Desk:
    """Does the jobs side by side and sends what comes of them, some at a time."""

    def __init__(self, wire: Wire, hello: Hello, transport: asyncio.WriteTransport) -> None:
        self._wire = wire
        self._transport = transport
        self._valve = Valve(hello.in_flight)
        self._renewals = Renewals(hello.keys, lambda: self._send(Expired()), wire.renew)
        self._fetcher = Fetcher(wire, self._valve, self._renewals, hello.folder, hello.bucket)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: list[FromWorker] = []
        self._flush_at: asyncio.TimerHandle | None = None
        self._encode = msgspec.msgpack.Encoder().encode

    def take(self, message: ToWorker) -> None:
        """Begins what `message` asks for."""
        match message:
            case ListJob():
                self._begin(self._list(message))
            case FetchJob():
                self._begin(self._fetch(message))
            case Renewed():
                self._renewals.take(message.keys)
            case Hello():
                raise TypeError("a second greeting")

    def close(self) -> None:
        """Gives up whatever is under way."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _list(self, job: ListJob) -> None:
        cursor = Cursor(job)

        async def step() -> None:
            self._send(await cursor.step(self._wire))

        try:
            while not cursor.ended:
                await patiently(self._valve, self._renewals, step)
        except Trouble as trouble:
            self._send(Unlisted(job.number, trouble.code, trouble.message))

    async def _fetch(self, job: FetchJob) -> None:
        try:
            fetched = await self._fetcher.fetch(job)
        except Trouble as trouble:
            self._send(Missed(job.number, trouble.code, trouble.message))
        except OSError as problem:
            if problem.errno in _STUCK:
                self._send(Missed(job.number, "NameTooLong", problem.strerror or ""))
            else:
                self._send(Broken(problem.strerror or str(problem)))
        else:
            self._send(fetched)

    def _send(self, message: FromWorker) -> None:
        self._waiting.append(message)
        if len(self._waiting) >= _AT_ONCE:
            self._flush()
        elif self._flush_at is None:
            self._flush_at = asyncio.get_running_loop().call_later(_FLUSH_S, self._flush)

    def _flush(self) -> None:
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        called = self._wire.gate.called
        if called:
            self._waiting.append(Called({name: times for (_, name), times in called.items()}))
            called.clear()
        frame = self._encode(self._waiting)
        self._waiting = []
        self._transport.write(len(frame).to_bytes(LENGTH_BYTES, "little") + frame)


if __name__ == "__main__":
    main()
