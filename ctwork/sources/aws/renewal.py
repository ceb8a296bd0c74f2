"""Credentials that run out in the middle of the work: asked for anew once, for all requests that they failed."""

import asyncio
from collections.abc import Callable

from ctwork.sources.aws.terms import Keys

_ENOUGH = 16


class Renewals:
    """The credentials of one process, and who waits for others."""

    def __init__(self, keys: Keys | None, ask: Callable[[], None], use: Callable[[Keys | None], None]) -> None:
        self.number = 0
        """Counts the credentials that were in use."""
        self._keys = keys
        self._ask = ask
        self._use = use
        self._waiting: asyncio.Future[None] | None = None
        self._exhausted = False
        self._refused = 0
        """Requests in a row that were refused since there are no others to be had."""

    @property
    def hopeless(self) -> bool:
        """Whether nothing need be asked any more: one refusal may be a mistake of the server's, many are not."""
        return self._refused >= _ENOUGH

    def answered(self) -> None:
        """A request was taken."""
        self._refused = 0

    async def after(self, number: int) -> bool:
        """Whether there are newer credentials than number `number`; waits for the answer."""
        if self.number == number and not self._exhausted:
            if self._waiting is None:
                self._waiting = asyncio.get_running_loop().create_future()
                self._ask()
            await asyncio.shield(self._waiting)
        self._refused += self._exhausted
        return self.number > number

    def take(self, keys: Keys | None) -> None:
        """The answer has come: other credentials, or the same or none when there are no better ones."""
        if keys is None or keys == self._keys:
            self._exhausted = True
        else:
            self._keys = keys
            self.number += 1
            self._use(keys)
        if self._waiting is not None:
            self._waiting.set_result(None)
            self._waiting = None
