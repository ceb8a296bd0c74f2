"""The time that something which leaves the house says it was made, where that must not come from the clock."""

import os

from ctwork.errors import UsageError

EPOCH = "SOURCE_DATE_EPOCH"
"""Seconds since 1970 UTC that stand for the clock (reproducible-builds.org/specs/source-date-epoch)."""


def made_ms(else_ms: int) -> int:
    """What SOURCE_DATE_EPOCH says, in milliseconds since 1970 UTC, else `else_ms`. Raises UsageError for no time."""
    fixed = os.environ.get(EPOCH, "")
    try:
        return int(fixed) * 1_000 if fixed else else_ms
    except ValueError as problem:
        raise UsageError(f"{EPOCH}={fixed} is no time", "write whole seconds since 1970 UTC, or unset it") from problem
