"""Interning while loading: each distinct value gets a code the first time it is seen, and is shipped once.

A worker keeps its codes for its whole life, so that a part file carries only the values that are new since the worker's
previous part (`Fresh`). Memory stays bounded: past `limit` the index is forgotten, never the counter; a value met
again then gets a second code, which the merge unifies.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Fresh(Generic[K]):
    """Values whose codes are ``first, first + 1, …``."""

    first: int
    values: list[K]


class Interner(dict[K, int]):
    """Maps a value to its code; looking up an unknown value assigns the next code. Absent values have code 0."""

    def __init__(self, *absent: K, limit: int = 100_000) -> None:
        super().__init__()
        self._absent = absent
        self._limit = limit
        self._first = 1
        self._fresh: list[K] = []
        self._seed()

    def __missing__(self, key: K) -> int:
        code = self._first + len(self._fresh)
        self._fresh.append(key)
        self[key] = code
        return code

    def ship(self) -> Fresh[K]:
        """The values interned since the last call; forgets the index when it has outgrown its limit."""
        fresh = Fresh(self._first, self._fresh)
        self._first += len(self._fresh)
        self._fresh = []
        if len(self) > self._limit:
            self._seed()
        return fresh

    def peek(self) -> Fresh[K]:
        """What `ship` would return, without shipping it."""
        return Fresh(self._first, self._fresh)

    def _seed(self) -> None:
        self.clear()
        self.update(dict.fromkeys(self._absent, 0))
