"""What an open case answers about its load: the report, its rows, the evidence behind them, records in conflict."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.case.early import EarlyEvents
from ctwork.case.head import head_of
from ctwork.case.outlet import evidence_of, export, form_of, row_text
from ctwork.case.seen import seen_as, seen_in
from ctwork.errors import CaseError, UsageError
from ctwork.model.extent import Extent
from ctwork.model.facet import Suggestion
from ctwork.model.report import IssueLine, Report, Rival, Sieve, Surroundings

if TYPE_CHECKING:
    from ctwork.store.report import IssueView
    from ctwork.store.store import Store


EARLY = 1
"""The generation of the events that come ahead of any store."""


class NoIssues:
    """No rows: nothing has been read yet."""

    total = 0

    def page(self, offset: int, limit: int) -> Sequence[IssueLine]:
        """No rows."""
        return ()

    def position(self, number: int) -> int | None:
        """Nowhere."""
        return None

    def next_loss(self, offset: int, step: int) -> int | None:
        """None."""
        return None


class Inquest:
    """Answers from the newest store. All but the imports is cheap or says that it belongs in a thread."""

    _generation = 0
    _stores: "dict[int, Store]"
    _first: EarlyEvents

    def report(self) -> Report | None:
        """What was read, and what was not; None while there is no store."""
        store = self._stores.get(self._generation)
        if store is None:
            return None
        from ctwork.store.report import report_of  # polars, long after the first paint, as in all that follows

        return report_of(store)

    def extent(self) -> Extent | None:
        """Which time, accounts and regions the events are of; None while there is no finished store. In a thread."""
        store = self._stores.get(self._generation)
        if store is None or not store.meta:
            return None
        found = store.summary()
        return Extent(
            found["first_event"] or "", found["last_event"] or "", tuple(found["accounts"]), tuple(found["regions"])
        )

    def suggest(
        self, field: str, begun: str, limit: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Sequence[Suggestion]:
        """Values that `begun` may become, the likeliest first; none while there is no store. Called in a thread.

        None either when `cancelled()` turns true on the way.
        """
        store = self._stores.get(self._generation)
        if store is None:
            return ()
        from ctwork.store.cancel import Superseded

        try:
            return store.suggest(field, begun, limit, cancelled)
        except Superseded:
            return ()

    def issues(self, sieve: Sieve) -> "IssueView | NoIssues":
        """The rows of the load report that `sieve` wants. Called in a thread."""
        store = self._stores.get(self._generation)
        if store is None:
            return NoIssues()
        from ctwork.store.report import issue_view

        return issue_view(store, sieve)

    def surroundings(self, line: IssueLine) -> Surroundings:
        """The evidence around the place of `line`, read again. Called in a thread."""
        from ctwork.store.report import surroundings

        return surroundings(self._newest_store(), line)

    def event_of(self, line: IssueLine) -> int | None:
        """The event that `line` names, None when it names none. Called in a thread."""
        from ctwork.store.report import event_of

        generation = self._generation
        store = self._stores.get(generation)
        if store is None or line.index is None:
            return None
        row = event_of(store.frame.columns, line.source, line.index)
        return None if row is None else seen_as(generation, row)

    def rivals(self, row: int) -> tuple[Rival, ...]:
        """Event `row` and then every record with the same eventID and other bytes, read again. Called in a thread.

        Nothing when the event is of a store that is gone and no store has it.
        """
        from ctwork.store.conflict import rivals

        generation, here = seen_in(row)
        if generation not in self._stores:
            generation = self._generation
            found = self._find(generation, row)
            if found is None:
                return ()
            here = found
        store = self._stores.get(generation)
        if store is None:
            return ()
        rows = (here, *rivals(store.frame.columns, here))
        return tuple(Rival(seen_as(generation, each), store.detail(each)) for each in rows)

    def _find(self, generation: int, seen: int) -> int | None:
        """The row, in the store of `generation`, of an event that was seen in some store."""
        there, row = seen_in(seen)
        if there == generation:
            return row
        before, now = self._stores.get(there), self._stores.get(generation)
        if now is not None and there == EARLY:
            event_id = self._first.event_id(row)
            return next(iter(now.find(event_id)), None) if event_id else None
        return None if before is None or now is None else now.whereabouts(before, row)

    def save_issues(self, path: str) -> int:
        """Writes the whole load report to `path` as its suffix says; returns how many rows. Called in a thread.

        The sums go into ``NAME.report.json`` beside it.

        Raises UsageError for another suffix, for a file that exists and for a place inside the evidence.
        """
        from ctwork.store.report import COLUMNS, issue_rows

        output = Path(path).expanduser()
        form = form_of(output)
        if form is None:
            raise UsageError(f"{output.name} says no form", "end the name in .csv, .json or .jsonl")
        store = self._newest_store()
        with export(output, evidence_of(store), lambda: head_of(store), replace=False) as stream:
            stream.writelines(row_text(form, COLUMNS, issue_rows(store, Sieve())))
        return store.frame.columns.issues.height

    def _newest_store(self) -> "Store":
        store = self._stores.get(self._generation)
        if store is None:
            raise CaseError("nothing has been read yet", "wait for the first files")
        return store
