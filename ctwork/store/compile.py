"""A lens becomes row numbers: tests run on distinct values and become truth tables, then masks over the frame.

Masks cover the rows of the lens's time span only. Tables on one axis are combined before anything touches the frame.
"""

from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from ctwork.model.column import WORD_COLUMNS, kind_of
from ctwork.model.predicate import (
    And,
    Anywhere,
    Condition,
    During,
    Everything,
    Match,
    Not,
    Or,
    Phrase,
    Predicate,
    Text,
    Word,
    is_id,
)
from ctwork.store.cancel import Cancelled, still_wanted
from ctwork.store.columns import Codes
from ctwork.store.frame import Frame
from ctwork.store.parallel import gather_truth, joined, places_of, together
from ctwork.store.rowtruth import during, row_truth
from ctwork.store.truth import Truth


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """A truth table over the rows of one axis."""

    axis: str
    truth: Truth


@dataclass(frozen=True, slots=True, eq=False)
class _Mask:
    """One truth value per row of the span."""

    truth: Truth


_Known = bool | _Table | _Mask
"""What is known of a predicate: it holds for every row or none, by axis row, or row by row."""


def select(frame: Frame, predicate: Predicate, low: int, high: int, cancelled: Cancelled) -> NDArray[np.uint32] | None:
    """Row numbers in [low, high) for which `predicate` holds, ascending; None means all of them.

    Raises Superseded soon after `cancelled()` turns true.
    """
    compiler = _Compiler(frame, low, high, cancelled)
    known = compiler.known(predicate)
    if known is True:
        return None
    if known is False:
        return np.empty(0, np.uint32)
    mask = compiler.dense(known)
    still_wanted(cancelled)
    return None if mask.all() else places_of(mask, low)


class _Compiler:
    def __init__(self, frame: Frame, low: int, high: int, cancelled: Cancelled) -> None:
        self._frame = frame
        self._span = slice(low, high)
        self._cancelled = cancelled

    def known(self, predicate: Predicate) -> _Known:
        """`predicate` as far as it can be told without touching more rows than needed."""
        still_wanted(self._cancelled)
        match predicate:
            case Everything():
                return True
            case And(parts):
                return self._combine(parts, np.logical_and, absorbing=False)
            case Or(parts):
                return self._combine(parts, np.logical_or, absorbing=True)
            case Not(child):
                return _negated(self.known(child))
            case Match(column, condition):
                return self._match(column, condition)
            case Word(text) | Phrase(text) if not text:
                return True
            case Word() | Phrase():
                return self._anywhere(predicate)
            case Anywhere(condition):
                return self._anywhere(condition)

    def dense(self, known: _Table | _Mask) -> Truth:
        """`known` as a mask over the span."""
        if isinstance(known, _Mask):
            return known.truth
        still_wanted(self._cancelled)
        return gather_truth(known.truth, self._frame.axis_codes(known.axis)[self._span])

    def _combine(self, parts: tuple[Predicate, ...], operator: np.ufunc, *, absorbing: bool) -> _Known:
        return self._joined([self.known(part) for part in parts], operator, absorbing=absorbing)

    def _joined(self, items: list[_Known], operator: np.ufunc, *, absorbing: bool) -> _Known:
        """`items` under a logical operator for which `absorbing` decides alone."""
        if any(item is absorbing for item in items):
            return absorbing
        tables: dict[str, list[Truth]] = {}
        masks = []
        for item in items:
            if isinstance(item, _Table):
                tables.setdefault(item.axis, []).append(item.truth)
            elif isinstance(item, _Mask):
                masks.append(item)
        merged = [_settled(_Table(axis, reduce(operator, truths))) for axis, truths in tables.items()]
        if any(item is absorbing for item in merged):
            return absorbing
        rest = [*masks, *(item for item in merged if not isinstance(item, bool))]
        if not rest:
            return not absorbing
        if len(rest) == 1:
            return rest[0]
        still_wanted(self._cancelled)
        truths = [(item.truth, self._codes_of(item)) for item in rest]
        # What is gathered from the smallest table often leaves nothing to ask of the others.
        truths.sort(key=lambda pair: 0 if pair[1] is None else len(pair[0]))
        return _Mask(joined(truths, operator, self._span.stop - self._span.start, absorbing=absorbing))

    def _codes_of(self, item: _Table | _Mask) -> Codes | None:
        return self._frame.axis_codes(item.axis)[self._span] if isinstance(item, _Table) else None

    def _match(self, column: str, condition: Condition) -> _Known:
        if kind_of(column) == "mark" and not self._frame.has_axis(column):
            return False
        if column == "eventTime" and isinstance(condition, During):
            return _Mask(during(self._frame, condition)[self._span])
        if self._frame.has_axis(column):
            axis, truth = self._frame.axis_truth(column, condition)
            return _settled(_Table(axis, truth))
        return _Mask(row_truth(self._frame, column, condition, self._span, self._cancelled))

    def _anywhere(self, condition: Condition | Word | Phrase) -> _Known:
        # The longest dictionary first: the others are searched beside it.
        columns = sorted(WORD_COLUMNS, key=lambda column: -len(self._frame.dictionary(column)))
        truths = together([partial(self._frame.axis_truth, column, condition) for column in columns], self._cancelled)
        tables: list[_Known] = [_settled(_Table(axis, truth)) for axis, truth in truths]
        if isinstance(condition, Word) and is_id(condition.text):
            tables.append(self._match("eventID", Text(condition.text)))
        return self._joined(tables, np.logical_or, absorbing=True)


def _settled(table: _Table) -> _Known:
    """A table that holds nowhere or everywhere is no table."""
    if not table.truth.any():
        return False
    return True if table.truth.all() else table


def _negated(known: _Known) -> _Known:
    if isinstance(known, bool):
        return not known
    if isinstance(known, _Table):
        return _Table(known.axis, ~known.truth)
    return _Mask(~known.truth)
