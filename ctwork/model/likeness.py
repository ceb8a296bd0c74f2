"""When a typed word is found in a value: by containing it, or by coming within one slip of it.

Both the reference semantics and the compiled search use these functions, so that they cannot disagree.
"""

import re
from collections.abc import Callable
from functools import lru_cache

SLIP_LENGTH = 6
"""The shortest word, in code points after folding, in which one slip is forgiven."""

_TOLERANCE = 1e-6
"""Percentage points by which a score may miss the bound through floating point alone."""


def fold(text: str) -> str:
    """The one case folding of the house: every case-insensitive comparison folds both sides with it."""
    return text.lower()


def forgiving(word: str) -> bool:
    """Whether one slip is forgiven in `word`.

    Never in a short one, and never in one with a digit or a colon: addresses, account numbers, key ids and ARNs that
    differ in one character are different things, not misspellings.
    """
    folded = fold(word)
    return len(folded) >= SLIP_LENGTH and not any(char.isdigit() or char == ":" for char in folded)


def least_score(word: str) -> float:
    """The least `rapidfuzz.fuzz.partial_ratio` (0 to 100) that passes for one slip in `word`."""
    length = len(fold(word))
    return 100.0 * (length - 1) / length - _TOLERANCE


def pieces(word: str) -> tuple[str, ...]:
    """Folded pieces of `word`, at least one of which is in every folded value that is `near` it.

    One piece (the word) when no slip is forgiven: then containing it is also enough. Otherwise three: a slip is at
    most one missing and one junk character, and each of those breaks at most one piece.
    """
    folded = fold(word)
    if not forgiving(word):
        return (folded,)
    first, second = len(folded) // 3, 2 * len(folded) // 3
    return folded[:first], folded[first:second], folded[second:]


@lru_cache(maxsize=128)
def finder(word: str) -> Callable[[str], bool]:
    """`near` with the word's own work done once: value -> found."""
    folded = fold(word)
    if not forgiving(word):
        return lambda value: folded in fold(value)
    from rapidfuzz.fuzz import partial_ratio  # a native library that most lenses never need

    parts, cutoff, shortest = pieces(word), least_score(word), len(folded) - 1

    def find(value: str) -> bool:
        text = fold(value)
        if folded in text:
            return True
        if len(text) < shortest or not any(part in text for part in parts):
            return False
        return partial_ratio(folded, text) >= cutoff

    return find


def near(word: str, value: str) -> bool:
    """Whether `value` contains `word` ignoring case, or, where that is `forgiving`, comes within one slip of it."""
    return finder(word)(value)


_BOUNDARY = r"[\x00-/:-@\[-`{-\x7f]"
"""What stands between the parts of a name: everything of ASCII but digits and the letters of folded text."""


def likeness(needle: str) -> Callable[[str], int | None]:
    """How well a value is found by `needle`, the best being 0; None when it is not.

    It is found when it is `near` every word of the needle, wherever they stand. The grades: it is the needle, begins
    with it, has a part that does, contains it, contains all its words, is near them. The empty needle finds all alike.
    """
    whole = fold(needle).strip()
    if not whole:
        return lambda value: 0
    words = needle.split()
    finders = [finder(word) for word in words]
    part = re.compile(part_pattern(whole))

    def grade(value: str) -> int | None:
        if not value or not all(find(value) for find in finders):
            return None
        text = fold(value)
        if whole in text:
            return 0 if text == whole else 1 if text.startswith(whole) else 2 if part.search(text) else 3
        return 4 if all(fold(word) in text for word in words) else 5

    return grade


def part_pattern(folded: str) -> str:
    """A regular expression for folded texts in which a part of the name begins with `folded`."""
    return _BOUNDARY + re.escape(folded)
