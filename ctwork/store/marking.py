"""What the investigator said of events, as columns: which rows each mark covers, and the values that gives them.

A mark on a record covers that record; one on a value or a stretch of time covers every event with that value or of that
time. Rows under the same marks share a code, so marks are searched, counted and sorted like every other column.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.errors import SourceError
from ctwork.model.annotation import About, Annotation
from ctwork.model.instant import event_time_ms
from ctwork.model.predicate import Match, Text
from ctwork.model.target import EventTarget, MomentTarget, SpanTarget, Target, ValueTarget, parse_target
from ctwork.store.cancel import never
from ctwork.store.columns import Codes, Lists, narrow
from ctwork.store.compile import select
from ctwork.store.frame import Frame
from ctwork.store.markcolumns import Marking
from ctwork.store.stamp import NO_TIME, read_ids
from ctwork.store.truth import Dictionary

Rows = NDArray[np.uint32]
_BATCH = 4_096
"""Marks that are looked for at a time: a busy second holds thousands of events for each."""

_SAID: Mapping[str, Callable[[Annotation], tuple[str, ...]]] = {
    "tag": lambda said: said.tags,
    "note": lambda said: (said.note,) if said.note else (),
    "severity": lambda said: (said.severity,) if said.severity else (),
    "verdict": lambda said: (said.verdict,) if said.verdict else (),
    "bookmark": lambda said: ("true",) if said.bookmark else (),
}
_Said = tuple[tuple[str, ...], ...]
"""The values of one mark: of ``mark``, and then of every column of `_SAID`."""


def marking(frame: Frame, marks: Mapping[str, Annotation]) -> Marking:
    """`marks`, by the text of their targets, over the rows of `frame`."""
    said: dict[_Said, list[Rows]] = {}
    strays: list[str] = []
    places: dict[str, int] = {}
    events: list[tuple[str, EventTarget]] = []
    for text, annotation in marks.items():
        target = parse_target(text)
        if isinstance(target, EventTarget):
            events.append((text, target))
        elif not isinstance(target, MomentTarget):
            said.setdefault(_values(target, annotation), []).append(_covered(frame, target))
    for at in range(0, len(events), _BATCH):
        batch = events[at : at + _BATCH]
        hints = [_time_of(marks[text]) for text, _ in batch]
        for (text, target), row in zip(batch, _located(frame, [each for _, each in batch], hints), strict=True):
            if row is None:
                strays.append(text)
            else:
                places[text] = row
                said.setdefault(_values(target, marks[text]), []).append(np.array([row], np.uint32))
    codes, combinations = _combined(frame.columns.height, [np.concatenate(rows) for rows in said.values()])
    columns = ("mark", *_SAID)
    values = list(said)
    per_column = {
        column: _listed([_union(values[mark][place] for mark in marks) for marks in combinations])
        for place, column in enumerate(columns)
    }
    return Marking(
        codes,
        {column: lists for column, (lists, _) in per_column.items()},
        {column: dictionary for column, (_, dictionary) in per_column.items()},
        places,
        tuple(strays),
    )


def _values(target: Target, annotation: Annotation) -> _Said:
    kind = str(target).partition("/")[0]
    return ((kind,), *(read(annotation) for read in _SAID.values()))


def _covered(frame: Frame, target: ValueTarget | SpanTarget) -> Rows:
    """The rows that hold a value, or lie in a stretch of time."""
    if isinstance(target, SpanTarget):
        return np.arange(*frame.bounds(target.start_ms, target.end_ms), dtype=np.uint32)
    height = frame.columns.height
    found = select(frame, Match(target.column, Text(target.value, exact=True)), 0, height, never)
    return np.arange(height, dtype=np.uint32) if found is None else found


# -- finding records ------------------------------------------------------------------------------------------------


def _time_of(annotation: Annotation) -> int:
    """When the marked record was, as far as the mark tells."""
    time = event_time_ms(annotation.about.time) if annotation.about else None
    return NO_TIME if time is None else time


def _located(frame: Frame, targets: Sequence[EventTarget], times: Sequence[int]) -> list[int | None]:
    """The row of each record: by its time and id first, then by its id alone; None where there is none.

    Of records that share an id the one with the right hash; of those without an id, too.
    """
    halves, odd = read_ids([target.event_id for target in targets])
    found: list[int | None] = [None] * len(targets)
    time = frame.columns.time
    lows, highs = np.searchsorted(time, times), np.searchsorted(time, times, side="right")
    ids = frame.columns.cold["id"]
    for place, target in enumerate(targets):
        low, high = int(lows[place]), int(highs[place])
        if place in odd:
            rows: Iterable[int] = _odd_rows(frame, target)
        else:
            rows = low + np.flatnonzero((ids[low:high] == halves[place]).all(axis=1))
            if not len(rows):
                rows = np.flatnonzero((ids[:, 0] == halves[place, 0]) & (ids[:, 1] == halves[place, 1]))
        found[place] = _right_one(frame, [int(row) for row in rows], target)
    return found


def _odd_rows(frame: Frame, target: EventTarget) -> list[int]:
    """Rows whose id is no usual one and reads as that of `target`."""
    return [row for row, text in frame.odd_ids.items() if text == target.event_id]


def _right_one(frame: Frame, rows: Sequence[int], target: EventTarget) -> int | None:
    """The row whose bytes are those that were marked. A row whose hash nobody had to know stands for its id."""
    twins = frame.columns.twins
    wanted = bytes.fromhex(target.sha256)
    for row in rows:
        place = int(np.searchsorted(twins.row, row))
        known = place < len(twins.row) and twins.row[place] == row
        if known and twins.sha256[place].tobytes() == wanted:
            return row
        if not known and (target.event_id or frame.texts("sha256", np.array([row], np.uint32))[0] == target.sha256):
            return row
    return None


# -- columns --------------------------------------------------------------------------------------------------------


def _combined(height: int, marks: Sequence[Rows]) -> tuple[Codes, list[tuple[int, ...]]]:
    """A code per row, and per code the marks that cover it; code 0 is no mark."""
    codes = np.zeros(height, np.uint32)
    combinations: list[tuple[int, ...]] = [()]
    for mark, rows in enumerate(marks):
        here = np.unique(rows)
        before, back = np.unique(codes[here], return_inverse=True)
        codes[here] = (np.arange(len(before), dtype=np.uint32) + np.uint32(len(combinations)))[back]
        combinations += [(*combinations[code], mark) for code in before.tolist()]
    return narrow(codes, len(combinations)), combinations


def _union(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({each for some in values for each in some}))


def _listed(values: Sequence[tuple[str, ...]]) -> tuple[Lists, Dictionary]:
    """Lists of values, and the sorted values that they are of."""
    distinct = sorted({each for some in values for each in some})
    code = {value: number for number, value in enumerate(distinct, 1)}
    starts = np.concatenate([[0], np.cumsum([len(some) for some in values])]).astype(np.uint32)
    items = np.array([code[each] for some in values for each in some], np.uint32)
    return Lists(starts, items), Dictionary(pl.Series(["", *distinct], dtype=pl.String))


# -- what can be marked ---------------------------------------------------------------------------------------------


def targets(frame: Frame, rows: Rows) -> dict[str, Annotation]:
    """The records in `rows` as targets, and what they look like. Raises SourceError when one cannot be read."""
    hashes = frame.texts("sha256", rows)
    if "" in hashes:
        missing = frame.texts("source", rows[hashes.index("") :][:1])[0]
        raise SourceError(f"a record of {missing} cannot be read", "what is not known byte for byte is not marked")
    seen = zip(*(frame.texts(column, rows) for column in _LOOKS), strict=True)
    indices = frame.columns.cold["index"][rows].tolist()
    return {
        str(EventTarget(event_id, digest)): Annotation(about=About(time, event, principal, address, source, index))
        for digest, (event_id, time, event, principal, address, source), index in zip(
            hashes, seen, indices, strict=True
        )
    }


_LOOKS = ("eventID", "eventTime", "eventName", "principal", "sourceIPAddress", "source")
