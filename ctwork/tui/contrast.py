"""Two texts line by line: what is alike, what differs, and where in a line. Plain values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from ctwork.model.legible import MARK
from ctwork.model.pretty import pretty

LINES = 4000
"""Lines of one record that are compared."""
_LINE = 20_000
"""Code points of one line that are compared."""
_THOROUGH = 600
"""Up to this many lines every repetition is looked at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The same place in two records; None where one of them has nothing there."""

    left: str | None
    right: str | None

    @property
    def alike(self) -> bool:
        """Whether there is no difference here."""
        return self.left == self.right


def lines_of(raw: bytes) -> list[str]:
    """A record as lines to compare, at most `LINES` and one that says so."""
    lines = [line[:_LINE] for line in islice(pretty(raw), LINES + 1)]
    return lines if len(lines) <= LINES else [*lines[:LINES], f"{MARK} more lines that are not compared"]


def pairs(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Both texts, aligned so that as many lines as possible stand beside their like, or beside their namesake."""
    found = []
    for tag, a, b, c, d in _opcodes(left, right):
        if tag == "equal":
            found += [Pair(line, line) for line in left[a:b]]
        else:
            found += _namesakes(left[a:b], right[c:d])
    return found


def _namesakes(left: Sequence[str], right: Sequence[str]) -> Iterator[Pair]:
    """Lines that differ: beside one another when they are members of one name, else each on its own."""
    for tag, a, b, c, d in _opcodes([_name(line) for line in left], [_name(line) for line in right]):
        if tag == "equal":
            yield from (Pair(here, there) for here, there in zip(left[a:b], right[c:d], strict=True))
        else:
            yield from (Pair(line, None) for line in left[a:b])
            yield from (Pair(None, line) for line in right[c:d])


def _name(line: str) -> str:
    """Indentation and key of a line; a value without a key is its own name."""
    key, colon, _ = line.partition('": ')
    return key if colon else line


def _opcodes(left: Sequence[str], right: Sequence[str]) -> Iterable[tuple[str, int, int, int, int]]:
    matcher = SequenceMatcher(None, left, right, autojunk=max(len(left), len(right)) > _THOROUGH)
    return matcher.get_opcodes()


def parted(text: str, other: str | None, cells: int) -> tuple[str, str, str]:
    """`text` as ``(alike, different, alike)`` against `other`, moved to the left when the difference is far out."""
    if other is None:
        return "", text, ""
    head = shared(text, other)
    tail = shared(text[head:][::-1], other[head:][::-1])
    end = len(text) - tail
    if head <= cells * 2 // 3:
        return text[:head], text[head:end], text[end:]
    # What is compared keeps its name: the difference without it says nothing.
    name = text[: text.find(": ") + 2] if text.find(": ") >= 0 else ""
    name = name if len(name) < min(cells // 2, head) else ""
    skip = max(head - max(cells // 3 - len(name) // 2, 4), len(name))
    return name + MARK + text[skip:head], text[head:end], text[end:]


def shared(text: str, other: str) -> int:
    """How many code points both start with."""
    return next((at for at, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
