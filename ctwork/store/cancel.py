"""How whoever asked says that the answer is no longer wanted."""

from collections.abc import Callable

Cancelled = Callable[[], bool]


class Superseded(Exception):
    """The caller no longer wants the answer."""


def never() -> bool:
    """Somebody waits for the answer, however long it takes."""
    return False


def still_wanted(cancelled: Cancelled) -> None:
    """Raises Superseded once `cancelled()` is true."""
    if cancelled():
        raise Superseded
