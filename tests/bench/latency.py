"""A proxy that is far away: what comes back through it comes so many milliseconds later. In a process of its own.

python -m tests.bench.latency HOST PORT MILLISECONDS      prints its own port
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.bench.measure import PYTHON, ROOT


@contextmanager
def distant(endpoint: str, milliseconds: float) -> Iterator[str]:
    """The URL of a way to `endpoint` that is so long; the endpoint itself when that is 0."""
    if not milliseconds:
        yield endpoint
        return
    parts = urlsplit(endpoint)
    words = [PYTHON, "-m", "tests.bench.latency", str(parts.hostname), str(parts.port), str(milliseconds)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None, "it was made with a pipe"
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


class _Far(asyncio.Protocol):
    """The side of the server: its bytes wait."""

    def __init__(self, near: asyncio.Transport, delay_s: float) -> None:
        self._near, self._delay_s = near, delay_s
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        # Timers of one loop keep their order, and so do the bytes.
        self._loop.call_later(self._delay_s, self._near.write, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._loop.call_later(self._delay_s, self._near.close)


class _Near(asyncio.Protocol):
    """The side of the client: its bytes go on at once."""

    def __init__(self, host: str, port: int, delay_s: float) -> None:
        self._where, self._delay_s = (host, port), delay_s
        self._early: list[bytes] = []
        self._far: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "TCP has no other"
        self._near = transport
        self._task = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._far, _ = await loop.create_connection(lambda: _Far(self._near, self._delay_s), *self._where)
        self._far.writelines(self._early)

    def data_received(self, data: bytes) -> None:
        if self._far is None:
            self._early.append(data)
        else:
            self._far.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._far is not None:
            self._far.close()


async def _serve(host: str, port: int, delay_s: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Near(host, port, delay_s), "127.0.0.1", 0, backlog=2_048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1_000))
