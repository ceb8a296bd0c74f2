"""A record as rows that fold: facts first, then its places, then its JSON. Only what is open is ever built.

Hostile records meet bounds here, never recursion: a million members, fifty thousand levels or a value of 10 MB cost
what is on screen. A text that is itself JSON (policy documents, also percent-encoded ones) unfolds into its members.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from ctwork.model.document import decoded
from ctwork.model.legible import cell_width, grouped, plain, spelled, width
from ctwork.tui import clock, glyph
from ctwork.tui.desk import Detail, Line, Place
from ctwork.zone import Zone

KEY_LIMIT = 120
VALUE_LIMIT = 65_536
"""Code points of one text that are shown at all."""
_FACT_ROWS = 6
_SPELLED = 500
"""Code points of a leaf in a JSON text that a lens is made of."""
_ALIGN = 22
"""Widest key that the values beside it are aligned to."""
TEXT_ROWS = 2000
MEMBERS = 1000
ROWS = 5000
PLACES = "\0places"
"""First part of the paths of the places among the facts: no record has such a key, and if one had, both would fold."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the record pane. All text in it is legible already, except `leaf`."""

    kind: str
    """``alarm``, ``doubt``, ``fact``, ``rule``, ``node``, ``text``, ``word``, ``more`` or ``flow`` (part of a text)."""
    depth: int
    key: str
    value: str
    path: Path = ()
    foldable: bool = False
    open: bool = False
    leaf: str | None = None
    """The raw value when the row stands for one value, for copying and filtering."""
    field: str = ""
    """The dotted path that a lens takes, "" when none does."""
    around: tuple[str, str] = ("", "")
    """For a leaf of a JSON text: the dotted path of that text and how the leaf is spelled in it; "" for no way."""


def in_zone(detail: Detail, line: Line | None, zone: Zone) -> Detail:
    """`detail` with the time of another zone beside the record's own, which stays as it is."""
    if zone.is_utc or line is None or line.time_ms is None:
        return detail
    there = f"{clock.stamp(line.time_ms, zone=zone)} {zone.label(line.time_ms)}"
    facts = detail.facts
    if all(label != "when" for label, _ in facts):
        return replace(detail, facts=(("when", there), *facts))
    told = ((label, f"{there} {glyph.DOT} {value}" if label == "when" else value) for label, value in facts)
    return replace(detail, facts=tuple(told))


def rows(detail: Detail, opened: frozenset[Path], cells: int, *, brief: bool) -> list[Row]:
    """The rows of `detail`, at most `ROWS`. `brief`: one row per fact. `cells`: width that texts are wrapped to."""
    built = list(_facts(detail, opened, cells, brief=brief))
    built.append(Row("rule", 0, "record", ""))
    built.extend(islice(_members(detail.document, opened, cells), ROWS))
    if len(built) >= ROWS:
        built.append(Row("more", 0, "", f"{glyph.MORE} more rows; fold a branch to see them"))
    return built


def _facts(detail: Detail, opened: frozenset[Path], cells: int, *, brief: bool) -> Iterator[Row]:
    if detail.problem:
        for part in wrapped(f"{glyph.WARNING} bytes not verified: {spelled(detail.problem[:2000])}", max(cells - 2, 8)):
            yield Row("alarm", 0, "", part, leaf=detail.problem)
    label_cells = max(len(plain(label, KEY_LIMIT)) for label in (*(name for name, _ in detail.facts), "sha256"))
    room = max(cells - label_cells - 4, 8)
    for label, value in detail.facts:
        yield from _fact(plain(label, KEY_LIMIT).ljust(label_cells), value, room, brief=brief)
    yield from _places(detail, opened, label_cells, room, brief=brief)
    yield from _fact("sha256".ljust(label_cells), detail.sha256, room, brief=brief)


def _fact(head: str, value: str, room: int, *, brief: bool) -> Iterator[Row]:
    said = spelled(value[:VALUE_LIMIT])
    for part in (said,) if brief else islice(wrapped(said, room), _FACT_ROWS):
        yield Row("fact", 0, head, part, leaf=value)
        head = " " * len(head)


def _places(detail: Detail, opened: frozenset[Path], label: int, room: int, *, brief: bool) -> Iterator[Row]:
    """Where the record was read: the first place, and behind a fold the others; each unfolds into its hashes."""
    many = len(detail.places) - 1
    for number, place in enumerate(detail.places[:MEMBERS]):
        path: Path = (PLACES, number)
        if number == 1:
            behind: Path = (PLACES,)
            shown = f"and {grouped(many)} more {'place' if many == 1 else 'places'}"
            yield Row("fact", 0, " " * label, shown, behind, foldable=not brief, open=behind in opened and not brief)
            if behind not in opened or brief:
                return
        head = ("read" if not number else "").ljust(label)
        odd = "" if place.fidelity == "full" else f" {glyph.DOT} {place.fidelity}"
        odd += f" {glyph.DOT} {glyph.WARNING} {', '.join(place.issues)}" if place.issues else ""
        said = f"{place.source} #{place.index} {glyph.DOT} bytes {grouped(place.start)}–{grouped(place.end)}{odd}"
        parts = [spelled(said)] if brief else list(islice(wrapped(spelled(said), room - 2), _FACT_ROWS))
        is_open = path in opened and not brief
        yield Row("fact", 0, head, parts[0], path, foldable=not brief, open=is_open, leaf=said)
        yield from (Row("fact", 0, " " * label, f"  {part}", leaf=said) for part in parts[1:])
        if is_open:
            for name, value in _hashes(place):
                yield Row("fact", 0, " " * label, f"  {name} {value}", leaf=value)
    if many >= MEMBERS:
        yield Row("more", 0, "", f"{glyph.MORE} {grouped(many + 1 - MEMBERS)} more places")


def _hashes(place: Place) -> tuple[tuple[str, str], ...]:
    return (
        ("carrier sha256 ", place.carrier_sha256),
        ("inflated sha256", place.inflated_sha256),
        ("fidelity       ", place.fidelity),
    )


def wrapped(text: str, cells: int) -> Iterator[str]:
    """`text` in pieces of at most `cells` cells, broken after a space if one is near; nothing is lost."""
    piece = ""
    used = 0
    for char in text:
        size = cell_width(char)
        if used + size > cells:
            space = piece.rfind(" ", len(piece) * 2 // 3) + 1 or len(piece)
            yield piece[:space]
            piece = piece[space:]
            used = width(piece)
        piece += char
        used += size
    yield piece


def _members(document: Any, opened: frozenset[Path], cells: int) -> Iterator[Row]:
    """The open part of `document`, depth first, with a stack of iterators in place of recursion."""
    stack = [_children(document, (), "")]
    texts: list[tuple[int, str, str]] = []
    """The JSON texts that are being taken apart: depth of their members, dotted path, text."""
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
            while texts and texts[-1][0] > len(stack):
                texts.pop()
            continue
        depth = len(stack) - 1
        if isinstance(found, Row):
            yield found
            continue
        path, key, value, field = found
        inner = decoded(value) if isinstance(value, str) else None
        row = _row(depth, key, value, inner, path, field, opened, cells)
        if texts and row.leaf is not None:
            row = replace(row, around=_spelling(row.leaf, texts[-1][1], texts[-1][2]))
        yield row
        if row.open:
            if inner is None and isinstance(value, str):
                yield from _flow(value, depth + 1, path, max(cells - 2 * depth - 4, 8))
            else:
                stack.append(_children(value if inner is None else inner, path, "" if inner is not None else field))
                if inner is not None:
                    texts.append((len(stack), field, value))


def _spelling(leaf: str, field: str, text: str) -> tuple[str, str]:
    """The field of a JSON text and how `leaf` stands in it; ("", "") when it is spelled otherwise, as percent-encoded.

    Long leaves and single characters are no help: a lens that finds them finds everything.
    """
    spellings = (leaf, json.dumps(leaf)[1:-1])
    found = next((each for each in spellings if each in text), "") if 1 < len(leaf) <= _SPELLED else ""
    return (field, found) if field and found else ("", "")


_Found = tuple[Path, str, Any, str]
"""``(path, key as shown, value, dotted path)``."""


def _children(value: Any, path: Path, field: str) -> Iterator[_Found | Row]:
    if isinstance(value, dict):
        names = {key: spelled(str(key)[:KEY_LIMIT]) for key in islice(value, MEMBERS)}
        align = max((size for size in map(width, names.values()) if size <= _ALIGN), default=0)
        for key, name in names.items():
            dotted = "" if path and not field else f"{field}.{key}" if field else str(key)
            shown = name + " " * (align - width(name))
            yield (*path, str(key)), shown, value[key], dotted if _is_plain_key(str(key)) else ""
    elif isinstance(value, list):
        for number, member in enumerate(islice(value, MEMBERS)):
            yield (*path, number), str(number), member, field
    if isinstance(value, dict | list) and len(value) > MEMBERS:
        yield Row("more", len(path), "", f"{glyph.MORE} {grouped(len(value) - MEMBERS)} more members", path)


def _is_plain_key(key: str) -> bool:
    return key != "" and all(char.isalnum() or char in "_-" for char in key)


def _row(
    depth: int, key: str, value: Any, inner: Any, path: Path, field: str, opened: frozenset[Path], cells: int
) -> Row:
    is_open = path in opened
    if isinstance(value, dict | list):
        shown = _size(value)
        return Row("node", depth, key, shown, path, bool(value), is_open and bool(value), None, field)
    if inner is not None:
        shown = f"JSON text {_size(inner)}"
        return Row("node", depth, key, shown, path, True, is_open, str(value), field)
    if isinstance(value, str):
        room = max(cells - 2 * depth - width(key) - 6, 8)
        long = len(value) > room
        shown = spelled(value[: 4 * room]) if long else spelled(value)
        return Row("text", depth, key, shown, path, long, is_open and long, value, field)
    word = "null" if value is None else json.dumps(value) if isinstance(value, bool) else _number(value)
    return Row("word", depth, key, word, path, False, False, None if value is None else word, field)


def _number(value: Any) -> str:
    try:
        return plain(str(value), VALUE_LIMIT)
    except ValueError:  # CPython refuses to print integers past 4,300 digits
        return "a number too long to show"


def _size(value: Any) -> str:
    """``{7}`` or ``[3]``."""
    return f"{{{grouped(len(value))}}}" if isinstance(value, dict) else f"[{grouped(len(value))}]"


def _flow(value: str, depth: int, path: Path, cells: int) -> Iterator[Row]:
    shown = 0
    for line in value[:VALUE_LIMIT].splitlines() or [""]:
        for part in wrapped(spelled(line), cells):
            if shown >= TEXT_ROWS:
                break
            shown += 1
            yield Row("flow", depth, "", part, path, leaf=value)
    if len(value) > VALUE_LIMIT or shown >= TEXT_ROWS:
        yield Row("more", depth, "", f"{glyph.MORE} {grouped(len(value))} characters in all; y copies the start", path)
