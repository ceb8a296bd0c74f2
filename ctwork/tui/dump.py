"""Bytes as people read them: sixteen to a line, as hexadecimal and as text, with the range that is meant marked."""

from collections.abc import Iterator
from dataclasses import dataclass

from ctwork.model.report import Surroundings

WIDTH = 16


@dataclass(frozen=True, slots=True)
class DumpLine:
    """Up to sixteen bytes. Only printable ASCII is in it."""

    offset: str
    cells: tuple[tuple[str, bool], ...]
    """``(sign before the byte, its two digits, …)`` flattened to runs of ``(text, meant)``."""
    text: tuple[tuple[str, bool], ...]


def dump(found: Surroundings) -> Iterator[DumpLine]:
    """`found` line by line. The range meant stands in brackets, so that it shows without colour too."""
    for at in range(0, len(found.data), WIDTH):
        piece = found.data[at : at + WIDTH]
        here = found.start + at
        marked = [found.first <= here + number < found.last for number in range(len(piece))]
        yield DumpLine(f"{here:08x}", tuple(_hex(piece, here, marked, found)), tuple(_text(piece, marked)))


def _hex(piece: bytes, here: int, marked: list[bool], found: Surroundings) -> Iterator[tuple[str, bool]]:
    for number in range(WIDTH):
        place = here + number
        gap = " " if number != WIDTH // 2 else "  "
        inside = number < len(piece)
        if found.first < found.last:
            if place == found.first and inside:
                gap = gap[:-1] + "["
            elif place == found.last and 0 < number <= len(piece):
                gap = gap[:-1] + "]"
        elif place == found.first and place and inside:
            gap = gap[:-1] + "|"
        yield gap, False
        yield (f"{piece[number]:02x}", marked[number]) if inside else ("  ", False)
    yield ("]" if here + WIDTH == found.last and found.first < found.last and len(piece) == WIDTH else " "), False


def _text(piece: bytes, marked: list[bool]) -> Iterator[tuple[str, bool]]:
    for byte, meant in zip(piece, marked, strict=True):
        yield (chr(byte) if 0x20 <= byte < 0x7F else "."), meant
