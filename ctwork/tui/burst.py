"""Keys of one burst (a paste without brackets, a slow line, fast hands) take effect one after another.

Textual hands a key to the widget that has the focus when the key arrives; what it does happens some messages later,
and may move the focus. So a key waits here until the one before it has had its effect. A `Behind` tells when that is:
it takes the same way through the same queues, so it comes back to the app after everything the key has set off.
"""

from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.timer import Timer

_ROUNDS = 4
"""How often a `Behind` is sent: a key may post a message, whose handler posts another, and so on."""
_PATIENCE_S = 0.5
"""After so long the next key is handed on whatever became of the one before: its widget may be gone."""


class InOrder(App[Any]):
    """An app that hands a key on when the key before it has done all it does."""

    class Behind(Message, namespace="in_order"):
        """Follows the key with this number. Nobody stops it."""

        def __init__(self, number: int, rounds: int) -> None:
            super().__init__()
            self.number = number
            self.rounds = rounds

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._number = 0
        self._under_way = False
        self._impatience: Timer | None = None

    @property
    def keys_under_way(self) -> bool:
        """Whether a key has not had all its effect yet."""
        return self._under_way

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._under_way:
            self._waiting.append(event)
        else:
            await self._hand_on(event)

    async def _hand_on(self, event: events.Key | events.Paste) -> None:
        self._under_way = True
        self._number += 1
        await super().on_event(event)
        self._follow(_ROUNDS)
        self._impatience = self.set_timer(_PATIENCE_S, self._next)

    def _follow(self, rounds: int) -> None:
        (self.focused or self.screen).post_message(self.Behind(self._number, rounds))

    async def on_in_order_behind(self, message: Behind) -> None:
        if message.number != self._number or not self._under_way:
            return
        if message.rounds > 1:
            self._follow(message.rounds - 1)
        else:
            await self._next()

    async def _next(self) -> None:
        if self._impatience is not None:
            self._impatience.stop()
            self._impatience = None
        self._under_way = False
        if self._waiting:
            await self._hand_on(self._waiting.popleft())
