"""Regular expressions as people type them between slashes: compiled without surprises, written back on one line."""

import re
import warnings
from functools import lru_cache

from ctwork.errors import LensError


@lru_cache(maxsize=512)
def compile_regex(pattern: str, exact: bool) -> re.Pattern[str]:
    """`pattern` compiled, ignoring case unless `exact`. Raises LensError, its column counted within the pattern."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful set such as [[a] is legal and must not write to the terminal
            return re.compile(pattern, 0 if exact else re.IGNORECASE)
    except re.error as error:
        raise LensError(f"The regular expression is wrong: {error.msg}", error.pos or 0, _HINT) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise LensError("The regular expression cannot be used", 0, _HINT) from error


_HINT = 'Put a backslash before . * + ? ( ) [ ] { } | ^ $ to mean the character itself, or use "quotes" for plain text'


def normal_regex(pattern: str) -> str:
    r"""The same expression with `\/` as `/` and control characters as escapes, so that it fits on a line of text."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        pair = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        literal = pair[-1]
        parts.append(_escape(literal) if not literal.isprintable() else "/" if pair == "\\/" else pair)
        at += len(pair)
    return "".join(parts) or "(?:)"


def slashed(pattern: str) -> str:
    """A `normal_regex` as it stands between slashes in a lens."""
    return pattern.replace("/", r"\/")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
