"""The styles that line-API widgets draw with, mixed from the theme's role variables.

Component classes would do the same, at 20 style sheet lookups per widget before the first paint.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from ctwork.tui.theme import ROLES


@dataclass(frozen=True, slots=True)
class Ink:
    """What each role looks like on one ground."""

    base: Style
    title: Style
    quiet: Style
    label: Style
    rule: Style
    denied: Style
    failed: Style
    throttled: Style
    write: Style
    bar: Style
    error_bar: Style
    cursor: Style
    cell: Style
    alarm: Style
    marked: Style
    finding: Style
    gap: Style
    selection: Style
    """Inside the span of time that is being chosen."""
    info: Style
    low: Style
    medium: Style
    high: Style
    critical: Style

    @property
    def faded(self) -> "Ink":
        """The same for rows that are not what is asked for: no sign stands out."""
        pale = self.quiet
        return replace(self, base=pale, denied=pale, failed=pale, throttled=pale, write=pale)


def ink(widget: Widget) -> Ink:
    """The inks for `widget` in the theme of now."""
    app = widget.app
    variables = app.theme_variables
    looks = ((variables[role], variables.get(f"{role}-style", "")) for role in ROLES)
    return _mixed(widget.rich_style, app.no_color, *looks)


@lru_cache(64)
def _mixed(base: Style, no_color: bool, *looks: tuple[str, str]) -> Ink:
    role = {name: Color.parse(color).rich_color for name, (color, _) in zip(ROLES, looks, strict=True)}
    extra = {name: Style.parse(style) for name, (_, style) in zip(ROLES, looks, strict=True)}

    def on_base(name: str, *, bold: bool = False) -> Style:
        return base + Style(color=role[name], bold=bold or None) + extra[name]

    def on_own(name: str) -> Style:
        plain = Style(color=role[f"{name}-text"], bgcolor=role[name], reverse=no_color or None)
        return base + plain + extra[name]

    return Ink(
        base=base,
        title=base + Style(bold=True),
        quiet=on_base("quiet"),
        label=on_base("label"),
        rule=on_base("rule"),
        denied=on_base("denied"),
        failed=on_base("denied", bold=True),
        throttled=on_base("throttled"),
        write=on_base("write"),
        bar=on_base("bar"),
        error_bar=on_base("error-bar"),
        cursor=on_own("cursor"),
        cell=on_own("cursor") + Style(bold=True, underline=True),
        alarm=on_own("alarm") + Style(bold=True),
        marked=on_base("marked", bold=True),
        finding=on_base("finding"),
        gap=on_base("gap"),
        selection=on_own("selection"),
        info=on_base("severity-info"),
        low=on_base("severity-low"),
        medium=on_base("severity-medium"),
        high=on_base("severity-high"),
        critical=on_base("severity-critical", bold=True),
    )
