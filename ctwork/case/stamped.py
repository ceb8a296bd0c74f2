"""The time that something which leaves the house says it was made, where that must not come from the clock."""

import os

from ctwork.errors import UsageError
from ctwork.model.instant import format_instant

_EPOCH = "SOURCE_DATE_EPOCH"
"""Seconds since 1970 UTC that stand for the clock, so that an export made twice is the same bytes
(reproducible-builds.org/specs/source-date-epoch)."""


def made_at(else_ms: int) -> str:
    """What SOURCE_DATE_EPOCH says, else `else_ms` (milliseconds since 1970), as UTC. Raises UsageError for no time."""
    fixed = os.environ.get(_EPOCH, "")
    try:
        return format_instant(int(fixed) * 1_000 if fixed else else_ms)
    except (ValueError, OverflowError) as problem:
        raise UsageError(f"{_EPOCH}={fixed} is no time", "write whole seconds since 1970 UTC, or unset it") from problem
