"""The processes that speak to a bucket, seen from the one that plans: jobs to the idlest, results as they come."""

import os
import selectors
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from ctwork.errors import EnvironmentFailure
from ctwork.sources.aws.terms import (
    LENGTH_BYTES,
    Broken,
    Called,
    Expired,
    FetchJob,
    FromWorker,
    Hello,
    Keys,
    ListJob,
    Page,
    Renewed,
    ToWorker,
    Unlisted,
)

_READ = 1 << 18
_FAREWELL_S = 3
_LISTS = 16
"""Listings that one process has under way at one moment."""
_AHEAD = 4
"""Jobs given to a process for each request that it may have under way, so that it never waits for the next."""


class _Hand:
    """One process."""

    def __init__(self, hello: Hello) -> None:
        home = str(Path(__file__).resolve().parents[3])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            # -P: the current folder may be evidence, and no code is taken from it.
            [sys.executable, "-P", "-m", "ctwork.sources.aws.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            bufsize=0,
            # Ctrl-C is for the process that plans.
            start_new_session=True,
        )
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list[FromWorker]).decode
        self._waiting: list[ToWorker] = []
        self._data = bytearray()
        self.fetches = 0
        self.lists = 0
        self._waiting.append(hello)
        self.flush()

    @property
    def out(self) -> IO[bytes]:
        assert self.process.stdout is not None, "it was made with a pipe"
        return self.process.stdout

    def give(self, message: ToWorker) -> None:
        self._waiting.append(message)
        self.fetches += isinstance(message, FetchJob)
        self.lists += isinstance(message, ListJob)

    def flush(self) -> None:
        """Sends what is waiting. Raises EnvironmentFailure when the process is gone."""
        if not self._waiting:
            return
        frame = self._encode(self._waiting)
        self._waiting = []
        try:
            assert self.process.stdin is not None, "it was made with a pipe"
            data = memoryview(len(frame).to_bytes(LENGTH_BYTES, "little") + frame)
            while data:
                data = data[self.process.stdin.write(data) :]
        except OSError as problem:
            raise _gone() from problem

    def read(self) -> Iterator[FromWorker]:
        """What has arrived. Raises EnvironmentFailure when the process is gone."""
        piece = os.read(self.out.fileno(), _READ)
        if not piece:
            raise _gone()
        self._data += piece
        while len(self._data) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._data[:LENGTH_BYTES], "little")
            if len(self._data) < end:
                return
            messages = self._decode(memoryview(self._data)[LENGTH_BYTES:end].tobytes())
            del self._data[:end]
            yield from messages


def _gone() -> EnvironmentFailure:
    return EnvironmentFailure(
        "a process that fetches ended in the middle of its work",
        "perhaps the memory ran out; run this again: what is here is not fetched twice",
    )


class Hands:
    """A handful of processes with connections of their own."""

    def __init__(self, hello: Hello, size: int) -> None:
        self._most = hello.in_flight
        self._hands = [_Hand(hello) for _ in range(size)]
        self._selector = selectors.DefaultSelector()
        for hand in self._hands:
            self._selector.register(hand.out, selectors.EVENT_READ, hand)

    @property
    def busy(self) -> bool:
        """Whether any job is under way."""
        return any(hand.fetches or hand.lists for hand in self._hands)

    def room_to_fetch(self) -> int:
        """How many objects can be given now."""
        return sum(max(0, self._most * _AHEAD - hand.fetches) for hand in self._hands)

    def room_to_list(self) -> int:
        """How many listings can be given now."""
        return sum(max(0, _LISTS - hand.lists) for hand in self._hands)

    def list(self, job: ListJob) -> None:
        """Gives `job` to whoever lists least."""
        min(self._hands, key=lambda hand: hand.lists).give(job)

    def fetch(self, job: FetchJob) -> None:
        """Gives `job` to whoever fetches least."""
        min(self._hands, key=lambda hand: hand.fetches).give(job)

    def renew(self, keys: Keys | None) -> None:
        """Tells all of new credentials."""
        for hand in self._hands:
            hand.give(Renewed(keys))

    def results(self, timeout_s: float) -> Iterator[FromWorker]:
        """Sends what was given, and what has come, waiting up to `timeout_s` for the first.

        Raises EnvironmentFailure when a process is gone, or this machine failed it.
        """
        for hand in self._hands:
            hand.flush()
        for key, _ in self._selector.select(timeout_s):
            sender: _Hand = key.data
            for message in sender.read():
                if isinstance(message, Broken):
                    raise EnvironmentFailure(
                        f"the copy cannot be written: {message.reason}",
                        "make room or name another folder, and run this again; what is here is not fetched twice",
                    )
                ended = isinstance(message, Unlisted) or (isinstance(message, Page) and message.last)
                sender.lists -= ended
                sender.fetches -= not ended and not isinstance(message, Page | Expired | Called)
                yield message

    def dismiss(self) -> None:
        """Lets all go."""
        self._selector.close()
        for hand in self._hands:
            if hand.process.stdin is not None:
                hand.process.stdin.close()
            hand.out.close()
            hand.process.terminate()
        for hand in self._hands:
            try:
                hand.process.wait(_FAREWELL_S)
            except subprocess.TimeoutExpired:
                hand.process.kill()
                hand.process.wait()
        self._hands = []
