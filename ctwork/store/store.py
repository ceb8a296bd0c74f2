"""The door of this room: a store is opened, looked at through lenses, and asked for single events."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ctwork.errors import CaseError
from ctwork.model.annotation import Annotation
from ctwork.model.facet import MOST_FIRST, FacetOrder, Facets, Suggestion
from ctwork.model.lens import Lens
from ctwork.model.predicate import Match, Text
from ctwork.model.shown import Detail, Histogram
from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, IssueKind, Weight
from ctwork.store.cancel import Cancelled
from ctwork.store.columns import Columns
from ctwork.store.detail import read_detail
from ctwork.store.facet import Facet, facets
from ctwork.store.frame import Frame
from ctwork.store.generation import load_generation
from ctwork.store.histogram import bucketed
from ctwork.store.marking import marking, targets
from ctwork.store.merge import merge
from ctwork.store.originals import Bytes, originals
from ctwork.store.path import PathColumns
from ctwork.store.pointer import current_generation, read_meta
from ctwork.store.stamp import NO_TIME
from ctwork.store.strand import load_strands
from ctwork.store.suggest import suggest, warm
from ctwork.store.summary import summarise
from ctwork.store.view import View, look


@dataclass(frozen=True, eq=False)
class Store:
    """Events as columns, opened for reading."""

    frame: Frame
    meta: dict[str, Any]
    """What the load wrote down; empty for a glimpse."""
    bounds: Bounds = DEFAULT_BOUNDS

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """The finished store in `folder`. Raises CaseError when there is none or it is damaged."""
        generation = current_generation(folder)
        if generation is None:
            raise CaseError("nothing has been loaded yet", "open the sources once")
        meta = read_meta(generation)
        return cls.of(load_generation(generation), meta, Bounds(**meta.get("bounds", {})))

    @classmethod
    def glimpse(cls, parts: Iterable[Path]) -> "Store":
        """What the finished parts of a running load hold. Copies are not folded yet."""
        return cls.of(merge(load_strands(parts), None), {})

    @classmethod
    def of(cls, columns: Columns, meta: dict[str, Any], bounds: Bounds = DEFAULT_BOUNDS) -> "Store":
        """A store over `columns`."""
        return cls(Frame(columns, PathColumns(columns, bounds)), meta, bounds)

    @property
    def height(self) -> int:
        """Unique events."""
        return self.frame.columns.height

    def marked(self, marks: Callable[[], Mapping[str, Annotation]]) -> "Store":
        """The same events under other marks: by the text of their targets, asked for when a lens first needs them."""
        return replace(self, frame=self.frame.marked(lambda frame: marking(frame, marks())))

    def strays(self) -> tuple[str, ...]:
        """The targets of marked records that are not in this store."""
        marks = self.frame.marks
        return () if marks is None else marks.strays

    def places(self) -> Mapping[str, int]:
        """The rows of the marked records that are in this store, by the text of their targets."""
        marks = self.frame.marks
        return {} if marks is None else marks.rows

    def targets(self, rows: Sequence[int]) -> dict[str, Annotation]:
        """The records in `rows` as what can be marked, and what they look like. Reads each from the evidence.

        Raises SourceError when one of them cannot be read: what is not known byte for byte is not marked.
        """
        return targets(self.frame, np.array(rows, np.uint32))

    def look(self, lens: Lens, cancelled: Cancelled = lambda: False) -> View:
        """The events `lens` shows. Raises `cancel.Superseded` when `cancelled()` turns true on the way."""
        return look(self.frame, lens, cancelled)

    def detail(self, row: int) -> Detail:
        """The event in `row`, read again from the evidence and verified."""
        return read_detail(self.frame, row, self.bounds)

    def warm(self) -> None:
        """Make what the first keys need, before they are pressed: a second at ten million events, or two.

        The first record needs its place, the first word typed its dictionaries without regard to case, the first
        pivot every axis counted, and the first histogram what failed.
        """
        for name in ("file", "index", "id"):
            self.frame.columns.cold[name]
        _ = self.frame.failed
        warm(self.frame)

    def summary(self) -> dict[str, Any]:
        """The counts of the whole store, in the shape of ``ctwork status``."""
        found = self.meta.get("summary")
        return found if isinstance(found, dict) else summarise(self.frame.columns)

    @property
    def lost(self) -> int:
        """How many issues mean that something could not be read."""
        return self._weighing(Weight.LOSS)

    @property
    def doubts(self) -> int:
        """How many issues are more than a note: what was lost, and what looked odd."""
        return self.lost + self._weighing(Weight.DOUBT)

    def _weighing(self, weight: Weight) -> int:
        return sum(row["count"] for row in self.summary()["issues"] if IssueKind(row["kind"]).weight is weight)

    def whereabouts(self, before: "Store", row: int) -> int:
        """The row that holds the event which `before` has in `row`, or the nearest to it in time."""
        time, wanted = self.frame.columns.time, before.frame.columns.time[row]
        first, last = np.searchsorted(time, [wanted, wanted + 1]) if wanted != NO_TIME else (0, self.height)
        ids = self.frame.columns.cold["id"][first:last]
        found = np.flatnonzero((ids == before.frame.columns.cold["id"][row]).all(axis=1))
        return int(first) + (int(found[0]) if found.size else 0)

    def issues(self) -> pl.DataFrame:
        """Every load issue: ``source, kind, offset, length, index, message``, sorted by place."""
        return self.frame.columns.issues.sort("source", "index", "offset", "kind", nulls_last=False)

    def facets(
        self,
        view: View,
        columns: Sequence[str],
        limit: int | None = None,
        order: FacetOrder = MOST_FIRST,
        needle: str = "",
    ) -> list[Facet]:
        """A pivot of `view` by `columns`; of one alone, only the values that `needle` finds."""
        if len(columns) > 1:
            return facets(view.selection, columns, limit, order)
        pages = view.facets(Facets(columns[0], order, needle))
        return [
            Facet((row.value,), row.count, row.first_ms, row.last_ms, row.errors)
            for row in pages.page(0, pages.total if limit is None else limit)
        ]

    def suggest(self, field: str, begun: str, limit: int, cancelled: Cancelled = lambda: False) -> Sequence[Suggestion]:
        """Values that `begun` may become, the likeliest first. Raises Superseded as `look` does."""
        return suggest(self.frame, field, begun, limit, cancelled)

    def timeline(self, view: View, bucket_ms: int) -> Histogram:
        """`view` counted into buckets of `bucket_ms`, aligned to the epoch, over `asked_span`."""
        span = self.asked_span(view)
        if span is None:
            return Histogram(0, bucket_ms, (), ())
        first, last = span[0] // bucket_ms, span[1] // bucket_ms
        return bucketed(view.selection, first * bucket_ms, bucket_ms, last - first + 1)

    def asked_span(self, view: View) -> tuple[int, int] | None:
        """First and last millisecond of interest: what the lens asks for, its open ends filled from the events.

        Silence at an end that was asked for is an answer too. None when there is no event at all.
        """
        found = view.selection.span_ms
        lens = view.lens
        if found is None and (lens.start_ms is None or lens.end_ms is None):
            return None
        first, last = found or (0, 0)
        return (
            first if lens.start_ms is None else lens.start_ms,
            last if lens.end_ms is None else max(lens.end_ms - 1, lens.start_ms or first),
        )

    def find(self, event_id: str) -> list[int]:
        """Rows with that eventID: one, or several in conflict, or none."""
        lens = Lens.parse("").narrow(Match("eventID", Text(event_id)))
        return [int(row) for row in self.look(lens).slice(0, self.height)]

    def rows(self, rows: Sequence[int]) -> NDArray[np.uint32]:
        """Row numbers as the frame takes them."""
        return np.array(rows, np.uint32)

    def raw(self, view: View, step: int = 4096) -> Iterator[bytes]:
        """The original bytes of each event of `view`, in its order; empty where they cannot be had."""
        for offset in range(0, view.total, step):
            yield from (each.raw for each in self.originals(view.slice(offset, step)))

    def originals(self, rows: NDArray[np.uint32]) -> list[Bytes]:
        """The original bytes of each of `rows` and what is wrong with them; each file is read once."""
        return originals(self.frame, rows, self.bounds)

    def texts(self, view: View, columns: Sequence[str], step: int = 65_536) -> Iterator[list[list[str]]]:
        """The cells of `view` in its order: per chunk of events one list of texts per column."""
        for offset in range(0, view.total, step):
            rows = np.asarray(view.slice(offset, step))
            yield [self.frame.texts(column, rows) for column in columns]
