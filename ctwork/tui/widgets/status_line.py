"""The right end of the last line: how the load goes, and what it could not read, which never scrolls away."""

from textual.widget import Widget

from ctwork.model.legible import grouped
from ctwork.tui import clock, glyph, styled
from ctwork.tui.desk import Progress


class StatusLine(Widget):
    """Shows a `Progress`."""

    DEFAULT_CSS = """
    StatusLine {
        width: auto; height: 1; color: $quiet; background: $panel;
        &.-loading { width: 46; }
        &.-loading.-wide { width: 80; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[tuple[str, str], ...] = ()

    def show(self, progress: Progress, *, wide: bool, told: bool = False, head: str = "") -> None:
        """Shows `progress`, without its troubles when they are `told` elsewhere, and the `head` of the journal.

        The width only changes when the load ends, so that nothing moves meanwhile.
        """
        parts = tuple(running(progress, wide=wide) if not progress.done else finished(progress, told=told))
        if progress.done and head:
            parts = (*parts, (f" {head}", "$quiet"))
        if parts == self._parts:
            return
        self._parts = parts
        loading = not progress.done
        layout = loading != self.has_class("-loading") or not loading
        self.set_class(loading, "-loading")
        self.set_class(wide, "-wide")
        self.refresh(layout=layout)

    def render(self) -> styled.Content:
        return styled.joined((*self._parts, (" ", "")))


def running(progress: Progress, *, wide: bool) -> list[tuple[str, str]]:
    """``██▁▁▁▁ ⚠ 3  412/1,024 files · 38 MB/s · 12s``; trouble stands first, so that no width can cut it off."""
    parts = [(f"{grouped(progress.files_read)}{_of(progress)} files", "")]
    if wide:
        parts.append((f" {glyph.DOT} {grouped(progress.records)} records", ""))
    if progress.seconds > 0:
        parts.append((f" {glyph.DOT} {progress.bytes_read / progress.seconds / 1e6:.0f} MB/s", ""))
    if progress.eta_s is not None:
        parts.append((f" {glyph.DOT} {clock.countdown(progress.eta_s)}", ""))
    return [(f"{bar(progress, 12 if wide else 6)} ", "$bar"), *_trouble(progress, brief=not wide), *parts]


def finished(progress: Progress, *, told: bool = False) -> list[tuple[str, str]]:
    """What the load leaves to know: nothing when all is well. Troubles that are `told` elsewhere are left out."""
    parts = [] if told else _trouble(progress, brief=False)
    if progress.examining is not None:
        done = round(progress.examining * 6)
        parts.append((f"{'█' * done}{'▁' * (6 - done)} ", "$bar"))
        parts.append((f"{progress.examining:.0%} looked into", ""))
    elif progress.message:
        parts.append((styled.shortened(progress.message, 40), ""))
    return parts


def bar(progress: Progress, cells: int) -> str:
    """How much is read, by bytes when they are known; empty while nothing is."""
    done, total = progress.files_read, progress.files_total or 0
    if progress.bytes_total:
        done, total = progress.bytes_read, progress.bytes_total
    full = min(cells, done * cells // total) if total else 0
    return "█" * full + "▁" * (cells - full)


def _of(progress: Progress) -> str:
    if progress.files_total is not None:
        return f"/{grouped(progress.files_total)}"
    return f" of {grouped(progress.files_seen)}+"


def _trouble(progress: Progress, *, brief: bool) -> list[tuple[str, str]]:
    if brief and progress.issues:
        return [(f"{glyph.WARNING} {grouped(progress.issues)} ", "bold $denied" if progress.lost else "$write")]
    parts = []
    if progress.lost:
        parts.append((f"{glyph.WARNING} {grouped(progress.lost)} lost ", "bold $denied"))
    if progress.issues > progress.lost:
        doubts = progress.issues - progress.lost
        parts.append((f"{glyph.WARNING} {grouped(doubts)} {'doubt' if doubts == 1 else 'doubts'} ", "$write"))
    return parts
