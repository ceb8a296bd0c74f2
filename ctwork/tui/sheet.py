"""Lists of the Case mode as plain values: titles with widths, and rows of raw text under them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ctwork.model.legible import grouped
from ctwork.model.markrow import mark_row, what_of
from ctwork.tui import clock, glyph
from ctwork.tui.markport import Deed, KnownCase, Listed

_HASH = 12


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
    role: str = ""
    """``severity`` for what is drawn as one, ``quiet`` for what is seldom read."""


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
            Field("time UTC", 19, needs=100, role="quiet"),
            Field("kind", 6),
            Field("what", 20, 4),
            Field("severity", 8, role="severity"),
            Field("verdict", 10),
            Field("tags", 12, 2),
            Field("note", 12, 2, needs=78),
        ),
        "nothing is marked in this case\nm marks the event under the cursor, M says more of it",
    ),
    Sheet(
        "journal",
        "Journal",
        (
            Field("entry", 7),
            Field("time UTC", 19, role="quiet"),
            Field("who", 12, 1),
            Field("did", 9),
            Field("what", 14, 4),
            Field("hash", _HASH, needs=110, role="quiet"),
        ),
        "the journal has no entry yet\nthe first mark begins it",
    ),
    Sheet(
        "evidence",
        "Evidence",
        (
            Field("time UTC", 19, role="quiet"),
            Field("source", 16, 3),
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
            Field("sources", 20, 2),
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
    return sorted(rows, key=lambda row: (not row.cells[0], row.cells[0]))


def _mark(each: Listed) -> Row:
    row = mark_row(each.target, each.said)
    tags = " ".join(row["tags"])
    note = row["note"] or ""
    what = what_of(row) or note.partition("\n")[0]
    if not each.here:
        what = f"{glyph.WARNING} not in this evidence: {what}"
    time = (row["time"] or "").replace("T", " ").removesuffix("Z")
    cells = (time, row["kind"], what, row["severity"] or "", row["verdict"] or "", tags, note.partition("\n")[0])
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
            (f"#{grouped(each.seq)}", _stamp(each.at_ms), f"{each.actor}@{each.host}", each.kind, payload_text(each),
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
    said = f"{glyph.WARNING} marked, not here: {what_of(row)}"
    cells = ((row["time"] or "").replace("T", " ").removesuffix("Z"), said, "", "", row["sha256"] or "")
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
    told: Callable[[Any], str] = lambda value: value if isinstance(value, str) else str(value)  # noqa: E731
    return " ".join(f"{name}={told(value)}" for name, value in deed.payload.items())


def short(path: str) -> str:
    """The last part of a path."""
    return PurePath(path).name or path


def _stamp(time_ms: int) -> str:
    return clock.stamp(time_ms)


def _number(value: Any) -> str:
    return grouped(value) if isinstance(value, int) else ""
