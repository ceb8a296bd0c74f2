"""Conditions answered on distinct values: a dictionary and a condition give a truth table over its codes."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.glob import symbols
from ctwork.model.likeness import fold, pieces
from ctwork.model.predicate import Condition, Phrase, Text, Wildcard, Word

Truth = NDArray[np.bool_]

_SMALL = 2_000
"""Up to this many values the plain loop is quicker than the native prefilter."""


class Dictionary:
    """The sorted distinct values of one column, searchable; index 0 is "" and never accepted."""

    def __init__(self, values: pl.Series) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def folded(self) -> pl.Series:
        """The values in lower case, as far as that can be told natively."""
        return self.values.str.to_lowercase()

    @cached_property
    def foreign(self) -> Truth:
        """Values that are not ASCII: native and Python case folding may differ there, so they are always looked at."""
        return (self.values.str.len_bytes() != self.values.str.len_chars()).to_numpy()

    @cached_property
    def texts(self) -> list[str]:
        """The values as Python strings."""
        return self.values.to_list()

    def text(self, code: int) -> str:
        """The value of `code`."""
        return str(self.values[code])

    def truth(self, condition: Condition | Word | Phrase) -> Truth:
        """Per code, whether its value is accepted."""
        accept = condition.acceptor()
        if len(self) <= _SMALL:
            truth = np.fromiter(map(accept, self.texts), bool, len(self))
        elif isinstance(condition, Text) and condition.exact:
            truth = (self.values == condition.text).to_numpy().copy()
        else:
            truth = self._careful(accept, self._candidates(condition))
        truth[0] = False
        return truth

    def _candidates(self, condition: Condition | Word | Phrase) -> Truth | None:
        """A superset of the accepted values, found natively; None when there is no way to narrow."""
        if isinstance(condition, Text | Phrase):
            needles: tuple[str, ...] = (fold(condition.text),)
        elif isinstance(condition, Word):
            needles = pieces(condition.text)
        elif isinstance(condition, Wildcard):
            needles = (fold(_longest_run(condition.pattern)),)
        else:
            return None
        if not all(needles):
            return None
        found = self.folded.str.contains(needles[0], literal=True)
        for needle in needles[1:]:
            found = found | self.folded.str.contains(needle, literal=True)
        return found.to_numpy() | self.foreign

    def _careful(self, accept: Callable[[str], bool], candidates: Truth | None) -> Truth:
        if candidates is None:
            return np.fromiter(map(accept, self.values), bool, len(self))
        truth = np.zeros(len(self), bool)
        places = np.flatnonzero(candidates)
        truth[places] = np.fromiter(map(accept, self.values.gather(places).to_list()), bool, len(places))
        return truth


def _longest_run(pattern: str) -> str:
    """The longest stretch of `pattern` without wildcards: whatever matches contains it."""
    return max("".join("\0" if wild else char for char, wild in symbols(pattern)).split("\0"), key=len)
