"""An event on its way out: its cells, its original bytes, what they say, and what the investigator says of it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from ctwork.case.cells import reader
from ctwork.model.annotation import Annotation
from ctwork.model.column import resolve
from ctwork.model.document import read_json
from ctwork.model.target import EventTarget, parse_target

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

SAID = ("bookmark", "tag", "note", "severity", "verdict")
"""What an investigator says of an event, as columns."""
_STEP = 1 << 16
_ANY_ORDER = 1 << 18
"""Events whose records are held at once: about 80 MB. In another order than that of time, which is nearly that of the
files, more are taken, so that a file is seldom read again."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """One event on its way out."""

    cells: dict[str, Any]
    """By column, the values that ``ctwork events --format json`` prints; marks among them."""
    raw: bytes
    """The original bytes; b"" when they cannot be had."""
    sha256: str
    """Of `raw`, lower-case hexadecimal; "" without it."""
    document: Any
    """What `raw` says, numbers with the digits they came with; None when it is no JSON or nobody asked."""
    annotation: Annotation | None
    problem: str = ""
    """Why the bytes cannot be had or trusted; "" when every hash agreed."""


class Said:
    """What was said of events, found again by eventID and content."""

    def __init__(self, marks: Mapping[str, Annotation]) -> None:
        self._marks = marks
        self._by_id: dict[str, list[str]] = {}
        for text in marks:
            if text.startswith("event/") and isinstance(target := parse_target(text), EventTarget):
                self._by_id.setdefault(target.event_id, []).append(text)

    @property
    def event_ids(self) -> list[str]:
        """The ids of marked events; "" for those without one."""
        return list(self._by_id)

    def of(self, event_id: str, sha256: str) -> Annotation | None:
        """What is said of a record. One whose bytes cannot be had is known by its eventID, where one mark has it."""
        texts = self._by_id.get(event_id)
        if texts is None:
            return None
        if not sha256:
            return self._marks[texts[0]] if len(texts) == 1 else None
        return self._marks.get(str(EventTarget(event_id, sha256)))


def leaving(
    store: "Store", view: "View", columns: Sequence[str], marks: Mapping[str, Annotation], *, parsed: bool = True
) -> Iterator[Leaving]:
    """The events of `view` in its order, each file of the evidence read once as far as memory allows.

    `marks` are by the text of their target. Without `parsed` no event has a document. Raises LensError.
    """
    said = Said(marks)
    names = {name: resolve(name) for name in columns}
    read = [(name, reader(store, name)) for name, column in names.items() if column.kind != "mark"]
    read = [(name, each) for name, each in read if names[name].name != "sha256"]
    hashed = [name for name, column in names.items() if column.name == "sha256"]
    marked = {name: column.name for name, column in names.items() if column.kind == "mark" or name in SAID}
    id_of = reader(store, "eventID")
    step = _STEP if view.lens.sort.column == "eventTime" else _ANY_ORDER
    for offset in range(0, view.total, step):
        rows = view.slice(offset, step)
        table = [(name, each(rows)) for name, each in read]
        for place, (event_id, (raw, problem)) in enumerate(zip(id_of(rows), store.originals(rows), strict=True)):
            sha256 = hashlib.sha256(raw).hexdigest() if raw else ""
            annotation = said.of(event_id or "", sha256)
            cells = {name: values[place] for name, values in table}
            if hashed or marked:
                cells |= dict.fromkeys(hashed, sha256 or None)
                cells |= {name: said_cells(annotation).get(column, []) for name, column in marked.items()}
                cells = {name: cells[name] for name in columns}
            yield Leaving(cells, raw, sha256, read_document(raw) if parsed and raw else None, annotation, problem)


def said_cells(annotation: Annotation | None) -> dict[str, Any]:
    """What is said of an event, by column: null where nothing is."""
    if annotation is None:
        return {"bookmark": None, "tag": [], "note": None, "severity": None, "verdict": None}
    return {
        "bookmark": annotation.bookmark or None,
        "tag": list(annotation.tags),
        "note": annotation.note or None,
        "severity": annotation.severity or None,
        "verdict": annotation.verdict or None,
    }


def read_document(raw: bytes) -> Any:
    """What a record says, no digit lost; None for what is no JSON."""
    try:
        document = orjson.loads(raw)
        if not _has_fraction(document):
            return document
    except orjson.JSONDecodeError:
        pass
    try:
        return read_json(raw)
    except (ValueError, RecursionError):
        return None


def _has_fraction(document: Any) -> bool:
    """Whether the fast reader met a number that it may spell otherwise: with a fraction or exponent, or huge."""
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, float):
            return True
    return False
