"""How a location is to be opened: what to leave out, where to keep carriers that have no file, what is allowed."""

from dataclasses import dataclass

from ctwork.sources.base import DEFAULT_BOUNDS, Bounds
from ctwork.sources.layout import OPEN_FILTER, PathFilter


@dataclass(frozen=True, slots=True)
class Opening:
    """The caller's wishes for one walk."""

    admits: PathFilter = OPEN_FILTER
    pack: str | None = None
    """A file of the case that takes the members of compressed tars and only grows; standard input is kept beside it, as
    ``<pack>.stdin``. Without it both are refused."""
    bounds: Bounds = DEFAULT_BOUNDS
