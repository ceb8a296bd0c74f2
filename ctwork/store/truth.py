"""Conditions answered on distinct values: a dictionary and a condition give a truth table over its codes."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.glob import symbols
from ctwork.model.likeness import fold, forgiving, least_score, pieces
from ctwork.model.numeral import number
from ctwork.model.predicate import Condition, Phrase, Text, Wildcard, Word

Truth = NDArray[np.bool_]

_SMALL = 2_000
"""Up to this many values the plain loop is quicker than the native prefilter."""
_LONGEST_SLIP = 16
"""Longer words have pieces that are rare enough, and too many ways to be misspelt."""
_SCORED = 1 << 14
"""Values scored in one go: nobody else has the interpreter meanwhile."""


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

    def spelled(self, codes: NDArray[np.unsignedinteger[Any]]) -> list[str]:
        """The values of `codes`."""
        if len(self) > _SMALL:
            return self.values.gather(codes).to_list()
        texts = self.texts
        return [texts[code] for code in codes.tolist()]

    def text(self, code: int) -> str:
        """The value of `code`."""
        return str(self.values[code])

    def numeric_ranks(self) -> NDArray[np.uint32]:
        """Per code its rank: absence, numbers by size, texts by code point; equal numbers share one."""
        keys = [
            (1, parsed, "") if (parsed := number(value)) is not None else (2 if value else 0, 0, value)
            for value in self.texts
        ]
        ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
        return np.fromiter(map(ranks.__getitem__, keys), np.uint32, len(keys))

    def truth(self, condition: Condition | Word | Phrase) -> Truth:
        """Per code, whether its value is accepted."""
        accept = condition.acceptor()
        if len(self) <= _SMALL:
            truth = np.fromiter(map(accept, self.texts), bool, len(self))
        elif isinstance(condition, Text) and condition.exact:
            truth = (self.values == condition.text).to_numpy().copy()
        elif isinstance(condition, Word | Phrase) and condition.text:
            truth = self._found(condition)
        else:
            truth = self._careful(accept, self._candidates(condition))
        truth[0] = False
        return truth

    def _found(self, condition: Word | Phrase) -> Truth:
        """As `truth`, natively but for the values that are not ASCII: a word being typed is in most of them."""
        word = fold(condition.text)
        if isinstance(condition, Word) and forgiving(word):
            truth = self._near(word) & ~self.foreign
            places = np.flatnonzero(truth)
            texts = self.folded.gather(places)
            rest = np.flatnonzero(~texts.str.contains(word, literal=True).to_numpy())
            for at in range(0, len(rest), _SCORED):
                some = rest[at : at + _SCORED]
                truth[places[some]] = _scores(word, texts.gather(some).to_list()) >= least_score(word)
        else:
            truth = self._holding(word) & ~self.foreign
        accept, places = condition.acceptor(), np.flatnonzero(self.foreign)
        truth[places] = np.fromiter(map(accept, self.values.gather(places).to_list()), bool, len(places))
        return truth

    def _near(self, word: str) -> Truth:
        """Which values may hold the folded `word` or be within one slip of it."""
        if len(word) <= _LONGEST_SLIP:
            found = self.folded.str.contains(_slips(word))
        else:
            found = self.folded.str.contains_any(list(pieces(word)))
        near: Truth = found.to_numpy()
        return near.copy()

    def _holding(self, needle: str) -> Truth:
        """Which values hold the folded `needle`."""
        held: Truth = self.folded.str.contains(needle, literal=True).to_numpy()
        return held

    def _candidates(self, condition: Condition | Word | Phrase) -> Truth | None:
        """A superset of the accepted values, found natively; None when there is no way to narrow."""
        if isinstance(condition, Text):
            needle = fold(condition.text)
        elif isinstance(condition, Wildcard):
            needle = fold(_longest_run(condition.pattern))
        else:
            return None
        return self._holding(needle) | self.foreign if needle else None

    def _careful(self, accept: Callable[[str], bool], candidates: Truth | None) -> Truth:
        if candidates is None:
            return np.fromiter(map(accept, self.values), bool, len(self))
        truth = np.zeros(len(self), bool)
        places = np.flatnonzero(candidates)
        truth[places] = np.fromiter(map(accept, self.values.gather(places).to_list()), bool, len(places))
        return truth


@lru_cache(maxsize=64)
def _slips(word: str) -> str:
    """A regular expression for whatever holds `word` or comes within one slip of it: `near` never needs more.

    One slip is a stretch as long as the word that has all but one of its letters in order: one is missing, and at most
    one that does not belong there stands between the others.
    """
    rests = {word[:gone] + word[gone + 1 :] for gone in range(len(word))}
    cut = {(rest[:at], rest[at:]) for rest in rests for at in range(1, len(rest))}
    return "(?s)" + "|".join(sorted(f"{re.escape(before)}.?{re.escape(after)}" for before, after in cut))


def _scores(word: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """How near `word` comes to a part of each text, as `model.likeness.finder` measures it; 0 below what passes."""
    from rapidfuzz.fuzz import partial_ratio  # a native library that most lenses never need
    from rapidfuzz.process import cdist

    scores: NDArray[np.float64] = cdist(
        [word], texts, scorer=partial_ratio, score_cutoff=least_score(word), dtype=np.float64
    )[0]
    return scores


def _longest_run(pattern: str) -> str:
    """The longest stretch of `pattern` without wildcards: whatever matches contains it."""
    return max("".join("\0" if wild else char for char, wild in symbols(pattern)).split("\0"), key=len)
