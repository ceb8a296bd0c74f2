"""S3 keys as paths on a disk: every key has one, no two share one, and none leads out of its folder.

A key is any text of up to 1,024 bytes; a path is made of components. Letters, digits and ``_=+,@-`` stay, other bytes
become ``%XX``. Folders have no dot and files have one or end in ``%``, so that ``a`` and ``a/b`` can both be kept.
Every key of CloudTrail stays as it is.
"""

import hashlib
import re
from urllib.parse import unquote_to_bytes

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=+,@-")
_ODD = re.compile(rb"[^A-Za-z0-9_=+,@-]")
_CLEAN_KEY = re.compile(r"(?:[A-Za-z0-9_=+,@-]{1,200}/)*[A-Za-z0-9_=+,@-][A-Za-z0-9_=+,@.-]{0,199}").fullmatch
_LONGEST = 200
"""Bytes of a component: file systems take 255, and a name that is being written has a few more."""
_CUT = "%_"
"""Ends a component that goes on in the next one."""
_EMPTY = "%-"
"""A folder without a name."""
_FILE = "%"
"""Ends the name of a file that has no dot."""


def path_of(key: str) -> str:
    """The path that keeps `key`, relative, with ``/`` between components."""
    if "." in key.rpartition("/")[2] and _CLEAN_KEY(key):
        return key
    *folders, name = key.split("/")
    parts = [part for folder in folders for part in _cut(_escaped(folder, keep="") or _EMPTY)]
    last = _escaped(name, keep=".")
    *before, last = _cut(last)
    return "/".join([*parts, *before, last if "." in last else last + _FILE])


def key_of(path: str) -> str:
    """The key that `path_of` made `path` of."""
    *folders, name = path.split("/")
    if "." not in name:
        name = name.removesuffix(_FILE)
    parts = [""]
    for part in (*folders, name):
        goes_on = part.endswith(_CUT)
        parts[-1] += part.removesuffix(_CUT)
        if not goes_on:
            parts.append("")
    texts = [unquote_to_bytes(part if part != _EMPTY else "").decode("utf-8", "surrogateescape") for part in parts[:-1]]
    return "/".join(texts)


def version_path(key: str, version: str) -> str:
    """Where another version of `key` than the first one kept goes: in a folder that no key can have."""
    folder, _, name = path_of(key).rpartition("/")
    label = version if re.fullmatch(r"[A-Za-z0-9_-]{1,100}", version) else hashlib.sha256(version.encode()).hexdigest()
    return f"{folder}{'/' if folder else ''}%versions/{label}/{name}"


def _escaped(text: str, keep: str) -> str:
    """`text` with every byte that is not plain as ``%XX``; a dot may stay anywhere but in front."""
    data = text.encode("utf-8", "surrogateescape")
    kept = _PLAIN | frozenset(keep.encode())
    return "".join(
        chr(byte) if byte in kept and not (byte == 46 and place == 0) else f"%{byte:02X}"
        for place, byte in enumerate(data)
    )


def _cut(text: str) -> list[str]:
    """`text` in pieces that a file system takes, each but the last marked; no escape is cut in two."""
    pieces = []
    while len(text) > _LONGEST:
        at = _LONGEST
        while "%" in text[at - 2 : at]:
            at -= 1
        pieces.append(text[:at] + _CUT)
        text = text[at:]
    return [*pieces, text]
