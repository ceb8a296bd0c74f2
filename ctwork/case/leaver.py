"""What the workbench of a case lets out: the events of a lens, or the marked ones, as file, bundle or report."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.case.casebook import Casebook
from ctwork.errors import CaseError, UsageError
from ctwork.model.leave import REDACTIONS, Form, Leave, Left

if TYPE_CHECKING:
    from ctwork.case.bundle.request import Packing
    from ctwork.store.store import Store

_BUNDLE = Form("bundle", ".zip", "a zip that others verify with stock tools: bytes, tables, marks, journal, hashes")
_REPORT = Form("report", ".html", "one page for people: trust, timeline, marks, techniques, hashes")
_WHOLE = (_BUNDLE, _REPORT)
"""What tells of the case as a whole, and not of events alone."""


class Leaver:
    """Exports of one workbench."""

    def __init__(self, book: Casebook, folder: Path, newest: "Callable[[], tuple[int, Store | None]]") -> None:
        self._book = book
        self._folder = folder
        self._newest = newest

    def forms(self) -> Sequence[Form]:
        """The forms that there are."""
        from ctwork.case.export.exporter import EXPORTERS  # imports what writes them, when it is asked for

        return [*(Form(each.name, each.suffixes[0], each.told) for each in EXPORTERS), *_WHOLE]

    def leave(self, wanted: Leave, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Left:
        """Writes the file and its entry in the journal; the file is there as a whole or not at all.

        Raises UsageError, EnvironmentFailure, CaseError, and for one that was cancelled `Stopped`.
        """
        _, store = self._newest()
        if store is None or not store.meta:
            raise CaseError("the load is not done yet", "export when it is")
        path = Path.cwd() / Path(wanted.path).expanduser()
        if wanted.form in [each.name for each in _WHOLE]:
            return self._whole(store, wanted, path, told, cancelled)
        return self._file(store, wanted, path, told, cancelled)

    def _whole(
        self, store: "Store", wanted: Leave, path: Path, told: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Left:
        """A bundle or a report."""
        from ctwork.case.bundle.making import bundled  # as above
        from ctwork.case.export.making import chosen
        from ctwork.case.report.writing import write_report

        if wanted.redact != REDACTIONS[0]:
            raise UsageError(
                f"a {wanted.form} tells of the evidence as it is", "redact nothing, or choose another form"
            )
        if os.path.lexists(path):
            raise UsageError(f"{path.name} is there already", "choose another name")
        view = chosen(store, store.look(wanted.lens, cancelled), self._book, marked=wanted.marked)
        if wanted.form == _REPORT.name:
            row = write_report(store, view, self._book, path)
            return Left(path.name, view.total, row["sha256"], 0)
        selected = "marked events" if wanted.marked else ""

        def tell(packing: "Packing") -> None:
            told(packing.done, packing.total)

        done = bundled(store, view, self._book, path, tell, cancelled, selected=selected)
        return Left(path.name, done.records, done.sha256, done.unreadable)

    def _file(
        self, store: "Store", wanted: Leave, path: Path, told: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> Left:
        """Events as one file."""
        from ctwork.case.export.exporter import exporter_for  # as above
        from ctwork.case.export.making import ExportRequest, chosen, kinds_for, redactor_of, write_export

        exporter = exporter_for(wanted.path, wanted.form)
        kinds = kinds_for(exporter, "" if wanted.redact == REDACTIONS[0] else wanted.redact)
        view = chosen(store, store.look(wanted.lens, cancelled), self._book, marked=wanted.marked)
        redactor = redactor_of(kinds, self._book.folder)
        request = ExportRequest(store, view, self._book, exporter, redactor=redactor, replace=False)
        done = write_export(request, path, lambda passage: told(passage.events, passage.total), cancelled)
        return Left(path.name, done.records, done.sha256, done.problems)
