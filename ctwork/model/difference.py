"""Two records field by field, policy documents inside of them too: what differs. Plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from ctwork.model.document import decoded, json_text
from ctwork.model.legible import MARK

FIELDS = 4000
"""Fields of one record that are compared."""
_VALUE = 20_000
_DEEPEST = 64

Field = tuple[str, str]
"""``(dotted path, value as JSON)``."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two records: its values as JSON, None where a record has no such field."""

    path: str
    left: str | None
    right: str | None

    @property
    def alike(self) -> bool:
        """Whether there is no difference here."""
        return self.left == self.right


def fields_of(document: Any) -> list[Field]:
    """Every scalar of a record with the path that leads to it, at most `FIELDS` and one that says so.

    A text that is itself JSON, as policy documents are, is taken apart; an empty object or list is a value.
    """
    found = list(islice(_fields(document), FIELDS + 1))
    return found if len(found) <= FIELDS else [*found[:FIELDS], (f"{MARK} more fields that are not compared", "")]


def _fields(document: Any) -> Iterator[Field]:
    stack: list[tuple[str, Any, int]] = [("", document, 0)]
    while stack:
        path, value, depth = stack.pop()
        inner = decoded(value) if isinstance(value, str) else None
        node = value if inner is None else inner
        if isinstance(node, dict | list) and node and depth < _DEEPEST:
            pairs = node.items() if isinstance(node, dict) else enumerate(node)
            members = [(f"{path}.{key}" if path else str(key), member, depth + 1) for key, member in pairs]
            stack.extend(reversed(members))
        else:
            yield path, _written(node)


def _written(value: Any) -> str:
    try:
        return json_text(value)[:_VALUE]
    except (RecursionError, ValueError):  # deeper, or longer digits, than the interpreter writes
        return MARK


def compared(left: list[Field], right: list[Field]) -> list[Compared]:
    """Both records with equal paths beside one another, in the order in which the records have them."""
    here, there = dict(left), dict(right)
    matcher = SequenceMatcher(None, list(here), list(there), autojunk=False)
    found = []
    for tag, a, b, c, d in matcher.get_opcodes():
        names, others = list(here)[a:b], list(there)[c:d]
        # A member that stands elsewhere in the other record is no difference.
        found += [Compared(name, here[name], there.get(name)) for name in names]
        if tag != "equal":
            found += [Compared(name, None, there[name]) for name in others if name not in here]
    return found
