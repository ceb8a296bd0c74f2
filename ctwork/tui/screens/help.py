"""What the keys do, derived from the bindings that are active where help was asked for."""

import re
from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ctwork.resources import data_path
from ctwork.tui import styled
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
    "mark": "marks of this session",
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


class HelpScreen(ModalScreen[None]):
    """Shows the guide, then every action with its key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "back", id="help.leave", tooltip="Back to where you were")
    ]

    def __init__(self, bindings: Mapping[str, ActiveBinding], page: str = "help/keys.md") -> None:
        super().__init__()
        self._page = page
        self._bindings_shown = dict(bindings)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(styled.lines(guide(self._bindings_shown, self._page)), id="help-guide")
            yield Static(styled.lines(table(self._bindings_shown)), id="help-keys")
            if self._page != LENS:
                yield Static(styled.lines([styled.content(""), *guide({}, LENS)]), id="help-lens")
        yield Banner()

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


def table(bindings: Mapping[str, ActiveBinding]) -> list[styled.Content]:
    """Every described action, grouped by the first part of its id."""
    found = actions(bindings)
    width = max((styled.cells_of(keys) for keys, _ in found), default=0)
    grouped: dict[str, list[styled.Content]] = {}
    for keys, active in found:
        group = (active.binding.id or "app").partition(".")[0]
        said = told(active.binding)
        row = styled.joined([(f"  {keys:<{width}}  ", "bold"), (said, "")])
        grouped.setdefault(GROUPS.get(group, GROUPS["app"]), []).append(row)
    rows: list[styled.Content] = []
    for title in dict.fromkeys(GROUPS.values()):
        if title in grouped:
            rows += [styled.content(""), styled.content(title, "bold $label"), *grouped[title]]
    return rows
