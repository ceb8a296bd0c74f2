"""An opening case: what is there can be looked at at once, while a loader process brings in the rest.

Rows are numbered per store, and the store changes while the load runs, so the numbers given out here carry the store's
generation: an event asked for again is found in whichever store it was seen in.
"""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from ctwork.case.again import Rereading
from ctwork.case.case import Case
from ctwork.case.casebook import Casebook
from ctwork.case.early import EarlyEvents
from ctwork.case.hints import Hints
from ctwork.case.inquest import EARLY, Inquest
from ctwork.case.leaver import Leaver
from ctwork.case.lenses import LensBook
from ctwork.case.loading import Failure, failure_of, start_loader
from ctwork.case.marker import Marker
from ctwork.case.markfact import with_mark
from ctwork.case.seen import EmptyView, SeenView, seen_as, seen_in
from ctwork.config import data_folder
from ctwork.errors import CtworkError
from ctwork.model.lens import Lens
from ctwork.model.shown import Detail, Progress
from ctwork.store.pointer import LOAD, SUFFIX

if TYPE_CHECKING:
    from ctwork.case.early import EarlyView
    from ctwork.store.store import Store

_KEPT = 4
_GLIMPSE_LIMIT = 1_000_000
"""Past so many events a running load is not looked into again: the finished store follows soon enough."""
_GROWTH = 2.0
_WARM_ANYWAY = 6
_WARM_AT = 2
"""The first poll comes before the first paint, which must not share the interpreter with an import."""
_GONE = Detail((), b"", None, (), "", "the load has gone on since this was shown: move the cursor to look again")


class Opening(Inquest):
    """The desk of a workbench. Make it before anything starts threads: it forks the loader at once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._reloading = case.loaded
        case.remember()
        self._link, self._pid = start_loader(case)
        self._progress = Progress(message="opening" if self._reloading else "reading")
        self._loading = Progress()
        self._stores: dict[int, Store] = {}
        self._first = EarlyEvents(())
        self._generation = 0
        self._building = threading.Lock()
        self._marking = threading.Lock()
        self._polls = 0
        self._shown = self._warming = False
        self._built = 0
        self._ended = False
        self._failure: Failure | None = None
        self.book = Casebook(case.folder)
        self.lenses = LensBook(self.book)
        self.marks = Marker(self.book, case.folder, self._newest, self._find, self.renew_marks)
        self.exports = Leaver(self.book, case.folder, self._newest)
        self.hints = Hints(data_folder(), case.plan.sources)
        self._again: Rereading | None = None

    @property
    def progress(self) -> Progress:
        """The last known progress."""
        return self._progress

    def poll(self) -> Progress:
        """Takes in what the loader has said since the last call."""
        self._polls += 1
        if not self._warming and self._may_import:
            self._warming = True
            threading.Thread(target=self._warm, name="warm", daemon=True).start()
        finished = self._listen() or self._examined()
        # What was loaded before is looked at now, and not when the loader has brought it up to date.
        early = self._reloading and self._polls == _WARM_AT
        if finished or early or (self._wants_glimpse() and not self._building.locked()):
            arguments = (finished or early, finished)
            threading.Thread(target=self._build, args=arguments, name="store", daemon=True).start()
        self._progress = self._told()
        return self._progress

    def examine(self) -> None:
        """Reads everything once more and looks into every record; the store stands until then. Raises CtworkError."""
        if self._again is None:
            self._again = Rereading(self._case)

    def _examined(self) -> bool:
        """Whether a second reading has just put its store in force. Raises CaseError when it failed."""
        again = self._again
        try:
            if again is None or not again.finished():
                return False
        except CtworkError:
            self._again = None
            self._progress = self._told()
            raise
        self._case, self._again = again.case, None
        return True

    def _listen(self) -> bool:
        """Whether the loader has said that the store is finished. One that fell silent before that has failed."""
        finished = False
        try:
            while not self._ended and self._link.poll():
                news = self._link.recv()
                if isinstance(news, Progress):
                    self._loading = news
                    continue
                if isinstance(news, tuple):
                    self._first = EarlyEvents(news)
                    self._generation = max(self._generation, EARLY)
                    continue
                self._ended = True
                finished = not isinstance(news, Failure)
                self._failure = None if finished else news
        except (EOFError, OSError):
            self._ended = True
            self._failure = Failure("the load ended before it was done", "open it again; what was read is kept")
        return finished

    def stop(self) -> None:
        """Read no further file; what is done becomes the store. A second reading leaves nothing."""
        if self._again is not None:
            self._again.stop()
            self._again = None
            return
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGINT)

    def close(self) -> None:
        """End the loader; finished parts are kept for the next load. The case is given out of hand."""
        if self._again is not None:
            self._again.stop()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)
        self.book.close()

    def select(self, lens: Lens, cancelled: Callable[[], bool]) -> "SeenView | EarlyView | EmptyView":
        """The events of `lens` in the newest store; while there is none, of the first that were read."""
        generation, store = self._newest()
        if store is None:
            view = self._first.view(lens, seen_as(EARLY, 0))
            self._shown = self._shown or view.total > 0
            return view
        from ctwork.store.cancel import Superseded  # numpy and polars, long after the first paint

        try:
            found = store.look(lens, cancelled)
            if not found.arrange(cancelled):
                threading.Thread(target=found.settle, name="settle", daemon=True).start()
            return SeenView(found, generation, self._find, lambda: self._stores.get(generation))
        except Superseded:
            return EmptyView(lens)

    def renew_marks(self) -> None:
        """Puts the marks as they are now in force, in every store. Called in a thread: it reads the journal."""
        with self._marking:
            known = self.marks.known()
            generation, _ = self._newest()
            for number, store in list(self._stores.items()):
                renewed = store.marked(lambda: known)
                if number == generation:
                    _ = renewed.frame.marks  # worked out here: pages are read where no one may wait
                if number in self._stores:
                    self._stores[number] = renewed

    def detail(self, row: int) -> Detail:
        """Event `row`, read again from its carrier and verified."""
        generation, row = seen_in(row)
        if generation == EARLY:
            return self._first.detail(row)
        store = self._stores.get(generation)
        return _GONE if store is None else with_mark(store, row)

    def _newest(self) -> "tuple[int, Store | None]":
        generation = self._generation
        return generation, self._stores.get(generation)

    def _wants_glimpse(self) -> bool:
        known = self._loading.records
        waits = not self._may_import or self._reloading or self._loading.done
        return not waits and self._built < min(known / _GROWTH, _GLIMPSE_LIMIT)

    @property
    def _may_import(self) -> bool:
        """Whether polars may take the interpreter now: the first events come before it, if they come soon."""
        return self._polls >= _WARM_AT and (self._reloading or self._shown or self._polls >= _WARM_ANYWAY)

    def _warm(self) -> None:
        """Load what the first store will need, beside the first paint and while the first files are read."""
        # One thread at a time: two that import modules which import one another would each find the other's half done.
        with self._building:
            import_module("ctwork.store.store")

    def _build(self, whole: bool, final: bool) -> None:
        """Open the whole store or a glimpse of the parts, in a thread of its own. Only the `final` one must succeed."""
        with self._building:
            # Polars: loads beside the first paint, not before it; `_warm` says why under this lock.
            from ctwork.store.store import Store

            try:
                if whole:
                    store = Store.open(self._case.store)
                else:
                    store = Store.glimpse((self._case.store / LOAD).glob(f"*{SUFFIX}"))
            except (CtworkError, OSError) as problem:
                # The finishing loader may take away what is being opened; the finished store is on its way then.
                if final:
                    self._failure = failure_of(problem)
                return
            if final or store.height > self._built:
                generation = max(self._generation, EARLY) + 1
                with self._marking:
                    known = self.marks.known()
                    store = store.marked(lambda: known)
                    _ = store.frame.marks
                    self._stores[generation] = store
                self._stores.pop(generation - _KEPT, None)
                self._generation = generation
                self._built = store.height
                if whole:
                    store.warm()
                if final:
                    self._note_load(store)

    def _note_load(self, store: "Store") -> None:
        """Writes down what was read. A place that cannot be written keeps nobody from looking: a change says so."""
        from ctwork.case.intake import note_load  # with the store, not before

        with suppress(CtworkError):
            note_load(self.book, self._case.store, store, self._case.names)

    def _told(self) -> Progress:
        """The loader's progress as the workbench should see it."""
        examining = None if self._again is None else self._again.done
        told = replace(self._loading, generation=self._generation, examining=examining)
        if self._failure is not None:
            return replace(told, done=True, message=f"{self._failure.title} ({self._failure.hint})")
        _, store = self._newest()
        if store is not None and store.meta:
            counts = store.summary()
            told = replace(
                told,
                records=counts["records"]["read"],
                unique=counts["records"]["unique"],
                copies=counts["records"]["copies"],
                files_seen=max(told.files_seen, counts["files"]["seen"]),
                issues=store.doubts,
                lost=store.lost,
            )
        return replace(told, done=told.done and store is not None and bool(store.meta))
