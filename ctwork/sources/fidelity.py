"""Finds what a fast JSON reader would change in a record without a word: repeated keys, numbers past 64 bits, bulk.

A record that comes back byte for byte from being read and written again lost nothing. Only the others are looked at
with the standard library's reader, token by token (facts: reliability 4.2).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isinf

import orjson

from ctwork.sources.base import Bounds, IssueKind

_LOWEST, _HIGHEST = -(1 << 63), (1 << 64) - 1
_SURE_DIGITS = 18
"""Integers of so many digits fit into 64 bits."""
_LONGEST_KEY_SHOWN = 80
_BYTES_PER_KEY = 5
"""No member of an object is shorter: ``"":1,``."""


def comes_back(text: bytes) -> bool:
    """Whether reading and writing `text` gives the same bytes: then no key repeats and no number changes.

    White space at the end, as ``jq`` writes it, does not count.
    """
    try:
        again = orjson.dumps(orjson.loads(text))
        return text.startswith(again) and not text[len(again) :].strip(b" \t\r\n")
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False


def oddities(record: bytes, bounds: Bounds) -> Iterator[tuple[IssueKind, str]]:
    """What is odd about one record, as kind and message: DUPLICATE_KEY, BIGINT or SIZE, each at most once."""
    # An object of too many keys comes back as well.
    if len(record) < _BYTES_PER_KEY * bounds.keys_per_object and comes_back(record):
        return
    look = _Look(bounds)
    try:
        look.over(record.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return
    yield from look.found.items()


@dataclass(slots=True)
class _Look:
    """One record under the careful reader; the values it builds are thrown away."""

    bounds: Bounds
    found: dict[IssueKind, str] = field(default_factory=dict)

    def over(self, text: str) -> None:
        json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._fraction,
            parse_constant=lambda _: None,
            strict=False,
        ).decode(text)

    def _object(self, pairs: list[tuple[str, object]]) -> None:
        keys = [key for key, _ in pairs]
        if len(keys) > self.bounds.keys_per_object:
            self._tell(IssueKind.SIZE, f"An object with {len(keys):,} keys; {self.bounds.limit('keys_per_object')}.")
        if len(set(keys)) != len(keys):
            seen: set[str] = set()
            again = next(key for key in keys if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            shown = json.dumps(again[:_LONGEST_KEY_SHOWN])
            self._tell(
                IssueKind.DUPLICATE_KEY,
                f"The key {shown} repeats in one object; JSON readers keep the last value only.",
            )

    def _integer(self, digits: str) -> None:
        if len(digits) > self.bounds.number_digits:
            self._tell(IssueKind.BIGINT, f"A number of {len(digits):,} digits; {self.bounds.limit('number_digits')}.")
        elif len(digits) > _SURE_DIGITS and not _LOWEST <= int(digits) <= _HIGHEST:
            self._tell(IssueKind.BIGINT, "An integer past 64 bits: many JSON readers round it. The digits are kept.")

    def _fraction(self, digits: str) -> None:
        if len(digits) > self.bounds.number_digits:
            self._tell(IssueKind.BIGINT, f"A number of {len(digits):,} digits; {self.bounds.limit('number_digits')}.")
        elif isinf(float(digits)):
            self._tell(IssueKind.BIGINT, "A number past every floating-point format. The digits are kept.")

    def _tell(self, kind: IssueKind, message: str) -> None:
        self.found.setdefault(kind, message)
