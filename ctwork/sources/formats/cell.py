"""Reads the text of one table cell that holds an object: JSON, a Python literal, a struct as Presto prints it."""

import ast
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

_RAW = msgspec.json.Decoder(Raw)
_LONGEST_LITERAL = 256 << 10
_DEEPEST_LITERAL = 64
_JSON_STARTS = ("{", "[")
_LITERAL_START = re.compile(r"[{\[][\s{\[(]*+(?:['\"\d\]}-]|[bru]['\"]|None|True|False)").match
_BRACKETS = re.compile(r"[{}\[\]()]").findall
_MEMBER = re.compile(r"(?:(?<=\{)|(?<=, ))([A-Za-z0-9_]+)=|([{}\[\]])")
"""A member's name where one may start, or a bracket."""


def parsed_json(text: str) -> Raw | None:
    """The JSON object or array in `text`, as it is; ``None`` when it is no strict JSON."""
    if not text.lstrip().startswith(_JSON_STARTS):
        return None
    try:
        raw = text.strip().encode()
        return _RAW.decode(raw)
    except (msgspec.DecodeError, UnicodeEncodeError, UnicodeDecodeError, RecursionError):
        return None


def opened(value: Any) -> Any:
    """The object that the text of a cell writes out; any other value as it is."""
    if not isinstance(value, str):
        return value
    if (found := parsed_json(value)) is not None:
        return msgspec.json.decode(found)
    literal = parsed_repr(value)
    return value if literal is None else literal


@lru_cache(maxsize=2048)
def parsed_repr(text: str) -> Any:
    """The Python dict or list written in `text`, of plain values alone; ``None`` when it is none. Nothing is run.

    Callers must not change it.
    """
    text = text.strip()
    if not _LITERAL_START(text) or len(text) > _LONGEST_LITERAL or _is_deep(text):
        return None
    try:
        value = ast.literal_eval(text)
        msgspec.json.encode(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, msgspec.MsgspecError):
        return None
    return value if isinstance(value, dict | list) else None


def _is_deep(text: str) -> bool:
    """Whether the brackets might nest too deep for the parser; brackets within strings count as well."""
    if sum(map(text.count, "{[(")) <= _DEEPEST_LITERAL:
        return False
    depth = 0
    for bracket in _BRACKETS(text):
        depth += 1 if bracket in "{[(" else -1
        if depth > _DEEPEST_LITERAL:
            return True
    return False


def parsed_struct(text: str, name: str, structs: Mapping[str, Sequence[str]]) -> Any:
    """``{type=IAMUser, arn=…}`` as a dict of texts, guided by the members that the struct `name` may have.

    Presto quotes nothing, so only ``, member=`` with a known member that has not come yet counts as a boundary, and
    only where brackets are balanced. ``None`` when the text does not fit.
    """
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        items = [parsed_struct(item, name, structs) for item in _split(text[1:-1])]
        return None if None in items else items
    if not (text.startswith("{") and text.endswith("}")):
        return None
    known = {member.lower() for member in structs[name]}
    marks = _marks(text, known)
    if not marks or marks[0].start() != 1:
        return {} if text == "{}" else None
    found: dict[str, Any] = {}
    for mark, stop in zip(marks, [*(later.start() - 2 for later in marks[1:]), len(text) - 1], strict=True):
        value = text[mark.end() : stop]
        if value != "null":
            inner = next((struct for struct in structs if struct.lower() == mark[1].lower()), None)
            found[mark[1]] = (parsed_struct(value, inner, structs) if inner else None) or value
    return found


def _marks(text: str, known: set[str]) -> list[re.Match[str]]:
    """Where the members of the outermost struct start."""
    marks: list[re.Match[str]] = []
    seen: set[str] = set()
    depth = 0
    for mark in _MEMBER.finditer(text):
        if mark[2]:
            depth += 1 if mark[2] in "{[" else -1
        if mark[1] and depth == 1 and (name := mark[1].lower()) in known and name not in seen:
            marks.append(mark)
            seen.add(name)
    return marks


def _split(text: str) -> list[str]:
    """The elements of a list whose elements are structs."""
    items, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "{[") - (char in "}]")
        if char == "," and not depth:
            items.append(text[start:at])
            start = at + 1
    return [*items, text[start:]] if text.strip() else []
