"""Stretches of time in whole seconds, both ends included: which are covered, and which are not yet."""

from collections.abc import Iterable

Stretch = tuple[int, int]
"""``(first, last)`` in seconds since 1970 UTC; both belong to it."""


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same seconds as disjoint stretches, oldest first."""
    found: list[Stretch] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        elif first <= last:
            found.append((first, last))
    return found


def missing(wanted: Stretch, covered: Iterable[Stretch]) -> list[Stretch]:
    """What of `wanted` no stretch covers, newest first."""
    gaps, at = [], wanted[0]
    for first, last in merged(covered):
        if first > at:
            gaps.append((at, min(first - 1, wanted[1])))
        at = max(at, last + 1)
    gaps.append((at, wanted[1]))
    return [(first, last) for first, last in reversed(gaps) if first <= last]


def meets(one: Stretch, other: Stretch) -> bool:
    """Whether they share a second."""
    return one[0] <= other[1] and other[0] <= one[1]
