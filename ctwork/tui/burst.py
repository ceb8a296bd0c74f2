"""Keys of one burst (a paste without brackets, a slow line, fast hands) go where the keys before them led.

Textual hands a key to the widget that has the focus when the key arrives; its action runs some messages later. In a
burst ``/root`` the letters are thus handed to the table before ``/`` has moved the focus, and would run its own keys.
"""

from collections import OrderedDict
from typing import Any

from textual import events
from textual.app import App
from textual.widget import Widget

_REMEMBERED = 1024


class InOrder(App[Any]):
    """An app that hands a key on when the focus has moved since it was handed out."""

    def __init__(self) -> None:
        super().__init__()
        self._aimed: OrderedDict[int, tuple[events.Key, Widget | None]] = OrderedDict()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._aimed[id(event)] = (event, self.focused)
            if len(self._aimed) > _REMEMBERED:
                self._aimed.popitem(last=False)
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """A key comes back that no widget took: before its binding runs, see whether it was meant for another."""
        known, target = self._aimed.pop(id(event), (None, None))
        if known is event and target is not self.focused:
            event.stop()
            event.prevent_default()
            self.post_message(events.Key(event.key, event.character))
