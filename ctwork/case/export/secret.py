"""Secrets in records: session tokens, passwords, signatures. They are taken out of every derived export.

A member is known by its name, a text by how it begins or by a ``name=value`` in it; and the value that one member of a
record gave away is taken out of all its other texts, too.
"""

import re
from collections.abc import Iterator, Set
from functools import cache, lru_cache
from typing import Any

from ctwork.model.document import REDACTED, scalar_leaves, scalar_text
from ctwork.resources import toml_table

REMOVED = "[removed]"
_SIGNS = re.compile(r"[^a-z0-9]+")
_DISTINCT = 6
"""Characters from which on a secret is looked for within other texts; a shorter one must be the whole text."""


def may_hold_secret(text: bytes | str) -> bool:
    """Whether anything in a record or text sounds like a secret. Quick, and never wrong when it says no."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if b"\\u" in raw:
        return True
    needles, beginnings = _needles()
    joined = raw.lower().translate(None, b"-_ ")
    return any(map(joined.__contains__, needles)) or any(map(raw.__contains__, beginnings))


@lru_cache(maxsize=65_536)
def is_secret_member(name: str) -> bool:
    """Whether the value of a member with this name is a secret."""
    return _SIGNS.sub("", name.lower()) in _members()


def secrets_in(document: Any) -> set[str]:
    """The secrets that members of a record give away."""
    return {text for value in _held(document) if (text := scalar_text(value)) and text not in REDACTED}


def without_known(text: str, known: Set[str]) -> str:
    """`text` without the secrets that are `known`."""
    if text in known:
        return REMOVED
    for secret in known:
        if len(secret) >= _DISTINCT:
            text = text.replace(secret, REMOVED)
    return text


def without_secrets(text: str) -> str:
    """`text` without what looks like a secret."""
    return _spoken().sub(_keep_mark, _texts().sub(REMOVED, text)) if may_hold_secret(text) else text


def _keep_mark(match: re.Match[str]) -> str:
    return match[0] if match[2] in REDACTED else match[1] + REMOVED


def removed(value: Any) -> Any:
    """What stands in the place of the secret `value`; a mark of AWS's own, null and true or false stay."""
    if isinstance(value, dict):
        return {name: removed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [removed(item) for item in value]
    if value is None or isinstance(value, bool) or value == "" or value in REDACTED:
        return value
    return REMOVED


def _held(document: Any) -> Iterator[Any]:
    """Every scalar at or below a member that is a secret."""
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            for name, value in node.items():
                if is_secret_member(name):
                    yield from (leaf for leaf in scalar_leaves(value) if not isinstance(leaf, bool))
                else:
                    stack.append(value)
        elif isinstance(node, list):
            stack.extend(node)


@cache
def _members() -> frozenset[str]:
    return frozenset(_SIGNS.sub("", name) for name in toml_table("redact.toml")["secret"]["members"])


@cache
def _needles() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    table = toml_table("redact.toml")["secret"]
    return tuple(map(str.encode, table["needles"])), tuple(map(str.encode, table["beginnings"]))


@cache
def _texts() -> re.Pattern[str]:
    return re.compile("|".join(toml_table("redact.toml")["secret"]["texts"]))


@cache
def _spoken() -> re.Pattern[str]:
    """A member and its value inside a text: of a query, of JSON, of JSON in JSON."""
    names = sorted(toml_table("redact.toml")["secret"]["members"], key=len, reverse=True)
    spelled = "|".join(name.replace("-", "[-_ ]?") for name in names)
    return re.compile(
        rf"((?<![A-Za-z0-9])(?:{spelled})\\*[\"']?\s*(?:=|:|%3D)\s*\\*[\"']?)([^\s\"'&;,<>\\)}}\]]+)", re.IGNORECASE
    )
