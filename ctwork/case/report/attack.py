"""Which ATT&CK techniques an investigator named: tags such as ``attack.t1078.004``, as Sigma rules write them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ctwork.resources import toml_table

_TECHNIQUE = re.compile(r"(?:attack[.:_-])?t(\d{4})(?:[._-](\d{3}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique and what was marked with it."""

    id: str
    """``T1078`` or ``T1078.004``."""
    name: str
    """As MITRE names it; "" when that is not known here."""
    tactics: tuple[str, ...]
    marks: int
    first: str
    last: str


def technique_of(tag: str) -> str:
    """The id that `tag` names, as ``T1078.004``; "" for a tag that names none."""
    match = _TECHNIQUE.fullmatch(tag)
    if match is None:
        return ""
    return f"T{match[1]}.{match[2]}" if match[2] else f"T{match[1]}"


def techniques(tagged: Iterable[tuple[str, Iterable[str]]]) -> tuple[Technique, ...]:
    """The techniques in pairs of a time ("" for none) and tags, by id."""
    times: dict[str, list[str]] = {}
    for time, tags in tagged:
        for name in sorted(set(filter(None, map(technique_of, tags)))):
            times.setdefault(name, []).append(time)
    return tuple(_technique(name, times[name]) for name in sorted(times))


def _technique(name: str, times: list[str]) -> Technique:
    known: Mapping[str, Mapping[str, object]] = toml_table("attack.toml")["technique"]
    told = known.get(name) or known.get(name.partition(".")[0]) or {}
    tactics = told.get("tactics", [])
    assert isinstance(tactics, list)
    timed = sorted(filter(None, times))
    label = str(told.get("name", ""))
    return Technique(name, label, tuple(tactics), len(times), *((timed[0], timed[-1]) if timed else ("", "")))
