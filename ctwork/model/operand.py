"""What stands after `column:` in a lens: read as a condition that suits the column, and written back.

The rules by kind of column: text takes text, wildcards, regexes; the address column also networks; numbers and times
take orders and ranges; a path takes whatever its operand looks like. Between quotes, text is text (and a time a time).
"""

import re
from collections.abc import Callable

from ctwork.errors import LensError
from ctwork.model.column import ADDRESS_COLUMN, kind_of, resolve
from ctwork.model.condition import (
    Between,
    Compare,
    Condition,
    During,
    Network,
    Operator,
    Present,
    Regex,
    Text,
    Wildcard,
    read_network,
)
from ctwork.model.glob import normal_glob, plain_text
from ctwork.model.instant import MAX_MS, MIN_MS, format_instant, parse_instant
from ctwork.model.numeral import number
from ctwork.model.regex import compile_regex, normal_regex, slashed
from ctwork.model.spelling import KEYWORDS, Spelled, bare, quoted, spell

_PREFIX = re.compile(r">=|<=|>|<|=")
_NETWORK_LIKE = re.compile(r"[0-9A-Fa-f:.]*[0-9:.][0-9A-Fa-f:.]*/[0-9.]*")
_NUMBER_HINT = "Write a number, an order such as >=1000, or a range such as 10..20"
_PLAIN = re.compile(r"[^\s()\"\\*?!<>=/-][^\s()\"\\*?]*")
_ORDERS: dict[str, Operator] = {">=": ">=", "<=": "<=", ">": ">", "<": "<"}


def read_operand(column: str, token: str, at: int) -> Condition:
    """The condition that `token`, starting at `at` in the lens, sets for a canonical column. Raises LensError."""
    found = _PREFIX.match(token)
    prefix = found[0] if found else ""
    spelled = spell(token[len(prefix) :], at + len(prefix))
    if spelled.form == "bare" and not spelled.text:
        raise LensError(f"A value is missing after {prefix}", at + len(prefix), 'Write it, or "" for an empty value')
    if spelled.form == "bare" and normal_glob(spelled.pattern) == "*":
        return Present()
    kind = kind_of(column)
    if kind == "number":
        return _read_number(column, prefix, spelled)
    if spelled.form == "regex":
        return _read_regex(spelled, prefix)
    if kind == "time":
        return _read_time(prefix, spelled)
    if prefix in _ORDERS:
        return _read_order(column, _ORDERS[prefix], spelled, at)
    return _read_text(column, kind == "path", exact=prefix == "=", spelled=spelled)


def write_operand(column: str, condition: Condition) -> str:
    """The operand that reads back as a condition suited to the column (`suit`)."""
    match condition:
        case Text(text, exact):
            return _write_text(column, text, "=" if exact else "")
        case Wildcard(pattern, exact):
            return ("=" if exact else "") + bare(pattern, operand=True)
        case Regex(pattern, exact):
            return f"{'=' if exact else ''}/{slashed(pattern)}/"
        case Compare("=", text) if kind_of(column) == "number":
            return text
        case Compare(operator, text):
            return operator + text
        case Between(low, high):
            return f"{low}..{high}"
        case During(start_ms, end_ms):
            return f"{_write_end(start_ms)}..{_write_end(end_ms)}"
        case Network(cidr):
            return cidr
        case Present():
            return "*"


def suit(column: str, condition: Condition) -> Condition:
    """The same condition as reading its operand would give: what `canonical` makes of a hand-made one."""
    kind = kind_of(column)
    match condition:
        case Text(text) if kind == "number" and number(text) is not None:
            return Compare("=", text)
        case Text(text) if kind == "time":
            return _or_same(condition, lambda: During(*parse_instant(text)))
        case Compare(operator, text) if kind == "time":
            return _or_same(condition, lambda: _order_in_time(operator, *parse_instant(text)))
        case Compare("=", text) if kind != "number":
            return Between(text, text)
        case Between("", "") if kind != "time":
            return Between("-1e999", "")
        case Between(low, high) if kind == "time":
            return _or_same(condition, lambda: _stretch(low, high, 0))
        case During(None, None):
            return During(MIN_MS, None)
        case During(start_ms, end_ms):
            return During(_clamp(start_ms), _clamp(end_ms))
        case Regex(pattern, exact):
            return Regex(normal_regex(pattern), exact)
        case Wildcard(pattern, exact):
            return _suit_wildcard(pattern, exact)
        case Network(cidr):
            network = read_network(cidr)
            return condition if network is None else Network(str(network))
    return condition


def _suit_wildcard(pattern: str, exact: bool) -> Condition:
    text = plain_text(pattern)
    if text is not None:
        return Text(text, exact)
    normal = normal_glob(pattern)
    return Present() if normal == "*" else Wildcard(normal, exact)


def _read_regex(spelled: Spelled, prefix: str) -> Regex:
    if prefix in _ORDERS:
        raise LensError(f"A regular expression has no order: {prefix}", spelled.at - len(prefix), "Leave the sign out")
    try:
        compile_regex(spelled.pattern, exact=prefix == "=")
    except LensError as error:
        raise LensError(error.title, spelled.at + 1 + error.column, error.hint) from error
    return Regex(normal_regex(spelled.pattern), prefix == "=")


def _read_number(column: str, prefix: str, spelled: Spelled) -> Condition:
    if spelled.form == "regex":
        name = resolve(column).short
        raise LensError(f"{name} holds numbers, which no regular expression is for", spelled.at, _NUMBER_HINT)
    low, dots, high = spelled.text.partition("..")
    ends = (low, high) if dots and not prefix else (spelled.text,)
    offsets = (0, len(low) + 2)
    for end, offset in zip(ends, offsets, strict=False):
        if number(end) is None and not (dots and not end and low + high):
            title = f"{resolve(column).short} holds numbers, and {end or spelled.text} is none"
            raise LensError(title, spelled.inside + offset, _NUMBER_HINT)
    if len(ends) == 2:
        return Between(low, high)
    return Compare(_ORDERS.get(prefix, "="), spelled.text)


def _read_time(prefix: str, spelled: Spelled) -> Condition:
    if spelled.form == "bare" and plain_text(spelled.pattern) is None:
        return _suit_wildcard(spelled.pattern, prefix == "=")
    low, dots, high = spelled.text.partition("..")
    if not dots:
        return _order_in_time(prefix, *_instant(spelled.text, spelled.inside))
    if prefix:
        raise LensError(f"A range takes no {prefix}", spelled.at - len(prefix), "Write time:2023-07-10..2023-07-11")
    if not low + high:
        raise LensError(
            "A range needs at least one end", spelled.inside, "Write time:2023-07-10.. or time:..2023-07-11"
        )
    return _stretch(low, high, spelled.inside)


def _read_order(column: str, operator: Operator, spelled: Spelled, at: int) -> Condition:
    """An order on a column of text or on a path."""
    if kind_of(column) == "path":
        if number(spelled.text) is not None:
            return Compare(operator, spelled.text)
        try:
            return _order_in_time(operator, *parse_instant(spelled.text))
        except LensError as error:
            title = f"An order needs a number or a time, and {spelled.text} is neither"
            raise LensError(title, spelled.inside, "Write >=1000 or >=2023-07-10T12:00") from error
    name = resolve(column).short
    hint = f'Write {name}:value, wildcards * and ?, or /regex/; quotes around a value that starts with "{operator}"'
    raise LensError(f"{name} holds text, which has no order for {operator}", at, hint)


def _read_text(column: str, path: bool, *, exact: bool, spelled: Spelled) -> Condition:
    if spelled.form == "quoted":
        return Text(spelled.text, exact)
    if plain_text(spelled.pattern) is None:
        return _suit_wildcard(spelled.pattern, exact)
    text = spelled.text
    if not exact and (path or column == ADDRESS_COLUMN) and "/" in text:
        network = read_network(text)
        if network is not None:
            return Network(str(network))
        if column == ADDRESS_COLUMN and _NETWORK_LIKE.fullmatch(text):
            raise LensError(f"{text} is not a network", spelled.at, "Write ip:10.0.0.0/8 or ip:2001:db8::/32")
    if not exact and path and ".." in text:
        return _path_range(text) or Text(text)
    return Text(text, exact)


def _path_range(text: str) -> Condition | None:
    """A range of numbers or of times, when both of its ends are; a path may hold any other text with dots."""
    low, _, high = text.partition("..")
    if not low + high:
        return None
    if all(not end or number(end) is not None for end in (low, high)):
        return Between(low, high)
    try:
        return _stretch(low, high, 0)
    except LensError:
        return None


def _stretch(low: str, high: str, at: int) -> During:
    """From the start of `low` up to the start of `high`; an empty end is open."""
    start = _instant(low, at)[0] if low else None
    end = _instant(high, at + len(low) + 2)[0] if high else None
    return During(start, end)


def _order_in_time(operator: str, start_ms: int, end_ms: int) -> During:
    """The times in this order to a stretch: before its start, after its end, or, without an order, inside."""
    stretches = {
        "<": During(None, start_ms),
        "<=": During(None, end_ms),
        ">": During(end_ms, None),
        ">=": During(start_ms, None),
    }
    return stretches.get(operator, During(start_ms, end_ms))


def _instant(text: str, at: int) -> tuple[int, int]:
    try:
        return parse_instant(text)
    except LensError as error:
        raise LensError(error.title, at + error.column, error.hint) from error


def _write_text(column: str, text: str, prefix: str) -> str:
    """Without quotes where that reads back as the same text."""
    if _PLAIN.fullmatch(text) and text.isprintable() and text not in KEYWORDS:
        try:
            if read_operand(column, prefix + text, 0) == Text(text, prefix == "="):
                return prefix + text
        except LensError:
            pass
    return prefix + quoted(text)


def _write_end(instant_ms: int | None) -> str:
    return "" if instant_ms is None else format_instant(instant_ms)


def _clamp(instant_ms: int | None) -> int | None:
    return None if instant_ms is None else min(max(instant_ms, MIN_MS), MAX_MS)


def _or_same(condition: Condition, read: Callable[[], Condition]) -> Condition:
    """What `read` makes of it, or the condition itself where its text is no time."""
    try:
        return read()
    except LensError:
        return condition
