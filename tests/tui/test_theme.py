"""Shipped themes are complete and readable; a broken one says what is broken when it is read."""

import pytest
from textual.color import Color

from ctwork.errors import EnvironmentFailure
from ctwork.resources import theme_folder
from ctwork.tui.theme import DEFAULT, FEW_COLORS, ROLES, best_theme, load_themes, read_theme

THEMES = {theme.name: theme for theme in load_themes()}


def test_the_house_has_its_themes() -> None:
    assert {"dark", "light", "ansi-dark", "contrast"} <= set(THEMES)
    assert DEFAULT in THEMES
    assert THEMES[FEW_COLORS].ansi


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
def test_text_can_be_read(name: str) -> None:
    theme = THEMES[name]
    ground = Color.parse(str(theme.background))
    least = 7.0 if name == "contrast" else 4.5
    for role in ("denied", "write", "throttled", "marked", "quiet", "label"):
        assert _contrast(ground, Color.parse(theme.variables[role])) >= least, role
    for pair in ("cursor", "alarm"):
        over = Color.parse(theme.variables[pair])
        assert _contrast(over, Color.parse(theme.variables[f"{pair}-text"])) >= 4.5, pair


def _contrast(one: Color, other: Color) -> float:
    """WCAG 2 contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


DARK = (theme_folder() / "dark.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DARK.replace('denied = "#f0787a"', 'denied = "#f0787"'), "variables.denied = '#f0787' is not a colour"),
        (DARK.replace('denied = "#f0787a"\n', ""), "variables.denied is missing"),
        (DARK.replace('primary = "#7ab7ff"', "primary = 7"), "primary = 7 is not a colour"),
        ("sparkle = 1\n" + DARK, "sparkle"),
        ("name =", "Invalid value"),
    ],
)
def test_a_broken_theme_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(EnvironmentFailure) as caught:
        read_theme("mine.toml", text)
    assert "mine.toml" in caught.value.title
    assert said in caught.value.title


def test_every_role_is_set_once() -> None:
    assert len(ROLES) == len(set(ROLES))


@pytest.mark.parametrize(
    ("system", "no_color", "theme"),
    [
        ("truecolor", False, "dark"),
        ("256", False, "dark"),
        ("standard", False, "ansi-dark"),
        (None, False, "ansi-dark"),
        ("truecolor", True, "ansi-dark"),
    ],
)
def test_the_terminal_chooses(system: str | None, no_color: bool, theme: str) -> None:
    assert best_theme(system, no_color=no_color) == theme
