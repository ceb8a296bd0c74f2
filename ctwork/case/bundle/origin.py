"""The files on disk that a case was read from, each by the name it has among the sources."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.sources.base import path_text
from ctwork.sources.local import find_roots

if TYPE_CHECKING:
    from ctwork.store.store import Store

_PACKED = '["pack"'
"""How the file table names a member that was unpacked while it was read: it no longer says from where."""


def origins(store: "Store") -> dict[str, bytes]:
    """Name and path of every file on disk that was read, by name. Raises SourceError when a source is gone.

    What came through standard input lies nowhere, and is left out.
    """
    import polars as pl  # polars, which the store has loaded by now

    from ctwork.store.generation import LISTED

    roots = find_roots([each for each in store.meta.get("sources", ()) if each != "-"], None)
    places = sorted(((os.fsencode(root.path), root.label) for root in roots), key=lambda each: (-len(each[0]), each))
    found: dict[str, bytes] = {}
    rows = store.frame.columns.files.filter(pl.col("container") != LISTED).select("name", "path", "member")
    for name, path, member in rows.iter_rows():
        if member.startswith(_PACKED):
            path = _archive(name, places)
        label = _label(path, places)
        if label is not None:
            found[label] = path
    return dict(sorted(found.items()))


def _label(path: bytes, places: list[tuple[bytes, str]]) -> str | None:
    for root, label in places:
        inside = root.rstrip(b"/") + b"/"
        if path == root:
            return label.rstrip("/")
        if path.startswith(inside):
            return label + path_text(os.fsdecode(path[len(inside) :]))
    return None


def _archive(name: str, places: list[tuple[bytes, str]]) -> bytes:
    """The archive on disk that the member `name` came from; b"" when it is not there any more."""
    for chain in _chains(name):
        for root, label in places:
            if chain == label.rstrip("/"):
                return root
            inside = root.rstrip(b"/") + b"/" + os.fsencode(chain[len(label) :])
            if chain.startswith(label) and Path(os.fsdecode(inside)).is_file():
                return inside
    return b""


def _chains(name: str) -> Iterator[str]:
    """Everything before a ``!``: a name of a file may hold one, too."""
    at = name.find("!")
    while at >= 0:
        yield name[:at]
        at = name.find("!", at + 1)
