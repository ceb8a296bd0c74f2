"""Which first-run hints the user has seen: a small file in the user's own folder, never beside evidence."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from ctwork.case.case import refuse_evidence
from ctwork.errors import UsageError

_FILE = "hints.json"


class Hints:
    """What need not be said again. Reads and writes a file: call it in a thread."""

    def __init__(self, folder: Path, sources: Sequence[str]) -> None:
        self._path = folder / _FILE
        self._sources = tuple(sources)

    def seen(self, name: str) -> bool:
        """Whether the hint `name` was dismissed. Yes where that could not be kept: it would come again each time."""
        try:
            refuse_evidence(self._path.parent.resolve(), self._sources)
        except UsageError:
            return True
        return name in self._names()

    def dismiss(self, name: str) -> None:
        """Never says `name` again, as far as the folder can be written."""
        names = sorted({*self._names(), name})
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial = self._path.with_name(_FILE + ".partial")
            partial.write_bytes(orjson.dumps({"seen": names}))
            partial.replace(self._path)

    def _names(self) -> set[str]:
        try:
            kept = orjson.loads(self._path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return set()
        names = kept.get("seen") if isinstance(kept, dict) else None
        return set(map(str, names)) if isinstance(names, list) else set()
