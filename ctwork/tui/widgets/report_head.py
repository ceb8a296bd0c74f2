"""The first lines of the load report: what was read, and whether the sums are right."""

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.desk import Extent, Report
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

Run = tuple[str, str]
"""A text and the name of the ink it is written in."""


class ReportHead(Widget):
    """Shows a `Report` in four lines, and an `Extent` in one, or in two where there is room."""

    DEFAULT_CSS = "ReportHead { height: 5; width: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[list[Run]] = []
        self._extent: Extent | None = None
        self.report: Report | None = None
        self.note = ""

    def show(self, report: Report | None, note: str, extent: Extent | None = None) -> None:
        """Shows `report` and `extent`; `note` says at the right which rows are listed below."""
        self.report, self.note = report, note
        self._rows = sums(report) if report is not None else []
        self._extent = extent
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, inks = self.size.width, ink(self)
        reached = reach(self._extent, brief=self.size.height < 6) if self._extent is not None else []
        rows = [self._title(cells), *self._rows, *reached]
        row = rows[y] if y < len(rows) else []
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


def reach(extent: Extent, *, brief: bool) -> list[list[Run]]:
    """Time, accounts and regions of the events; only how many of them when `brief`."""
    span = f"{extent.first} to {extent.last}" if extent.first else "no event has a readable time"
    named = [
        _named(extent.accounts, "accounts", brief=brief),
        _named(extent.regions, "regions", brief=brief),
    ]
    if brief:
        return [[(" period   ", "label"), (f" {glyph.DOT} ".join((span, *named)), "base")]]
    return [
        [(" period   ", "label"), (span, "base")],
        [(" accounts ", "label"), (f" {glyph.DOT} ".join(named), "base")],
    ]


def _named(names: Sequence[str], many: str, *, brief: bool) -> str:
    """The names, or how many there are when `brief` and there is more than one."""
    if brief and len(names) > 1:
        return f"{grouped(len(names))} {many}"
    return " ".join(names) or glyph.NONE


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
