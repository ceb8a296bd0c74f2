"""The columns of an event: their names, short names and kinds, and how a typed name is resolved."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from ctwork.errors import LensError
from ctwork.resources import toml_table

Kind = Literal["text", "number", "time", "flag", "set", "mark", "path"]

ADDRESS_COLUMN = "sourceIPAddress"
TIME_COLUMN = "eventTime"
ISSUE_COLUMN = "issue"
RAW_COLUMN = "raw"
"""The path column whose values are all scalar leaves of the record."""

_CAMEL_CASE = re.compile(r"[a-z][a-z0-9]*[A-Z][A-Za-z0-9]*")
_ALIKE = 70.0
_TOO_ALIKE = 88.0
"""Likeness in percent from which a known name is worth suggesting, and from which an unknown one must be a slip."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its `name` is the canonical one or, for kind `path`, the dotted path into the record."""

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    help: str = ""
    values: tuple[str, ...] = ()
    """All there can be, for a column that we derive from a closed list."""

    @property
    def short(self) -> str:
        """The name a lens prints."""
        return self.aliases[0] if self.aliases else self.name


def _load() -> list[Column]:
    rows = toml_table("columns.toml")["column"]
    return [
        Column(
            row["name"],
            cast(Kind, row["kind"]),
            tuple(row.get("aliases", ())),
            row["help"],
            tuple(row.get("values", ())),
        )
        for row in rows
    ]


COLUMNS: list[Column] = _load()
WORD_COLUMNS: tuple[str, ...] = tuple(toml_table("columns.toml")["words"])
TOP_LEVEL: tuple[str, ...] = tuple(toml_table("columns.toml")["top_level"])

_BY_NAME = {name.lower(): column for column in COLUMNS for name in (column.name, *column.aliases)}
_BY_NAME |= {name.lower(): Column(name, "path", help="A member of the record") for name in TOP_LEVEL}


def resolve(name: str, *, at: int = 0, literal: bool = False) -> Column:
    """The column a typed name means: a short name or known name ignoring case, else a path, case and all.

    A path has a dot or looks like a CloudTrail key (`requestID`); with `literal` (a quoted name) any text is one.
    Raises LensError at column `at`, with the nearest names, for a single word that is neither.
    """
    known = _BY_NAME.get(name.lower())
    if known is not None:
        return known
    if not name:
        raise LensError("A column name is missing", at, "Write a name before the colon, as event:GetObject")
    if literal or "." in name or name.startswith("@"):
        return Column(name, "path")
    near = suggestions(name)
    if _CAMEL_CASE.fullmatch(name) and not near:
        return Column(name, "path")
    raise LensError(f"There is no column {name}", at, _advice(name, near))


@cache
def kind_of(name: str) -> Kind:
    """The kind of a column by its canonical name or path."""
    return resolve(name, literal=True).kind


def suggestions(name: str) -> tuple[str, ...]:
    """At most three names that someone who typed `name` may have meant, the likeliest first; () when none is near."""
    meant = toml_table("columns.toml")["meant"].get(name.lower())
    if meant:
        return tuple(meant)
    wanted = name.lower()
    members = [column.name for column in COLUMNS if column.name.lower().endswith(f".{wanted}")]
    if members:
        return tuple(members[:3])
    from rapidfuzz.fuzz import ratio  # a native library, needed only for a mistake

    least = _TOO_ALIKE if _CAMEL_CASE.fullmatch(name) else _ALIKE
    scored = sorted(((ratio(wanted, known), known) for known in _BY_NAME), reverse=True)
    return tuple(dict.fromkeys(_spelled(known) for score, known in scored if score >= least))[:3]


def _spelled(known: str) -> str:
    """A lower-case known name as it is written."""
    column = _BY_NAME[known]
    return known if known in column.aliases else column.name


def _advice(name: str, near: tuple[str, ...]) -> str:
    if near:
        return f"Did you mean {' or '.join(near)}? raw:WORD searches whole records"
    known = "principal, session, key, ip, agent, event, service, resource, error, time"
    return f"Write {known}, a path such as requestParameters.bucketName, or raw:WORD to search whole records"
