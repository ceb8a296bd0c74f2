"""Chance that always falls the same way: every stream of numbers is named, and the name is its seed."""

import uuid
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
BASE64 = ALNUM + "+/"


class Dice:
    """Draws from one named stream. Only ``random()`` and ``getrandbits()`` are used: they are stable across Pythons."""

    def __init__(self, name: str) -> None:
        self._random = Random(f"ctwork-sample/{name}")

    def between(self, low: int, high: int) -> int:
        """An integer in ``low..high``, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self._random.random() < share

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`, each as likely."""
        return items[self.between(0, len(items) - 1)]

    def text(self, alphabet: str, length: int) -> str:
        """`length` characters of `alphabet`."""
        draw, size = self._random.random, len(alphabet)
        return "".join([alphabet[int(draw() * size)] for _ in range(length)])

    def hexes(self, length: int) -> str:
        """`length` lower-case hex digits."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"

    def base64(self, length: int) -> str:
        """Base64 text of `length` characters (a multiple of four), with the padding a 1-byte remainder leaves."""
        return self.text(BASE64, length - 3) + self.pick("AQgw") + "=="

    def guid(self) -> str:
        """A version 4 UUID in lower case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
