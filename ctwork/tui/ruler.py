"""Which columns a table of events shows at a given width, and what each cell of a line says. Plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ctwork.model.legible import MARK, told
from ctwork.tui import clock, glyph
from ctwork.tui.desk import Line
from ctwork.zone import UTC_ZONE, Zone


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    field: str
    """The lens field that its value answers to, "" for signs."""
    title: str
    width: int
    """Cells, or the least of them when the column grows."""
    grow: int = 0
    """Share of the spare width."""
    most: int = 10_000
    """Cells beyond which it does not grow."""
    needs: int = 0
    """Width of the table from which on it is shown."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column in its place."""

    column: Column
    start: int
    width: int


TIME = Column("time", "time UTC", 8)
DATED_TIME = Column("time", "time UTC", 14)
FULL_TIME = Column("time", "time UTC", 19)
ELAPSED = Column("time", "elapsed", 13)
SIGNS = Column("", "", 3)
AIRY_SIGNS = Column("", "", 4)
_BEFORE = (Column("principal", "principal", 12, 34, 34),)
_AFTER = (
    Column("event", "event", 17, 36, 46),
    Column("error", "error", 20, needs=128),
    Column("resource", "resource", 12, 30),
    Column("ip", "address", 15),
    Column("region", "region", 14, needs=116),
    Column("account", "account", 12, needs=146),
)
_SEVERAL_ACCOUNTS = 104
"""Width of the table from which on accounts are shown when there are several."""
_TELLING = 3
"""Letters of a service's name below which none says more."""
_GAP = 1
_GUTTER = 1


@lru_cache(32)
def fit(cells: int, *, dated: bool, accounts: bool = False, elapsed: bool = False) -> tuple[Slot, ...]:
    """The columns of a table `cells` wide, left to right.

    `dated` when its times span more than a day, `accounts` when its events are of more than one;
    with `elapsed` distances in time stand in place of times.
    """
    early = accounts and _SEVERAL_ACCOUNTS <= cells < _AFTER[-1].needs
    signs = AIRY_SIGNS if cells >= 100 else SIGNS
    time = (FULL_TIME if cells >= 100 and not early else DATED_TIME) if dated else TIME
    time = ELAPSED if elapsed else time
    columns = [
        column
        for column in (time, *_BEFORE, signs, *_AFTER)
        if column.needs <= cells or (early and column.field == "account")
    ]
    spare = cells - _GUTTER - sum(column.width + _gap(column) for column in columns)
    widths = {column: column.width for column in columns}
    growing = [column for column in columns if column.grow]
    while spare > 0 and growing:
        total = sum(column.grow for column in growing)
        pool = spare
        for column in growing:
            extra = min(-(-pool * column.grow // total), spare, column.most - widths[column])
            widths[column] += extra
            spare -= extra
        growing = [column for column in growing if widths[column] < column.most]
    slots = []
    start = _GUTTER
    for column in columns:
        slots.append(Slot(column, start, widths[column]))
        start += widths[column] + _gap(column)
    return tuple(slots)


def _gap(column: Column) -> int:
    return 0 if column.field == "" else _GAP


def signs(line: Line) -> str:
    """Outcome, kind of call and doubts about an event, one cell each."""
    first = {"": " ", "ok": " ", "throttled": glyph.THROTTLED}.get(line.outcome, glyph.DENIED)
    doubt = glyph.CONFLICT if line.conflict else glyph.WARNING if line.issues else " "
    return first + (glyph.WRITE if line.verb == "write" else " ") + doubt


def time_text(line: Line, width: int, zone: Zone = UTC_ZONE) -> str:
    """The time of an event in so many cells."""
    if line.time_ms is None:
        return glyph.NONE
    form = "%H:%M:%S" if width < 14 else "%m-%d %H:%M:%S" if width < 19 else "%Y-%m-%d %H:%M:%S"
    return clock.stamp(line.time_ms, form, zone)


def named(name: str, cells: int) -> str:
    """`name` as `told`, and only the last part of its path, or of its ARN, when that is still too wide."""
    shown = told(name, cells)
    _, sign, last = name.rpartition("/" if "/" in name or not name.startswith("arn:") else ":")
    if len(shown) <= cells or not sign or not last:
        return shown
    return MARK + last if len(last) < min(cells, len(name)) else last


def _called(line: Line, cells: int) -> str:
    """Service and call; the service gives way first, for the call is what tells a read from a theft."""
    whole = f"{line.service}:{line.event}" if line.service else line.event
    room = cells - len(line.event) - 2
    if len(whole) <= cells or not line.service:
        return whole
    return f"{line.service[:room]}{MARK}:{line.event}" if room >= _TELLING else MARK + line.event


def _target(line: Line, cells: int) -> str:
    more = f" +{line.targets - 1}" if line.targets > 1 else ""
    shorten = told if line.target.startswith("arn:aws:s3:") else named  # an object is told by its bucket too
    return (shorten(line.target, cells - len(more)) or glyph.NONE) + more


_CELLS: dict[str, Callable[[Line, int], str]] = {
    "time": time_text,
    "principal": lambda line, cells: named(line.principal, cells) or glyph.NONE,
    "": lambda line, _: signs(line),
    "event": lambda line, cells: _called(line, cells),
    "error": lambda line, _: line.error,
    "resource": _target,
    "ip": lambda line, cells: told(line.address, cells) or glyph.NONE,
    "region": lambda line, _: line.region,
    "account": lambda line, _: line.account,
}

_VALUES: dict[str, Callable[[Line], str]] = {
    "time": lambda line: "" if line.time_ms is None else clock.iso(line.time_ms),
    "principal": lambda line: line.principal,
    "session": lambda line: line.session,
    "service": lambda line: line.service,
    "event": lambda line: line.event,
    "error": lambda line: line.error,
    "resource": lambda line: line.target,
    "ip": lambda line: line.address,
    "region": lambda line: line.region,
    "account": lambda line: line.account,
    "outcome": lambda line: line.outcome,
    "verb": lambda line: line.verb,
}


def cell(line: Line, slot: Slot) -> str:
    """What the cell of `line` says, raw and possibly too long."""
    return _CELLS[slot.column.field](line, slot.width)


def value(line: Line, field: str) -> str:
    """The value of lens field `field`, raw; "" when the event has none."""
    return _VALUES[field](line)
