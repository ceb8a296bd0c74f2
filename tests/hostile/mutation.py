"""Ways to damage a file, each of which knows what it left alone."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

INTERESTING = (
    *(
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\0",
        b"\n",
        b"\r\n",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
    ),
    *(
        b"]}",
        b'{"',
        b'"}',
        b"},{",
        b"[[",
        b"\\u",
        b"\\ud800",
        b"NaN",
        b"-",
        b"1e999",
        b"9" * 25,
        b"null",
        b"/*",
        b"\x1e",
    ),
    *(b'{"Records":[', b'"Records":[]', b'{"eventVersion":"1.08",', b'"eventID":"x",', b"\x1f\x8b\x08\0"),
)
"""Bytes that mean something to a reader of JSON or gzip."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of bytes in a mutated file."""

    data: bytes
    origin: int | None
    """Where it lay before, or None for bytes that are new."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file that was changed, and what of it was not."""

    recipe: str
    pieces: tuple[Piece, ...]

    @property
    def data(self) -> bytes:
        return b"".join(piece.data for piece in self.pieces)

    def new_places(self, start: int, end: int) -> list[int]:
        """Where the old bytes ``[start, end)`` lie unbroken now; none, one, or several when they were repeated."""
        at, found = 0, []
        for piece in self.pieces:
            if piece.origin is not None and piece.origin <= start and end <= piece.origin + len(piece.data):
                found.append(at + start - piece.origin)
            at += len(piece.data)
        return found


Change = Callable[[bytes, Random, bytes], tuple[str, list[Piece]]]
"""``(file, dice, another file)`` to a recipe and the pieces."""


def kept(data: bytes, start: int, end: int) -> Piece:
    return Piece(data[start:end], start)


def replaced(data: bytes, start: int, end: int, new: bytes) -> list[Piece]:
    """`new` in place of ``[start, end)``."""
    return [kept(data, 0, start), Piece(new, None), kept(data, end, len(data))]


def flip(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    at, bit = dice.randrange(len(data)), dice.randrange(8)
    return f"bit {bit} of byte {at}", replaced(data, at, at + 1, bytes((data[at] ^ 1 << bit,)))


def cut(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    at = dice.randrange(len(data))
    if dice.random() < 0.3:
        return f"front cut to {at}", [kept(data, at, len(data))]
    return f"cut at {at}", [kept(data, 0, at)]


def delete(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    start, end = _range(data, dice)
    return f"{start} to {end} deleted", replaced(data, start, end, b"")


def double(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    start, end = _range(data, dice)
    return f"{start} to {end} twice", [kept(data, 0, end), kept(data, start, len(data))]


def move(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    start, end = _range(data, dice)
    to = dice.randrange(end, len(data) + 1)
    parts = [kept(data, 0, start), kept(data, end, to), kept(data, start, end), kept(data, to, len(data))]
    return f"{start} to {end} moved to {to}", parts


def run(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    start, end = _range(data, dice)
    byte = dice.choice((b"\0", b"\xff", b" ", b"[", b"{", b'"', b"\\", b",", b"A"))
    return f"{start} to {end} filled with {byte!r}", replaced(data, start, end, byte * (end - start))


def splice(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    start, end = _range(data, dice)
    begin, stop = _range(other, dice)
    return f"{start} to {end} from another file's {begin} to {stop}", replaced(data, start, end, other[begin:stop])


def insert(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    at, token = dice.randrange(len(data) + 1), dice.choice(INTERESTING)
    return f"{token!r} at {at}", replaced(data, at, at, token)


def overwrite(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    at, token = dice.randrange(len(data)), dice.choice(INTERESTING)
    return f"{token!r} over {at}", replaced(data, at, min(len(data), at + len(token)), token)


def punctuate(data: bytes, dice: Random, other: bytes) -> tuple[str, list[Piece]]:
    """Removes or replaces one of JSON's own characters near a random place."""
    start = dice.randrange(len(data))
    at = next((n for n in range(start, min(len(data), start + 400)) if data[n] in b'"{}[],:\\0123456789'), start)
    new = dice.choice((b"", b'"', b"}", b"{", b"]", b"[", b",", b":", b"9" * 30))
    return f"{new!r} for {data[at : at + 1]!r} at {at}", replaced(data, at, at + 1, new)


CHANGES: tuple[Change, ...] = (
    *(flip, flip, cut, delete, double, move, run, splice, insert, insert, overwrite, punctuate, punctuate),
)
"""The likelier ones several times."""


def mutate(data: bytes, dice: Random, other: bytes) -> Mutant:
    """One to three changes, one after the other."""
    mutant = Mutant("", (kept(data, 0, len(data)),))
    for _ in range(dice.choice((1, 1, 1, 1, 2, 3))):
        now = mutant.data
        if not now:
            break
        recipe, pieces = dice.choice(CHANGES)(now, dice, other)
        mutant = Mutant(f"{mutant.recipe}; {recipe}".lstrip("; "), _traced(mutant, pieces))
    return mutant


def _traced(before: Mutant, pieces: list[Piece]) -> tuple[Piece, ...]:
    """`pieces` of a mutant's data, with origins in the very first file."""
    traced: list[Piece] = []
    for piece in pieces:
        if piece.origin is None:
            traced.append(piece)
            continue
        at, end = 0, piece.origin + len(piece.data)
        for old in before.pieces:
            start, stop = max(at, piece.origin), min(at + len(old.data), end)
            if start < stop:
                origin = None if old.origin is None else old.origin + start - at
                traced.append(Piece(old.data[start - at : stop - at], origin))
            at += len(old.data)
    return tuple(piece for piece in traced if piece.data)


def _range(data: bytes, dice: Random) -> tuple[int, int]:
    """A short range mostly, a long one at times."""
    start = dice.randrange(len(data))
    longest = dice.choice((4, 40, 400, 4_000, len(data)))
    return start, min(len(data), start + dice.randint(1, max(1, longest)))
