"""What the keys do, derived from the bindings that are active where help was asked for."""

import math
import re
from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ctwork.resources import data_path
from ctwork.tui import glyph, styled
from ctwork.tui.keymap import actions, shown, told
from ctwork.tui.widgets.banner import Banner

GROUPS = {
    "mode": "modes",
    "lens": "the lens",
    "chip": "conditions of the lens",
    "saved": "saved lenses",
    "report": "the load report",
    "conflict": "records in conflict",
    "narrow": "narrow to a value",
    "pivot": "narrow to a value",
    "facet": "values of a column",
    "time": "time",
    "error": "errors",
    "mark": "marks",
    "case": "the case",
    "editor": "the mark editor",
    "choice": "a choice on one line",
    "export": "export",
    "confirm": "a question",
    "related": "related events",
    "diff": "two events compared",
    "grid": "events",
    "detail": "record",
    "pane": "panes",
    "aside": "beside the events",
    "copy": "copy",
    "prompt": "a line to write",
    "help": "this help",
    "app": "program",
}

LENS = "help/lens.md"
_UNBOUND = re.compile(r"\{[a-z]+\.[a-z-]+\}")
"""A key that does nothing here."""
_RULE = re.compile(r"[|-]+")
_CELL = re.compile(r"(?<!\\)\|")
_FIRST = 28
"""Cells of the first column of a table."""


class Pages(VerticalScroll):
    """A long text, with a line below it that says how far one is and how to go on."""

    DEFAULT_CSS = "Pages { border-subtitle-color: $quiet; border-subtitle-align: right; }"

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def turn(self, step: int) -> None:
        """`step` pages on; one line stays, so that the eye finds on."""
        self.scroll_relative(y=step * max(self.size.height - 1, 1), animate=False)

    def action_page_down(self) -> None:
        self.turn(1)

    def action_page_up(self) -> None:
        self.turn(-1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._tell()

    def _tell(self) -> None:
        step = max(self.size.height - 1, 1)
        count = max(1, math.ceil(self.max_scroll_y / step) + 1)
        here = count if self.scroll_y >= self.max_scroll_y else round(self.scroll_y / step) + 1
        found = f"page {min(here, count)} of {count} {glyph.DOT} space next {glyph.DOT} b before {glyph.DOT} tab group"
        self.border_subtitle = styled.content(found)


class HelpScreen(ModalScreen[None]):
    """Shows the guide, then every action with its key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "back", id="help.leave", tooltip="Back to where you were"),
        Binding("space,ctrl+f", "turn(1)", "next page", id="help.next", tooltip="The next page"),
        Binding("b,ctrl+b", "turn(-1)", "page before", id="help.previous", tooltip="The page before"),
        Binding("tab", "group", "next group", id="help.group", tooltip="On to the next group of keys"),
    ]

    def __init__(self, bindings: Mapping[str, ActiveBinding], page: str = "help/keys.md") -> None:
        super().__init__()
        self._page = page
        self._bindings_shown = dict(bindings)

    def compose(self) -> ComposeResult:
        with Pages(id="help"):
            yield Static(styled.lines(guide(self._bindings_shown, self._page)), id="help-guide", classes="help-group")
            for rows in table(self._bindings_shown):
                yield Static(styled.lines(rows), classes="help-group")
            if self._page != LENS:
                yield Static(styled.lines([styled.content(""), *guide({}, LENS)]), id="help-lens", classes="help-group")
        yield Banner()

    @property
    def pages(self) -> "Pages":
        return self.query_one(Pages)

    def action_turn(self, step: int) -> None:
        self.pages.turn(step)

    def action_group(self) -> None:
        """The next group comes to the top; after the last, the first."""
        here = round(self.pages.scroll_y)
        tops = [group.virtual_region.y for group in self.query(".help-group")]
        last = here >= self.pages.max_scroll_y
        self.pages.scroll_to(y=next((top for top in tops if top > here and not last), 0), animate=False)

    def on_mount(self) -> None:
        # Folded to a badge it would have no footer to stand in here: this screen always shows it.
        self.watch(self.app, "progress", lambda progress: self.query_one(Banner).show(progress, folded=False))


def guide(bindings: Mapping[str, ActiveBinding], page: str) -> list[styled.Content]:
    """The packaged guide with the keys as they are bound now; a line about keys that do nothing here is left out."""
    keys: dict[str, str] = {}
    for key, active in bindings.items():
        if active.binding.id:
            keys.setdefault(active.binding.id, shown(key))
    rows, coded = [], False
    for line in data_path(page).read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            coded = not coded
            continue
        for name, key in keys.items():
            line = line.replace(f"{{{name}}}", key)
        if not _UNBOUND.search(line) and not _RULE.fullmatch(line):
            rows.append(_written(line, coded=coded))
    return rows


def _written(line: str, *, coded: bool) -> styled.Content:
    """One line of a guide: headings and examples stand out, the marks for them are gone."""
    heading = line.lstrip("#").strip() if line.startswith("#") and not coded else ""
    if heading:
        return styled.content(heading, "bold $label")
    if coded:
        return styled.content(f"  {line}", "bold")
    if line.startswith("| "):
        cells = [cell.strip().replace("`", "") for cell in _CELL.split(line.strip("|"))]
        return styled.joined([(f"  {cells[0]:<{_FIRST}} ", "bold"), (" ".join(cells[1:]).replace("\\|", "|"), "")])
    return styled.content(line.replace("`", ""))


def table(bindings: Mapping[str, ActiveBinding]) -> list[list[styled.Content]]:
    """Every described action, one list of lines per group: those whose ids have the same first part."""
    found = actions(bindings)
    width = max((styled.cells_of(keys) for keys, _ in found), default=0)
    grouped: dict[str, list[styled.Content]] = {}
    for keys, active in found:
        group = (active.binding.id or "app").partition(".")[0]
        said = told(active.binding)
        row = styled.joined([(f"  {keys:<{width}}  ", "bold"), (said, "")])
        grouped.setdefault(GROUPS.get(group, GROUPS["app"]), []).append(row)
    return [
        [styled.content(""), styled.content(title, "bold $label"), *grouped[title]]
        for title in dict.fromkeys(GROUPS.values())
        if title in grouped
    ]
