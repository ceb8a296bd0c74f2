"""Puts a record together again from columns or from another schema: CloudTrail's names and order, nothing added.

What comes out is an index over a lossy source, never evidence of what CloudTrail wrote.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from msgspec import Raw

from ctwork.model.instant import event_time_ms, format_instant
from ctwork.resources import toml_table
from ctwork.sources.base import IssueKind
from ctwork.sources.formats.cell import opened, parsed_json, parsed_repr, parsed_struct
from ctwork.sources.formats.document import Span
from ctwork.sources.harvest import LOSSY, Harvest

_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})|(\d{15,16})|(\d{18,19})").fullmatch
_ABSENT = (None, "", "null")
_DEEPEST_PATH = 16
_CUT_JSON = ('{"', '[{"')
_IGNORED_PREFIX = "p_"
"""Columns that Panther adds of its own."""


def take_rebuilt(values: Mapping[str, Any], span: Span, harvest: Harvest) -> bool:
    """Takes the record that `values` describe; False, with nothing told, when they name no event.

    An event is named by its eventID, or by its time and its name: counts that a query made are none. Keys are members
    of a record in any case, or dotted paths to them; a key that CloudTrail does not know stays as it is. Values may be
    Python values, JSON text, Python literals or the text that Athena prints for a struct.
    """
    try:
        record = _record(values)
        if not record.get("eventID") and not (record.get("eventTime") and record.get("eventName")):
            return False
        harvest.take(msgspec.json.encode(record), *span, LOSSY)
    except RecursionError:
        harvest.tell(IssueKind.DEPTH, "The values of this event nest too deep.", span)
        return True
    for name, value in record.items():
        if isinstance(value, str) and value.startswith(_CUT_JSON):
            message = f"The text of {name} is no valid JSON, perhaps cut off; it is kept as text."
            harvest.tell(IssueKind.SYNTAX, message, span, len(harvest.records) - 1)
        elif isinstance(value, str) and name in _named("structs"):
            message = f"The text of {name} cannot be taken apart; it is kept as text."
            harvest.tell(IssueKind.ODD_TYPE, message, span, len(harvest.records) - 1)
    return True


def _record(values: Mapping[str, Any]) -> dict[str, Any]:
    """The members in CloudTrail's order, those that it does not know after them."""
    record: dict[str, Any] = {}
    for key, value in values.items():
        if not key.startswith(_IGNORED_PREFIX) and value is not None:
            _put(record, key, value)
    places = _places("")
    ordered = sorted(record, key=lambda name: places.get(name.lower(), (len(places), ""))[0])
    return {name: record[name] for name in ordered}


def event_time(value: Any) -> str:
    """`value` as CloudTrail writes a time: text of any ISO form, seconds to nanoseconds since 1970, a datetime."""
    if isinstance(value, datetime):
        value = value.isoformat()
    text = str(value).strip()
    if epoch := _EPOCH(text):
        divisor = (1, 10**3, 10**6, 10**9)[(epoch.lastindex or 1) - 1]
        return format_instant(int(epoch[epoch.lastindex or 1]) // divisor * 1000)
    instant = event_time_ms(text.removesuffix(" UTC"))
    return text if instant is None else format_instant(instant // 1000 * 1000)


@cache
def _places(struct: str) -> dict[str, tuple[int, str]]:
    """Lower-case member → (position, spelling) of the record itself (``""``) or of a struct."""
    table = toml_table("record.toml")
    names = table["structs"][struct] if struct else table["members"]
    return {name.lower(): (position, name) for position, name in enumerate(names)}


@cache
def _named(kind: str) -> frozenset[str]:
    return frozenset(toml_table("record.toml")[kind])


def _put(record: dict[str, Any], key: str, value: Any) -> None:
    """Sets one member or dotted path; what stands there already stays."""
    *path, last = key.split(".")
    if len(path) > _DEEPEST_PATH or _spelled("", key.partition(".")[0]) not in _names():
        record.setdefault(_legal(key), _plain(value))
        return
    node, struct = record, ""
    for part in path:
        name = _spelled(struct, part)
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            return
        struct = name if name in _named("structs") else "?"
    name = _spelled(struct, last)
    fitted = _plain(value) if struct == "?" else _fitted(name, value)
    if fitted is not None:
        node.setdefault(name, fitted)


@cache
def _names() -> frozenset[str]:
    return _named("members")


def _spelled(struct: str, name: str) -> str:
    """CloudTrail's spelling of a member of the record (``""``) or of a struct; `name` itself when it knows none."""
    if struct and struct not in _named("structs"):
        return name
    found = _places(struct).get(name.lower())
    return found[1] if found else name


def _fitted(name: str, value: Any) -> Any:
    """`value` in the type that the member `name` has; ``None`` for nothing."""
    if name in _named("free"):
        return _free(value)
    if name in _named("structs"):
        return _struct(name, value)
    if value in _ABSENT:
        return None
    if name in _named("times"):
        return _legal(event_time(value))
    if name in _named("flags"):
        text = str(value).lower()
        return text == "true" if text in ("true", "false") else _plain(value)
    return _text(value)


def _struct(name: str, value: Any) -> Any:
    """An object or a list of objects with the members that CloudTrail gives it; text that cannot be read stays text."""
    if isinstance(value, str):
        value = _read(name, value)
    if isinstance(value, list):
        value = _pairs(value)
    if isinstance(value, list):
        return [fitted for item in value if (fitted := _struct(name, item)) is not None] or None
    if not isinstance(value, dict):
        return None if value in _ABSENT else _plain(value)
    found = {}
    for key, item in value.items():
        spelled = _spelled(name, str(key))
        if item is not None and (fitted := _fitted(spelled, item)) is not None:
            found[_legal(spelled)] = fitted
    return found if found or not value else None


def _read(name: str, text: str) -> Any:
    """What the text of a cell says: JSON, a Python literal, a struct as Athena prints it, or just text."""
    if text in _ABSENT:
        return None
    found = opened(text)
    if found is not text:
        return found
    return parsed_struct(text, name, toml_table("record.toml")["structs"]) or text


def _free(value: Any) -> Any:
    """A part that a service shapes: JSON text is put in as it is."""
    if not isinstance(value, str):
        return _plain(value)
    if value == "":
        return None
    if value == "null":
        return Raw(b"null")
    if (found := parsed_json(value)) is not None:
        return found
    literal = parsed_repr(value)
    return _legal(value) if literal is None else _plain(literal)


def _pairs(value: list[Any]) -> Any:
    """A map that a columnar file stores as a list of key and value."""
    if value and all(isinstance(item, dict) and item.keys() == {"key", "value"} for item in value):
        return {str(item["key"]): item["value"] for item in value}
    return value


def _plain(value: Any) -> Any:
    """`value` made of JSON's types alone; columns without a value are left out of objects."""
    if isinstance(value, dict):
        return {_legal(str(key)): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        pairs = _pairs(list(value))
        return _plain(pairs) if isinstance(pairs, dict) else [_plain(item) for item in pairs]
    if value is None or isinstance(value, bool | int | float | Raw):
        return value
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return event_time(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return _legal(value if isinstance(value, str) else str(value))


def _legal(text: str) -> str:
    """Without halves of surrogate pairs, which stand for bytes that are not UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
