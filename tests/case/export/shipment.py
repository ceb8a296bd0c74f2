"""Evidence with something of everything an export has to carry, and its store and journal."""

import json
from pathlib import Path
from typing import Any

from store.build import event_id, record, store_of, write_trail

from ctwork.case.casebook import Casebook
from ctwork.case.custody import Actor
from ctwork.case.export.exporter import exporter_for
from ctwork.case.export.making import ExportDone, ExportRequest, chosen, write_export
from ctwork.model.annotation import Annotation, Change
from ctwork.model.lens import Lens
from ctwork.model.target import EventTarget
from ctwork.store.store import Store

NOW = 1_700_000_000_000
ANALYST = Actor("ann", "desk", "ctwork test")


def marked(store: Store, number: int) -> str:
    """The target of one event."""
    (row,) = store.find(event_id(number))
    return str(EventTarget(event_id(number), store.detail(row).sha256))


def book_of(folder: Path) -> Casebook:
    """The journal of a case in `folder`, by a clock that stands still."""
    folder.mkdir(exist_ok=True)
    return Casebook(folder, ANALYST, lambda: NOW)


def mark(book: Casebook, target: str, **said: Any) -> None:
    """Marks one thing."""
    assert book.mark({target: Annotation()}, Change(**said)) == 1


def shipped(store: Store, book: Casebook, target: Path, lens: str = "", **asked: Any) -> ExportDone:
    """An export of what a lens shows, as `asked`."""
    ids, only_marked = asked.pop("ids", ()), asked.pop("marked", False)
    form = asked.pop("form", "")
    view = chosen(store, store.look(Lens.parse(lens)), book, ids, marked=only_marked)
    return write_export(ExportRequest(store, view, book, exporter_for(target, form), **asked), target)


def evidence(folder: Path, *records: Any, name: str = "a.json") -> Store:
    """A store over one file of `records`."""
    write_trail(folder / "logs" / name, list(records))
    return store_of(folder / "parts", folder / "logs")


def lines(path: Path) -> list[Any]:
    """The documents of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


__all__ = ["book_of", "event_id", "evidence", "lines", "mark", "marked", "record", "shipped"]
