"""The palette: every described action of the place where it was opened, with its key, found by any of its words."""

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from ctwork.tui import styled
from ctwork.tui.keymap import actions, told

_TITLE = 46
"""Cells of the column of titles."""


class Actions(Provider):
    """Offers what the bindings tie to a key, so that nothing can be reached by one way only."""

    def _offers(self) -> list[tuple[str, str, Callable[[], Any]]]:
        """``(what it does, its keys, how to do it)``."""
        return [
            (_title(active), keys, partial(self.app.run_action, active.binding.action, active.node))
            for keys, active in sorted(
                actions(self.screen.active_bindings), key=lambda found: not found[1].binding.show
            )
        ]

    async def discover(self) -> Hits:
        for title, keys, run in self._offers():
            yield DiscoveryHit(styled.joined([(f"{title:<{_TITLE}}", ""), (keys, "bold $label")]), run, text=title)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, keys, run in self._offers():
            score = matcher.match(title)
            if score > 0:
                shown = matcher.highlight(title) + styled.content(" " * (_TITLE - len(title)) + keys, "bold $label")
                yield Hit(score, shown, run, text=title)


def _title(active: ActiveBinding) -> str:
    return told(active.binding)
