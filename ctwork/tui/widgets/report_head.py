"""The first lines of the load report: what was read, and whether the sums are right."""

from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.desk import Report
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

Run = tuple[str, str]
"""A text and the name of the ink it is written in."""


class ReportHead(Widget):
    """Shows a `Report` in four lines."""

    DEFAULT_CSS = "ReportHead { height: 4; width: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[list[Run]] = []
        self.report: Report | None = None
        self.note = ""

    def show(self, report: Report | None, note: str) -> None:
        """Shows `report`; `note` says at the right which rows are listed below."""
        self.report, self.note = report, note
        self._rows = sums(report) if report is not None else []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, inks = self.size.width, ink(self)
        row = self._title(cells) if y == 0 else self._rows[y - 1] if y <= len(self._rows) else []
        pieces, room = [], cells - 1
        for text, name in row:
            shown = styled.shortened(text, room)
            room -= styled.cells_of(shown)
            pieces.append(Piece(shown, getattr(inks, name)))
        return styled.strip(pieces, cells, inks.base)

    def _title(self, cells: int) -> list[Run]:
        head = " LOAD REPORT   "
        if self.report is None:
            return [(head, "title"), ("nothing has been read yet", "quiet")]
        right = f"  {self.note} "
        room = max(cells - 1 - styled.cells_of(head) - styled.cells_of(right), 8)
        named = ", ".join(self.report.sources) or glyph.NONE
        return [(head, "title"), (styled.fitted(named, room), "base"), (right, "quiet")]


def sums(report: Report) -> list[list[Run]]:
    """Files, records and bytes, each as a sum that can be checked, and where a sum is wrong."""
    files = " + ".join(f"{grouped(count)} {state}" for state, count in report.files)
    records = " + ".join(f"{grouped(count)} {what}" for what, count in report.records)
    ids = "eventID" if report.conflicts == 1 else "eventIDs"
    conflicts = f" {glyph.DOT} {grouped(report.conflicts)} {ids} in conflict" if report.conflicts else ""
    filtered = f" {glyph.DOT} {grouped(report.filtered)} left out by the filter" if report.filtered else ""
    return [
        [(" files    ", "label"), (f"{grouped(report.files_seen)} seen = {files}{filtered}", "base")],
        [(" records  ", "label"), (f"{grouped(report.records_read)} read = {records}{conflicts}", "base")],
        [(" bytes    ", "label"), *_bytes(report)],
    ]


def _bytes(report: Report) -> list[Run]:
    inflated = f"{grouped(report.bytes_inflated)} inflated"
    told = f"{grouped(report.bytes_read)} read {glyph.DOT} {inflated}"
    breaches = report.breaches()
    if breaches:
        return [(f"{glyph.WARNING} {breaches[0]} {glyph.DOT} ", "failed"), (told, "base")]
    account = report.account
    if account is None:
        return [(told, "base"), (f" {glyph.DOT} no account of bytes kept", "quiet")]
    parts = (("read", account.read), ("reported", account.reported))
    spelled = " + ".join(f"{grouped(count)} {what}" for what, count in parts if count or what == "records")
    said = f"every byte accounted for: {inflated} = {spelled}"
    aside = f" {glyph.DOT} {grouped(report.bytes_read)} read"
    if account.examined < account.inflated:
        aside = f" {glyph.DOT} record by record: {grouped(account.examined)} (--examine: all)"
    return [(said, "base"), (aside, "quiet")]
