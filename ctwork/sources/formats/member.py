"""The members of a record: how CloudTrail spells them, and values of other tools fitted to what it writes there."""

import re
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import msgspec
from msgspec import Raw

from ctwork.model.instant import event_time_ms, format_instant
from ctwork.resources import toml_table
from ctwork.sources.formats.cell import opened, parsed_json, parsed_repr, parsed_struct

_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})|(\d{15,16})|(\d{18,19})").fullmatch
_ABSENT = (None, "", "null")


@cache
def _named(kind: str) -> frozenset[str]:
    return frozenset(toml_table("record.toml")[kind])


@cache
def _places(struct: str) -> dict[str, tuple[int, str]]:
    """Lower-case member → (position, spelling) of the record itself (``""``) or of a struct."""
    table = toml_table("record.toml")
    names = table["structs"][struct] if struct else table["members"]
    return {name.lower(): (position, name) for position, name in enumerate(names)}


def is_member(name: str) -> bool:
    """Whether a record has a member of this name, in any case."""
    return name.lower() in _places("")


def is_struct(name: str) -> bool:
    """Whether the member is an object (or a list of objects) that CloudTrail itself defines."""
    return name in _named("structs")


def place_of(name: str) -> int:
    """Where in a record the member stands; after all others when CloudTrail does not know it."""
    places = _places("")
    return places.get(name.lower(), (len(places), ""))[0]


def spelled(struct: str, name: str) -> str:
    """CloudTrail's spelling of a member of the record (``""``) or of a struct; `name` itself when it knows none."""
    if struct and not is_struct(struct):
        return name
    found = _places(struct).get(name.lower())
    return found[1] if found else name


def event_time(value: Any) -> str:
    """`value` as CloudTrail writes a time: text of any ISO form, seconds to nanoseconds since 1970, a datetime."""
    text = (value.isoformat() if isinstance(value, datetime) else str(value)).strip()
    if epoch := _EPOCH(text):
        divisor = (1, 10**3, 10**6, 10**9)[(epoch.lastindex or 1) - 1]
        return format_instant(int(epoch[epoch.lastindex or 1]) // divisor * 1000)
    instant = event_time_ms(text.removesuffix(" UTC"))
    return text if instant is None else format_instant(instant // 1000 * 1000)


def fitted(name: str, value: Any) -> Any:
    """`value` in the type that the member `name` has; ``None`` for nothing."""
    if name in _named("structs"):
        return _struct_text(name, value) if isinstance(value, str) else _struct(name, value)
    if name in _named("free"):
        return _free(value)
    if value in _ABSENT:
        return None
    if name in _named("times"):
        return legal(event_time(value))
    if name in _named("flags"):
        text = str(value).lower()
        return text == "true" if text in ("true", "false") else plain(value)
    return _text(value)


@lru_cache(maxsize=8192)
def _struct_text(name: str, text: str) -> Raw | str | None:
    """What the text of a cell says: JSON, a Python literal, a struct as Athena prints it, or just text.

    As JSON text, so that equal cells, of which there are many, are taken apart once.
    """
    if text in _ABSENT:
        return None
    found = opened(text)
    if found is text:
        found = parsed_struct(text, name, toml_table("record.toml")["structs"])
        if found is None:
            return legal(text)
    value = _struct(name, found)
    return None if value is None else Raw(msgspec.json.encode(value))


def _struct(name: str, value: Any) -> Any:
    """An object or a list of objects with the members that CloudTrail gives it."""
    if isinstance(value, list):
        value = _pairs(value)
    if isinstance(value, list):
        return [item for item in (_struct(name, part) for part in value) if item is not None] or None
    if not isinstance(value, dict):
        return None if value in _ABSENT else plain(value)
    found = {}
    for key, item in value.items():
        member = spelled(name, str(key))
        if item is not None and (fit := fitted(member, item)) is not None:
            found[legal(member)] = fit
    return found if found or not value else None


def _free(value: Any) -> Any:
    """A part that a service shapes: JSON text is put in as it is."""
    if not isinstance(value, str):
        return plain(value)
    if value == "":
        return None
    if value == "null":
        return Raw(b"null")
    if (found := parsed_json(value)) is not None:
        return found
    literal = parsed_repr(value)
    return legal(value) if literal is None else plain(literal)


def _pairs(value: list[Any]) -> Any:
    """A map that a columnar file stores as a list of key and value."""
    if value and all(isinstance(item, dict) and item.keys() == {"key", "value"} for item in value):
        return {str(item["key"]): item["value"] for item in value}
    return value


def plain(value: Any) -> Any:
    """`value` made of JSON's types alone; columns without a value are left out of objects."""
    if isinstance(value, dict):
        return {legal(str(key)): plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        pairs = _pairs(list(value))
        return plain(pairs) if isinstance(pairs, dict) else [plain(item) for item in pairs]
    if value is None or isinstance(value, bool | int | float | Raw):
        return value
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return legal(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return event_time(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else legal(str(value))


def legal(text: str) -> str:
    """Without halves of surrogate pairs, which also stand for bytes that are not UTF-8: each becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
