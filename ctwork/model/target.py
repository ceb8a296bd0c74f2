"""What an investigator can mark: one record, a value, a stretch of time, or a moment nobody logged. Plain values.

The text of a target is its name in a case: it never changes, holds no path of a machine, and parses back.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ctwork.errors import UsageError
from ctwork.model.column import resolve
from ctwork.model.instant import event_time_ms, format_instant

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class EventTarget:
    """One record: an eventID alone may stand for several."""

    event_id: str
    """As in the record; "" when it has none."""
    sha256: str
    """Of the record's original bytes, lower-case hexadecimal."""

    def __str__(self) -> str:
        # The hash first: an eventID is text from outside, and may hold anything.
        return f"event/{self.sha256}/{self.event_id}"


@dataclass(frozen=True, slots=True)
class ValueTarget:
    """A value of a column, wherever it occurs: this key is the attacker's."""

    column: str
    """A canonical column name or a dotted path."""
    value: str

    def __str__(self) -> str:
        # A path may hold a slash, which ends the column here.
        return f"value/{quote(self.column, safe='.@:')}/{self.value}"


@dataclass(frozen=True, slots=True)
class SpanTarget:
    """A stretch of time, half-open, in milliseconds since 1970 UTC."""

    start_ms: int
    end_ms: int

    def __str__(self) -> str:
        return f"span/{format_instant(self.start_ms)}/{format_instant(self.end_ms)}"


@dataclass(frozen=True, slots=True)
class MomentTarget:
    """Something that happened and left no record, such as a phone call: its note says what."""

    at_ms: int
    name: str
    """What tells two moments of one instant apart."""

    def __str__(self) -> str:
        return f"moment/{format_instant(self.at_ms)}/{self.name}"


Target = EventTarget | ValueTarget | SpanTarget | MomentTarget
KINDS = ("event", "value", "span", "moment")
"""What the text of a target begins with."""


def parse_target(text: str) -> Target:
    """The target that `text` names. Raises UsageError when it names none."""
    kind, _, rest = text.partition("/")
    one, _, other = rest.partition("/")
    if kind == "event" and _SHA256.fullmatch(one):
        return EventTarget(other, one)
    if kind == "value" and one:
        return ValueTarget(resolve(unquote(one), literal=True).name, other)
    start, end = event_time_ms(one), event_time_ms(other)
    if kind == "span" and start is not None and end is not None:
        return SpanTarget(start, end)
    if kind == "moment" and start is not None:
        return MomentTarget(start, other)
    raise UsageError(f"{text} names nothing that can be marked", "`ctwork marks CASE` lists the marks by name")
