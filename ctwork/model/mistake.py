"""A text the grammar refuses, explained in the investigator's words at the column where it went wrong."""

from typing import TYPE_CHECKING, Any

from ctwork.errors import LensError

if TYPE_CHECKING:
    from lark.exceptions import UnexpectedInput

_OPERATORS = ("_AND", "_OR", "_NOT", "_BANG", "_MINUS")
_SHOWN = {"_BANG": "!", "_MINUS": "-"}


def explain(error: "UnexpectedInput") -> LensError:
    """The mistake behind a parse error: a dangling operator, a parenthesis or a value that is missing."""
    token: Any = getattr(error, "token", None)
    parser: Any = getattr(error, "interactive_parser", None)
    if token is None or parser is None:
        return LensError("The filter cannot be read from here on", max(error.pos_in_stream or 0, 0))
    stack = [item for item in parser.parser_state.value_stack if _kind(item)]
    last: Any = parser.parser_state.value_stack[-1] if parser.parser_state.value_stack else None
    if _kind(last) in _OPERATORS:
        return LensError(
            f"{_shown(last)} needs something after it", last.start_pos, "Write a word, a phrase or column:value there"
        )
    if _kind(last) == "COLUMN":
        return _after_column(last, token)
    if token.type in ("_AND", "_OR"):
        hint = f'Write what comes before it, or "{token}" in quotes to search for the word'
        return LensError(f"{token} needs something before it", token.start_pos, hint)
    if _kind(last) == "LPAR":
        if token.type == "RPAR":
            return LensError("There is nothing between these parentheses", last.start_pos, "Fill them or take them out")
        return LensError("This parenthesis is never closed", last.start_pos, "Write what it holds, then )")
    if token.type == "RPAR":
        return LensError("This parenthesis was never opened", token.start_pos, 'Take it out, or write ")" in quotes')
    opened = [item for item in stack if _kind(item) == "LPAR"]
    if opened:
        return LensError("This parenthesis is never closed", opened[-1].start_pos, "Add ) where it ends")
    return LensError("The filter cannot be read from here on", token.start_pos)


def _after_column(name: Any, token: Any) -> LensError:
    at = name.start_pos + len(name)
    if token.type in ("_AND", "_OR"):
        return LensError(f"{token} is an operator", at, f'Write {name}"{token}" to search for the word')
    return LensError(f"A value is missing after {name}", at, "Write it right after the colon")


def _kind(item: Any) -> str:
    """The terminal of a token on the parser's stack; nothing for what is already understood."""
    return str(getattr(item, "type", ""))


def _shown(token: Any) -> str:
    return _SHOWN.get(token.type, str(token))
