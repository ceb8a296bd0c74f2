"""Times in the zone the user asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ctwork.errors import UsageError
from ctwork.model.instant import event_time_ms, format_instant


@dataclass(frozen=True, slots=True)
class Clock:
    """Writes instants in one zone; UTC keeps the text the record has."""

    zone: ZoneInfo | None

    @classmethod
    def of(cls, name: str) -> "Clock":
        """The clock of an IANA zone. Raises UsageError for an unknown one."""
        if name.upper() in ("UTC", "Z", ""):
            return cls(None)
        try:
            return cls(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise UsageError(f"--tz {name} is not a known zone", "use an IANA name such as Europe/Berlin") from problem

    def text(self, text: str) -> str:
        """A record's own time text, moved to the zone when it can be read."""
        instant = None if self.zone is None else event_time_ms(text)
        return text if instant is None else self.instant(instant)

    def instant(self, instant_ms: int | None) -> str:
        """An instant as text; "" for None."""
        if instant_ms is None:
            return ""
        if self.zone is None:
            return format_instant(instant_ms)
        return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(self.zone).isoformat()
