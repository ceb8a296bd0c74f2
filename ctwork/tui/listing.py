"""Lists of the Case mode as plain values: titles with widths, and rows of raw text under them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctwork.model.column import resolve
from ctwork.model.legible import grouped
from ctwork.model.markrow import mark_row, what_of
from ctwork.tui import clock, glyph, ruler
from ctwork.tui.markport import Deed, KnownCase, Listed

_HASH = 12
_NAME = 18
"""Cells of a principal in a list of marks."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a list."""

    title: str
    width: int
    """Cells at least."""
    grow: int = 0
    """Share of the cells that are left."""
    needs: int = 0
    """Cells of the list from which on it is shown."""
    until: int = 10_000
    """Cells from which on it is not shown: something longer is."""
    role: str = ""
    """``text`` is cut at its end, not in its middle; ``severity`` is drawn as one, ``quiet`` as what is seldom read."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and what it is of."""

    cells: tuple[str, ...]
    of: Any
    told: tuple[str, ...] = ()
    """What is to be read of it below the list, line by line."""

    @property
    def text(self) -> str:
        """What it is found by."""
        return " ".join((*self.cells, *self.told))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list."""

    name: str
    title: str
    fields: tuple[Field, ...]
    empty: str
    """What is said in place of rows."""


SHEETS = (
    Sheet(
        "marks",
        "Marks",
        (
            Field("time UTC", 11, until=100, role="quiet"),
            Field("time UTC", 19, needs=100, role="quiet"),
            Field("kind", 6),
            Field("what", 20, 4, role="text"),
            Field("severity", 8, role="severity"),
            Field("verdict", 10),
            Field("tags", 11, 2, role="text"),
            Field("note", 12, 2, needs=100, role="text"),
        ),
        "nothing is marked in this case\nm marks the event under the cursor, M says more of it",
    ),
    Sheet(
        "journal",
        "Journal",
        (
            Field("entry", 7),
            Field("time UTC", 19, role="quiet"),
            Field("who", 11, 1),
            Field("did", 9),
            Field("what", 14, 4, role="text"),
            Field("hash", _HASH, needs=110, role="quiet"),
        ),
        "the journal has no entry yet\nthe first mark begins it",
    ),
    Sheet(
        "evidence",
        "Evidence",
        (
            Field("time UTC", 19, role="quiet"),
            Field("source", 16, 3, role="text"),
            Field("files", 7),
            Field("events", 10),
            Field("SHA-256", _HASH, 1),
        ),
        "no load is in the journal yet",
    ),
    Sheet(
        "exports",
        "Exports",
        (
            Field("time UTC", 19, role="quiet"),
            Field("name", 16, 2),
            Field("form", 9),
            Field("events", 9),
            Field("redacted", 10, needs=90),
            Field("SHA-256", _HASH, 1),
        ),
        "nothing has left this case\nE exports the lens or the marks",
    ),
    Sheet(
        "cases",
        "Cases",
        (
            Field("opened UTC", 16, role="quiet"),
            Field("marks", 6),
            Field("sources", 20, 2, role="text"),
            Field("folder", 20, 3),
        ),
        "no case lies in the data folder",
    ),
)


def sheet_of(name: str) -> Sheet:
    """The list called `name`."""
    return next(each for each in SHEETS if each.name == name)


def mark_rows(listed: Sequence[Listed]) -> list[Row]:
    """The marks in the order of time, those without one at the end."""
    rows = [_mark(each) for each in listed]
    return sorted(rows, key=lambda row: (not row.cells[1], row.cells[1]))


def _mark(each: Listed) -> Row:
    row = mark_row(each.target, each.said)
    tags = " ".join(row["tags"])
    note = row["note"] or ""
    what = _what(row) or note.partition("\n")[0]
    if not each.here:
        what = f"{glyph.WARNING} not in this evidence: {what}"
    time = _time(row)
    cells = (
        time[5:16],
        time[:19],
        row["kind"],
        what,
        row["severity"] or "",
        row["verdict"] or "",
        tags,
        note.partition("\n")[0],
    )
    book = "bookmarked" if each.said.bookmark else ""
    said = " · ".join(filter(None, (book, row["severity"], row["verdict"], tags)))
    about = [f"{said} — {row['author']}, {row['changed']}"]
    if row["kind"] == "event":
        about.append(f"eventID {row['event_id']} · sha256 {row['sha256']} · {row['source']} #{row['index']}")
    return Row(cells, each, (*about, *note.split("\n")) if note else tuple(about))


def journal_rows(deeds: Sequence[Deed]) -> list[Row]:
    """The entries, the newest first."""
    return [
        Row(
            (f"#{grouped(each.seq)}", _stamp(each.at_ms), f"{each.actor}@{each.host}", each.kind, _brief(each),
             each.hash[:_HASH]),
            each,
            (f"{each.tool} · sha256 {each.hash}", payload_text(each)),
        )
        for each in deeds
    ]  # fmt: skip


def evidence_rows(deeds: Sequence[Deed], strays: Sequence[Listed]) -> list[Row]:
    """What was loaded, the last load first, and below the marks whose records it does not hold."""
    loads = [
        Row(
            (
                _stamp(each.at_ms),
                ", ".join(map(str, each.payload.get("sources", ()))),
                _number(each.payload.get("files")),
                _number(each.payload.get("unique")),
                str(each.payload.get("sha256", ""))[:64],
            ),
            each,
            (
                f"sha256 {each.payload.get('sha256', '')} of the sorted hashes of all files",
                f"{_number(each.payload.get('records'))} records read, "
                f"{_number(each.payload.get('unique'))} of them unique; "
                + ("the same evidence as before" if each.payload.get("same") else "not what was read before"),
            ),
        )
        for each in deeds
        if each.kind == "load"
    ]
    return [*loads, *(_stray(each) for each in strays)]


def _stray(each: Listed) -> Row:
    row = mark_row(each.target, each.said)
    said = f"{glyph.WARNING} marked, not here: {_what(row)}"
    cells = (_time(row), said, "", "", row["sha256"] or "")
    told = (f"eventID {row['event_id']} · sha256 {row['sha256']} · was in {row['source']} #{row['index']}",)
    return Row(cells, each, told)


def export_rows(deeds: Sequence[Deed]) -> list[Row]:
    """What has left the case, the last export first."""
    return [
        Row(
            (
                _stamp(each.at_ms),
                str(each.payload.get("name", "")),
                str(each.payload.get("form", "")),
                _number(each.payload.get("events")),
                ", ".join(map(str, each.payload.get("redacted") or ())),
                str(each.payload.get("sha256", "")),
            ),
            each,
            (payload_text(each),),
        )
        for each in deeds
        if each.kind == "export"
    ]


def case_rows(cases: Sequence[KnownCase]) -> list[Row]:
    """The cases of this user, the one opened last first."""
    return [
        Row(
            (
                clock.stamp(each.opened_ms, "%Y-%m-%d %H:%M"),
                _number(each.marks) if each.marks >= 0 else "?",
                (f"{glyph.CURSOR} " if each.here else "") + ", ".join(each.sources),
                each.folder,
            ),
            each,
            ("this case" if each.here else f"ctwork {each.folder}", *each.sources),
        )
        for each in cases
    ]


def payload_text(deed: Deed) -> str:
    """What an entry says, in one line."""
    return " ".join(f"{name}={_value(value)}" for name, value in deed.payload.items())


def _brief(deed: Deed) -> str:
    """The same in few words."""
    said = deed.payload
    if deed.kind == "load":
        return f"{_number(said.get('unique'))} events of {_value(said.get('sources', ()))}"
    if deed.kind == "export":
        return f"{_number(said.get('events'))} events as {said.get('form', '')} into {said.get('name', '')}"
    if "count" in said:
        count = _number(said["count"])
        return f"{count} {'mark' if count == '1' else 'marks'}" + (f" through {said['lens']}" if "lens" in said else "")
    return payload_text(deed)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _what(row: Mapping[str, Any]) -> str:
    """What a mark is about, the event first and the principal by its name."""
    if row["kind"] == "value":
        return f"{resolve(row['column'], literal=True).short}:{row['value']}"
    if row["kind"] != "event":
        return what_of(row)
    return " ".join(filter(None, (row["event"], ruler.named(row["principal"] or "", _NAME), row["address"])))


def _time(row: Mapping[str, Any]) -> str:
    return (row["time"] or "").replace("T", " ").removesuffix("Z")


def _stamp(time_ms: int) -> str:
    return clock.stamp(time_ms)


def _number(value: Any) -> str:
    return grouped(value) if isinstance(value, int) else ""
