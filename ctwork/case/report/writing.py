"""A report in the form that is asked for, and a file of it that leaves the house."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ctwork.case.casebook import Casebook, begin
from ctwork.case.dossier import Dossier
from ctwork.case.outlet import Row, evidence_of, whole
from ctwork.case.report.markdown import markdown
from ctwork.case.report.matter import Matter, matter_of
from ctwork.case.report.outline import outline
from ctwork.case.report.page import page
from ctwork.case.stamped import made_at
from ctwork.errors import UsageError

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

_FORMS = {".md": "md", ".html": "html", ".htm": "html"}


def form_of(dest: Path) -> str:
    """Which form a name asks for. Raises UsageError."""
    form = _FORMS.get(dest.suffix.lower())
    if form is None:
        raise UsageError(f"the name {dest.name} does not say a form", "end it in .md or .html")
    return form


def written(matter: Matter, form: str) -> Iterator[str]:
    """The report as ``md`` or ``html``, piece by piece."""
    blocks = outline(matter)
    return page(blocks) if form == "html" else markdown(blocks)


def write_report(store: "Store", view: "View", book: Casebook, dest: Path) -> Row:
    """Writes a report to `dest`, whole or not at all, and the entry of the journal. Raises UsageError, CtworkError."""
    form = form_of(dest)
    begin(book)
    dossier = Dossier.of(book)
    made = made_at(dossier.at_ms)
    content = "".join(written(matter_of(store, view, dossier, made), form)).encode("utf-8")
    with whole(dest, evidence_of(store)) as out:
        out.write(content)
    done = {"bytes": len(content), "marks": len(dossier.marks), "sha256": hashlib.sha256(content).hexdigest()}
    told = {"name": dest.name, "form": form, "lens": str(view.lens), "events": view.total, "sha256": done["sha256"]}
    book.note("export", {**told, "redacted": []})
    return done
