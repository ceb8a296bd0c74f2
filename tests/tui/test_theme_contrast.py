"""Whatever is to be read can be read: every role on every ground it is drawn on, in every theme with colours."""

import pytest
from textual.color import Color
from textual.theme import Theme

from ctwork.tui.theme import ROLES, load_themes

THEMES = {theme.name: theme for theme in load_themes()}
TEXT = (
    "denied", "write", "throttled", "marked", "finding", "quiet", "label", "severity-info", "severity-low",
    "severity-medium", "severity-high", "severity-critical",
)  # fmt: skip
SIGNS = ("bar", "error-bar", "gap")
"""Shapes, not letters: WCAG 2.1 asks 3:1 of them (1.4.11)."""
OWN = ("cursor", "alarm", "selection")
"""Grounds of their own, each with its text."""
NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
VGA = "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
PALETTES = {
    name: {f"ansi_{kind}{color}": f"#{code}" for (kind, color), code in zip(
        [("", each) for each in NAMES] + [("bright_", each) for each in NAMES], codes.split(), strict=True)}
    for name, codes in (("xterm", XTERM), ("vga", VGA))
}  # fmt: skip


def looks(theme: Theme, color: str, palette: str, *, ground: bool = False) -> Color:
    """What a colour of a theme looks like: one of the terminal's own by its usual palette."""
    if color == "ansi_default":
        return Color.parse("#000000" if ground == theme.dark else "#ffffff" if ground else "#e5e5e5")
    return Color.parse(PALETTES[palette].get(color, color))


def contrast(one: Color, other: Color) -> float:
    """WCAG 2 contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: Color) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("name", [name for name, theme in THEMES.items() if "colors" not in theme.variables])
def test_text_can_be_read(name: str, palette: str) -> None:
    theme = THEMES[name]
    roles = theme.variables | {"foreground": str(theme.foreground)}
    poor = []
    for ground in ("background", "surface", "panel"):
        below = looks(theme, str(getattr(theme, ground)), palette, ground=True)
        for role in (*TEXT, "foreground", *SIGNS):
            least = 3.0 if role in SIGNS else 7.0 if name == "contrast" else 4.5
            found = contrast(below, looks(theme, roles[role], palette))
            poor += [f"{role} on {ground}: {found:.2f}"] if found < least else []
    for pair in OWN:
        below = looks(theme, roles[pair], palette, ground=True)
        found = contrast(below, looks(theme, roles[f"{pair}-text"], palette))
        poor += [f"{pair}: {found:.2f}"] if found < 4.5 else []
    assert not poor


def test_every_role_is_text_or_a_sign_or_a_ground() -> None:
    parts = {*TEXT, *SIGNS, *OWN, *(f"{own}-text" for own in OWN), "rule"}
    assert parts == set(ROLES)


def test_a_theme_without_colours_has_none() -> None:
    theme = THEMES["monochrome"]
    assert {theme.variables[role] for role in ROLES} == {"ansi_default"}
    for role in ("denied", "cursor", "marked", "selection", "severity-critical"):
        assert theme.variables[f"{role}-style"]
