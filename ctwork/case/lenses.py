"""The lenses of a case over time: those that were typed, and those that were given a name.

JSON Lines in the case folder, one line per deed, only ever appended to and on the disk before the caller goes on. A
last line that was torn off, or any other that cannot be read, counts as not written.
"""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from ctwork.errors import CaseError, UsageError
from ctwork.model.savedlens import SavedLens

_FILE = "lenses.jsonl"
_READ_LIMIT = 16 << 20
"""Bytes from the end of the file that are looked at."""
NAME_LIMIT = 200


class _Deed(msgspec.Struct):
    did: Literal["typed", "saved", "forgot"]
    at_ms: int
    lens: str = ""
    name: str = ""


class LensBook:
    """What a case remembers of lenses. Every call reads or writes the file: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def history(self, limit: int) -> Sequence[str]:
        """Up to `limit` lenses as they were typed, the oldest first, none twice in a row. Raises CaseError."""
        found: list[str] = []
        for deed in self._deeds():
            if deed.did == "typed" and deed.lens and found[-1:] != [deed.lens]:
                found.append(deed.lens)
        return found[-limit:]

    def remember(self, text: str) -> None:
        """Adds a lens to the history. Raises CaseError."""
        self._append(_Deed("typed", _now_ms(), text))

    def saved(self) -> Sequence[SavedLens]:
        """The lenses that have a name, by name. Raises CaseError."""
        found: dict[str, SavedLens] = {}
        for deed in self._deeds():
            if deed.did == "saved":
                found[deed.name] = SavedLens(deed.name, deed.lens, deed.at_ms)
            elif deed.did == "forgot":
                found.pop(deed.name, None)
        return sorted(found.values(), key=lambda each: (each.name.casefold(), each.name))

    def save(self, name: str, text: str) -> SavedLens:
        """Gives a lens a name; one that had it before gives way. Raises UsageError for no name, CaseError."""
        name = " ".join(name.split())[:NAME_LIMIT]
        if not name:
            raise UsageError("a lens is saved under a name", "write a word or a few")
        kept = SavedLens(name, text, _now_ms())
        self._append(_Deed("saved", kept.saved_ms, text, name))
        return kept

    def forget(self, name: str) -> None:
        """Takes a name away. Raises CaseError."""
        self._append(_Deed("forgot", _now_ms(), name=name))

    def lens(self, name: str) -> str:
        """The text of the lens saved as `name`. Raises UsageError when there is none, and names what there is."""
        known = {each.name: each.lens for each in self.saved()}
        if name not in known:
            said = ", ".join(known) if known else "none; S saves one in the workbench"
            raise UsageError(f"no lens is saved as {name}", f"saved lenses: {said}")
        return known[name]

    def _deeds(self) -> Iterator[_Deed]:
        try:
            with self._path.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(size - _READ_LIMIT, 0))
                lines = stream.read(_READ_LIMIT).split(b"\n")
        except FileNotFoundError:
            return
        except OSError as problem:
            raise CaseError(f"cannot read {self._path}: {problem.strerror}", "check the case folder") from problem
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=_Deed)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue

    def _append(self, deed: _Deed) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                _write_line(handle, msgspec.json.encode(deed))
            finally:
                os.close(handle)
        except (OSError, UnicodeEncodeError) as problem:
            said = problem.strerror if isinstance(problem, OSError) else "it is no text"
            raise CaseError(f"cannot write {self._path}: {said}", "check the space and the case folder") from problem


def _write_line(handle: int, line: bytes) -> None:
    """Appends `line` whole or not at all, behind a line break where the last writer did not come to his."""
    size = os.fstat(handle).st_size
    torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
    left = (b"\n" if torn else b"") + line + b"\n"
    try:
        while left:  # a full disk may take a part and say nothing
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)
        raise


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
