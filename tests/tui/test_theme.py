"""Shipped themes are complete and readable; a broken one says what is broken when it is read."""

import pytest

from ctwork.errors import EnvironmentFailure
from ctwork.resources import theme_folder
from ctwork.tui.theme import DEFAULT, FEW_COLORS, ROLES, best_theme, load_themes, read_theme

THEMES = {theme.name: theme for theme in load_themes()}


def test_the_house_has_its_themes() -> None:
    wanted = {"dark", "light", "contrast", "okabe-ito", "ansi-dark", "ansi-light", "monochrome", "ascii"}
    assert wanted == set(THEMES)
    assert DEFAULT in THEMES
    assert THEMES[FEW_COLORS].ansi


DARK = (theme_folder() / "dark.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DARK.replace('denied = "#f0787a"', 'denied = "#f0787"'), "variables.denied = '#f0787' is not a colour"),
        (DARK.replace('denied = "#f0787a"\n', ""), "variables.denied is missing"),
        (DARK.replace('primary = "#7ab7ff"', "primary = 7"), "primary = 7 is not a colour"),
        ("sparkle = 1\n" + DARK, "sparkle"),
        (DARK + 'denied-style = "sparkling"', "variables.denied-style = 'sparkling' is not of bold"),
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
        ("truecolor", True, "monochrome"),
    ],
)
def test_the_terminal_chooses(system: str | None, no_color: bool, theme: str) -> None:
    assert best_theme(system, no_color=no_color) == theme
