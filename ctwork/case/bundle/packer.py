"""Fills a vessel: every payload file with its hash, then the tag files that stand for all of them."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ctwork.case.bundle import bag
from ctwork.case.bundle.signature import sign
from ctwork.case.bundle.vessel import Hashing, Vessel

_BUFFER = 1 << 16


def line(value: Any) -> bytes:
    """A value as one line of JSON: ASCII, so that no reader's terminal is moved, members in the order given."""
    return (json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n").encode("ascii")


def page(value: Any) -> bytes:
    """A value as JSON that people read; ASCII as well."""
    return (json.dumps(value, ensure_ascii=True, indent=2) + "\n").encode("ascii")


class Packer:
    """Takes what a bundle holds, file by file."""

    def __init__(self, vessel: Vessel) -> None:
        self._vessel = vessel
        self._hashes: dict[str, str] = {}
        self._octets = 0

    @property
    def files(self) -> int:
        """Payload files so far."""
        return len(self._hashes)

    @contextmanager
    def open(self, path: str) -> Iterator[Hashing]:
        """A stream for the payload file `path`."""
        with self._vessel.file(path) as stream:
            hashing = Hashing(stream)
            yield hashing
        self._hashes[path] = hashing.sha256
        self._octets += hashing.size

    def put(self, path: str, content: bytes) -> None:
        """A payload file with that content."""
        with self.open(path) as stream:
            stream.write(content)

    def put_lines(self, path: str, values: Iterable[Any]) -> int:
        """A payload file with a line of JSON for each value; returns how many."""
        count, held, size = 0, [], 0
        with self.open(path) as stream:
            for value in values:
                held.append(line(value))
                size += len(held[-1])
                count += 1
                if size > _BUFFER:
                    stream.write(b"".join(held))
                    held, size = [], 0
            stream.write(b"".join(held))
        return count

    def close(self, info: Callable[[str], bytes], key: Path | None) -> str:
        """Writes the tag files, `info` made from the payload's oxum, and signs them; returns the tag manifest's hash.

        The declaration comes last but for the signature: without it, nothing takes a folder for a bag.
        """
        tags = {
            bag.MANIFEST: bag.manifest(self._hashes),
            bag.INFO: info(f"{self._octets}.{len(self._hashes)}"),
            bag.DECLARATION: bag.DECLARED,
        }
        hashes = {}
        for path, content in tags.items():
            hashes[path] = self._tag(path, content)
        manifest = bag.manifest(hashes)
        signature = None if key is None else sign(manifest, key)
        total = self._tag(bag.TAGS, manifest)
        if signature is not None:
            self._tag(bag.SIGNATURE, signature)
        return total

    def _tag(self, path: str, content: bytes) -> str:
        with self._vessel.file(path) as stream:
            hashing = Hashing(stream)
            hashing.write(content)
        return hashing.sha256
