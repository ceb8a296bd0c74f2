"""The bucket of the faulty server: objects, versions and delete markers in memory, keys as bytes."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of an object, or a delete marker."""

    key: bytes
    content: bytes
    version: str
    modified: datetime
    marker: bool = False
    storage: str = "STANDARD"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers of its answers."""
    given_etag: str = ""
    """Its ETag where that is not its MD5."""

    @property
    def etag(self) -> str:
        """Without the quotation marks."""
        return self.given_etag or hashlib.md5(self.content).hexdigest()

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Bucket:
    """Objects by key. Not guarded: whoever changes it while it is served does so from the server's own thread."""

    def __init__(self, name: str = "bucket", region: str = "us-east-1", *, versioned: bool = False) -> None:
        self.name = name
        self.region = region
        self.versioned = versioned
        self._held: dict[bytes, list[Stored]] = {}
        self._order: list[bytes] = []
        self._stored = 0

    def put(
        self, key: str | bytes, content: bytes, *, storage: str = "STANDARD", etag: str = "", **headers: str
    ) -> Stored:
        """A new version; without versioning in place of the old one. `headers` are named with ``_`` for ``-``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        stored = Stored(as_bytes(key), content, *self._stamp(), storage=storage, headers=named, given_etag=etag)
        return self._add(stored)

    def delete(self, key: str | bytes) -> None:
        """A delete marker; without versioning the object is gone."""
        key = as_bytes(key)
        if self.versioned:
            self._add(Stored(key, b"", *self._stamp(), marker=True))
        elif self._held.pop(key, None) is not None:
            self._order.remove(key)

    def change(self, key: bytes, content: bytes) -> None:
        """Writes other bytes under a key that is there."""
        if key in self._held:
            self._add(replace(self._held[key][-1], **dict(zip(("version", "modified"), self._stamp(), strict=True)),
                              content=content, given_etag=""))  # fmt: skip

    def current(self, key: bytes) -> Stored | None:
        """What a plain read of `key` finds."""
        found = self._held.get(key)
        return None if not found or found[-1].marker else found[-1]

    def version(self, key: bytes, version: str) -> Stored | None:
        """One version of `key`."""
        return next((each for each in self._held.get(key, ()) if each.version == version), None)

    def versions(self, key: bytes) -> list[Stored]:
        """All of `key`, the newest first."""
        return self._held.get(key, [])[::-1]

    def after(self, key: bytes) -> Iterator[bytes]:
        """Keys behind `key`, in order of their bytes."""
        yield from self._order[bisect_right(self._order, key) :]

    def __iter__(self) -> Iterator[Stored]:
        """The current versions."""
        return (found for key in self._order if (found := self.current(key)) is not None)

    def _stamp(self) -> tuple[str, datetime]:
        self._stored += 1
        number = hashlib.sha256(b"%d" % self._stored).hexdigest()[:20]
        return number, BEGINNING + timedelta(seconds=self._stored)

    def _add(self, stored: Stored) -> Stored:
        if stored.key not in self._held:
            self._order.insert(bisect_right(self._order, stored.key), stored.key)
            self._held[stored.key] = []
        if not self.versioned:
            self._held[stored.key].clear()
        self._held[stored.key].append(stored)
        return stored


def as_bytes(key: str | bytes) -> bytes:
    """A key as the wire has it; lone surrogates are kept, though no right server would."""
    return key if isinstance(key, bytes) else key.encode("utf-8", "surrogatepass")
