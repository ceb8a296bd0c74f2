"""JSON as CloudTrail writes it: compact, ASCII, Java's floats, and here and there HTML-safe escapes."""

from json.encoder import encode_basestring_ascii
from typing import Any

_HTML_SAFE = str.maketrans({"=": "\\u003d", "&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "'": "\\u0027"})


def encode(value: Any, *, html_safe: bool = False) -> str:
    """Compact JSON text. `html_safe` escapes ``= & < > '`` as the STS endpoints do."""
    if isinstance(value, str):
        quoted = encode_basestring_ascii(value)
        return quoted.translate(_HTML_SAFE) if html_safe else quoted
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, dict):
        members = [
            f"{encode_basestring_ascii(name)}:{encode(item, html_safe=html_safe)}" for name, item in value.items()
        ]
        return "{" + ",".join(members) + "}"
    return "[" + ",".join([encode(item, html_safe=html_safe) for item in value]) + "]"


def java_double(value: float) -> str:
    """``Double.toString``: plain from 0.001 up to 10,000,000, otherwise one digit, a fraction and ``E``."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    exponent = f"{value:e}".partition("e")[2]
    digits = repr(value).partition("e")[0].replace(".", "").strip("0")
    fraction = digits[1:] or "0"
    return f"{digits[0]}.{fraction}E{int(exponent)}"
