"""Which records of a file its load issues put in doubt: all of them, or some by their index. Kept as one short text.

In doubt is every record of a file whose bytes may not be those that were written (a checksum fails, a part is missing
or was skipped as damaged, the file changed while it was read), and any single record that an issue names.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from ctwork.sources.base import Issue, IssueKind, Weight

DAMAGE = frozenset({IssueKind.CRC, IssueKind.TRUNCATED, IssueKind.SYNTAX, IssueKind.CHANGED, IssueKind.UNACCOUNTED})
"""Kinds that put every record of their file in doubt, whichever part of it they are about."""
_PART = re.compile(r"([\w-]+)(?::([\d,-]+))?").finditer


@dataclass(slots=True)
class Doubts:
    """What is in doubt in one file, and why. `str` and `parse` are inverses."""

    whole: set[str] = field(default_factory=set)
    """Issue kinds that touch every record."""
    single: dict[str, set[int]] = field(default_factory=dict)
    """Per issue kind the indices of the records it touches."""

    def add(self, issue: Issue) -> None:
        """Takes in what `issue` says about records: a note says nothing."""
        if issue.index is not None:
            self.mark(issue.kind, issue.index)
        elif issue.kind in DAMAGE:
            self.whole.add(issue.kind.value)

    def mark(self, kind: IssueKind, index: int) -> None:
        """Takes in one record."""
        if kind.weight is not Weight.NOTE:
            self.single.setdefault(kind.value, set()).add(index)

    def of(self, index: int) -> tuple[str, ...]:
        """The kinds that touch record `index`, sorted."""
        return tuple(sorted(self.whole | {kind for kind, indices in self.single.items() if index in indices}))

    def __str__(self) -> str:
        parts = [*sorted(self.whole), *(f"{kind}:{_ranges(self.single[kind])}" for kind in sorted(self.single))]
        return " ".join(parts)

    @classmethod
    def parse(cls, text: str) -> "Doubts":
        """The doubts that `text` was made of."""
        found = cls()
        for part in _PART(text):
            kind, indices = part.groups()
            if indices is None:
                found.whole.add(kind)
            else:
                found.single[kind] = {index for piece in indices.split(",") for index in _range(piece)}
        return found


def _ranges(indices: Iterable[int]) -> str:
    """``3,17,20-99``"""
    runs = groupby(enumerate(sorted(indices)), lambda pair: pair[1] - pair[0])
    ends = [(run[0][1], run[-1][1]) for run in (list(pairs) for _, pairs in runs)]
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ends)


def _range(piece: str) -> range:
    first, _, last = piece.partition("-")
    return range(int(first), int(last or first) + 1)
