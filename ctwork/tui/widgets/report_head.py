"""The first lines of the load report: what was read, and whether the sums are right."""

from collections.abc import Callable, Sequence

from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.legible import grouped, sized
from ctwork.tui import glyph, styled
from ctwork.tui.desk import Account, Extent, Report
from ctwork.tui.ink import ink
from ctwork.tui.styled import Piece

Run = tuple[str, str]
"""A text and the name of the ink it is written in."""


class ReportHead(Widget):
    """Shows a `Report` in five lines, and an `Extent` in one, or in two where there is room."""

    DEFAULT_CSS = "ReportHead { height: 6; width: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.note = ""
        self._extent: Extent | None = None
        self._examining: float | None = None
        self._keys = "", ""

    def show(
        self,
        report: Report | None,
        note: str,
        extent: Extent | None = None,
        *,
        examining: float | None = None,
        keys: tuple[str, str] = ("", ""),
    ) -> None:
        """Shows `report` and `extent`; `note` says at the right which rows are listed below.

        `examining` is `Progress.examining`; `keys` are those that look into the rest, and that stop it, as shown.
        """
        self.report, self.note = report, note
        self._extent, self._examining, self._keys = extent, examining, keys
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, inks = self.size.width, ink(self)
        rows = [self._title(cells)]
        if self.report is not None:
            rows += [*sums(self.report, cells - 1), looked(self.report.account, self._examining, self._keys)]
        if self._extent is not None:
            rows += reach(self._extent, brief=self.size.height < 7)
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


def sums(report: Report, cells: int) -> list[list[Run]]:
    """Files, records and bytes, each as a sum that can be checked, and where a sum is wrong; `cells` are there."""
    files = " + ".join(f"{grouped(count)} {state}" for state, count in report.files)
    records = " + ".join(f"{grouped(count)} {what}" for what, count in report.records)
    ids = "eventID" if report.conflicts == 1 else "eventIDs"
    conflicts = f" {glyph.DOT} {grouped(report.conflicts)} {ids} in conflict" if report.conflicts else ""
    filtered = f" {glyph.DOT} {grouped(report.filtered)} left out by the filter" if report.filtered else ""
    return [
        [(" files    ", "label"), (f"{grouped(report.files_seen)} seen = {files}{filtered}", "base")],
        [(" records  ", "label"), (f"{grouped(report.records_read)} read = {records}{conflicts}", "base")],
        [(" bytes    ", "label"), *_bytes(report, cells - 10)],
    ]


def looked(account: Account | None, examining: float | None, keys: tuple[str, str]) -> list[Run]:
    """Into how much was looked record by record, how far it has come with the rest, and which key does something."""
    start, stop = keys
    if account is None or not account.inflated:
        return [(" looked   ", "label"), ("into nothing: there was nothing to look into", "quiet")]
    if account.examined >= account.inflated:
        return [(" looked   ", "label"), ("into every record", "base")]
    said = f"into {sized(account.examined)} of {sized(account.inflated)}"
    if examining is not None:
        offer = f" {glyph.DOT} {stop} stops it" if stop else ""
        return [(" looked   ", "label"), (said, "base"), (f": the rest is at {examining:.0%}{offer}", "label")]
    offer = f": {start} looks into the rest" if start else ""
    return [(" looked   ", "label"), (said, "base"), (offer, "label")]


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


def _bytes(report: Report, cells: int) -> list[Run]:
    """The sum of bytes: to the byte where it fits, else in larger units; `ctwork status` has every digit."""
    breaches = report.breaches()
    account = report.account
    if breaches:
        told = f"{sized(report.bytes_read)} stored {glyph.DOT} {sized(report.bytes_inflated)} inflated"
        return [(f"{glyph.WARNING} {breaches[0]} {glyph.DOT} ", "failed"), (told, "base")]
    stored = f" {glyph.DOT} {sized(report.bytes_read)} stored"
    if account is None:
        return [
            (f"{sized(report.bytes_inflated)} inflated{stored}", "base"),
            (f" {glyph.DOT} no account of bytes kept", "quiet"),
        ]
    if not account.inflated:
        return [(f"none could be inflated{stored}" if report.bytes_read else "none: every file is empty", "base")]
    exact, rough = _spelled(account, grouped), _spelled(account, sized)
    offers = (f"every byte accounted for: {exact}{stored}", f"{exact}{stored}", exact, f"{rough}{stored}", rough)
    return [(next((offer for offer in offers if styled.cells_of(offer) <= cells), rough), "base")]


def _spelled(account: Account, number: Callable[[int], str]) -> str:
    parts = (("read", account.read), ("reported", account.reported))
    terms = [f"{number(count)} {what}" for what, count in parts if count]
    return f"{number(account.inflated)} inflated = {' + '.join(terms)}"
