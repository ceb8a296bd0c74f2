"""Settings as one frozen value."""

import os
from dataclasses import dataclass, field
from pathlib import Path


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """What one load may use."""

    workers: int = field(default_factory=_cores)
    """Processes that read and parse; one per core by default."""
    memory_bytes: int = 1 << 30
    """Soft bound for what all workers hold at one moment; batches shrink to fit it."""

    @property
    def batch_bytes(self) -> int:
        """Inflated bytes of one batch: decoded records take about six times that, with two batches per worker."""
        return max(4 << 20, min(16 << 20, self.memory_bytes // (12 * max(1, self.workers))))


def data_folder() -> Path:
    """Where cases live that were given no folder of their own (XDG rules; ``CTWORK_DATA`` overrides)."""
    if override := os.environ.get("CTWORK_DATA"):
        return Path(override)
    from platformdirs import user_data_path  # only for default cases

    return user_data_path("ctwork", appauthor=False)


def key_file() -> Path:
    """The user's own keys, which need not exist (XDG rules; ``CTWORK_CONFIG`` overrides the folder)."""
    if override := os.environ.get("CTWORK_CONFIG"):
        return Path(override) / "keys.toml"
    from platformdirs import user_config_path  # only for the workbench and its keys

    return user_config_path("ctwork", appauthor=False) / "keys.toml"
