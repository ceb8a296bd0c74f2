"""The record under the cursor: what happened first, then its places, then its JSON, folded."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from ctwork.tui import glyph, ruler, styled
from ctwork.tui.desk import Detail, Line
from ctwork.tui.folding import Path, Row, in_zone, rows
from ctwork.tui.ink import Ink, ink
from ctwork.tui.sheet import Sheet
from ctwork.tui.styled import Piece
from ctwork.tui.walking import walking
from ctwork.zone import UTC_ZONE, Zone

_FACTS = {
    "when": "time",
    "who": "principal",
    "from": "ip",
    "what": "event",
    "on": "resource",
    "result": "outcome",
    "account": "account",
}
"""Which lens field a fact is about."""
_CONTESTED = "another record has this eventID and other bytes"


class DetailPane(Sheet):
    """Shows a `Line` at once and its `Detail` when it has been read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "fold", "fold", id="detail.fold", tooltip="Open or close the branch under the cursor"),
        *walking("detail", "row"),
        Binding("right,l", "unfold(True)", "open branch", show=False, id="detail.unfold", tooltip="Open the branch"),
        Binding("left,h", "unfold(False)", "close branch", show=False, id="detail.close", tooltip="Close the branch"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.line: Line | None = None
        self.detail: Detail | None = None
        self.problem = ""
        self.opened: frozenset[Path] = frozenset({("requestParameters",)})
        self.brief = False
        self.zone = UTC_ZONE

    # Values in

    def announce(self, line: Line | None) -> None:
        """Names the event that the cursor is on, before its record has been read."""
        if line != self.line:
            self.line = line
            self._refresh_line(0)

    def show(self, detail: Detail | None, problem: str = "") -> None:
        """Shows `detail`, or says why there is none."""
        if detail is not self.detail:
            self.rewind()
        self.detail = detail
        self.problem = problem
        self._rebuild()

    def shorten(self, brief: bool) -> None:
        """One row per fact, or as many as it takes."""
        if brief != self.brief:
            self.brief = brief
            self._rebuild()

    @property
    def value(self) -> tuple[str, str]:
        """Lens field and raw value under the cursor; the field is "" where no lens can name the place."""
        row = self.row
        if row is None:
            return "", ""
        label = row.key.strip()
        if row.kind == "fact" and label in _FACTS and self.line is not None:
            return _FACTS[label], ruler.value(self.line, _FACTS[label])
        return (row.field, row.leaf or "") if row.leaf is not None else (row.field, "")

    def tell_time(self, zone: Zone) -> None:
        """Says among the facts what the clocks of `zone` showed."""
        self.zone = zone
        self._rebuild()

    # Keys

    def action_fold(self) -> None:
        row = self.row
        if row is not None and row.foldable:
            self.action_unfold(not row.open)

    def action_unfold(self, wanted: bool) -> None:
        row = self.row
        if row is None or not row.path:
            return
        path = row.path
        if not wanted and not row.open:
            path = path[:-1] if row.kind != "flow" else path
            if not path:
                return
        self.opened = self.opened | {path} if wanted and row.foldable else self.opened - {path}
        self._rebuild()
        self.put(next((number for number, row in enumerate(self._rows) if row.path == path), self._at))

    # Events

    def on_resize(self, event: events.Resize) -> None:
        self._rebuild()

    def touched(self) -> None:
        self.action_fold()

    # Drawing

    def render_line(self, y: int) -> Strip:
        cells = self.content_size.width
        inks = ink(self)
        if y == 0:
            return self._title(cells, inks)
        number = self._top + y - 1
        if number >= len(self._rows):
            return styled.strip([], cells, inks.base)
        row = self._rows[number]
        if row.kind == "alarm":
            return styled.strip([Piece(" " + row.value, inks.alarm)], cells, inks.alarm)
        if number == self._at and self.has_focus:
            return styled.strip([Piece(text, inks.cursor) for text, _ in _pieces(row, cells, inks)], cells, inks.cursor)
        return styled.strip(_pieces(row, cells, inks), cells, inks.base)

    def _title(self, cells: int, inks: Ink) -> Strip:
        line = self.line
        if line is None:
            return styled.strip([Piece(glyph.RULE * cells, inks.rule)], cells, inks.rule)
        fine = line.outcome in {"ok", ""}
        outcome = "ok" if fine else f"{glyph.DENIED} {line.outcome} {line.error}".rstrip()
        right = self._note(line)
        text = f"{line.service}:{line.event} {glyph.DOT} {outcome}"
        shown = styled.shortened(text, max(cells - styled.cells_of(right) - 6, 4))
        rule = cells - styled.cells_of(shown) - styled.cells_of(right) - (5 if right else 4)
        return styled.strip(
            [
                Piece(f"{glyph.RULE} ", inks.rule),
                Piece(shown, inks.title if fine else inks.failed),
                Piece(f" {glyph.RULE * max(rule, 0)}", inks.rule),
                Piece(f" {right} " if right else "", inks.quiet),
                Piece(glyph.RULE, inks.rule),
            ],
            cells,
            inks.rule,
        )

    def _note(self, line: Line) -> str:
        notes = []
        if line.conflict:
            notes.append(f"{glyph.CONFLICT} conflict")
        if line.copies > 1:
            notes.append(f"{line.copies} copies")
        if self.has_focus and len(self._rows) > self._height:
            notes.append(f"{self._at + 1}/{len(self._rows)}")
        return f" {glyph.DOT} ".join(notes)

    # Inside

    def _rebuild(self) -> None:
        cells = self.content_size.width
        if self.detail is not None:
            built = rows(in_zone(self.detail, self.line, self.zone), self.opened, cells, brief=self.brief)
            if self.line is not None and self.line.conflict and not self.brief:
                above = next(number for number, row in enumerate(built) if row.kind == "rule")
                built.insert(above, Row("doubt", 0, "", f"{glyph.CONFLICT} {_CONTESTED}"))
        else:
            built = [Row("alarm", 0, "", f"{glyph.WARNING} {self.problem}")] if self.problem else []
        self.write(built)


def _pieces(row: Row, cells: int, inks: Ink) -> list[Piece]:
    if row.kind == "rule":
        return [Piece(f" {row.key} " + glyph.RULE * max(cells - len(row.key) - 3, 0), inks.rule)]
    if row.kind == "fact":
        room = cells - styled.cells_of(row.key) - 4
        sign = f"{glyph.OPEN if row.open else glyph.CLOSED} " if row.foldable else ""
        return [Piece(f" {row.key}  ", inks.label), Piece(sign + _cut(row.value, room - len(sign)), inks.base)]
    indent = " " * (1 + 2 * row.depth)
    if row.kind == "doubt":
        return [Piece(" " + row.value, inks.failed)]
    if row.kind in {"flow", "more"}:
        return [Piece(indent + "  " + row.value, inks.quiet if row.kind == "more" else inks.base)]
    sign = (glyph.OPEN if row.open else glyph.CLOSED) if row.foldable else " "
    head = f"{indent}{sign} {row.key}  "
    room = max(cells - styled.cells_of(head) - 1, 1)
    return [Piece(head, inks.label), Piece(_cut(row.value, room), inks.base if row.kind == "text" else inks.quiet)]


def _cut(text: str, cells: int) -> str:
    """Spelled text cut in its middle, so that both ends of an ARN stay."""
    return styled.fitted(text, cells).rstrip(" ") if styled.cells_of(text) > cells else text
