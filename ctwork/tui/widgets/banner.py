"""One line on every screen that says what the load could not read. It can be folded, never dismissed."""

from textual.widget import Widget

from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.desk import Progress


class Banner(Widget):
    """Shows what a finished `Progress` leaves to worry about; takes no room when that is nothing."""

    DEFAULT_CSS = "Banner { height: 1; width: 100%; background: $panel; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self.progress = Progress()
        self.keys: tuple[str, str] = ("", "")
        """Keys of the load report and of folding, as shown; "" where they do nothing."""

    def show(self, progress: Progress, *, folded: bool, keys: tuple[str, str] = ("", "")) -> None:
        """Shows `progress` unless `folded` (the footer has a badge then) or while loading (it has one then too)."""
        if (self.progress, self.keys) != (progress, keys):
            self.progress, self.keys = progress, keys
            self.refresh()
        self.display = progress.done and bool(progress.issues or progress.lost) and not folded

    def render(self) -> styled.Content:
        return styled.joined(said(self.progress, self.keys, self.size.width - 1))


def said(progress: Progress, keys: tuple[str, str], cells: int) -> list[tuple[str, str]]:
    """The line as ``(text, style)`` runs; what to press is left out before the counts are cut."""
    doubts = progress.issues - progress.lost
    parts = []
    if progress.lost:
        parts.append(f"{_count(progress.lost, 'loss', 'losses')}: some input could not be read")
    if doubts:
        looks = "" if progress.lost else ": all was read, but some looks odd"
        parts.append(_count(doubts, "doubt", "doubts") + looks)
    trouble = f" {glyph.WARNING} " + f" {glyph.DOT} ".join(parts)
    report, fold = keys
    offers = [f"{report} shows the load report"] if report else []
    offers += [f"{fold} folds this line"] if fold else []
    tail = ""
    for offer in offers:
        longer = f"{tail} {glyph.DOT if tail else glyph.DASH} {offer}"
        if styled.cells_of(trouble + longer) <= cells:
            tail = longer
    return [
        (styled.shortened(trouble, cells), "bold $denied" if progress.lost else "bold $write"),
        (tail, "$quiet"),
    ]


def _count(number: int, one: str, many: str) -> str:
    return f"{grouped(number)} {one if number == 1 else many}"
