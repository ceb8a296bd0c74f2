"""Times in the zone the user asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ctwork.errors import UsageError
from ctwork.model.instant import MAX_MS, MIN_MS, event_time_ms, format_instant


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
        # A bucket may begin before the first time that can be written; so may midnight in another zone.
        written = min(max(instant_ms, MIN_MS), MAX_MS)
        if self.zone is None:
            return format_instant(written)
        try:
            return datetime.fromtimestamp(written / 1000, UTC).astimezone(self.zone).isoformat()
        except OverflowError:
            return format_instant(written)
