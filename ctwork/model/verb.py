"""Whether an event reads or writes, and its name without the API version."""

import re
from functools import lru_cache

from ctwork.resources import toml_table

READ, WRITE = "read", "write"

_VERSION = re.compile(r"\d{8}(?:v\d+)?$", re.ASCII)


def verb(read_only: bool | None, event_source: str, event_name: str) -> str:
    """``read`` or ``write``: what AWS wrote, else inferred from the name; "" when there is neither flag nor name."""
    if read_only is not None:
        return READ if read_only else WRITE
    return inferred_verb(event_source, event_name)


@lru_cache(maxsize=4096)
def inferred_verb(event_source: str, event_name: str) -> str:
    """``read`` or ``write`` by the packaged table of verbs and exceptions; "" without a name.

    The first word of the name must be a reading verb: ``CheckMfa`` reads, ``CheckoutLicense`` does not.
    """
    name = normalised_name(event_name)
    if not name:
        return ""
    table = toml_table("classify.toml")["verb"]
    full = f"{event_source.partition('.')[0].lower()}:{name}"
    if full in table["write"]:
        return WRITE
    return READ if full in table["read"] or begins_with_word(name, table["reading"]) else WRITE


def normalised_name(event_name: str) -> str:
    """The event name without an API version: ``ListFunctions20150331`` -> ``ListFunctions``."""
    return _VERSION.sub("", event_name) or event_name


def begins_with_word(name: str, words: list[str]) -> bool:
    """Whether the first word of an event name is one of `words`: what follows it is no lower-case letter."""
    return any(name.startswith(word) and not name[len(word) : len(word) + 1].islower() for word in words)
