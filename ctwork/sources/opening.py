"""How a location is to be opened: what to leave out, where to keep carriers that have no file, what is allowed."""

from collections.abc import Callable
from dataclasses import dataclass

from ctwork.sources.access import Access
from ctwork.sources.base import DEFAULT_BOUNDS, Bounds
from ctwork.sources.layout import OPEN_FILTER, PathFilter


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Opening:
    """The caller's wishes for one walk."""

    admits: PathFilter = OPEN_FILTER
    pack: str | None = None
    """A file of the case that takes the members of compressed tars and only grows; standard input is kept beside it, as
    ``<pack>.stdin``. Without it both are refused."""
    bounds: Bounds = DEFAULT_BOUNDS
    keep: str | None = None
    """A folder of the case that takes the bytes of what comes over the network; without it that is refused."""
    access: Access | None = None
    """How the network is reached. None for not at all: then a remote source has what was kept of it before."""
    survey: bool = False
    """Whether only to list: what is not kept yet comes as a blob without a stamp, and nothing is fetched."""
    versions: bool = False
    """Whether a bucket is asked for earlier versions and deleted logs, too."""
    stopped: Callable[[], bool] = _never
    """Asked now and then by a walk that waits for the network: whether it may end."""
