"""How fast one region is asked: two requests a second, fewer while the service says that this is too many."""

import threading
import time

INTERVAL_S = 0.5
"""LookupEvents: two requests per second for each account and region (facts: cloudtrail-formats 10.3)."""
SLOWEST_S = 16.0


class Pace:
    """Spaces the requests of one thread."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._usual_s = INTERVAL_S
        self._interval_s = INTERVAL_S
        self._next_s = 0.0

    def wait(self) -> bool:
        """Returns when the next request is due; False when none is wanted any more."""
        now_s = time.monotonic()
        if self._next_s > now_s:
            self._stop.wait(self._next_s - now_s)
        self._next_s = max(now_s, self._next_s) + self._interval_s
        return not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether no request, and no answer, is wanted any more."""
        return self._stop.is_set()

    def slower(self) -> None:
        """The service was asked too often."""
        self._interval_s = min(SLOWEST_S, 2 * self._interval_s)
        self._next_s = time.monotonic() + self._interval_s

    def answered(self) -> None:
        """The service has answered: back to the usual pace, in steps."""
        self._interval_s = max(self._usual_s, self._interval_s / 2)
