"""The lens language: text to predicate and back, with every mistake answered at its column.

The grammar is `data/query.lark`; what may stand after a column is `operand.py`, what text a predicate has `wording.py`.
`parse` and `format_predicate` are inverses on `canonical` predicates.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from ctwork.errors import LensError
from ctwork.model.column import RAW_COLUMN, resolve
from ctwork.model.condition import Condition, Present, Regex, Text, Wildcard
from ctwork.model.glob import plain_text
from ctwork.model.mistake import explain
from ctwork.model.operand import read_operand, suit
from ctwork.model.predicate import (
    EVERYTHING,
    And,
    Anywhere,
    Match,
    Not,
    Or,
    Phrase,
    Predicate,
    Word,
    conjunction,
    disjunction,
    negation,
)
from ctwork.model.spelling import Spelled, spell
from ctwork.model.wording import canonical, format_predicate
from ctwork.resources import data_path

if TYPE_CHECKING:
    from lark import Lark, Token

__all__ = ["MAX_DEPTH", "Order", "canonical", "format_predicate", "parse", "parse_with_order"]

MAX_DEPTH = 40
"""How deep And, Or and Not may nest."""


@dataclass(frozen=True, slots=True)
class Order:
    """A `sort:` clause: the canonical column, the direction, and where in the text it stands."""

    column: str
    descending: bool
    at: int


@dataclass(frozen=True, slots=True)
class _Value:
    """A token after a column, in the place of the predicate it becomes once the column is known."""

    token: "Token"


@dataclass(frozen=True, slots=True)
class _Part:
    """What a stretch of the text says."""

    predicate: Predicate
    at: int
    """Where it starts."""
    depth: int = 0
    """How deep its And, Or and Not nest: as deep as those of the text it prints as."""
    order: Order | None = None


def parse(text: str) -> Predicate:
    """The canonical predicate of a filter text; Everything for an empty one. Raises LensError."""
    predicate, order = parse_with_order(text)
    if order is not None:
        raise LensError("A filter has no order", order.at, "Leave sort: out here")
    return predicate


def parse_with_order(text: str) -> tuple[Predicate, Order | None]:
    """The canonical predicate of a lens text, and its `sort:` clause (the last one when there are more)."""
    if not text.strip():
        return EVERYTHING, None
    from lark.exceptions import UnexpectedInput  # lark loads with the first text, not with the program

    try:
        part = cast(_Part, _parser().parse(text))
    except UnexpectedInput as error:
        raise explain(error) from error
    return part.predicate, part.order


@cache
def _parser() -> "Lark":
    from lark import Lark

    class Operators:
        """Tells the lexer to see operators everywhere, so that a misplaced one is a mistake and not a word."""

        always_accept = ("_AND", "_OR", "RPAR")

        def process(self, stream: Any) -> Any:
            return stream

    grammar = data_path("query.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        postlex=cast(Any, Operators()),
        transformer=cast(Any, _Reader()),
        maybe_placeholders=False,
    )


class _Reader:
    """One method per rule of the grammar, called as the rule is recognised; children are tokens and earlier results."""

    def start(self, children: list[_Part]) -> _Part:
        return children[0] if children else _Part(EVERYTHING, 0)

    def either(self, children: list[_Part]) -> _Part:
        for child in children if len(children) > 1 else ():
            if child.order is not None and child.predicate == EVERYTHING:
                raise LensError("OR needs a condition on both sides", child.order.at, "sort: is not a condition")
        return _joined(Or, disjunction(child.predicate for child in children), children)

    def both(self, children: list[_Part]) -> _Part:
        return _joined(And, conjunction(child.predicate for child in children), children)

    def opposite(self, children: list[_Part]) -> _Part:
        (child,) = children
        if child.order is not None:
            raise LensError("An order has no opposite", child.order.at, "Write sort:column:desc to turn it round")
        return _joined(Not, negation(child.predicate), children)

    def group(self, children: list[Any]) -> _Part:
        child: _Part = children[1]
        if child.order is not None:
            raise LensError("sort: orders the whole lens", child.order.at, "Move it out of the parentheses")
        return child

    def clause(self, children: list[Any]) -> _Part:
        name = children[0]
        operand: _Part = children[1]
        at, written, value = _at(name), spell(name.value[:-1], 0), operand.predicate
        if written.form == "bare" and written.text.lower() in ("has", "_exists_"):
            return replace(operand, predicate=_for_each(value, _presence), at=at)
        if written.form == "bare" and written.text.lower() == "sort":
            return _Part(EVERYTHING, at, order=_order(name, value))
        column = _column(written, at, value)
        return replace(operand, predicate=_for_each(value, lambda token: _match(column, token)), at=at)

    def value(self, children: list["Token"]) -> _Part:
        (token,) = children
        return _Part(cast(Predicate, _Value(_closed(token))), _at(token))

    def anywhere(self, children: list["Token"]) -> _Part:
        (token,) = children
        return _Part(_anywhere(_closed(token)), _at(token))

    def lonely(self, children: list["Token"]) -> _Part:
        (name,) = children
        raise LensError(f"A value is missing after {name}", _at(name) + len(name), "Write it right after the colon")


def _joined(kind: type[And] | type[Or] | type[Not], predicate: Predicate, children: Sequence[_Part]) -> _Part:
    """The children under one node of this kind; children of the same kind have dissolved in it."""
    depth = max(child.depth - isinstance(child.predicate, kind) for child in children)
    if isinstance(predicate, kind):
        depth += 1
    if depth > MAX_DEPTH:
        raise LensError(f"Conditions nest deeper than {MAX_DEPTH}", children[0].at, "Write it flatter")
    order = next((child.order for child in reversed(children) if child.order is not None), None)
    return _Part(predicate, children[0].at, depth, order)


def _for_each(value: Predicate, read: Callable[["Token"], Predicate]) -> Predicate:
    """The values after a column, each as the predicate that `read` makes of its token."""
    match value:
        case And(parts):
            return conjunction(_for_each(part, read) for part in parts)
        case Or(parts):
            return disjunction(_for_each(part, read) for part in parts)
        case Not(child):
            return negation(_for_each(child, read))
    return read(cast(_Value, value).token)


def _at(token: "Token") -> int:
    return token.start_pos or 0


def _closed(token: "Token") -> "Token":
    if token.type == "UNCLOSED":
        hint = 'Add " where it ends, or \\" to search for a quote'
        raise LensError("This quote is never closed", _at(token) + token.index('"'), hint)
    return token


def _column(written: Spelled, at: int, value: Predicate) -> str:
    """The canonical column a clause names. `iam:CreateUser`, as policies write actions, gets a hint of its own."""
    try:
        return resolve(written.text, at=at, literal=written.form == "quoted").name
    except LensError as error:
        action = cast(_Value, value).token if isinstance(value, _Value) else ""
        if re.fullmatch("[A-Z][A-Za-z]+", action) is None or re.fullmatch("[a-z0-9-]+", written.text) is None:
            raise
        raise LensError(error.title, at, f"For the action, write service:{written.text} event:{action}") from error


def _match(column: str, token: "Token") -> Predicate:
    if token.startswith("!"):
        hint = "Write the ! before the column, or quotes around a value that starts with it"
        raise LensError("A value cannot be negated by itself", _at(token), hint)
    return Match(column, read_operand(column, token.value, _at(token)))


def _anywhere(token: "Token") -> Predicate:
    """A token without a column: a word, a phrase, or a condition on any of the word columns."""
    text, at = token.value, _at(token)
    if token.type == "QUOTED" and text[0] in "<>":
        raise LensError("An order needs a column", at, "Write column:>=value, as bytes_out:>=1000")
    spelled = spell(text, at)
    if text.startswith("=") or spelled.form == "regex":
        return _anywhere_with(read_operand(RAW_COLUMN, text, at))
    if spelled.form == "quoted":
        return Phrase(spelled.text) if spelled.text else EVERYTHING
    if plain_text(spelled.pattern) is None:
        return _anywhere_with(suit(RAW_COLUMN, Wildcard(spelled.pattern)))
    return Word(spelled.text)


def _anywhere_with(condition: Condition) -> Predicate:
    return Anywhere(condition) if isinstance(condition, Text | Wildcard | Regex) else EVERYTHING


def _presence(token: "Token") -> Predicate:
    """`has:column`; between quotes any path."""
    spelled = spell(token.value, _at(token))
    column = resolve(spelled.text, at=spelled.inside, literal=spelled.form == "quoted")
    return Match(column.name, Present())


def _order(name: "Token", value: Predicate) -> Order:
    """`sort:column`, `sort:column:asc` or `sort:column:desc`; quotes, where needed, go around it all."""
    at = _at(name) + len(name)
    if not isinstance(value, _Value):
        raise LensError("sort: takes one column", at, _ORDER_HINT)
    spelled = spell(value.token.value, at)
    literal = spelled.form == "quoted"
    column, colon, direction = spelled.text.rpartition(":")
    if direction.lower() not in ("asc", "desc"):
        if colon and not literal:
            raise LensError(f"There is no direction {direction}", at + len(column) + 1, _ORDER_HINT)
        column, direction = spelled.text, ""
    resolved = resolve(column, at=spelled.inside, literal=literal)
    return Order(resolved.name, direction.lower() == "desc", _at(name))


_ORDER_HINT = "Write sort:eventName, sort:eventTime:asc or sort:eventTime:desc"
