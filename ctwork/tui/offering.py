"""What can be marked, and what can leave the case, named so that nobody takes the wrong thing."""

from uuid import uuid4

from ctwork.model.column import resolve
from ctwork.model.lens import Lens
from ctwork.model.target import MomentTarget, SpanTarget, ValueTarget
from ctwork.tui import clock
from ctwork.tui.desk import Line
from ctwork.tui.markform import Offer, Scope
from ctwork.tui.markport import Subject

_NAME = 12
"""Digits that tell two moments of one instant apart."""


def event(line: Line) -> Offer:
    """The event of a line."""
    at = "" if line.time_ms is None else f"{clock.iso(line.time_ms)} "
    return Offer(Subject(row=line.row), f"event {at}{line.service}:{line.event} by {line.principal}")


def value(field: str, text: str) -> Offer:
    """A value of lens field `field`, wherever it occurs."""
    column = resolve(field, literal=True)
    return Offer(Subject(target=ValueTarget(column.name, text)), f"value {column.short}:{text}, wherever it occurs")


def span(start_ms: int, end_ms: int) -> Offer:
    """A span of time, half-open."""
    told = f"span {clock.iso(start_ms)} to {clock.iso(end_ms)}, every event in it"
    return Offer(Subject(target=SpanTarget(start_ms, end_ms)), told)


def moment(at_ms: int) -> Offer:
    """Something that happened then and left no record."""
    name = uuid4().hex[:_NAME]
    return Offer(Subject(target=MomentTarget(at_ms, name)), f"moment {clock.iso(at_ms)}: something that left no record")


def lens(shown: Lens) -> Offer:
    """Every event that a lens shows."""
    return Offer(Subject(lens=shown), f"events of {shown}" if str(shown) else "events there are")


def all_of(shown: Lens) -> Scope:
    """Every event of the lens, to leave the case."""
    return Scope("lens", shown, f"events of {shown}" if str(shown) else "all events")


def stretched(shown: Lens) -> Scope:
    """Those of a span that is being chosen."""
    return Scope("span", shown, f"events of {shown}")


def marked() -> Scope:
    """The marked events, whatever the lens."""
    return Scope("marks", Lens(), "every event that is marked itself", marked=True)
