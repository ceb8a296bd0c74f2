"""Puts a record together again from columns or from another schema: CloudTrail's names and order, nothing added.

What comes out is an index over a lossy source, never evidence of what CloudTrail wrote.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.document import Span
from ctwork.sources.formats.member import fitted, is_member, is_struct, legal, place_of, plain, spelled
from ctwork.sources.harvest import LOSSY, Harvest

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
        elif isinstance(value, str) and is_struct(name):
            message = f"The text of {name} cannot be taken apart; it is kept as text."
            harvest.tell(IssueKind.ODD_TYPE, message, span, len(harvest.records) - 1)
    return True


def _record(values: Mapping[str, Any]) -> dict[str, Any]:
    """The members in CloudTrail's order, those that it does not know after them."""
    record: dict[str, Any] = {}
    for key, value in values.items():
        if value is not None and value != "":
            _put(record, _route(key), value)
    return {name: record[name] for name in _ordered(tuple(record))}


@lru_cache(maxsize=1024)
def _ordered(names: tuple[str, ...]) -> list[str]:
    return sorted(names, key=place_of)


class _Route(NamedTuple):
    """Where a key goes."""

    path: tuple[str, ...]
    """Objects on the way."""
    name: str
    fits: bool
    """Whether CloudTrail says what the member is like."""


@lru_cache(maxsize=4096)
def _route(key: str) -> _Route | None:
    """The way to the member that `key` names in any case; ``None`` for what is left out."""
    if key.startswith(_IGNORED_PREFIX):
        return None
    *path, last = key.split(".")
    if len(path) > _DEEPEST_PATH or not is_member(key.partition(".")[0]):
        return _Route((), legal(key), fits=False)
    struct, way = "", []
    for part in path:
        way.append(spelled(struct, part))
        struct = way[-1] if is_struct(way[-1]) else "?"
    return _Route(tuple(way), spelled(struct, last), fits=struct != "?")


def _put(record: dict[str, Any], route: _Route | None, value: Any) -> None:
    """Sets one member; what stands there already stays."""
    if route is None:
        return
    node = record
    for name in route.path:
        node = node.setdefault(name, {})
        if not isinstance(node, dict):
            return
    if route.name not in node:
        found = fitted(route.name, value) if route.fits else plain(value)
        if found is not None:
            node[route.name] = found
