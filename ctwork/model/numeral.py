"""Text that is a number, as JSON and people write numbers."""

import re

Number = int | float

_NUMBER = re.compile(r"[+-]?[0-9]+(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)?")

_INTEGER_DIGITS = 400
"""Longer integers are read as floats: Python refuses to read very long ones, and none mean anything here."""


def number(text: str) -> Number | None:
    """The number `text` writes, an integer exactly; None when it is not a number (`nan`, `1_000`, ` 1` are not)."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match["fraction"] or match["exponent"] or len(text) > _INTEGER_DIGITS:
        return float(text)
    return int(text)
