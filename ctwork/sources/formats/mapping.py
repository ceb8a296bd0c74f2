"""Documents of another schema as dotted paths, and the paths of a record that they fill."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_DEEPEST = 12


def flattened(document: Mapping[str, Any]) -> dict[str, Any]:
    """Every leaf by its dotted path, lists left whole; objects deeper than a dozen levels stay objects."""
    return dict(_leaves(document, "", 0))


def _leaves(node: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value and depth < _DEEPEST:
            yield from _leaves(value, path + ".", depth + 1)
        else:
            yield path, value


def mapped(values: Mapping[str, Any], table: Mapping[str, list[str]]) -> Iterator[tuple[str, Any]]:
    """``(path in the record, value)`` for each line of `table`: the first of its sources that `values` has."""
    for target, sources in table.items():
        found = next((values[source] for source in sources if values.get(source) not in (None, "")), None)
        if found is not None:
            yield target, found


def first_wins(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A dict in which the first value of a key stays, unless it is empty."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if found.get(key) in (None, ""):
            found[key] = value
    return found
