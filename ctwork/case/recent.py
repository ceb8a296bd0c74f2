"""The cases of this user: those in the data folder and the one that is open, the one used last first."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import orjson

from ctwork.case.ledger import FILE as JOURNAL
from ctwork.model.marked import KnownCase

_NOTE = "case.json"
_MOST = 500
_TOUCHED = (_NOTE, JOURNAL, f"{JOURNAL}-wal", "store/places.json", "store/load.log")
"""What an open case writes: the newest of them tells when it was used."""


def recent_cases(data: Path, here: Path) -> Sequence[KnownCase]:
    """The cases in the folder ``cases`` of `data`, and `here`. One that cannot be read is left out."""
    folders = {here.resolve(): None} | dict.fromkeys(_folders(data / "cases"))
    found = [known for folder in folders if (known := _known(folder, here.resolve())) is not None]
    return sorted(found, key=lambda each: -each.opened_ms)


def _folders(cases: Path) -> Iterator[Path]:
    with suppress(OSError):
        for entry in sorted(os.scandir(cases), key=lambda each: each.name)[:_MOST]:
            if entry.is_dir(follow_symlinks=False):
                yield Path(entry.path).resolve()


def _known(folder: Path, here: Path) -> KnownCase | None:
    try:
        note = orjson.loads((folder / _NOTE).read_bytes())
        sources = tuple(map(str, note["sources"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    times = [_touched(folder / name) for name in _TOUCHED]
    return KnownCase(str(folder), sources, max(times), _marks(folder / JOURNAL), folder == here)


def _touched(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except OSError:
        return 0


def _marks(journal: Path) -> int:
    """How many marks a journal amounts to; -1 when it cannot be told. Nothing is written beside it."""
    if not journal.exists():
        return 0
    with suppress(sqlite3.Error):
        link = sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True, timeout=0.2)
        with closing(link):
            return int(link.execute("SELECT count(*) FROM marks").fetchone()[0])
    return -1
