"""The original bytes of a bundle's events, read along their index, each against its hash."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from ctwork.case.bundle import bag
from ctwork.case.bundle.finding import Findings

_LARGEST = 256 << 20
"""No record is as large as this: whatever says so is not read."""


@dataclass(frozen=True, slots=True)
class Lies:
    """Where the index says that an event was found."""

    source: str
    index: int
    start: int
    end: int
    sure: bool
    """Whether the bytes were there when the bundle was made."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """An event of a bundle."""

    number: int
    raw: bytes
    sha256: str
    """As the index says."""
    event_id: str
    places: tuple[Lies, ...]

    @property
    def source(self) -> str:
        """The place it is listed under."""
        return self.places[0].source if self.places else ""

    @property
    def copies(self) -> int:
        """In how many places it was found."""
        return len(self.places)


def read_events(
    lines: Iterator[bytes], raw: IO[bytes], found: Findings, told: Callable[[int], None]
) -> Iterator[Indexed]:
    """Every event, in order; what does not fit becomes a finding. Stops where nothing more can be made of it."""
    offset = number = 0
    for number, line in enumerate(lines):
        told(number)
        try:
            event = _indexed(number, json.loads(line), offset, raw, found)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            found.wrong("index", f"line {number + 1:,} of {bag.INDEX} is not one of an index: {problem}")
            return
        offset += len(event.raw) + 1
        yield event
    if raw.read(1):
        found.wrong("records", f"{bag.RAW} holds more than {bag.INDEX} tells of")


def _indexed(number: int, row: dict[str, Any], offset: int, raw: IO[bytes], found: Findings) -> Indexed:
    length, sha256 = row["length"], row["sha256"] or ""
    if row["number"] != number or row["offset"] != offset or not 0 <= length < _LARGEST:
        raise ValueError("it is not the next one")
    content = raw.read(length)
    if len(content) != length or raw.read(1) != b"\n":
        raise ValueError(f"{bag.RAW} has no such bytes")
    if (hashlib.sha256(content).hexdigest() if content else "") != sha256:
        found.wrong("records", f"event {number:,} has other bytes than {bag.INDEX} says")
    places = tuple(
        Lies(each["source"], int(each["index"]), int(each["start"]), int(each["end"]), "problem" not in each)
        for each in row["places"]
    )
    return Indexed(number, content, sha256, row["eventID"] or "", places)
