"""Which measures of a value a facet shows at a given width, and how each is written. Plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ctwork.model.legible import grouped
from ctwork.model.legible import told as told_name
from ctwork.tui import clock, glyph
from ctwork.tui.desk import FacetKey, FacetRow, Portrait
from ctwork.zone import UTC_ZONE, Zone

_GUTTER = 3
"""Cells before the value: cursor, fold sign, blank."""
_LEAST = 18
"""Cells that the value keeps whatever happens."""
_ENOUGH = 30
"""Cells from which on a value gives room to measures."""


_CREDENTIALS = ("session", "key")
_KEY = 20
"""Cells of an access key."""
_SPACIOUS = 70
_RARE = 8
"""Rank from which on a measure is only shown where there is plenty of room."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of a facet, right of the value."""

    name: str
    title: str
    width: int
    rank: int
    """The lower, the longer it stays when the room gets less."""
    key: FacetKey | None = None
    """What the rows can be sorted by under this title."""
    is_text: bool = False
    """Stands at the left of its column."""
    fields: tuple[str, ...] = ()
    """Lens fields of whose values it is told; of all when empty."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure in its place."""

    measure: Measure
    start: int


_MEASURES = (
    Measure("count", "events", 9, 1, "count"),
    Measure("errors", glyph.DENIED, 5, 2, "errors"),
    Measure("principal", "principal", 20, 3, is_text=True, fields=_CREDENTIALS),
    Measure("writes", "writes", 7, 7),
    Measure("first", "first", 11, 5, "first"),
    Measure("last", "last", 11, 4, "last"),
    Measure("trend", "", 12, 6, is_text=True),
    Measure("kind", "type", 9, 8, fields=("principal", *_CREDENTIALS)),
    Measure("sessions", "sess", 6, 9, fields=("principal",)),
    Measure("keys", "keys", 5, 10, fields=("principal",)),
    Measure("addresses", "addr", 5, 11, fields=("principal", *_CREDENTIALS)),
)
BINS = 12
"""Buckets of a trend; where it has half the cells, each shows two of them."""
_SHORT = Measure("trend", "", BINS // 2, 3, is_text=True)
"""A trend beside the events: there how it went over time says more than first and last."""


@lru_cache(32)
def fit(cells: int, field: str, *, dated: bool) -> tuple[int, tuple[Cell, ...]]:
    """Cells of a value of lens field `field`, and the measures that fit beside it in `cells`, left to right."""
    least = _KEY if field in _CREDENTIALS else max(_LEAST, min(_ENOUGH, cells * 3 // 8))
    room = cells - _GUTTER - least
    wanted = [measure for measure in _MEASURES if not measure.fields or field in measure.fields]
    if cells < _SPACIOUS:
        wanted = [_SHORT if each.name == _SHORT.name else each for each in wanted if each.rank < _RARE]
    kept: set[str] = set()
    for measure in sorted(wanted, key=lambda measure: measure.rank):
        width = _width(measure, dated) + 1
        if width <= room:
            kept.add(measure.name)
            room -= width
    value = least + max(room, 0)
    placed, start = [], _GUTTER + value
    for measure in wanted:
        if measure.name in kept:
            placed.append(Cell(measure, start + 1))
            start += _width(measure, dated) + 1
    return value, tuple(placed)


def _width(measure: Measure, dated: bool) -> int:
    return 8 if measure.name in {"first", "last"} and not dated else measure.width


def width_of(cell: Cell, *, dated: bool) -> int:
    """Cells that a measure takes."""
    return _width(cell.measure, dated)


def _when(time_ms: int | None, dated: bool, zone: Zone) -> str:
    if time_ms is None:
        return glyph.NONE
    return clock.stamp(time_ms, "%m-%d %H:%M" if dated else "%H:%M:%S", zone)


def _count(number: int) -> str:
    return grouped(number) if number else ""


_ROWS: dict[str, Callable[[FacetRow, bool, Zone], str]] = {
    "count": lambda row, *_: grouped(row.count),
    "errors": lambda row, *_: _count(row.errors),
    "first": lambda row, dated, zone: _when(row.first_ms, dated, zone),
    "last": lambda row, dated, zone: _when(row.last_ms, dated, zone),
}
_PORTRAITS: dict[str, Callable[[Portrait], str]] = {
    "kind": lambda portrait: portrait.kind,
    "principal": lambda portrait: told_name(portrait.principal, 20),
    "sessions": lambda portrait: _count(portrait.sessions),
    "keys": lambda portrait: _count(portrait.keys),
    "addresses": lambda portrait: _count(portrait.addresses),
    "writes": lambda portrait: _count(portrait.writes),
}


def is_portrayed(placed: tuple[Cell, ...]) -> bool:
    """Whether any of these measures is told by a portrait."""
    return any(cell.measure.name not in _ROWS for cell in placed)


def told(measure: Measure, row: FacetRow, portrait: Portrait | None, *, dated: bool, zone: Zone = UTC_ZONE) -> str:
    """What a measure says of a value; "" while its portrait is on its way."""
    if measure.name in _ROWS:
        return _ROWS[measure.name](row, dated, zone)
    # Nothing yet is not none.
    if measure.name == "trend":
        return "" if portrait is None else trend(portrait.trend, measure.width)
    return glyph.MORE if portrait is None else _PORTRAITS[measure.name](portrait)


def trend(buckets: tuple[int, ...], cells: int = BINS) -> str:
    """One cell per bucket, or per so many that they fit; the highest full, and none empty that has anything in it."""
    step = max(-(-len(buckets) // cells), 1)
    counts = [sum(buckets[at : at + step]) for at in range(0, len(buckets), step)]
    most = max(counts, default=0) or 1
    return "".join(glyph.BARS[-(-count * 8 // most)] for count in counts)
