"""Paths to the data that travels with the package: tables, grammar, help, themes."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """The packaged data file `name`, e.g. ``resources.toml`` or ``help/lens.md``."""
    return _PACKAGE / "data" / name


@cache
def toml_table(name: str) -> dict[str, Any]:
    """The packaged TOML table `name`, parsed once per process. Callers must not change it."""
    return tomllib.loads(data_path(name).read_text(encoding="utf-8"))


def theme_folder() -> Path:
    """The shipped themes: inside the package when installed from a wheel, beside it in a checkout."""
    packaged = _PACKAGE / "themes"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "themes"
