"""Time zones by name or offset, as the system knows them; what it does not know is said, never guessed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ctwork.errors import UsageError

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone in which times are written."""

    name: str = "UTC"
    info: tzinfo | None = UTC
    """None is the zone of this machine, with its changes through the year."""

    @classmethod
    def of(cls, name: str) -> "Zone":
        """The zone that ``UTC``, ``local``, ``Europe/Berlin`` or ``+02:00`` names. Raises UsageError for another."""
        name = name.strip()
        if name.upper() in {"UTC", "Z", ""}:
            return cls()
        if name.lower() == _LOCAL:
            return cls(_LOCAL, None)
        if (match := _OFFSET.fullmatch(name)) is not None:
            sign, hours, minutes = match.groups()
            if int(hours) <= 14 and int(minutes or 0) < 60:
                span = timedelta(hours=int(hours), minutes=int(minutes or 0))
                return cls(f"{sign}{int(hours):02}:{minutes or '00'}", timezone(-span if sign == "-" else span))
        try:
            return cls(name, ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
            raise UsageError(
                f"{name} is not a time zone this machine knows", "write UTC, local, Europe/Berlin or +02:00"
            ) from problem

    @property
    def is_utc(self) -> bool:
        """Whether this is plain UTC."""
        return self.info is UTC

    def moment(self, time_ms: int) -> datetime | None:
        """The time here; None outside the calendar."""
        try:
            return datetime.fromtimestamp(time_ms / 1000, UTC).astimezone(self.info)
        except (ValueError, OverflowError, OSError):
            return None

    def offset_ms(self, time_ms: int) -> int:
        """How far ahead of UTC the clocks here are then."""
        moment = self.moment(time_ms)
        offset = moment.utcoffset() if moment is not None else None
        return 0 if offset is None else round(offset.total_seconds()) * 1000

    def label(self, *times_ms: int | None) -> str:
        """``UTC``, the offset ``+02:00`` that holds at all these times, or both when it changes between them."""
        if self.is_utc:
            return "UTC"
        offsets = sorted({self.offset_ms(time) for time in times_ms if time is not None})
        return "/".join(map(_written, offsets)) or self.name


def _written(offset_ms: int) -> str:
    minutes = abs(offset_ms) // 60_000
    return f"{'-' if offset_ms < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


UTC_ZONE = Zone()
