"""What one value of a column must be like: the leaves of the predicate tree, frozen and compared by value.

Every condition has `accepts(value)` and `acceptor()`, the same as a function with the condition's own work done once,
for running over a dictionary of distinct values.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from ctwork.model.glob import glob_body, normal_glob
from ctwork.model.instant import event_time_ms
from ctwork.model.likeness import fold
from ctwork.model.numeral import Number, number
from ctwork.model.regex import compile_regex

Acceptor = Callable[[str], bool]
Operator = Literal["<", "<=", "=", ">", ">="]

_EDGE = r"(?:(?<![^:/ ])|(?![^:/ ]))"
"""A place where a part starts or ends: the ends of the value, and both sides of a colon, a slash or a space."""

_ORDER: dict[Operator, Callable[[Number, Number], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    "=": lambda value, bound: value == bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


class _Condition(ABC):
    """What all conditions share."""

    __slots__ = ()

    @abstractmethod
    def acceptor(self) -> Acceptor:
        """This condition as a function value -> accepted."""

    def accepts(self, value: str) -> bool:
        """Whether one value passes."""
        return _acceptor(self)(value)


@lru_cache(maxsize=512)
def _acceptor(condition: _Condition) -> Acceptor:
    return condition.acceptor()


@dataclass(frozen=True, slots=True)
class Text(_Condition):
    """The whole value or a run of its whole parts, ignoring case; with `exact` the whole value, case and all.

    Parts are what `:`, `/` and space separate. The empty text accepts the empty value only.
    """

    text: str
    exact: bool = False

    def acceptor(self) -> Acceptor:
        if self.exact or not self.text:
            return self.text.__eq__
        folded = fold(self.text)
        search = re.compile(_EDGE + re.escape(folded) + _EDGE).search

        def accept(value: str) -> bool:
            candidate = fold(value)
            return folded in candidate and search(candidate) is not None

        return accept


@dataclass(frozen=True, slots=True)
class Wildcard(_Condition):
    r"""As `Text`, where `*` in `pattern` stands for any run of characters, `?` for one; `\` takes the next as it is.

    A lone `*` accepts any value that is not empty, as `Present` does.
    """

    pattern: str
    exact: bool = False

    def acceptor(self) -> Acceptor:
        if normal_glob(self.pattern) == "*":
            return bool
        if self.exact:
            whole = re.compile(glob_body(self.pattern), re.DOTALL).fullmatch
            return lambda value: whole(value) is not None
        search = re.compile(_EDGE + glob_body(fold(self.pattern)) + _EDGE, re.DOTALL).search
        return lambda value: search(fold(value)) is not None


@dataclass(frozen=True, slots=True)
class Regex(_Condition):
    """`re.search` anywhere in the value, ignoring case unless `exact`."""

    pattern: str
    exact: bool = False

    def acceptor(self) -> Acceptor:
        """Raises LensError for a pattern that is not a regular expression."""
        search = compile_regex(self.pattern, self.exact).search
        return lambda value: search(value) is not None


@dataclass(frozen=True, slots=True)
class Compare(_Condition):
    """The value is a number in this order to the number `text`. Not a number on either side: not accepted."""

    operator: Operator
    text: str

    def acceptor(self) -> Acceptor:
        bound, holds = number(self.text), _ORDER[self.operator]
        if bound is None:
            return lambda value: False
        return lambda value: (candidate := number(value)) is not None and holds(candidate, bound)


@dataclass(frozen=True, slots=True)
class Between(_Condition):
    """The value is a number from `low` to `high`, both included; an empty text leaves that end open."""

    low: str
    high: str

    def acceptor(self) -> Acceptor:
        low = number(self.low) if self.low else float("-inf")
        high = number(self.high) if self.high else float("inf")
        if low is None or high is None:
            return lambda value: False
        return lambda value: (candidate := number(value)) is not None and low <= candidate <= high


@dataclass(frozen=True, slots=True)
class During(_Condition):
    """The value is a time in [start_ms, end_ms), in milliseconds since 1970 UTC; None leaves that end open.

    What every time clause becomes. A value that cannot be read as a time is never accepted.
    """

    start_ms: int | None
    end_ms: int | None

    def acceptor(self) -> Acceptor:
        return lambda value: (instant := event_time_ms(value)) is not None and self.covers(instant)

    def covers(self, instant_ms: int) -> bool:
        """Whether the instant lies in this stretch."""
        return (self.start_ms is None or self.start_ms <= instant_ms) and (
            self.end_ms is None or instant_ms < self.end_ms
        )


@dataclass(frozen=True, slots=True)
class Network(_Condition):
    """The value is an address in the network `cidr`, or that very network written out."""

    cidr: str

    def acceptor(self) -> Acceptor:
        network = read_network(self.cidr)
        if network is None:
            return lambda value: False
        return lambda value: _in_network(value, network)


@dataclass(frozen=True, slots=True)
class Present(_Condition):
    """Any value that is not empty."""

    def acceptor(self) -> Acceptor:
        return bool


Condition = Text | Wildcard | Regex | Compare | Between | During | Network | Present


def read_network(cidr: str) -> IPv4Network | IPv6Network | None:
    """The network `cidr` names, host bits ignored; None when it names none."""
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None


def _in_network(value: str, network: IPv4Network | IPv6Network) -> bool:
    if "/" in value:
        return read_network(value) == network
    try:
        address = ip_address(value)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None and network.version == 4:
        address = address.ipv4_mapped
    return address in network
