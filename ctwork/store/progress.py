"""How far a load is: one frozen value, made by the loader, shown by whoever waits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a load. Counts only ever grow; `generation` grows when more events can be seen."""

    done: bool = False
    files_read: int = 0
    files_seen: int = 0
    files_total: int | None = None
    """None while the sources are still being listed."""
    bytes_read: int = 0
    bytes_total: int | None = None
    """Bytes of all files to be read, as stored."""
    bytes_inflated: int = 0
    records: int = 0
    unique: int = 0
    """Exact when done, else the records so far."""
    copies: int = 0
    issues: int = 0
    lost: int = 0
    """Issues that mean something could not be read."""
    seconds: float = 0.0
    message: str = ""
    generation: int = 0

    @property
    def eta_s(self) -> float | None:
        """Seconds to go at the pace so far; None when there is nothing to tell by."""
        if self.bytes_total is None or not self.bytes_read or self.seconds < 0.2:
            return None
        return self.seconds * (self.bytes_total - self.bytes_read) / self.bytes_read
