"""Checks what a bundle holds against itself: events, tables, marks, journal and sources must tell of one another."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - as above

from ctwork import __version__
from ctwork.case.bundle import bag
from ctwork.case.bundle.derivation import check_tables, document_of, lines_of
from ctwork.case.bundle.finding import Findings
from ctwork.case.bundle.opened import OpenBundle
from ctwork.case.bundle.packer import line
from ctwork.case.bundle.rawread import Indexed, read_events
from ctwork.case.bundle.replica import check_sources
from ctwork.case.bundle.request import Packing, Told
from ctwork.model.entry import Entry, faults, payload_text
from ctwork.model.instant import event_time_ms
from ctwork.model.legible import spelled
from ctwork.model.state import State
from ctwork.store.cancel import Cancelled, still_wanted

_BROKEN = (OSError, EOFError, BadZipFile, ZlibError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading, or taking at its word, anything of a damaged bundle may raise."""
_LOOK = 256


def check_content(
    bundle: OpenBundle,
    head: Mapping[str, Any],
    info: bytes,
    hashes: Mapping[str, str],
    found: Findings,
    told: Told,
    cancelled: Cancelled,
) -> int:
    """Looks at everything that the manifests cannot tell; returns how many events there are."""
    missing = sorted(bag.PAYLOAD - hashes.keys())
    for path in missing:
        found.wrong("payload", f"{path} is not there, and every bundle has it")
    for path in sorted(hashes):
        if path.startswith("data/") and path not in bag.PAYLOAD and not path.startswith(bag.SOURCES):
            found.wrong("payload", f"{spelled(path)} is no file of a bundle")
    _check_info(bundle, head, info, hashes, found)
    state = _guarded(bag.JOURNAL, found, lambda: _check_journal(bundle, head, found)) or State()
    _guarded(bag.MARKS, found, lambda: _check_marks(bundle, state, found))
    _guarded(bag.LENSES, found, lambda: _check_lenses(bundle, head, state, found))
    seen = _Seen(head.get("events"), told, cancelled)
    _guarded(bag.RAW, found, lambda: _check_events(bundle, state, seen, found))
    if seen.count != head.get("events") or seen.total != seen.count:
        found.wrong("head", f"{bag.HEAD} tells of another number of events than there are")
    _guarded(bag.FILES, found, lambda: check_sources(bundle, seen.places, found, told, cancelled))
    if head and (made_by := head.get("tool", {}).get("version")) != __version__:
        found.notes.append(f"it was made by ctwork {spelled(str(made_by))}, and this is {__version__}")
    return seen.count


def _guarded(path: str, found: Findings, check: Callable[[], Any]) -> Any:
    """What `check` returns; None, and a finding, when the bundle is not of a form that it can be made on."""
    try:
        return check()
    except _BROKEN as problem:
        found.wrong("damage", f"{path} could not be checked: {type(problem).__name__}: {spelled(str(problem))[:200]}")
        return None


class _Seen:
    """What goes by while the events are read, for those who ask later."""

    def __init__(self, total: Any, told: Told, cancelled: Cancelled) -> None:
        self.total = total if isinstance(total, int) else 0
        self.count = 0
        self.places: dict[str, list[tuple[int, int, int, str]]] = {}
        """By source: index, start, end and hash of each event that lies there."""
        self._told, self._cancelled = told, cancelled

    def progress(self, number: int) -> None:
        if not number % _LOOK:
            still_wanted(self._cancelled)
            self._told(Packing("reading the events", min(number, self.total), self.total))

    def watch(self, events: Iterator[Indexed]) -> Iterator[Indexed]:
        for event in events:
            self.count += 1
            for each in event.places:
                if each.sure:
                    place = (each.index, each.start, each.end, event.sha256)
                    self.places.setdefault(each.source, []).append(place)
            yield event


def _check_info(
    bundle: OpenBundle, head: Mapping[str, Any], info: bytes, hashes: Mapping[str, str], found: Findings
) -> None:
    """bag-info.txt repeats what is known elsewhere, for those who look at nothing else."""
    pattern = re.compile(r"([A-Za-z-]+): (.*)")
    lines = [pattern.fullmatch(each) for each in info.decode("utf-8", "replace").removesuffix("\n").split("\n")]
    said = {match[1]: match[2] for match in lines if match}
    payload = [size for name, size in bundle.sizes.items() if name.startswith("data/")]
    journal = head.get("journal") or {}
    wanted = {
        "Payload-Oxum": f"{sum(payload)}.{len(payload)}",
        "Bagging-Date": str(head.get("made", ""))[:10],
        "External-Identifier": head.get("case") or None,
        "Ctwork-Case-Head": f"{journal.get('seq')}:{journal.get('hash')}",
        "Ctwork-Schema": str(head.get("schema")),
    }
    for name, value in wanted.items():
        if said.get(name) != value:
            found.wrong("info", f"{bag.INFO} says another {name} than the bundle itself")


def _check_journal(bundle: OpenBundle, head: Mapping[str, Any], found: Findings) -> State:
    entries = []
    for number, content in enumerate(lines_of(bundle, bag.JOURNAL), 1):
        row = json.loads(content)
        at_ms = event_time_ms(row["at"])
        if at_ms is None:
            raise ValueError(f"line {number} has no time")
        text = payload_text(row["payload"])
        told = (row["actor"], row["host"], row["tool"], row["kind"])
        each = Entry(row["seq"], at_ms, *told, text, row["previous"], row["hash"])
        if line(dict(sorted(each.row().items()))) != content + b"\n":
            found.wrong("journal", f"line {number} of {bag.JOURNAL} is not as it was written")
        entries.append(each)
    for sentence in faults(entries):
        found.wrong("journal", f"{bag.JOURNAL}: {sentence}")
    last = {"seq": entries[-1].seq, "hash": entries[-1].hash} if entries else {"seq": 0, "hash": "0" * 64}
    if head.get("journal") != last:
        found.wrong("journal", f"{bag.JOURNAL} does not end where {bag.HEAD} says: its end was cut off")
    if entries and entries[0].payload.get("case") != (head.get("case") or None):
        found.wrong("journal", f"{bag.JOURNAL} is that of another case")
    return State.of(entries)


def _check_marks(bundle: OpenBundle, state: State, found: Findings) -> None:
    marks = {name: each.row() for name, each in state.marks.items()}
    said = document_of(bundle, bag.MARKS)
    for target in sorted(marks.keys() | said.keys()):
        if marks.get(target) != said.get(target):
            found.wrong("marks", f"{bag.MARKS} says of {spelled(target)[:120]} what the journal does not")


def _check_lenses(bundle: OpenBundle, head: Mapping[str, Any], state: State, found: Findings) -> None:
    said = document_of(bundle, bag.LENSES)
    saved = {each["name"]: each["lens"] for each in said["saved"]}
    if saved != {name: each.lens for name, each in state.lenses.items()}:
        found.wrong("lenses", f"{bag.LENSES} says of the saved lenses what the journal does not")
    if said["of_this_bundle"] != head.get("lens"):
        found.wrong("lenses", f"{bag.LENSES} and {bag.HEAD} name different lenses")


def _check_events(bundle: OpenBundle, state: State, seen: _Seen, found: Findings) -> None:
    with bundle.open(bag.RAW) as raw:
        events = seen.watch(read_events(lines_of(bundle, bag.INDEX), raw, found, seen.progress))
        check_tables(bundle, events, state.marks, found)
