"""A stretch of time between two places: what a first and a second press of one key choose. A plain value."""

from dataclasses import dataclass

from ctwork.model.lens import Lens

_S = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """From where it was begun to where the cursor is, either way round; ms since 1970 UTC."""

    begun_ms: int
    now_ms: int

    @property
    def start_ms(self) -> int:
        """The first full second in it."""
        return min(self.begun_ms, self.now_ms) // _S * _S

    @property
    def end_ms(self) -> int:
        """The end of the last second in it: not in it any more."""
        return max(self.begun_ms, self.now_ms) // _S * _S + _S

    def to(self, time_ms: int) -> "Stretch":
        """The same beginning with another end."""
        return Stretch(self.begun_ms, time_ms)

    def covers(self, time_ms: int | None) -> bool:
        """Whether an event of that time is in it."""
        return time_ms is not None and self.start_ms <= time_ms < self.end_ms

    def meets(self, start_ms: int, end_ms: int) -> bool:
        """Whether any of the half-open stretch lies in it."""
        return start_ms < self.end_ms and self.start_ms < end_ms

    def of(self, lens: Lens) -> Lens:
        """`lens` over this stretch."""
        return lens.with_span(self.start_ms, self.end_ms)
