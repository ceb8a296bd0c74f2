"""Accounts for every byte of an inflated stream: a record, a reported range, structure, or nothing of these."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

Span = tuple[int, int]
"""``[start, end)`` in an inflated stream."""
_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?+[ \t\r\n]*+").fullmatch
_SPEAKS_OF_RECORDS = re.compile(rb'"event(?:ID|Version)"[ \t\r\n]*+:').search
_SIGNS = tuple(
    re.compile(rb'"%s"[ \t\r\n]*+:[ \t\r\n]*+"' % key).search for key in (b"eventID", b"eventSource", b"eventVersion")
)
_KEYS = tuple(re.compile(rb'[{,][ \t\r\n]*+"%s"[ \t\r\n]*+:' % key).finditer for key in (b"eventID", b"eventVersion"))
_SHORTEST_MENTION = len(b'{"eventID":""}')


@dataclass(frozen=True, slots=True)
class Coverage:
    """The law of conservation for one stream (facts: reliability 5.3), in bytes; together they are its length."""

    records: int = 0
    structure: int = 0
    """What a reader has claimed as envelope, separators and white space."""
    reported: int = 0
    """What issues are about, where no record lies."""
    unaccounted: int = 0
    """What nobody has claimed. Never silent: an issue ``UNACCOUNTED`` goes with it."""


NOTHING = Coverage()


@dataclass(slots=True)
class Account:
    """Which bytes of `data` have been claimed as what. Overlaps count for the first of the three."""

    data: bytes
    records: list[Span]
    reported: list[Span]
    witnessed: list[Span]

    def hidden(self) -> Iterator[Span]:
        """Claimed structure that speaks of records: a reader would pass over evidence without a word."""
        told = _union((*self.records, *self.reported), len(self.data))
        for start, end in _gaps(told, len(self.data)):
            if end - start >= _SHORTEST_MENTION and _SPEAKS_OF_RECORDS(self.data, start, end):
                yield start, end

    def left_over(self) -> Iterator[Span]:
        """What nobody claims; white space and a byte order mark at the front need no claim."""
        claimed = _union((*self.records, *self.reported, *self.witnessed), len(self.data))
        for start, end in _gaps(claimed, len(self.data)):
            if not _BLANK(self.data, start, end):
                yield start, end

    def coverage(self) -> Coverage:
        """The sums."""
        size = len(self.data)
        records = _length(_union(self.records, size))
        told = _length(_union((*self.records, *self.reported), size))
        missing = _length(self.left_over())
        return Coverage(records, size - told - missing, told - records, missing)


def claimed_coverage(size: int, records: Iterable[Span], reported: Iterable[Span]) -> Coverage:
    """The law for a stream of `size` bytes of which all that is neither record nor reported is known structure."""
    records = list(records)
    read, told = _length(_union(records, size)), _length(_union((*records, *reported), size))
    return Coverage(read, size - told, told - read)


def speaks_of_records(data: bytes) -> bool:
    """Whether a record, or a part of one, seems to lie in `data`."""
    return _SPEAKS_OF_RECORDS(data) is not None


def holds_record(data: bytes, start: int, end: int) -> bool:
    """Whether a document of no known shape has a CloudTrail record somewhere in it, by the looks of it."""
    return all(sign(data, start, end) for sign in _SIGNS)


def holds_another(record: bytes, start: int = 0, end: int = sys.maxsize) -> bool:
    """Whether one record seems to lie inside another: a moved bracket makes valid JSON of that."""
    return any(sum(1 for _ in islice(sign(record, start, end), 2)) > 1 for sign in _KEYS)


def _union(spans: Iterable[Span], size: int) -> Iterator[Span]:
    """The bytes of `spans` as disjoint ranges in order, clipped to the stream."""
    begin = end = 0
    for start, stop in sorted(spans):
        if start > end:
            if end > begin:
                yield begin, end
            begin = start
        end = min(size, max(end, stop))
    if end > begin:
        yield begin, end


def _gaps(ranges: Iterable[Span], size: int) -> Iterator[Span]:
    """What lies between disjoint ordered `ranges`."""
    at = 0
    for start, end in ranges:
        if start > at:
            yield at, start
        at = end
    if at < size:
        yield at, size


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)
