"""The top level of one JSON document, unparsed below: read strictly, or tolerantly with what is odd about it."""

import json
import re
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from ctwork.sources.base import IssueKind
from ctwork.sources.scan import members

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ARRAY = msgspec.json.Decoder(list[Raw])
_NONFINITE = re.compile(rb"(?<![\w\"])-?(?:NaN|Infinity)(?![\w\"])").search
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\"[^\"\\\n]*[\n\t]").search


@dataclass(frozen=True, slots=True)
class Head:
    """The top level of one whole JSON object or array lying at ``[start, end)`` of the stream."""

    start: int
    end: int
    keys: dict[str, Raw] | None
    """Members of an object, their values unparsed."""
    items: list[Raw] | None
    """Elements of an array, unparsed."""
    oddity: IssueKind | None = None
    """What strict JSON refuses about it (NONFINITE, SURROGATE, INVALID_UTF8, ENCODING)."""

    def has(self, *keys: str) -> bool:
        """Whether it is an object with all of `keys`."""
        return self.keys is not None and all(key in self.keys for key in keys)

    def text(self, key: str) -> str:
        """The member `key` when it is a string, else ``""``."""
        try:
            return msgspec.json.decode(self.keys[key], type=str) if self.keys and key in self.keys else ""
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""

    def list_of(self, key: str) -> list[Raw] | None:
        """The elements of the member `key` when it is an array."""
        if self.keys is None or key not in self.keys:
            return None
        try:
            return _ARRAY.decode(self.keys[key])
        except (msgspec.DecodeError, RecursionError):
            return None


def head_of(data: bytes, start: int, end: int) -> Head | None:
    """The head of the document that fills ``[start, end)`` but for white space; ``None`` when it is not strict JSON."""
    if data[end - 1] in b" \t\r\n":
        end = start + len(data[start:end].rstrip(b" \t\r\n"))
    view = data if start == 0 and end == len(data) else memoryview(data)[start:end]
    try:
        if data[start] == 0x7B:
            return Head(start, end, _OBJECT.decode(view), None)
        return Head(start, end, None, _ARRAY.decode(view))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def tolerant_head_of(data: bytes, start: int, end: int) -> Head | None:
    """Like `head_of` for an object that only a tolerant reader accepts: NaN, lone surrogates, stray bytes, controls."""
    raw = data[start:end]
    try:
        json.loads(raw.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        return None
    keys = {key: Raw(data[at:stop]) for key, at, stop in members(data, start)}
    return Head(start, end, keys, None, _oddity(raw))


def _oddity(raw: bytes) -> IssueKind:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return IssueKind.INVALID_UTF8
    if _NONFINITE(raw):
        return IssueKind.NONFINITE
    return IssueKind.ENCODING if _CONTROL(raw) else IssueKind.SURROGATE


def object_at(data: bytes, start: int, end: int) -> Head | None:
    """The head of the object or array that fills ``[start, end)``, strict or tolerant; ``None`` when it is damaged."""
    head = head_of(data, start, end)
    return head if head is not None or data[start] != 0x7B else tolerant_head_of(data, start, end)
