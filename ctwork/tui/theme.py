"""Themes are data: `themes/*.toml`, checked colour by colour when read, because Textual checks too late."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.resources import theme_folder

ROLES = (
    "denied",
    "write",
    "throttled",
    "marked",
    "finding",
    "severity-info",
    "severity-low",
    "severity-medium",
    "severity-high",
    "severity-critical",
    "selection",
    "selection-text",
    "gap",
    "cursor",
    "cursor-text",
    "error-bar",
    "bar",
    "quiet",
    "label",
    "rule",
    "alarm",
    "alarm-text",
)
"""Variables that every theme must set: what a colour means here, not what it looks like."""

_COLORS = (
    "primary",
    "secondary",
    "warning",
    "error",
    "success",
    "accent",
    "foreground",
    "background",
    "surface",
    "panel",
    "boost",
)
_NOT_COLORS = ("-style", "colors", "letters")
"""Ends of variables that are not colours: ``<role>-style`` adds bold, dim, underline or reverse to a role,
``colors = "none"`` takes every colour away, ``letters = "ascii"`` draws every sign by its ASCII twin."""
DEFAULT = "dark"
FEW_COLORS = "ansi-dark"
NO_COLORS = "monochrome"
BRIGHT = "light"
BRIGHT_FEW_COLORS = "ansi-light"


def load_themes(folder: Path | None = None) -> tuple[Theme, ...]:
    """Every theme in `folder` (the shipped ones), by name. Raises `EnvironmentFailure` for one that cannot be used."""
    files = sorted((folder or theme_folder()).glob("*.toml"))
    return tuple(read_theme(path.name, path.read_text(encoding="utf-8")) for path in files)


def read_theme(name: str, text: str) -> Theme:
    """The theme in the TOML `text` of the file called `name`. Raises `EnvironmentFailure`, naming the wrong key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unusable(name, str(error)) from error
    variables = table.get("variables", {})
    missing = [role for role in ROLES if role not in variables]
    if missing:
        raise _unusable(name, f"variables.{missing[0]} is missing")
    for role in ROLES:
        _check_style(name, role, variables.get(f"{role}-style", ""))
    for key, value in _colors(table, variables):
        try:
            Color.parse(value)
        except (ColorParseError, AttributeError, TypeError) as error:
            raise _unusable(name, f"{key} = {value!r} is not a colour") from error
    try:
        return Theme(**table)
    except TypeError as error:
        raise _unusable(name, str(error).replace("Theme.__init__()", "it")) from error


def _colors(table: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((key, table[key]) for key in _COLORS if key in table)
    yield from ((f"variables.{key}", value) for key, value in variables.items() if not key.endswith(_NOT_COLORS))


def _check_style(name: str, role: str, style: object) -> None:
    if not isinstance(style, str) or set(style.split()) - {"bold", "dim", "underline", "reverse", "italic"}:
        raise _unusable(name, f"variables.{role}-style = {style!r} is not of bold, dim, italic, underline, reverse")


def _unusable(name: str, reason: str) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"the theme {name} cannot be used: {reason}", "compare it with the shipped themes/dark.toml"
    )


def chosen_theme(name: str, *, slow_link: bool) -> str | None:
    """The theme that was asked for by `name`, or that a slow link asks for; None for the one the terminal chooses.

    Raises `UsageError` for a name that is none.
    """
    known = [path.stem for path in sorted(theme_folder().glob("*.toml"))]
    if name and name not in known:
        raise UsageError(f"there is no theme {name}", f"known themes: {', '.join(known)}")
    if name or not slow_link:
        return name or None
    return best_theme(None, no_color="NO_COLOR" in os.environ, bright=bright())


def bright(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal says that its ground is bright: rxvt, Konsole and others set ``COLORFGBG=0;15``."""
    return environ.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}


def best_theme(color_system: str | None, *, no_color: bool, bright: bool = False) -> str:
    """The theme for a terminal: none of its colours when none is wanted, its own 16 when it has no more."""
    if no_color:
        return NO_COLORS
    if color_system in {"256", "truecolor"}:
        return BRIGHT if bright else DEFAULT
    return BRIGHT_FEW_COLORS if bright else FEW_COLORS
