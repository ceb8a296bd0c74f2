"""What the workbench of an opening case lets out, as a file: the events of a lens, or the marked ones."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.case.casebook import Casebook
from ctwork.errors import CaseError, UsageError
from ctwork.model.leave import REDACTIONS, Form, Leave, Left

if TYPE_CHECKING:
    from ctwork.store.store import Store

_RAW = "raw"


class Leaver:
    """Exports of one workbench."""

    def __init__(self, book: Casebook, folder: Path, newest: "Callable[[], tuple[int, Store | None]]") -> None:
        self._book = book
        self._folder = folder
        self._newest = newest

    def forms(self) -> Sequence[Form]:
        """The forms that there are."""
        from ctwork.case.export.exporter import EXPORTERS  # imports what writes them, when it is asked for

        return [Form(each.name, each.suffixes[0], each.told) for each in EXPORTERS]

    def leave(self, wanted: Leave, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Left:
        """Writes the file and its entry in the journal; the file is there as a whole or not at all.

        Raises UsageError, EnvironmentFailure, CaseError, and for one that was cancelled `Stopped`.
        """
        from ctwork.case.export.exporter import exporter_for  # as above
        from ctwork.case.export.making import ExportRequest, chosen, write_export
        from ctwork.case.export.pseudonym import Pseudonyms, case_key
        from ctwork.case.export.redact import KINDS, Redactor

        _, store = self._newest()
        if store is None or not store.meta:
            raise CaseError("the load is not done yet", "export when it is")
        exporter = exporter_for(wanted.path, wanted.form)
        path = Path(wanted.path).expanduser()
        if path.is_absolute() is False:
            path = Path.cwd() / path
        view = chosen(store, store.look(wanted.lens, cancelled), self._book, marked=wanted.marked)
        request = ExportRequest(store, view, self._book, exporter, replace=False)
        kinds = () if wanted.redact == REDACTIONS[0] else KINDS if wanted.redact == "all" else (wanted.redact,)
        if kinds and exporter.name == _RAW:
            raise UsageError("original bytes are as they are: nothing can be taken out of them", "choose another form")
        if kinds:
            redactor = Redactor(kinds, Pseudonyms(case_key(self._folder)))
            request = ExportRequest(store, view, self._book, exporter, redactor=redactor, replace=False)
        done = write_export(request, path, lambda passage: told(passage.events, passage.total), cancelled)
        return Left(path.name, done.records, done.sha256, done.problems)
