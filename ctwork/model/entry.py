"""One line of the journal: who did what, when, where, with which tool, and the hash that ties it to the one before.

The hash is the SHA-256 of the line's own JSON, without the hash: ASCII, members sorted by name, no spaces. So any
stock tool can walk the chain of a journal that was taken out of its case.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ctwork.errors import UsageError
from ctwork.model.instant import format_instant

NO_HASH = "0" * 64
"""What the first line of a journal names as the one before it."""
LOOKS = frozenset({"look", "ask", "export"})
"""Kinds that change nothing of what leaves the house."""
ANYONES = LOOKS | {"load"}
"""Kinds that are written also by who does not have the case in hand: what was read is no one's work."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in a journal that was written down elsewhere: nothing up to it can be taken away unnoticed."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


NOWHERE = Anchor(0, NO_HASH)


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. Frozen, compared by value."""

    seq: int
    """From 1 on, without a gap."""
    at_ms: int
    """Milliseconds since 1970 UTC, by the clock of the host."""
    actor: str
    host: str
    tool: str
    """Name and version."""
    kind: str
    text: str
    """The payload as `payload_text` writes it: what is stored, and hashed."""
    previous: str
    """The hash of the entry before; `NO_HASH` for the first."""
    hash: str

    @property
    def payload(self) -> dict[str, Any]:
        """What was done: text, whole numbers, lists and maps of them; nothing when it cannot be read. Parsed anew."""
        try:
            said = orjson.loads(self.text)
        except orjson.JSONDecodeError:
            return {}
        return said if isinstance(said, dict) else {}

    @property
    def anchor(self) -> Anchor:
        """What to write down elsewhere."""
        return Anchor(self.seq, self.hash)

    @property
    def settles(self) -> bool:
        """Whether it changed anything of what leaves the house: a look does not, nor the same evidence read again."""
        return self.kind not in LOOKS and not (self.kind == "load" and self.payload.get("same") is True)

    def row(self) -> dict[str, Any]:
        """As `ctwork journal` prints it and a bundle holds it: what the hash is of, and the hash."""
        said = {name: getattr(self, name) for name in ("seq", "actor", "host", "tool", "kind", "payload", "previous")}
        return {**said, "at": format_instant(self.at_ms), "hash": self.hash}

    @property
    def is_whole(self) -> bool:
        """Whether its hash is the hash of what it says."""
        return self.hash == _digest(
            self.seq, self.at_ms, self.actor, self.host, self.tool, self.kind, self.text, self.previous
        )


def entry(before: Anchor, at_ms: int, actor: str, host: str, tool: str, kind: str, payload: Mapping[str, Any]) -> Entry:
    """The entry that follows `before`. Raises UsageError for what is no text, such as half of a surrogate pair."""
    text, seq = payload_text(payload), before.seq + 1
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise UsageError("this is no text: it holds half of a character", "leave that character out") from problem
    digest = _digest(seq, at_ms, actor, host, tool, kind, text, before.hash)
    return Entry(seq, at_ms, actor, host, tool, kind, text, before.hash, digest)


def payload_text(payload: Mapping[str, Any]) -> str:
    """A payload as it is stored and hashed."""
    return json.dumps(payload, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def faults(entries: Iterable[Entry], anchors: Iterable[Anchor] = (), before: Anchor = NOWHERE) -> Iterator[str]:
    """What is wrong with a journal behind `before`, a sentence each: edits, gaps, swaps, an end that was cut off.

    An end that was cut off shows only against `anchors`: places that exports and bundles wrote down.
    """
    hashes = {before.seq: before.hash}
    for each in entries:
        yield from filter(None, (misplacement(each, before), alteration(each)))
        before = each.anchor
        hashes[each.seq] = each.hash
    for anchor in anchors:
        if anchor.seq not in hashes:
            yield f"entry {anchor.seq}, which {anchor.hash[:12]} stands for elsewhere, is not here: the end was cut off"
        elif hashes[anchor.seq] != anchor.hash:
            yield f"entry {anchor.seq} is not the one that was written down elsewhere as {anchor.hash[:12]}"


def misplacement(each: Entry, before: Anchor) -> str:
    """What is wrong with `each` where it stands, behind `before`; "" for nothing."""
    if each.seq != before.seq + 1:
        return f"entry {each.seq} follows entry {before.seq}: what was between them is gone or has moved"
    if each.previous != before.hash:
        return f"entry {each.seq} does not follow the entry {before.seq} that is here: one of them was changed"
    return ""


def alteration(each: Entry) -> str:
    """What is wrong with `each` in itself: "" when its hash is the hash of what it says."""
    if each.is_whole:
        return ""
    return f"entry {each.seq} was changed after it was written: its hash is of something else"


def _digest(seq: int, at_ms: int, actor: str, host: str, tool: str, kind: str, text: str, previous: str) -> str:
    """The hash of a line. Its JSON is put together around `text`, which may hold a hundred thousand marks."""
    head = payload_text({"actor": actor, "at": format_instant(at_ms), "host": host, "kind": kind})
    tail = payload_text({"previous": previous, "seq": seq, "tool": tool})
    return hashlib.sha256(f'{head[:-1]},"payload":{text},{tail[1:]}'.encode("ascii")).hexdigest()
