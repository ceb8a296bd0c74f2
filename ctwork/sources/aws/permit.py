"""The gate in front of AWS: the operations that may be called at all, and a count of those that were."""

import threading
import time
from collections import Counter
from functools import cache

from ctwork.resources import toml_table

_TABLE = "aws.toml"


class NotPermitted(Exception):
    """An operation outside the list was about to be called. Nothing was sent."""


@cache
def reads() -> dict[tuple[str, str], str]:
    """``(service, operation)`` that may be called, each with the IAM action that it needs ("" for none)."""
    services = toml_table(_TABLE)["operations"].items()
    return {(service, name): action for service, names in services for name, action in names.items()}


@cache
def _permitted() -> frozenset[tuple[str, str]]:
    credentials = toml_table(_TABLE)["credentials"].items()
    return frozenset(reads()) | {(service, name) for service, names in credentials for name in names}


class Gate:
    """Lets operations on the list through and counts them, from any number of threads."""

    def __init__(self) -> None:
        self.called: Counter[tuple[str, str]] = Counter()
        """``(service, operation)`` of every request that was made, and how often."""
        self.first_s = 0.0
        """When the first was made, seconds since 1970 by the clock of this machine; 0 before that."""
        self.last_s = 0.0
        """When the last was made or noted."""
        self._lock = threading.Lock()

    def check(self, service: str, operation: str) -> None:
        """Raises NotPermitted when `operation` is not on the list."""
        if (service, operation) not in _permitted():
            raise NotPermitted(f"{service}:{operation} is not among the operations that may be called")

    def permit(self, service: str, operation: str) -> None:
        """Counts one request for `operation`. Raises NotPermitted when it is not on the list."""
        self.check(service, operation)
        self._count(service, operation, 1)

    def note(self, service: str, operation: str, times: int) -> None:
        """Counts calls that a process of its own has made through its own gate."""
        if times:
            self._count(service, operation, times)

    def _count(self, service: str, operation: str, times: int) -> None:
        with self._lock:
            self.last_s = time.time()
            self.first_s = self.first_s or self.last_s
            self.called[service, operation] += times
