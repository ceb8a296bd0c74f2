"""The modes of the workbench, read from `data/modes.toml`: what each counts, and what a value unfolds into."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ctwork.model.column import resolve
from ctwork.resources import toml_table


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to look through the lens."""

    name: str
    key: str
    """As Textual names it."""
    title: str
    tells: str
    """What it answers, as the help says it."""
    facets: tuple[str, ...] = ()
    """Lens fields that it counts, the first one first."""
    vacant: str = ""
    """What is said in place of a mode that has no engine; "" for one that has."""

    apart: bool = False
    """It has a screen of its own."""

    @property
    def leads(self) -> bool:
        """The events follow the value under the cursor of the facet."""
        return self.name != FIRST and not self.vacant and not self.apart


FIRST = "timeline"


@cache
def modes() -> tuple[Mode, ...]:
    """Every mode, in the order of the keys."""
    return tuple(
        Mode(
            row["name"],
            row["key"],
            row["title"],
            row["tells"],
            tuple(row.get("facets", ())),
            str(row.get("vacant", "")).strip(),
            bool(row.get("apart", False)),
        )
        for row in toml_table("modes.toml")["mode"]
    )


def mode_of(name: str) -> Mode:
    """The mode called `name`."""
    return next(mode for mode in modes() if mode.name == name)


def inside(field: str) -> str:
    """The lens field into which a value of `field` unfolds."""
    table: Mapping[str, str] = toml_table("modes.toml")["inside"]
    return table.get(resolve(field, literal=True).short, "event")
