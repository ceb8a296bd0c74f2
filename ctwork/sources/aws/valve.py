"""How many requests may be under way at one moment: fewer when the service is busy, slowly more when it answers."""

import asyncio
import random
import time
from collections import deque

_LEAST = 2
_HALVING_S = 1.0
"""One storm of refusals counts once."""
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 20.0


class Valve:
    """Additive increase, multiplicative decrease, as TCP has it."""

    def __init__(self, most: int) -> None:
        self._most = float(max(most, 1))
        self._limit = self._most
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._halved = 0.0

    @property
    def limit(self) -> int:
        """How many requests may be under way now."""
        return int(self._limit)

    async def __aenter__(self) -> None:
        if self._under_way < int(self._limit):
            self._under_way += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def answered(self) -> None:
        """A request was answered: one more may be under way after as many of these as there are."""
        if self._limit < self._most:
            self._limit = min(self._most, self._limit + 1 / self._limit)
            self._wake()

    def refused(self) -> None:
        """The service asked for fewer."""
        now = time.monotonic()
        if now - self._halved >= _HALVING_S:
            self._halved = now
            self._limit = max(min(_LEAST, self._most), self._limit / 2)

    def _leave(self) -> None:
        self._under_way -= 1
        self._wake()

    def _wake(self) -> None:
        """Gives free places to those who wait: each counts from now on, so that nobody is woken in vain."""
        while self._waiting and self._under_way < int(self._limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)


def pause_s(attempt: int) -> float:
    """How long to wait before the attempt after number `attempt` (from 0), seconds: doubling, with full jitter."""
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * (1 << attempt))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries, hides nothing
