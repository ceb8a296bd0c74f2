"""Finds where JSON values start and end in bytes that may be damaged, without building anything from them."""

import json
import re
import sys
from collections.abc import Iterator

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{\[]|[}\]]', re.DOTALL).finditer
_NEXT_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[{}\[\]]', re.DOTALL).match
_BLANK = re.compile(rb"[ \t\r\n]*+").match
_SEPARATOR = re.compile(rb"[ \t\r\n]*+(?:,[ \t\r\n]*+)?+").match
_MEMBER = re.compile(rb'[ \t\r\n,]*+("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\r\n]*+:[ \t\r\n]*+', re.DOTALL).match
_SCALAR = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s,\]}"]++', re.DOTALL).match
_OPENING = b"{["


def blank_end(data: bytes, at: int) -> int:
    """The first offset from `at` that is not JSON white space."""
    match = _BLANK(data, at)
    return match.end() if match else at


def separator_end(data: bytes, at: int) -> int:
    """The first offset after white space and at most one comma."""
    match = _SEPARATOR(data, at)
    return match.end() if match else at


def value_end(data: bytes, start: int, stop: int | None = None, deepest: int = sys.maxsize) -> int:
    """The offset after the JSON value at `start`, judged by brackets and quotes alone.

    -1 when `stop` comes first, or more than `deepest` levels.
    """
    limit = len(data) if stop is None else stop
    if data[start : start + 1] not in (b"{", b"["):
        match = _SCALAR(data, start, limit)
        return match.end() if match else -1
    depth, at = 0, start
    while match := _NEXT_BRACKET(data, at, limit):
        at = match.end()
        if data[at - 1] in _OPENING:
            depth += 1
            if depth > deepest:
                return -1
        else:
            depth -= 1
            if not depth:
                return at
    return -1


def depth_of(data: bytes) -> int:
    """How deep the brackets of `data` nest."""
    depth = deepest = 0
    for match in _TOKEN(data):
        byte = data[match.start()]
        if byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte != 0x22:
            depth -= 1
    return deepest


def members(data: bytes, start: int) -> Iterator[tuple[str, int, int]]:
    """``(key, value start, value end)`` for each member of the whole object at `start`.

    `start` may also be the last byte of a member's value: then the members after it come.
    """
    at = start + 1
    while match := _MEMBER(data, at):
        at = value_end(data, match.end())
        if at < 0:
            return
        yield _key_text(match[1]), match.end(), at


def _key_text(quoted: bytes) -> str:
    text = quoted.decode("utf-8", "surrogateescape")
    return str(json.loads(text, strict=False)) if "\\" in text else text[1:-1]


def elements(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """``(start, end)`` for each element of the whole array at `start`."""
    at = blank_end(data, start + 1)
    while data[at : at + 1] not in (b"]", b""):
        end = value_end(data, at)
        if end < 0:
            return
        yield at, end
        at = separator_end(data, end)


def placed(data: bytes, values: list[bytes], start: int) -> list[tuple[int, int]] | None:
    """``[start, end)`` of consecutive array elements, the first of which follows ``[`` at `start`.

    ``None`` unless exactly these bytes, with nothing but white space and single commas between them, fill the array.
    """
    spans: list[tuple[int, int]] = []
    end = start
    for value in values:
        # In a compact list each element follows one byte after the last: "[" or ",".
        begin = end + 1
        if not data.startswith(value, begin) or (spans and data[end] != 0x2C):
            begin = separator_end(data, end) if spans else blank_end(data, begin)
            if not data.startswith(value, begin):
                return None
        end = begin + len(value)
        spans.append((begin, end))
    return spans if data.startswith(b"]", blank_end(data, end if spans else start + 1)) else None
