"""How a call ended: ok, denied, throttled, error or failed-login."""

from collections.abc import Mapping
from functools import lru_cache

from ctwork.model.document import scalar_text
from ctwork.resources import toml_table

OK, DENIED, THROTTLED, ERROR, FAILED_LOGIN = "ok", "denied", "throttled", "error", "failed-login"
OUTCOMES = (OK, DENIED, THROTTLED, ERROR, FAILED_LOGIN)

SIGN_IN_EVENTS = frozenset[str](toml_table("classify.toml")["sign_in"]["events"])
"""Event names whose result stands in ``responseElements.<eventName>``."""


def outcome(event_name: str, error_code: str, error_message: str, sign_in_result: str) -> str:
    """One of `OUTCOMES`. `sign_in_result` is the text of ``responseElements.<eventName>``, "" when there is none.

    A failed console login has a message and no code, so a message alone is a failure too.
    """
    if event_name in SIGN_IN_EVENTS and (sign_in_result == "Failure" or (error_message and not error_code)):
        return FAILED_LOGIN
    if error_code:
        return outcome_of_code(error_code)
    return ERROR if error_message else OK


@lru_cache(maxsize=4096)
def outcome_of_code(error_code: str) -> str:
    """``ok`` for "", else ``denied``, ``throttled`` or ``error`` by the packaged table. Letter case does not matter."""
    code = error_code.strip().lower()
    if not code:
        return OK
    table = toml_table("classify.toml")["outcome"]
    for name in (DENIED, THROTTLED):
        if _covers(table[name], code):
            return name
    return ERROR


def sign_in_result(event_name: str, response: object, details: object = None) -> str:
    """``Success`` or ``Failure`` of a sign-in: from responseElements, or serviceEventDetails for Identity Center."""
    if event_name not in SIGN_IN_EVENTS:
        return ""
    for place in (response, details):
        if isinstance(place, dict) and (text := scalar_text(place.get(event_name))):
            return text
    return ""


def _covers(row: Mapping[str, list[str]], code: str) -> bool:
    """True when `code`, in lower case, is one of the row's codes or begins or ends like one of them."""
    tail = code.removeprefix("client.").removeprefix("server.")
    return (
        tail in map(str.lower, row["codes"])
        or tail.startswith(tuple(map(str.lower, row["prefixes"])))
        or tail.endswith(tuple(map(str.lower, row["suffixes"])))
    )
