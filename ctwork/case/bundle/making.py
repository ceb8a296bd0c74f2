"""Makes a bundle: packs what a case knows of some events into a folder or a zip, whole or not at all."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctwork import __version__
from ctwork.case import provenance
from ctwork.case.bundle import bag
from ctwork.case.bundle.origin import origins
from ctwork.case.bundle.packer import Packer, page
from ctwork.case.bundle.records import pack_records, pack_rows
from ctwork.case.bundle.request import BundleDone, BundleRequest, Packing, Told
from ctwork.case.bundle.sheet import COLUMNS
from ctwork.case.bundle.signature import check_key
from ctwork.case.bundle.vessel import vessel
from ctwork.case.casebook import Casebook, begin
from ctwork.case.dossier import Dossier
from ctwork.case.outlet import Row, evidence_of, refuse_evidence
from ctwork.case.report.matter import matter_of
from ctwork.case.report.writing import written
from ctwork.case.stamped import made_at
from ctwork.errors import UsageError
from ctwork.model.instant import format_instant
from ctwork.resources import data_path
from ctwork.sources.carrier import open_readonly
from ctwork.store.cancel import Cancelled, never, still_wanted

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

_STEP = 1 << 20


def write_bundle(request: BundleRequest, target: Path, told: Told, cancelled: Cancelled = never) -> BundleDone:
    """Writes what `request` asks for to `target`: a zip by that suffix, else a folder.

    Raises Superseded when `cancelled()` turns true on the way, UsageError when there is something at `target`, and
    EnvironmentFailure when it cannot be written or signed; then nothing of it is left.
    """
    if request.key is not None:
        check_key(request.key)
    if request.dossier.faults:
        raise UsageError(f"the journal is not whole: {request.dossier.faults[0]}", "`ctwork journal --check` says more")
    with vessel(target) as made:
        packer = Packer(made)
        return _pack(request, packer, told, cancelled)


def bundled(
    store: "Store", view: "View", book: Casebook, target: Path, told: Told, cancelled: Cancelled = never, **options: Any
) -> BundleDone:
    """Writes a bundle of the case of `book`, never into or beside the evidence, and the entry of the journal.

    `options` are those of a `BundleRequest`. Raises as `write_bundle`.
    """
    refuse_evidence(target, evidence_of(store))
    begin(book)
    request = BundleRequest(store, view, Dossier.of(book), **options)
    done = write_bundle(request, target, told, cancelled)
    said = {"name": target.name, "form": "bundle", "lens": str(view.lens), "events": done.records}
    more = {"sources": request.with_sources, "signed": request.key is not None}
    book.note("export", {**said, "sha256": done.sha256, "redacted": [], **more})
    return done


def _pack(request: BundleRequest, packer: Packer, told: Told, cancelled: Cancelled) -> BundleDone:
    store, dossier = request.store, request.dossier
    view = request.view
    copied = _pack_sources(request, packer, told, cancelled) if request.with_sources else _Copied({}, [])
    records = pack_records(store, view, packer, told, cancelled)
    pack_rows(store, view, dossier.marks, records.hashes, packer, told, cancelled)
    packer.put(bag.MARKS, page({name: dossier.marks[name].row() for name in sorted(dossier.marks)}))
    packer.put_lines(bag.JOURNAL, (dict(sorted(each.row().items())) for each in dossier.entries))
    packer.put(bag.LENSES, page(_lenses(request)))
    packer.put(bag.LOAD, page(provenance.load_report(store)))
    packer.put_lines(bag.ISSUES, provenance.issues(store))
    packer.put_lines(bag.FILES, provenance.files(store, copied.paths))
    made = made_at(dossier.at_ms)
    matter = matter_of(store, view, dossier, made, records.missing)
    packer.put(bag.VERDICTS, page(matter.verdicts))
    for path, form in ((bag.REPORT_TEXT, "md"), (bag.REPORT_PAGE, "html")):
        packer.put(path, "".join(written(matter, form)).encode("utf-8"))
    packer.put(bag.README, data_path("bundle.txt").read_bytes())
    packer.put(bag.HEAD, page(_head(request, view.total, made)))
    still_wanted(cancelled)
    told(Packing("putting it on the disk", view.total, view.total))
    sha256 = packer.close(lambda oxum: bag.info(_info(request, made, oxum)), request.key)
    troubles = tuple(copied.troubles) + records.troubles
    return BundleDone(packer.files, view.total, sha256, records.missing, troubles)


def _head(request: BundleRequest, events: int, made: str) -> Row:
    """What the bundle says of itself."""
    return {
        "schema": bag.SCHEMA,
        "tool": {"name": "ctwork", "version": __version__},
        "made": made,
        "case": request.dossier.case,
        "journal": {"seq": request.dossier.anchor.seq, "hash": request.dossier.anchor.hash},
        "lens": str(request.view.lens),
        "selected": request.selected,
        "events": events,
        "columns": list(COLUMNS),
        "marks": len(request.dossier.marks),
        "sources_included": request.with_sources,
        "signed": request.key is not None,
    }


def _info(request: BundleRequest, made: str, oxum: str) -> Iterator[tuple[str, str]]:
    """The members of bag-info.txt, those that RFC 8493 names first."""
    yield "External-Description", "CloudTrail events with their original bytes, marks, journal and load report"
    if request.dossier.case:
        yield "External-Identifier", request.dossier.case
    yield "Bagging-Date", made[:10]
    yield "Payload-Oxum", oxum
    yield "Bag-Software-Agent", f"ctwork {__version__}"
    yield "Ctwork-Schema", str(bag.SCHEMA)
    yield "Ctwork-Case-Head", str(request.dossier.anchor)


def _lenses(request: BundleRequest) -> Row:
    saved = sorted(request.dossier.lenses.values(), key=lambda each: each.name)
    return {
        "of_this_bundle": str(request.view.lens),
        "saved": [{"name": each.name, "lens": each.lens, "saved": format_instant(each.saved_ms)} for each in saved],
    }


class _Copied:
    """Where the copies of the sources lie, by their names, and what was wrong."""

    def __init__(self, paths: Mapping[str, str], troubles: list[str]) -> None:
        self.paths = dict(paths)
        self.troubles = troubles


def _pack_sources(request: BundleRequest, packer: Packer, told: Told, cancelled: Cancelled) -> _Copied:
    copied = _Copied({}, [])
    found = origins(request.store)
    for number, (name, path) in enumerate(found.items()):
        told(Packing("copying the sources", number, len(found)))
        place = bag.source_path(os.fsencode(name))
        try:
            handle = open_readonly(os.fsdecode(path))
        except OSError as problem:
            copied.troubles.append(f"the source {name} is not in it: {problem.strerror}")
            continue
        try:
            with packer.open(place) as stream:
                while piece := os.read(handle, _STEP):
                    still_wanted(cancelled)
                    stream.write(piece)
        finally:
            os.close(handle)
        copied.paths[name] = place
    return copied
