"""Long values beside one another, cut so that none looks like its neighbour. Plain values."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from ctwork.model.legible import MARK, middle, told
from ctwork.tui.contrast import shared

_ROUNDS = 8
"""Values that are still alike, cut where they differ, differ once more further on; so many times at most."""
_LOOKED_AT = 4_000
"""Code points of a value in which a difference is looked for."""
_LEAST = 12
"""Cells below which a cut cannot show both what a value is and where it differs."""
_BEFORE = 2
"""Code points that are shown before a difference."""


def apart(values: Sequence[str], cells: int) -> list[str]:
    """Each value in at most so many code points: cut in its middle, or, where others then look alike, cut in front of
    the place at which it differs from them.
    """
    names = [told(value, cells) for value in values]
    shown = [middle(name, cells) for name in names]
    starts = [0] * len(values)
    for _ in range(_ROUNDS if cells >= _LEAST else 0):
        alike: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(shown):
            if len(names[place]) > cells:
                alike[text].append(place)
        groups = [places for places in alike.values() if len(places) > 1]
        for place in chain.from_iterable(groups):
            starts[place] = max(starts[place], cells // 3)
        for places in groups:
            rest = [names[place][starts[place] :][:_LOOKED_AT] for place in places]
            if min(rest) == max(rest):
                continue  # they differ only further ahead, and that others share too
            # What the first and the last of them share, all between them do.
            step = max(shared(min(rest), max(rest)) - _BEFORE, 0)
            for place in places:
                starts[place] += step
                shown[place] = _from(names[place], starts[place], cells)
    return shown


def _from(name: str, start: int, cells: int) -> str:
    """The head of a name, and what follows `start`."""
    head = cells // 3
    text = name[: cells + 1] if start == head else name[:head] + MARK + name[start : start + cells]
    return text[: cells - 1] + MARK if len(text) > cells else text
