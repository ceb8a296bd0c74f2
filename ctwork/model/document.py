"""One decoded JSON record as text: exact numbers, scalar leaves, dotted paths."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
"""What CloudTrail writes for a value it withholds. In place of a user name: that may have been a typed password."""

REDACTED = frozenset({HIDDEN, "***", "****", "sensitiveDataRemoved", "<sensitiveDataRemoved>"})
"""The marks of withheld values."""
_DECODED = 1 << 20
"""Code points of a text beyond which it is not looked into."""


class NumberText(str):
    """A JSON number as it was written: ``4096.0`` stays ``4096.0``, 2**70 keeps its digits."""

    __slots__ = ()


def read_json(raw: bytes) -> Any:
    """Decode `raw` without losing a digit; raises ValueError and RecursionError.

    The standard library's reader is used because it accepts what the fast ones refuse: lone surrogates, NaN, control
    characters in texts. A byte that is not UTF-8 becomes a lone surrogate, and `legal_text` makes it U+FFFD.
    """
    text = raw.decode("utf-8", "surrogateescape")
    return json.loads(text, parse_int=NumberText, parse_float=NumberText, parse_constant=NumberText, strict=False)


def json_text(value: object) -> str:
    """`value` as compact JSON, numbers with the digits they came with. Raises RecursionError."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(legal_text(key))}:{json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    if isinstance(value, NumberText):
        return str(value)
    return json.dumps(legal_text(value) if isinstance(value, str) else value)


def canonical(raw: bytes) -> bytes:
    """The JSON `raw` in the one spelling that all equal documents share; `raw` itself when it cannot be read."""
    try:
        return json_text(_ordered(read_json(raw))).encode()
    except (ValueError, RecursionError):
        return raw


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def scalar_text(value: object) -> str:
    """A scalar as its JSON text, a string as it is; "" for null, lists and objects."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, dict | list):
        return ""
    return json.dumps(value)


def legal_text(text: str) -> str:
    """`text` without lone surrogates, which no encoding can carry: each becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def scalar_leaves(value: object) -> Iterator[object]:
    """Every scalar at or below `value` in the order it is written; null is no scalar."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack.extend(reversed(node.values()))
        elif isinstance(node, list):
            stack.extend(reversed(node))
        elif node is not None:
            yield node


def at_path(document: object, path: str) -> list[object]:
    """The nodes a dotted path names: objects are entered by key, lists element by element."""
    nodes = [document]
    for key in path.split("."):
        nodes = [node[key] for node in _objects(nodes) if key in node]
    return nodes


def _objects(nodes: list[object]) -> Iterator[dict[str, Any]]:
    """The objects among `nodes`, and those in lists among them."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
        elif isinstance(node, list):
            stack.extend(reversed(node))


def decoded(text: str) -> Any:
    """The object or list that `text` spells as JSON, also percent-encoded; None when it is just text."""
    if not 2 <= len(text) <= _DECODED:
        return None
    start = text.lstrip()[:3]
    if start.startswith(("%7B", "%5B", "%7b", "%5b")):
        text = unquote(text)
    elif not start.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) and value else None
