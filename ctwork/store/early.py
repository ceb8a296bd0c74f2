"""The first records of a load, as they lie in the evidence: something to look at until there is a store.

A store needs polars, and its import alone takes longer than reading these.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ctwork.model.shown import Place
from ctwork.store.typed import Reading

LIMIT = 60
"""More than a screen shows, and read by the slow way in a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Early:
    """One record with its place; small enough to travel between processes."""

    raw: bytes
    place: Place


def early_records(readings: Iterable[Reading]) -> tuple[Early, ...]:
    """The first records of `readings`, at most `LIMIT`, in the order they are written."""
    return tuple(islice(_records(readings), LIMIT))


def _records(readings: Iterable[Reading]) -> Iterator[Early]:
    for reading in readings:
        file, decoded = reading.file, reading.decoded()
        numbers = decoded.numbers or range(len(decoded.records))
        for index, raw, (start, end) in zip(numbers, decoded.records, decoded.spans, strict=True):
            hashes = file.carrier_sha256, file.inflated_sha256
            yield Early(raw, Place(file.name, *hashes, index, start, end, decoded.fidelity))
