"""The lenses of a case from before cases had a journal: JSON Lines, one per deed, taken over into the first entry.

The file stays as it is. A line that was torn off, or any other that cannot be read, counts as not written.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from ctwork.errors import CaseError

FILE = "lenses.jsonl"
_READ_LIMIT = 16 << 20
"""Bytes from the end of the file that are looked at."""
_KEPT = 200


class _Deed(msgspec.Struct):
    did: Literal["typed", "saved", "forgot"]
    at_ms: int
    lens: str = ""
    name: str = ""


def older_lenses(folder: Path) -> dict[str, Any]:
    """``{lenses: {name: {lens, saved_ms}}, looks: [lens]}`` as a journal holds them; without what there is none of."""
    lenses: dict[str, dict[str, Any]] = {}
    looks: list[str] = []
    for deed in _deeds(folder / FILE):
        if deed.did == "typed" and deed.lens:
            looks.append(deed.lens)
        elif deed.did == "saved":
            lenses[deed.name] = {"lens": deed.lens, "saved_ms": deed.at_ms}
        elif deed.did == "forgot":
            lenses.pop(deed.name, None)
    return {name: kept for name, kept in (("lenses", lenses), ("looks", looks[-_KEPT:])) if kept}


def _deeds(path: Path) -> Iterator[_Deed]:
    try:
        lines = path.read_bytes()[-_READ_LIMIT:].split(b"\n")
    except FileNotFoundError:
        return
    except OSError as problem:
        raise CaseError(f"cannot read {path}: {problem.strerror}", "check the case folder") from problem
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=_Deed)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
