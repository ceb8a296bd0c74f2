"""What the screens say in words: counts, and what to do next when there is nothing to see."""

from ctwork.model.legible import grouped, plain
from ctwork.tui import glyph
from ctwork.tui.desk import Progress, View


def count_text(total: int, progress: Progress, *, everything: bool, busy: bool) -> str:
    """``1,204 of 30,477``; "at least" while more is being read, and an ellipsis while it is being counted again."""
    said = f"{grouped(total)} events" if everything else f"{grouped(total)} of {grouped(progress.unique)}"
    return ("" if progress.done else "at least ") + said + (f" {glyph.MORE}" if busy else "")


def empty_text(view: View, *, loading: bool) -> str:
    """Why a table is empty, and what to do next."""
    if loading:
        return "no event so far; still reading"
    if str(view.lens):
        return f"no event matches {plain(str(view.lens), 60)}; / changes the lens, u undoes it"
    return "no events were found; the load issues say why"
