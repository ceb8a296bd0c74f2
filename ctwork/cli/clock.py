"""Times in the zone the user asked for."""

from dataclasses import dataclass

from ctwork.errors import UsageError
from ctwork.model.instant import MAX_MS, MIN_MS, event_time_ms, format_instant
from ctwork.zone import Zone


@dataclass(frozen=True, slots=True)
class Clock:
    """Writes instants in one zone; UTC keeps the text the record has."""

    zone: Zone | None

    @classmethod
    def of(cls, name: str) -> "Clock":
        """The clock of a zone as `Zone.of` takes it. Raises UsageError for an unknown one."""
        try:
            zone = Zone.of(name)
        except UsageError as problem:
            raise UsageError(f"--tz {problem.title}", problem.hint) from problem
        return cls(None if zone.is_utc else zone)

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
        moment = self.zone.moment(written)
        return format_instant(written) if moment is None else moment.isoformat()
