"""The way to the terminal: a frame is sent as what it changes, and sent whole when the terminal may have lost it.

Private API: `App._driver` and the two writes around a frame. `tests/tui/test_picture.py` fails when an upgrade writes
frames in another way.
"""

import sys
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver

from ctwork.tui.picture import Picture

_BEGIN = "\x1b[?2026h"
_END = "\x1b[?2026l"


def frugal(driver_class: type[Driver]) -> type[Driver]:
    """`driver_class`, writing only what changes the screen."""

    class Frugal(driver_class):  # type: ignore[valid-type, misc]
        """Writes what the picture says is new."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.picture = Picture(0, 0)
            self._begun = False

        def write(self, data: str) -> None:
            """Write the part of `data` that changes what is seen."""
            if data == _BEGIN:
                self._begun = True
                return
            if data == _END:
                if not self._begun:
                    super().write(data)
                self._begun = False
                return
            reduced = self.picture.reduced(data)
            if reduced:
                super().write(_BEGIN + reduced if self._begun else reduced)
                self._begun = False

    return Frugal


class Sparing(App[Any]):
    """An app on a line where bytes count."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f5",
            "redraw",
            "redraw",
            show=False,
            id="app.redraw",
            tooltip="Draw the screen again, after something else wrote on it",
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "suspend",
            show=False,
            priority=True,
            id="app.suspend",
            tooltip="Back to the shell; fg brings the workbench back",
        ),
    ]

    def get_driver_class(self) -> type[Driver]:
        """The platform's way to the terminal, made frugal; not on Windows, whose console is no line."""
        found = super().get_driver_class()
        return found if sys.platform == "win32" else frugal(found)

    def on_mount(self) -> None:
        # The shell wrote on the screen meanwhile, and its size may be another.
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Resize):
            await super().on_event(event)
            return
        self._forget(event)
        await super().on_event(event)
        if self.screen_stack:
            # The terminal may have lost cells on the way there and back to the size it had.
            self.screen.refresh()

    def action_redraw(self) -> None:
        self._forget(None)
        self.screen.refresh(layout=True)

    def _forget(self, event: events.Resize | None) -> None:
        picture = getattr(self._driver, "picture", None)
        if isinstance(picture, Picture):
            size = event.size if event is not None else self.size
            picture.resize(size.width, size.height)
