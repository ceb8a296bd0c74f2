"""`export`: what leaves the house, in the form that the name of the file says."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ctwork.cli.bundle import is_bundle, pack, warn_of_originals
from ctwork.cli.call import CASE, LENS, Call, columns_of, taking
from ctwork.cli.narrate import Narrator
from ctwork.cli.session import LOSSES, journaled
from ctwork.errors import UsageError
from ctwork.model.lens import Lens

if TYPE_CHECKING:
    from ctwork.case.casebook import Casebook
    from ctwork.case.export.making import ExportDone, ExportRequest
    from ctwork.store.store import Store
    from ctwork.store.view import View

_FILE = "The file"
_PACKED = "The bundle"


@taking(*LENS, "columns", "sort", *CASE, "form", "quiet", "no_color", "offline")
def export(
    call: Call,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CASE|SOURCE… DEST",
            help="What to read, then where to write: a file, whose suffix says the form; a .zip, or a folder by a "
            "name without a suffix, is a bundle.",
        ),
    ],
    marks: Annotated[
        bool, typer.Option("--marks", help="Only events that are marked.", rich_help_panel="Which events")
    ] = False,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id", metavar="EVENT_ID", help="Only this event; may be repeated.", rich_help_panel="Which events"
        ),
    ] = None,
    form_name: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="FORM",
            help="The form, whatever the suffix: json, jsonl, csv (for spreadsheets), csv-verbatim, parquet, "
            "timesketch, ocsf, ocsf-jsonl, stix, navigator, raw (original bytes).",
            rich_help_panel=_FILE,
        ),
    ] = "",
    redact: Annotated[
        str,
        typer.Option(
            "--redact",
            metavar="accounts,addresses,names|all",
            help="Also give accounts, addresses and names (of users, roles, sessions) other values, the same ones "
            "throughout the case. Session tokens and other secrets are taken out of every form but raw.",
            rich_help_panel=_FILE,
        ),
    ] = "",
    with_sources: Annotated[
        bool,
        typer.Option("--with-sources", help="Copies of the source files go into the bundle.", rich_help_panel=_PACKED),
    ] = False,
    sign: Annotated[
        Path | None,
        typer.Option(
            metavar="KEY",
            help="Sign the bundle with this SSH key: a private one, or a public one whose key an agent holds.",
            rich_help_panel=_PACKED,
        ),
    ] = None,
) -> None:
    """Events of a lens, a selection or the marks as a file, with what was said of them."""
    *sources, dest = words
    if not sources:
        raise UsageError(f"export needs a source and a file, and got {dest} alone", "ctwork export CASE events.csv")
    call = replace(call, sources=sources)
    packed = not form_name and is_bundle(dest)
    if packed and (redact or call.columns):
        raise UsageError("a bundle holds the original bytes, and its columns are fixed", "export a file instead")
    if not packed and (with_sources or sign):
        raise UsageError(f"{dest} is no bundle", "end it in .zip or in / for one")
    which = _Which(call.choice.lens(), ids or (), marks)
    if packed:
        _packed(call, which, Path(dest), with_sources=with_sources, key=sign)
    else:
        _filed(call, which, Path(dest), form_name, redact)


@dataclass(frozen=True, slots=True)
class _Which:
    """Which events are to leave."""

    lens: Lens
    ids: Sequence[str]
    marked: bool

    @property
    def told(self) -> str:
        return "events with certain ids" if self.ids else "marked events" if self.marked else ""

    def of(self, store: "Store", book: "Casebook") -> "View":
        from ctwork.case.export.making import chosen

        return chosen(store, store.look(self.lens), book, self.ids, marked=self.marked)


def _packed(call: Call, which: _Which, dest: Path, **options: Any) -> None:
    with journaled(call, which.lens) as (store, book, out):
        pack(call, out, store, which.of(store, book), book, dest, selected=which.told, **options)


def _filed(call: Call, which: _Which, dest: Path, form_name: str, redact: str) -> None:
    from ctwork.case.export.exporter import exporter_for
    from ctwork.case.export.making import ExportRequest, kinds_for, redactor_of

    exporter = exporter_for(dest, form_name)
    kinds, columns = kinds_for(exporter, redact), columns_of(call.columns)
    with journaled(call, which.lens) as (store, book, out):
        redactor = redactor_of(kinds, book.folder)
        request = ExportRequest(store, which.of(store, book), book, exporter, redactor=redactor)
        if columns:
            request = replace(request, columns=tuple(columns))
        done = _written(call, request, dest)
        document = {"files": done.files, "records": done.records, "sha256": done.sha256}
        out.document(document, lambda: [f"{dest}: {done.records:,} events · sha256 {done.sha256}"])
    if done.problems:
        raise typer.Exit(LOSSES)


def _written(call: Call, request: "ExportRequest", dest: Path) -> "ExportDone":
    from ctwork.case.export.making import Passage, write_export

    narrator = Narrator(call.quiet)

    def told(passage: Passage) -> None:
        narrator.line(lambda: f"exporting · {passage.events:,} of {passage.total:,} events")

    try:
        done = write_export(request, dest, told)
    finally:
        narrator.end()
    if request.exporter.name == "raw":
        warn_of_originals(call, dest)
    if done.problems and not call.quiet:
        sys.stderr.write(
            f"ctwork: ⚠ of {done.problems:,} events the original bytes cannot be had or are no longer those loaded\n"
        )
    return done
