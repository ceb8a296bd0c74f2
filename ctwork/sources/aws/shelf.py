"""What is kept of one event history: pages as they came, and a log of the time that they cover."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ctwork.sources.aws.answer import append, keep, lines, rendered
from ctwork.sources.aws.stretch import Stretch, meets, merged, missing
from ctwork.sources.base import Blob
from ctwork.sources.carrier import stamp_of

LOG = "progress.jsonl"
SCHEME = "lookup://"
_SUFFIX = ".json"
_page_file = re.compile(r"([0-9]{6,})\.json").fullmatch


@dataclass(frozen=True, slots=True)
class Page:
    """One page on the shelf."""

    name: str
    """``2026-11-23/000001``: the day of its newest event, and its number among that day's, in the order of arrival."""
    extent: Stretch | None
    """Its oldest and its newest event; None where the log does not say, after an interruption."""


class Shelf:
    """The history of one account, region and category in a folder of the case."""

    def __init__(self, root: Path, path: str) -> None:
        """`path` is ``account/region/category`` below `root`. Reads the log. Raises OSError."""
        self.folder = root / path
        self.name = SCHEME + path
        self._log = lines(self.folder / LOG)
        self._numbers: dict[str, int] = {}

    def pages(self) -> Iterator[Page]:
        """Every page, by day and number."""
        extents = {line["page"]: _stretch(line, "extent") for line in self._log if isinstance(line.get("page"), str)}
        for day in sorted(self._days()):
            for number in sorted(self._on(day)):
                name = f"{day}/{number:06}"
                yield Page(name, extents.get(name))

    def covered(self) -> list[Stretch]:
        """The time that is here whole. A page that somebody has removed is asked for again."""
        there = {None, *(page.name for page in self.pages())}
        found: list[Stretch] = []
        shared: list[Stretch] = []
        for line in self._log:
            extent, covers = _stretch(line, "extent"), _stretch(line, "covers")
            if line.get("page") not in there:
                # The next page shares a second with this one, and does not have all of its events.
                shared = [(extent[0], extent[0])] if extent else []
                continue
            found += missing(covers, shared) if covers else []
            shared = []
        return merged(found)

    def event_ids(self, around: Stretch) -> set[str]:
        """Ids of the events in all pages that may have some within a stretch of time."""
        found: set[str] = set()
        for page in self.pages():
            if page.extent is None or meets(page.extent, around):
                with suppress(OSError, ValueError, TypeError, AttributeError):  # damaged since: then it has none
                    events = json.loads(self._path(page.name).read_bytes())["Events"]
                    found.update(str(event.get("EventId", "")) for event in events)
        return found

    def blob(self, name: str) -> Blob:
        """The page `name` as the store takes it. Raises OSError."""
        path = self._path(name)
        status = os.lstat(path)
        return Blob(f"{self.name}/{name}", str(path), status.st_size, stamp_of(status))

    def add(self, events: list[Mapping[str, Any]], extent: Stretch, covers: Stretch | None) -> str:
        """Keeps a page that proves all there is within `covers`; its name. Raises OSError."""
        day = datetime.fromtimestamp(extent[1], UTC).strftime("%Y-%m-%d")
        number = self._numbers.get(day) or max(self._on(day), default=0)
        self._numbers[day] = number + 1
        name = f"{day}/{number + 1:06}"
        keep(self._path(name), rendered({"Events": events}))
        self._write({"page": name, "events": len(events), "extent": extent, "covers": covers})
        return name

    def note(self, covers: Stretch | None) -> None:
        """Nothing but what is here already lies within `covers`. Raises OSError."""
        if covers is not None:
            self._write({"page": None, "covers": covers})

    def _write(self, line: dict[str, Any]) -> None:
        append(self.folder / LOG, {**line, "asked": datetime.now(UTC)})
        self._log.append(line)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_SUFFIX}"

    def _days(self) -> list[str]:
        try:
            return [entry.name for entry in os.scandir(self.folder) if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []

    def _on(self, day: str) -> list[int]:
        """Numbers of the pages of one day."""
        try:
            names = [entry.name for entry in os.scandir(self.folder / day) if entry.is_file(follow_symlinks=False)]
        except FileNotFoundError:
            return []
        return [int(found[1]) for found in map(_page_file, names) if found]


def _stretch(line: Mapping[str, Any], key: str) -> Stretch | None:
    value = line.get(key)
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(end, int) for end in value):
        return value[0], value[1]
    return None
