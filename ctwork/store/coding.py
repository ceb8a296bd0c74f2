"""Any column as codes: which code each row has, what the codes mean, and in which order their values stand."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.column import TIME_COLUMN, kind_of
from ctwork.model.instant import event_time_ms, format_instant
from ctwork.store.axis import AXIS_OF
from ctwork.store.cancel import Cancelled, never, still_wanted
from ctwork.store.columns import Codes, Lists, Places
from ctwork.store.find import grades
from ctwork.store.frame import Frame
from ctwork.store.parallel import gather
from ctwork.store.stamp import NO_TIME
from ctwork.store.truth import Dictionary

_SLICE = 1 << 18


@dataclass(frozen=True, eq=False)
class Coding:
    """Each row has a code on an axis; each axis code stands for one value code (`table`) or for several (`lists`)."""

    column: str
    axis: str
    codes: Codes
    """One axis code per row of the store."""
    table: Codes | None
    lists: Lists | None
    dictionary: Dictionary
    """The values by code; index 0 is "" and means absent. Empty for times, which have no text until it is asked for."""
    times: NDArray[np.int64] | None = None
    """For the column of times: the instants by code."""
    mixed: bool = False
    """The values may be numbers and texts, and are coded as texts."""

    @property
    def height(self) -> int:
        """How many axis codes there are."""
        return len(self.table) if self.table is not None else len(self._lists.starts) - 1

    @property
    def size(self) -> int:
        """How many value codes there are."""
        return len(self.dictionary) if self.times is None else len(self.times)

    @property
    def _lists(self) -> Lists:
        assert self.lists is not None
        return self.lists

    @cached_property
    def ranks(self) -> NDArray[np.uint32] | None:
        """Numbers that sort value codes as their values; None when the codes do."""
        if not self.mixed:
            return None
        # Equal numbers that are written differently stand in the order of their texts, which is that of their codes.
        order = np.argsort(self.dictionary.numeric_ranks(), kind="stable")
        ranks = np.empty(len(order), np.uint32)
        ranks[order] = np.arange(len(order), dtype=np.uint32)
        return ranks

    def ranked(self, codes: Places) -> Places:
        """What sorts value codes `codes` as their values."""
        ranked: Places = codes if self.ranks is None else self.ranks[codes]
        return ranked

    def texts(self, codes: Places) -> list[str]:
        """The values of value codes."""
        if self.times is None:
            return self.dictionary.values.gather(codes).to_list()
        return [
            "" if time == NO_TIME else format_instant(time) for time in self.times[np.asarray(codes, np.intp)].tolist()
        ]

    def code(self, value: str) -> int | None:
        """The code of `value`; None when the store does not have it."""
        if not value and self.times is None:
            return 0
        if self.times is not None:
            time = event_time_ms(value) if value else NO_TIME
            places = np.flatnonzero(self.times == (NO_TIME - 1 if time is None else time))
        else:
            places = np.flatnonzero((self.dictionary.values == value).to_numpy())
        return int(places[0]) if len(places) else None

    def grades(self, needle: str, codes: Places, cancelled: Cancelled = never) -> NDArray[np.int8]:
        """Per value code of `codes` how well `needle` finds its value, 0 being best; -1 when it does not."""
        if self.times is None:
            found = grades(self.dictionary, needle, cancelled)
            return found[codes]
        pieces = [np.empty(0, np.int8)]
        for at in range(0, len(codes), _SLICE):
            still_wanted(cancelled)
            spelled = Dictionary(pl.Series(["", *self.texts(codes[at : at + _SLICE])], dtype=pl.String))
            pieces.append(grades(spelled, needle, cancelled)[1:])
        return np.concatenate(pieces)

    def per_row(self, rows: NDArray[np.uint32]) -> tuple[Places, NDArray[np.intp] | None]:
        """A value code for each of `rows`; with lists several, and then how often each row is repeated for them."""
        axis = self.codes[rows]
        return (gather(self.table, axis), None) if self.table is not None else expanded(self._lists, axis)


def expanded(lists: Lists, codes: Places) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """The items of each list, or 0 for an empty one, one list behind the other; and how many each list gave."""
    lengths = (lists.starts[1:] - lists.starts[:-1])[codes].astype(np.intp)
    repeats = np.maximum(lengths, 1)
    starts = np.repeat(lists.starts[codes].astype(np.int64), repeats)
    within = np.arange(int(repeats.sum())) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    items = np.zeros(len(starts), np.uint32)
    filled = np.repeat(lengths > 0, repeats)
    items[filled] = lists.items[(starts + within)[filled]]
    return items, repeats


def coding(frame: Frame, column: str, cancelled: Cancelled = never) -> Coding:
    """How `column` is coded; kept for the store. Raises Superseded when `cancelled()` turns true on the way."""
    return frame.kept(("coding", column), lambda: _coding(frame, column, cancelled))


def _coding(frame: Frame, column: str, cancelled: Cancelled) -> Coding:
    if kind_of(column) == "mark" and not frame.has_axis(column):
        nothing = Dictionary(pl.Series([""], dtype=pl.String))
        return Coding(column, column, np.zeros(frame.columns.height, np.uint8), np.zeros(1, np.uint8), None, nothing)
    if column in AXIS_OF:
        axis = AXIS_OF[column].name
        table = frame.columns.tables[axis][column]
        return Coding(column, axis, frame.axis_codes(axis), table, None, frame.dictionary(column))
    if column == "source":
        dictionary = frame.dictionary(column)
        table = np.arange(1, len(dictionary), dtype=np.uint32)
        return Coding(column, "file", frame.axis_codes("file"), table, None, dictionary)
    if column == TIME_COLUMN:
        return _of_times(frame.columns.time)
    if not frame.has_axis(column):
        return _of_texts(frame, column, cancelled)
    frame.read_path(column, cancelled)
    lists, mixed = frame.lists(column), kind_of(column) == "path"
    axis = frame.axis_of(column)
    return Coding(column, axis, frame.axis_codes(axis), None, lists, frame.dictionary(column), mixed=mixed)


def _of_times(time: NDArray[np.int64]) -> Coding:
    """Times are sorted: the code grows by one where the time does. Code 0 is kept for the missing one."""
    changes = np.ones(len(time), bool)
    changes[1:] = time[1:] != time[:-1]
    codes = np.cumsum(changes, dtype=np.uint32)
    times = np.concatenate([np.array([NO_TIME], np.int64), time[changes]])
    if len(time) and time[-1] == NO_TIME:
        codes[time == NO_TIME] = 0
        times = times[:-1]
    nothing = Dictionary(pl.Series([], dtype=pl.String))
    return Coding(TIME_COLUMN, TIME_COLUMN, codes, np.arange(len(times), dtype=np.uint32), None, nothing, times)


def _of_texts(frame: Frame, column: str, cancelled: Cancelled) -> Coding:
    """Ids, hashes and counts are hardly ever repeated, so they are spelled out."""
    pieces = [pl.Series(column, [""], pl.String)]
    for at in range(0, frame.columns.height, _SLICE):
        still_wanted(cancelled)
        rows = np.arange(at, min(at + _SLICE, frame.columns.height), dtype=np.uint32)
        pieces.append(pl.Series(column, frame.texts(column, rows), pl.String))
    texts = pl.concat(pieces)
    codes = (texts.rank("dense").to_numpy() - 1).astype(np.uint32)[1:]
    values = texts.unique().sort()
    mixed = kind_of(column) == "number"
    return Coding(column, column, codes, np.arange(len(values), dtype=np.uint32), None, Dictionary(values), mixed=mixed)
