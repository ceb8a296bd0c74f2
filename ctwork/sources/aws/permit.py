"""The gate in front of AWS: the operations that may be called at all, and a count of those that were."""

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
    """Lets operations on the list through and counts them."""

    def __init__(self) -> None:
        self.called: Counter[tuple[str, str]] = Counter()
        """``(service, operation)`` of every request that was made, and how often."""

    def permit(self, service: str, operation: str) -> None:
        """Counts one call of `operation`. Raises NotPermitted when it is not on the list."""
        if (service, operation) not in _permitted():
            raise NotPermitted(f"{service}:{operation} is not among the operations that may be called")
        self.called[service, operation] += 1

    def note(self, service: str, operation: str, times: int) -> None:
        """Counts calls that a process of its own has made through its own gate."""
        if times:
            self.called[service, operation] += times
