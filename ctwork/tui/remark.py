"""What the screens say in words: counts, and what to do next when there is nothing to see."""

from ctwork.model.advice import advice
from ctwork.model.column import COLUMNS
from ctwork.model.legible import grouped, plain
from ctwork.model.lens import OLDEST_FIRST, Lens
from ctwork.tui import glyph
from ctwork.tui.desk import Progress, View

SHORT = {column.name: column.short for column in COLUMNS}
"""What a person calls a column."""


def count_text(view: View | None, progress: Progress, *, busy: bool) -> str:
    """``1,204 of 30,477``; "at least" while more is being read, and an ellipsis while it is being counted again.

    None is for a lens that is not answered: there is no number then, for any number would be that of another lens.
    """
    if view is None:
        return glyph.MORE if busy else glyph.NONE
    total = grouped(view.total)
    said = f"{total} of {grouped(progress.unique)}" if str(view.lens) else f"{total} events"
    return ("" if progress.done else "at least ") + said + (f" {glyph.MORE}" if busy else "")


def noise_text(hidden: int) -> str:
    """How many events of AWS services the lens leaves out; "" for none."""
    return f" {glyph.DOT} {grouped(hidden)} service calls hidden" if hidden else ""


def still_text(view: View) -> str:
    """Over rows that do not belong to the text in the lens bar."""
    return f"still showing: {plain(str(view.lens), 200) or 'all events'}"


def order_text(lens: Lens) -> str:
    """In which order the events stand, in words."""
    if lens.sort == OLDEST_FIRST:
        return "oldest event first"
    way = "falling" if lens.sort.descending else "rising"
    return f"sorted by {SHORT.get(lens.sort.column, lens.sort.column)}, {way}"


def empty_text(view: View, progress: Progress) -> str:
    """Why a table is empty, and what to do next. Several lines."""
    if not progress.done:
        return "no event so far; still reading"
    if str(view.lens):
        keys = "/ changes the lens, u undoes it"
        return "\n".join(filter(None, (f"no event matches {plain(str(view.lens), 60)}", advice(view.lens), keys)))
    if progress.message:
        return plain(progress.message, 200)
    if not progress.files_seen:
        return "there is no file in it\nctrl+q leaves"
    if progress.issues:
        return "no events were found; the load report (L) says why"
    return "there is no event in these files"
