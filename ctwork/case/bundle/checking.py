"""Checks a bundle, offline and without unpacking it: whether it is what was made, and who vouches for that."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - the library's only lower-case exception

from ctwork.case.bundle import bag
from ctwork.case.bundle.content import check_content
from ctwork.case.bundle.derivation import document_of
from ctwork.case.bundle.finding import Checked, Findings
from ctwork.case.bundle.opened import OpenBundle, opened
from ctwork.case.bundle.request import Packing, Told
from ctwork.case.bundle.signature import Signing, verify
from ctwork.model.legible import spelled
from ctwork.store.cancel import Cancelled, never, still_wanted

_STEP = 1 << 20
_TAG_BYTES = 64 << 20
_BROKEN = (OSError, EOFError, BadZipFile, ZlibError, NotImplementedError)
"""What reading a damaged file or zip may raise."""


def check_bundle(path: Path, signers: Path | None, told: Told, cancelled: Cancelled = never) -> Checked:
    """Everything that can be said of the bundle at `path`, which is only read.

    With `signers` it must be signed by one of them. Raises SourceError when there is no bundle, UsageError when there
    is no such list, Superseded when `cancelled()` turns true on the way.
    """
    with opened(path) as bundle:
        found = Findings(list(bundle.problems), list(bundle.notes))
        hashes = _hashes(bundle, found, told, cancelled)
        tags = {name: _small(bundle, name) for name in (*bag.TAG_FILES, bag.TAGS, bag.SIGNATURE)}
        _check_tags(bundle, tags, hashes, found)
        signing = _check_signature(tags, signers, found)
        head = _head(bundle, found)
        if bool(head.get("signed")) != bool(tags[bag.SIGNATURE]):
            found.wrong(
                "signature", "it was signed, and the signature is gone" if head.get("signed") else _SIGNED_LATER
            )
        records = check_content(bundle, head, tags[bag.INFO], hashes, found, told, cancelled)
        found.close()
        files = sum(name.startswith("data/") for name in bundle.sizes)
        return Checked(tuple(found.problems), tuple(found.notes), signing, head, files, records)


_SIGNED_LATER = "it has a signature, and says that it was made without one"


def _hashes(bundle: OpenBundle, found: Findings, told: Told, cancelled: Cancelled) -> dict[str, str]:
    """SHA-256 of every file."""
    hashes, total, done = {}, sum(bundle.sizes.values()), 0
    for name, size in bundle.sizes.items():
        digest = hashlib.sha256()
        try:
            with bundle.open(name) as stream:
                while piece := stream.read(_STEP):
                    still_wanted(cancelled)
                    digest.update(piece)
                    told(Packing("hashing", min(done + stream.tell(), total), total))
        except _BROKEN as problem:
            found.wrong("damage", f"{spelled(name)} cannot be read: {problem}")
            hashes[name] = ""
            continue
        done += size
        hashes[name] = digest.hexdigest()
    return hashes


def _small(bundle: OpenBundle, name: str) -> bytes:
    """The content of a tag file; nothing when it is not there or cannot be read, which is told elsewhere."""
    if name not in bundle.sizes:
        return b""
    try:
        with bundle.open(name) as stream:
            return stream.read(_TAG_BYTES)
    except _BROKEN:
        return b""


def _check_tags(bundle: OpenBundle, tags: Mapping[str, bytes], hashes: Mapping[str, str], found: Findings) -> None:
    payload = {name: digest for name, digest in hashes.items() if name.startswith("data/")}
    if tags[bag.DECLARATION] != bag.DECLARED:
        found.wrong("tags", f"{bag.DECLARATION} is not that of a BagIt 1.0 bag")
    for name in sorted(hashes.keys() - payload.keys() - {*bag.TAG_FILES, bag.TAGS, bag.SIGNATURE}):
        found.wrong("tags", f"{spelled(name)} is no file of a bundle")
    _check_manifest(bag.MANIFEST, tags[bag.MANIFEST], payload, found)
    listed = {name: hashes[name] for name in bag.TAG_FILES if name in hashes}
    _check_manifest(bag.TAGS, tags[bag.TAGS], listed, found)
    for name in bag.TAG_FILES:
        if name not in hashes:
            found.wrong("tags", f"{name} is missing")


def _check_manifest(name: str, content: bytes, there: Mapping[str, str], found: Findings) -> None:
    """Compares a manifest with the files that are there: each must be listed once, as it is."""
    if not content:
        found.wrong("manifest", f"{name} is missing or empty")
        return
    said: dict[str, str] = {}
    for each in bag.listed(content):
        if isinstance(each, int):
            found.wrong("manifest", f"line {each} of {name} is not one of a manifest")
            continue
        number, path, digest = each
        if path in said:
            found.wrong("manifest", f"line {number} of {name} names {spelled(path)} again")
        if not bag.is_path(path):
            found.wrong("manifest", f"line {number} of {name} names {spelled(path)}, which no bundle holds")
        said[path] = digest
    if content != bag.manifest(said):
        found.wrong("manifest", f"{name} is not as it was written: the order of its lines, or what is between them")
    for sentence in _differences(said, there):
        found.wrong("manifest", f"{sentence} ({name})")


def _differences(said: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    added = {there[path]: path for path in there.keys() - said.keys()}
    renamed = set()
    for path in sorted(said):
        if path in there:
            if there[path] != said[path]:
                yield f"{spelled(path)} was changed"
        elif said[path] in added:
            renamed.add(added[said[path]])
            yield f"{spelled(path)} was renamed to {spelled(added[said[path]])}"
        else:
            yield f"{spelled(path)} is missing"
    for path in sorted(there.keys() - said.keys() - renamed):
        yield f"{spelled(path)} was added"


def _check_signature(tags: Mapping[str, bytes], signers: Path | None, found: Findings) -> Signing:
    signature = tags[bag.SIGNATURE]
    signing = verify(tags[bag.TAGS], signature, signers) if signature or signers else Signing("none")
    if not signature:
        signing = Signing("none")
        if signers is not None:
            found.wrong("signature", "it is not signed")
        else:
            found.notes.append("it is not signed: whoever could write it could write all of it anew")
    elif signing.state == "bad":
        found.wrong("signature", signing.why)
    elif signing.state == "unchecked":
        (found.problems if signers else found.notes).append(signing.why)
    elif signing.state == "unvouched":
        said = f"it is signed with the key {signing.key}, and "
        if signers is not None:
            found.wrong("signature", said + "that is the key of nobody whom the list of signers names")
        else:
            found.notes.append(said + "nobody here says whose that is: --signers FILE does")
    return signing


def _head(bundle: OpenBundle, found: Findings) -> dict[str, Any]:
    try:
        head = document_of(bundle, bag.HEAD)
        if not isinstance(head, dict):
            raise ValueError("it is no object")
    except (*_BROKEN, ValueError, KeyError, RecursionError) as problem:
        found.wrong("head", f"{bag.HEAD} cannot be read: {problem}")
        return {}
    if head.get("schema") != bag.SCHEMA:
        found.wrong("head", f"it is of schema {head.get('schema')}, and this program knows {bag.SCHEMA}")
    return head
