"""Columns made searchable: one place that knows how a column's values are reached, by axis, by row or by path."""

from collections.abc import Callable, Hashable
from copy import copy
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.model.column import ISSUE_COLUMN, kind_of
from ctwork.model.instant import format_instant
from ctwork.model.predicate import Condition, Phrase, Word
from ctwork.store.axis import AXIS_OF, RESOURCE
from ctwork.store.cancel import Cancelled
from ctwork.store.columns import Codes, Columns, Lists
from ctwork.store.markcolumns import Marking
from ctwork.store.parallel import any_item, gather
from ctwork.store.path import PathColumns
from ctwork.store.stamp import NO_TIME, id_text
from ctwork.store.truth import Dictionary, Truth

T = TypeVar("T")

_FILE = "file"
COPIES = "copies"
_KEPT_TRUTHS = 256
MARK_AXIS = "mark"


class Frame:
    """The columns of one store with everything a lens, a page or a facet asks of them. Caches, never changes."""

    def __init__(self, columns: Columns, paths: PathColumns) -> None:
        self.columns = columns
        self._paths = paths
        self._dictionaries: dict[str, Dictionary] = {}
        self._kept: dict[Hashable, Any] = {}
        self._truths: dict[tuple[str, Condition | Word | Phrase], tuple[str, Truth]] = {}
        self._read_marks: Callable[[Frame], Marking] | None = None

    def marked(self, read: "Callable[[Frame], Marking]") -> "Frame":
        """The same columns under other marks, which `read` makes of this frame when they are first asked for."""
        other = copy(self)
        other._read_marks = read
        # All that was worked out stays true but what was worked out of marks.
        other.__dict__.pop("marks", None)
        other._dictionaries = {name: each for name, each in self._dictionaries.items() if kind_of(name) != "mark"}
        other._truths = {key: each for key, each in self._truths.items() if kind_of(key[0]) != "mark"}
        other._kept = {key: each for key, each in self._kept.items() if not _is_of_marks(key)}
        return other

    @cached_property
    def marks(self) -> Marking | None:
        """What marks say of each row; None when nothing is marked."""
        return None if self._read_marks is None else self._read_marks(self)

    def kept(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make` made of this store under `name`; made once. Two threads may both make it: it is the same."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found

    # -- axes ---------------------------------------------------------------------------------------------------

    def has_axis(self, column: str) -> bool:
        """Whether the values of `column` can be told from codes: every column but ids, hashes and counts."""
        if kind_of(column) == "mark":
            return self._knows_mark(column)
        return column in AXIS_OF or column == "source" or _is_listed(column)

    def _knows_mark(self, column: str) -> bool:
        return self.marks is not None and column in self.marks.lists

    def axis_codes(self, axis: str) -> Codes:
        """The frame's code column of `axis`, one per row."""
        if axis == _FILE:
            return self.columns.cold["file"]
        if axis in self.columns.axes:
            return self.columns.axes[axis]
        if axis == MARK_AXIS and self.marks is not None:
            return self.marks.codes
        return self._paths.column(axis).codes

    def read_path(self, column: str, cancelled: Cancelled) -> None:
        """Reads a path that has not been read yet. Raises Superseded soon after `cancelled()` turns true."""
        if kind_of(column) == "path" and column not in AXIS_OF:
            self._paths.column(column, cancelled)

    def at_hand(self, column: str) -> bool:
        """Whether the distinct values of `column` are known without reading the evidence or spelling out each row."""
        path = column not in AXIS_OF and kind_of(column) == "path"
        return self._paths.has(column) if path else self.has_axis(column)

    def axis_of(self, column: str) -> str:
        """The axis `column` lies on."""
        if column == "source":
            return _FILE
        if column in AXIS_OF:
            return AXIS_OF[column].name
        return MARK_AXIS if kind_of(column) == "mark" else column

    def axis_truth(self, column: str, condition: Condition | Word | Phrase) -> tuple[str, Truth]:
        """The axis of `column` and, per axis row, whether `condition` accepts any of its values."""
        key = (column, condition)
        if key not in self._truths:
            while len(self._truths) >= _KEPT_TRUTHS:
                self._truths.pop(next(iter(self._truths)))
            self._truths[key] = self._axis_truth(column, condition)
        return self._truths[key]

    def _axis_truth(self, column: str, condition: Condition | Word | Phrase) -> tuple[str, Truth]:
        truth = self.dictionary(column).truth(condition)
        if column in AXIS_OF:
            axis = AXIS_OF[column].name
            return axis, truth[self.columns.tables[axis][column]]
        if column == "source":
            return _FILE, truth[1:]
        return self.axis_of(column), any_item(self.lists(column), truth)

    def dictionary(self, column: str) -> Dictionary:
        """The distinct values of `column`."""
        if column not in self._dictionaries:
            if column == "source":
                names = pl.concat([pl.Series("source", [""]), self.columns.files["name"].alias("source")])
                self._dictionaries[column] = Dictionary(names)
            elif kind_of(column) == "mark" and self.marks is not None:
                self._dictionaries[column] = self.marks.dictionaries[column]
            elif column in self.columns.dictionaries:
                self._dictionaries[column] = Dictionary(self.columns.dictionaries[column])
            else:
                self._dictionaries[column] = Dictionary(self._paths.column(column).values)
        return self._dictionaries[column]

    def lists(self, column: str) -> Lists:
        """The value lists of a list-valued column."""
        if column == RESOURCE:
            return self.columns.resources
        if kind_of(column) == "mark" and self.marks is not None:
            return self.marks.lists[column]
        return self._paths.column(column).lists

    def codes(self, column: str, rows: NDArray[np.uint32] | slice | None = None) -> Codes:
        """Dictionary codes of a single-valued axis column for `rows` (None: all)."""
        axis = self.axis_codes(self.axis_of(column))
        axis = axis if rows is None else axis[rows] if isinstance(rows, slice) else gather(axis, rows)
        if column == "source":
            return axis.astype(np.uint32) + np.uint32(1)
        return gather(self.columns.tables[AXIS_OF[column].name][column], axis)

    # -- values that have no axis -------------------------------------------------------------------------------

    def bounds(self, start_ms: int | None, end_ms: int | None) -> tuple[int, int]:
        """First and one past the last row in [start_ms, end_ms); rows without a time only when both ends are open."""
        time = self.columns.time
        if start_ms is None and end_ms is None:
            return 0, len(time)
        low = 0 if start_ms is None else int(np.searchsorted(time, start_ms))
        high = int(np.searchsorted(time, NO_TIME if end_ms is None else end_ms))
        return low, max(low, high)

    @cached_property
    def odd_ids(self) -> dict[int, str]:
        """Ids that are no lower-case UUIDs, by row; "" for a missing one."""
        return {row: text or "" for row, text in self.columns.odd.select("row", "event_id").iter_rows()}

    @cached_property
    def odd_times(self) -> dict[int, str]:
        """Event times as written, where that is not the plain form, by row; "" for a missing one."""
        return {row: text or "" for row, text in self.columns.odd.select("row", "event_time").iter_rows()}

    @cached_property
    def copy_counts(self) -> dict[int, int]:
        """How often a record was delivered, for those delivered more than once."""
        rows, counts = np.unique(self.columns.copies.row, return_counts=True)
        return dict(zip(rows.tolist(), (counts + 1).tolist(), strict=True))

    @cached_property
    def conflicts(self) -> frozenset[int]:
        """Rows whose eventID also occurs with different bytes."""
        twins = self.columns.twins
        return frozenset(twins.row[twins.conflict].tolist())

    @cached_property
    def failed_calls(self) -> Truth:
        """Per row of the call table, whether its outcome is not ok."""
        outcomes = self.dictionary("outcome").texts
        bad = np.array([text not in ("", "ok") for text in outcomes])
        return bad[self.columns.tables["call"]["outcome"]]

    @cached_property
    def failed(self) -> Truth:
        """Per row, whether its outcome is not ok: asked for by every histogram and every facet."""
        return gather(self.failed_calls, self.axis_codes("call"))

    # -- text of cells ------------------------------------------------------------------------------------------

    def texts(self, column: str, rows: NDArray[np.uint32]) -> list[str]:
        """The text of `column` for each of `rows`; "" when absent, values of a list joined by a space."""
        if column == "eventTime":
            odd = self.odd_times
            return [
                odd.get(row) if row in odd else format_instant(time)  # type: ignore[misc]
                for row, time in zip(rows.tolist(), self.columns.time[rows].tolist(), strict=True)
            ]
        if column == "eventID":
            odd = self.odd_ids
            pairs = zip(rows.tolist(), self.columns.cold["id"][rows].tolist(), strict=True)
            return [odd[row] if row in odd else id_text(*halves) for row, halves in pairs]
        if column == COPIES:
            return [str(self.copy_counts.get(row, 1)) for row in rows.tolist()]
        if column == "sha256":
            return self._paths.hashes(rows)
        if column in AXIS_OF or column == "source":
            return self.dictionary(column).spelled(self.codes(column, rows))
        return [" ".join(values) for values in self.value_lists(column, rows)]

    def text(self, column: str, row: int) -> str:
        """One cell; as `texts`, without the cost of a gather."""
        if column not in AXIS_OF:
            return self.texts(column, np.array([row], np.uint32))[0]
        axis = AXIS_OF[column].name
        return self.dictionary(column).text(int(self.columns.tables[axis][column][self.columns.axes[axis][row]]))

    def value_lists(self, column: str, rows: NDArray[np.uint32]) -> list[list[str]]:
        """All values of a column for each of `rows`; an empty list when absent."""
        if kind_of(column) == "mark" and not self._knows_mark(column):
            return [[] for _ in rows]
        if not _is_listed(column):
            return [[text] if text else [] for text in self.texts(column, rows)]
        lists = self.lists(column)
        codes, back = np.unique(self.axis_codes(self.axis_of(column))[rows], return_inverse=True)
        spans = [lists.row(code) for code in codes.tolist()]
        texts = iter(self.dictionary(column).values.gather(np.concatenate([lists.items[:0], *spans])).to_list())
        found = [list(islice(texts, len(span))) for span in spans]
        return [found[place] for place in back.tolist()]

    def ranks(self, column: str, rows: NDArray[np.uint32] | slice) -> Codes:
        """Numbers that sort `rows` as the values of `column` do; rows without a value come first."""
        if column in AXIS_OF or column == "source":
            return self.codes(column, rows)
        if column == COPIES:
            ranks = np.ones(self.columns.height, np.uint32)
            for row, count in self.copy_counts.items():
                ranks[row] = count
            return ranks[rows]
        if column in ("eventID", "sha256"):
            spelled = np.arange(self.columns.height, dtype=np.uint32)[rows]
            return np.unique(self.texts(column, spelled), return_inverse=True)[1].astype(np.uint32)
        lists = self.lists(column)
        first = np.zeros(len(lists.starts) - 1, np.uint32)
        filled = lists.starts[1:] > lists.starts[:-1]
        first[filled] = lists.items[lists.starts[:-1][filled]]
        first = self.dictionary(column).numeric_ranks()[first] if kind_of(column) == "path" else first
        axis = self.axis_codes(self.axis_of(column))
        return gather(first, axis[rows] if isinstance(rows, slice) else gather(axis, rows))


def _is_listed(column: str) -> bool:
    """Whether an event may have several values in `column`."""
    return column in (RESOURCE, ISSUE_COLUMN) or (column not in AXIS_OF and kind_of(column) in ("path", "mark"))


def _is_of_marks(key: Hashable) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return any(isinstance(part, str) and (part == MARK_AXIS or kind_of(part) == "mark") for part in parts)
