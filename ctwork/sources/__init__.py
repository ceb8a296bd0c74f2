"""A location becomes blobs, a blob becomes raw record slices with provenance, or issues."""

from collections.abc import Sequence
from typing import Protocol

from ctwork.errors import SourceError
from ctwork.sources.aws.lookup import LookupSource
from ctwork.sources.base import Source
from ctwork.sources.local import LocalSource
from ctwork.sources.opening import Opening
from ctwork.sources.s3 import S3Source

__all__ = ["SOURCES", "Opening", "SourceType", "open_source"]


class SourceType(Protocol):
    """A class of sources, as it stands in `SOURCES`."""

    def opens(self, location: str) -> bool:
        """Whether it is responsible for `location`."""
        ...

    def __call__(self, locations: Sequence[str], opening: Opening) -> Source:
        """The opened source. Raises SourceError."""
        ...


def check_source(locations: Sequence[str], opening: Opening) -> None:
    """Raises CtworkError when there is nothing at `locations`, as far as that can be told at once."""
    source = open_source(locations, opening)
    if isinstance(source, S3Source):
        source.check()


SOURCES: tuple[SourceType, ...] = (LocalSource, S3Source, LookupSource)
"""Asked in this order."""


def open_source(locations: Sequence[str], opening: Opening | None = None) -> Source:
    """The source that reads `locations`, all of one kind. Raises SourceError when there is nothing to read."""
    if not locations:
        raise SourceError(
            "No location was given.", "Name a folder, a file, an archive, - for standard input, or lookup://PROFILE."
        )
    for source in SOURCES:
        if source.opens(locations[0]):
            if all(source.opens(location) for location in locations):
                return source(locations, opening or Opening())
            raise SourceError("These locations are of different kinds.", "Open one kind at a time.")
    raise SourceError(f"{locations[0]} is no location that can be read.", "Name a folder, a file or an archive.")
