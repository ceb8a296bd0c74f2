"""Credentials that run out in the middle of the work: asked for anew once, for all requests that they failed."""

import asyncio
from collections.abc import Callable

from ctwork.sources.aws.terms import Keys


class Renewals:
    """The credentials of one process, and who waits for others."""

    def __init__(self, keys: Keys | None, ask: Callable[[], None], use: Callable[[Keys | None], None]) -> None:
        self.number = 0
        """Counts the credentials that were in use."""
        self._keys = keys
        self._ask = ask
        self._use = use
        self._waiting: asyncio.Future[None] | None = None
        self.exhausted = False
        """Whether there are no others to be had: nothing need be asked with these."""

    async def after(self, number: int) -> bool:
        """Whether there are newer credentials than number `number`; waits for the answer."""
        if self.number == number and not self.exhausted:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().create_future()
                self._ask()
            await asyncio.shield(self._waiting)
        return self.number > number

    def take(self, keys: Keys | None) -> None:
        """The answer has come: other credentials, or the same or none when there are no better ones."""
        if keys is None or keys == self._keys:
            self.exhausted = True
        else:
            self._keys = keys
            self.number += 1
            self._use(keys)
        if self._waiting is not None:
            self._waiting.set_result(None)
            self._waiting = None
