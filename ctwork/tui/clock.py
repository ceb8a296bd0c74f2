"""Times and lengths as the screens write them: in UTC unless another zone is asked for."""

from ctwork.zone import UTC_ZONE, Zone

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms"))
DAY_MS = 86_400_000


def stamp(time_ms: int, form: str = "%Y-%m-%d %H:%M:%S", zone: Zone = UTC_ZONE) -> str:
    """A time in `zone`; empty when it lies outside the calendar."""
    moment = zone.moment(time_ms)
    return "" if moment is None else moment.strftime(form)


def day(time_ms: int, zone: Zone = UTC_ZONE) -> int:
    """Number of the calendar day in `zone`."""
    return (time_ms + zone.offset_ms(time_ms)) // DAY_MS


def elapsed(span_ms: int) -> str:
    """A signed distance in time: ``+00:01:23``, ``-3d 04:00:00``."""
    seconds = round(abs(span_ms) / 1000)
    days, rest = divmod(seconds, 86_400)
    said = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return ("-" if span_ms < 0 else "+") + (f"{days}d {said}" if days else said)


def brief(span_ms: int) -> str:
    """A span in its largest unit that fills it, cut, not rounded: ``45s``, ``12min``, ``3h``, ``9d``."""
    for size, unit in _UNITS[:-1]:
        if span_ms >= size:
            return f"{span_ms // size}{unit}"
    return f"{span_ms}ms"


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
