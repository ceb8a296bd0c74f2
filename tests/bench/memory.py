"""Peak memory of a tree of processes: what all of them held at one moment, and the sum of each one's own peak.

Proportional set size (PSS) counts a page that several processes share once in all. Source: proc(5), smaps_rollup.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.02


@dataclass(slots=True)
class Peak:
    """Bytes; the figures are final when the watch has ended."""

    together: int = 0
    """The largest sum of PSS over all processes at one moment."""
    separately: int = 0
    """The sum of each process's largest resident set."""


@contextmanager
def watched(pid: int, *, active: bool = True) -> Iterator[Peak | None]:
    """Watch `pid` and its descendants while the context lasts; None when not `active`."""
    if not active:
        yield None
        return
    peak, done = Peak(), threading.Event()
    thread = threading.Thread(target=_watch, args=(pid, peak, done), name="memory", daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def field_bytes(path: Path, name: bytes) -> int:
    """The value of a ``Name:  123 kB`` line, in bytes; 0 when the process is gone."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith(name + b":")), 0)


def held(pid: int) -> int:
    """PSS of one process in bytes; 0 when it is gone."""
    return field_bytes(Path(f"/proc/{pid}/smaps_rollup"), b"Pss")


def resident(pid: int) -> int:
    """Resident set of one process in bytes; 0 when it is gone."""
    return field_bytes(Path(f"/proc/{pid}/status"), b"VmRSS")


def _watch(pid: int, peak: Peak, done: threading.Event) -> None:
    highest: dict[int, int] = {}
    while not done.wait(_EVERY_S):
        family = list(_family(pid))
        peak.together = max(peak.together, sum(map(held, family)))
        for member in family:
            own = field_bytes(Path(f"/proc/{member}/status"), b"VmHWM")
            highest[member] = max(highest.get(member, 0), own)
        peak.separately = sum(highest.values())


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))
