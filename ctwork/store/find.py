"""What is typed, found among the distinct values of a column: `model.likeness` at the speed of native search."""

import numpy as np
from numpy.typing import NDArray

from ctwork.model.likeness import fold, forgiving, likeness, part_pattern
from ctwork.model.predicate import Word
from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.truth import Dictionary

Grades = NDArray[np.int8]
_CONTAINED = 3
"""The last grade of values that hold what is typed as it stands."""


def grades(dictionary: Dictionary, needle: str, cancelled: Cancelled = never) -> Grades:
    """Per code the grade of its value, -1 when it is not found.

    Raises Superseded when `cancelled()` turns true on the way.
    """
    whole = fold(needle).strip()
    if not whole:
        return np.zeros(len(dictionary), np.int8)
    found = _contained(dictionary, whole)
    words = needle.split()
    if len(words) > 1 or forgiving(words[0]):
        still_wanted(cancelled)
        _add_near(dictionary, words, found, cancelled)
    return _settled(dictionary, needle, found)


def held(dictionary: Dictionary, needle: str, enough: int) -> Grades:
    """As `grades`, of the values that hold the needle as it stands; those that begin with it will do when `enough`."""
    whole = fold(needle).strip()
    if not whole:
        return np.zeros(len(dictionary), np.int8)
    found = np.full(len(dictionary), -1, np.int8)
    begins = np.flatnonzero(dictionary.folded.str.starts_with(whole).to_numpy())
    if len(begins) < enough:
        found = _settled(dictionary, needle, _contained(dictionary, whole))
        found[found > _CONTAINED] = -1
        return found
    found[begins] = 1
    found[begins[(dictionary.folded.gather(begins) == whole).to_numpy()]] = 0
    return found


def _settled(dictionary: Dictionary, needle: str, found: Grades) -> Grades:
    """`found` with the grades of values that native search may take for what they are not."""
    grade = likeness(needle)
    places = np.flatnonzero(dictionary.foreign)
    for place, text in zip(places.tolist(), dictionary.values.gather(places).to_list(), strict=True):
        known = grade(text)
        found[place] = -1 if known is None else known
    found[:1] = -1
    return found


def _contained(dictionary: Dictionary, whole: str) -> Grades:
    """The grades of the values that contain `whole`."""
    found = np.full(len(dictionary), -1, np.int8)
    places = np.flatnonzero(dictionary.folded.str.contains(whole, literal=True).to_numpy())
    texts = dictionary.folded.gather(places)
    grade = np.full(len(places), _CONTAINED, np.int8)
    grade[texts.str.contains(part_pattern(whole)).to_numpy()] = 2
    grade[texts.str.starts_with(whole).to_numpy()] = 1
    grade[(texts == whole).to_numpy()] = 0
    found[places] = grade
    return found


def _add_near(dictionary: Dictionary, words: list[str], found: Grades, cancelled: Cancelled) -> None:
    """Adds the grades of values that hold or are near every word."""
    near = np.ones(len(dictionary), bool)
    held = near.copy()
    for word in words:
        still_wanted(cancelled)
        near &= dictionary.truth(Word(word))
        held &= dictionary.folded.str.contains(fold(word), literal=True).to_numpy()
    rest = near & (found < 0)
    found[rest] = np.where(held[rest], 4, 5)
