"""What a word that is being typed into a lens may become: values of the whole store, the likeliest first."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ctwork.errors import LensError
from ctwork.model.column import WORD_COLUMNS, Column, resolve
from ctwork.model.facet import Suggestion
from ctwork.model.likeness import likeness
from ctwork.store.cancel import Cancelled, never
from ctwork.store.coding import Coding, coding
from ctwork.store.facet import groups
from ctwork.store.find import grades, held
from ctwork.store.frame import Frame
from ctwork.store.parallel import together
from ctwork.store.selection import Selection

_MANY = 20_000
"""Values from which a slip is no longer looked for: a suggestion must be there while the next letter is typed."""

_Ranked = tuple[int, int, Suggestion]


def suggest(frame: Frame, field: str, begun: str, limit: int, cancelled: Cancelled = never) -> list[Suggestion]:
    """At most `limit` values that hold `begun`, or failing that are near it: by likeness, then by how many events.

    Of lens field `field`, or of all word columns for "". A path counts only once it has been read: that takes long.
    Raises Superseded when `cancelled()` turns true on the way.
    """
    try:
        columns = [resolve(field)] if field else [resolve(name) for name in WORD_COLUMNS]
    except LensError:
        return []
    chosen = [column for column in columns if frame.at_hand(column.name)]
    found = _together(frame, chosen, begun, limit, cancelled, near=False)
    if not found:
        # Only what nothing holds can be a slip.
        found = _together(frame, chosen, begun, limit, cancelled, near=True)
    found.sort(key=lambda each: (each[0], -each[1]))
    return [suggestion for _, _, suggestion in found[:limit]]


def warm(frame: Frame) -> None:
    """Makes what the first suggestion needs of every word column: its values in lower case, and their counts."""
    for column in WORD_COLUMNS:
        coded = coding(frame, column)
        _ = coded.dictionary.folded, coded.dictionary.foreign
        _known_counts(frame, coded)


def _together(
    frame: Frame, columns: list[Column], begun: str, limit: int, cancelled: Cancelled, *, near: bool
) -> list[_Ranked]:
    tasks = [partial(_of_column, frame, column, begun, limit, near) for column in columns]
    return [each for some in together(tasks, cancelled) for each in some]


def _of_column(frame: Frame, column: Column, begun: str, limit: int, near: bool) -> list[_Ranked]:
    coded = coding(frame, column.name)
    counts = _known_counts(frame, coded)
    if near and coded.size > _MANY:
        return []
    grade = grades(coded.dictionary, begun) if near else held(coded.dictionary, begun, limit)
    places = np.flatnonzero((grade >= 0) & (counts > 0))
    places = places[places > 0]
    if len(places) > limit:
        # Text is fetched for the first few alone.
        places = places[np.lexsort((-counts[places], grade[places]))[:limit]]
    texts = coded.texts(places)
    found = [
        (int(grade[place]), int(counts[place]), Suggestion(column.short, text, int(counts[place])))
        for place, text in zip(places.tolist(), texts, strict=True)
    ]
    return found + _unseen(column, begun, set(texts))


def _unseen(column: Column, begun: str, seen: set[str]) -> list[_Ranked]:
    """Values that the column can have and no event has."""
    grade = likeness(begun)
    return [
        (known, 0, Suggestion(column.short, value, 0))
        for value in column.values
        if value not in seen and (known := grade(value)) is not None
    ]


def _known_counts(frame: Frame, coded: Coding) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = frame.kept(("counts", coded.column), lambda: _counts(frame, coded))
    return counts


def _counts(frame: Frame, coded: Coding) -> NDArray[np.int64]:
    """Per value code how many events of the store have it."""
    grouped = groups(Selection(frame, 0, frame.columns.height, None), coded)
    counts = np.zeros(coded.size, np.int64)
    counts[grouped.code] = grouped.count
    return counts
