"""Member names that would be an attack on whoever unpacked them. Here a name is only a name: it is told, never used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ctwork.sources.base import Bounds, Issue, IssueKind

_ROWS = 100
"""Odd names that one archive may tell of; the rest is counted in a closing row."""
_DRIVE = re.compile(r"[A-Za-z]:").match
_SHOWN = 200


@dataclass(slots=True)
class NameWatch:
    """Looks at the names in one archive as they come by."""

    source: str
    bounds: Bounds
    _seen: set[int] = field(default_factory=set)
    """Hashes: an archive may hold five million names."""
    _told: int = 0

    def look_at(self, name: str) -> Iterator[Issue]:
        """What is odd about the next member's name."""
        reason = _oddity(name, self.bounds)
        mark = hash(name)
        if mark in self._seen:
            reason = "Another member of the archive has this very name; both are read."
        self._seen.add(mark)
        if reason:
            self._told += 1
            if self._told <= _ROWS:
                yield Issue(f"{self.source}!{name[:_SHOWN]}", IssueKind.ODD_NAME, reason)

    def closing(self) -> Iterator[Issue]:
        """What was not told row by row."""
        if self._told > _ROWS:
            yield Issue(self.source, IssueKind.ODD_NAME, f"{self._told - _ROWS:,} more odd or repeated names.")


def _oddity(name: str, bounds: Bounds) -> str:
    """Why `name` is odd; "" for a plain one."""
    if not name:
        return "A member without a name."
    if "\0" in name:
        return "A zero byte in the name: most tools show only what stands before it."
    if (
        len(name) > bounds.name_bytes // 4
        and (size := len(name.encode("utf-8", "surrogateescape"))) > bounds.name_bytes
    ):
        return f"A name of {size:,} bytes; {bounds.limit('name_bytes')}. It is read all the same."
    path = name.replace("\\", "/") if "\\" in name else name
    if path.startswith("/") or _DRIVE(path):
        return "An absolute path: unpacked elsewhere it would leave its folder."
    if ".." in path and ".." in path.split("/"):
        return 'A path with "..": unpacked elsewhere it would leave its folder.'
    if (depth := path.count("/")) > bounds.path_depth:
        return f"A path {depth} folders deep; {bounds.limit('path_depth')}. It is read all the same."
    return ""
