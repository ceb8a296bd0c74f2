"""Times and lengths as the screens write them. Always UTC."""

from datetime import UTC, datetime

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms"))
DAY_MS = 86_400_000


def stamp(time_ms: int, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A time in UTC; empty when it lies outside the calendar."""
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC).strftime(form)
    except (ValueError, OverflowError, OSError):
        return ""


def iso(time_ms: int) -> str:
    """A time as the lens language takes it, to the second: ``2023-07-10T12:04:11Z``."""
    return stamp(time_ms, "%Y-%m-%dT%H:%M:%SZ")


def length(span_ms: int) -> str:
    """A span in its largest whole unit: ``5 min``, ``36 h``, ``90 s``."""
    for size, unit in _UNITS:
        if span_ms >= size and span_ms % size == 0:
            return f"{span_ms // size} {unit}"
    return f"{span_ms} ms"


def countdown(seconds: float) -> str:
    """A remaining time: ``4s``, ``3m20s``, ``2h05m``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
