"""Options that several commands share, and what they mean together."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import typer

from ctwork.case.case import Case, find_case, with_kept_bounds
from ctwork.case.lenses import LensBook
from ctwork.config import LoadSettings
from ctwork.errors import LensError, UsageError
from ctwork.model.facet import FACET_KEYS, FacetOrder
from ctwork.model.instant import parse_instant, parse_relative
from ctwork.model.lens import Lens
from ctwork.model.predicate import During, Match, Predicate, Text, disjunction
from ctwork.sources.base import DEFAULT_BOUNDS, Bounds
from ctwork.sources.layout import DAY_S, PathFilter
from ctwork.store.load import Plan

_FILTER = "Which events"
_OUTPUT = "Output"
_CASE = "Case"
_DAY_MS = 86_400_000
_AMOUNT = re.compile(r"([0-9]{1,15})([KMGkmg]?)")
_SHIFT = {"": 0, "K": 10, "M": 20, "G": 30}

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE…",
        help="Folder, file, glob, archive (.zip .tar .tar.gz/.bz2/.xz/.zst), '-' for standard input, or a case folder.",
        show_default=False,
    ),
]
CaseFolder = Annotated[
    Path | None,
    typer.Option(
        "--case", metavar="DIR", help="Where the case lives; never beside the evidence.", rich_help_panel=_CASE
    ),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Read the sources again into a new store; marks stay.", rich_help_panel=_CASE)
]
Where = Annotated[
    str, typer.Option("--where", "-w", metavar="LENS", help="Only events this lens shows.", rich_help_panel=_FILTER)
]
Named = Annotated[
    str,
    typer.Option("--lens", metavar="NAME", help="Only events this saved lens shows.", rich_help_panel=_FILTER),
]
Since = Annotated[
    str, typer.Option(metavar="T", help="From this time on: ISO 8601, a date, or -24h.", rich_help_panel=_FILTER)
]
Until = Annotated[str, typer.Option(metavar="T", help="Before this time.", rich_help_panel=_FILTER)]
Account = Annotated[
    list[str], typer.Option(metavar="ID", help="Only this account; may be repeated.", rich_help_panel=_FILTER)
]
Region = Annotated[
    list[str], typer.Option(metavar="NAME", help="Only this region; may be repeated.", rich_help_panel=_FILTER)
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="table|csv|json|jsonl",
        help="Table on a terminal, else jsonl; json is one document.",
        rich_help_panel=_OUTPUT,
    ),
]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead.", rich_help_panel=_OUTPUT)
]
ColumnList = Annotated[
    str, typer.Option("--columns", metavar="A,B", help="Which columns, in which order.", rich_help_panel=_OUTPUT)
]
Limit = Annotated[int | None, typer.Option(metavar="N", min=0, help="At most so many rows.", rich_help_panel=_OUTPUT)]
SortBy = Annotated[
    str, typer.Option("--sort", metavar="COL[:desc]", help="Order of the rows.", rich_help_panel=_OUTPUT)
]
FacetSort = Annotated[
    str,
    typer.Option(
        "--sort", metavar="KEY[:desc]", help="Order: value, count, first, last or errors.", rich_help_panel=_OUTPUT
    ),
]
Find = Annotated[
    str, typer.Option("--find", metavar="TEXT", help="Only values that hold TEXT or nearly do, the best first.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.", rich_help_panel=_OUTPUT)]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour.", rich_help_panel=_OUTPUT)]
Zone = Annotated[
    str, typer.Option("--tz", metavar="ZONE", help="Show times in this zone, with offset.", rich_help_panel=_OUTPUT)
]
Workers = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=64, help="Processes that read; one per core.", rich_help_panel=_CASE),
]
Memory = Annotated[
    int, typer.Option(metavar="MB", min=64, help="Soft bound for what they hold at once.", rich_help_panel=_CASE)
]
BoundList = Annotated[
    list[str],
    typer.Option(
        "--bound",
        metavar="NAME=N",
        help="Allow more or less than usual, such as inflated-bytes=4G or ratio=500; may be repeated.",
        rich_help_panel=_CASE,
    ),
]
Examine = Annotated[
    bool,
    typer.Option(
        "--examine",
        help="Look into every record, not only in the first files, for repeated keys, huge numbers, deep nesting.",
        rich_help_panel=_CASE,
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Never open a socket (already so for local sources).", hidden=True)
]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the shared options of one call ask for."""

    sources: tuple[str, ...]
    case: Path | None = None
    fresh: bool = False
    where: str = ""
    since: str = ""
    until: str = ""
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sort: str = ""
    settings: LoadSettings = field(default_factory=LoadSettings)
    named: str = ""
    """The name of a saved lens."""
    bounds: Bounds | None = None
    """None for those that the case was read with before."""

    def find(self) -> Case:
        """The case these options mean."""
        since_ms, until_ms = self._span()
        keep = PathFilter(
            frozenset(self.accounts),
            frozenset(self.regions),
            # Whole days: the lens is exact, and `-24h` asked again a minute later is still the same case.
            None if since_ms is None else since_ms // _DAY_MS * DAY_S,
            None if until_ms is None else -(-until_ms // _DAY_MS) * DAY_S,
        )
        bounds = self.bounds or DEFAULT_BOUNDS
        case = find_case(
            self.sources, self.case, lambda sources: Plan(sources, keep, self.settings, bounds, fresh=self.fresh)
        )
        return with_kept_bounds(case) if self.bounds is None else case

    def find_part(self) -> Case:
        """The case these options mean, for a command that tells of all that was read and knows no lens.

        Raises UsageError when only a part is asked for and the case holds more.
        """
        case = self.find()
        asked = self.accounts or self.regions or self.since or self.until
        if asked and case.plan.path_filter.is_open:
            raise UsageError(
                "this case holds more than that, and the load report is of the whole",
                "`ctwork count --by` answers for a part; to read only a part, name another folder with --case",
            )
        return case

    def lens(self) -> Lens:
        """The lens these options mean: of a saved one and `where`, what both show. Raises LensError, UsageError."""
        lens = Lens.parse(self.where)
        if self.named:
            lens = Lens.parse(LensBook(self.find().folder).lens(self.named)).also(lens)
        since_ms, until_ms = self._span()
        if since_ms is not None or until_ms is not None:
            lens = lens.narrow(Match("eventTime", During(since_ms, until_ms)))
        for column, values in (("account", self.accounts), ("awsRegion", self.regions)):
            if values:
                wanted: list[Predicate] = [Match(column, Text(value, exact=True)) for value in values]
                lens = lens.narrow(disjunction(wanted))
        return _sorted(lens, self.sort) if self.sort else lens

    def _span(self) -> tuple[int | None, int | None]:
        now_ms = time.time_ns() // 1_000_000
        return _instant(self.since, "--since", now_ms), _instant(self.until, "--until", now_ms)


def facet_order(text: str) -> FacetOrder:
    """The order of values that ``--sort`` asks for. Raises UsageError."""
    name, descending = _order(text)
    key = next((key for key in FACET_KEYS if key == name), None)
    if key is None:
        raise UsageError(f"--sort {text}: values have no {name or 'such key'}", "sort by " + ", ".join(FACET_KEYS))
    return FacetOrder(key, descending)


def _sorted(lens: Lens, text: str) -> Lens:
    column, descending = _order(text)
    return lens.with_sort(column, descending=descending)


def _order(text: str) -> tuple[str, bool]:
    """What to sort by, and whether the other way round."""
    name, _, direction = text.partition(":")
    if direction not in ("", "asc", "desc"):
        raise UsageError(f"--sort {text}: {direction} is no direction", f"write {name}, {name}:asc or {name}:desc")
    return name, direction == "desc"


def _instant(text: str, option: str, now_ms: int) -> int | None:
    if not text:
        return None
    try:
        return parse_relative(text, now_ms) if text.startswith("-") or text == "now" else parse_instant(text)[0]
    except LensError as problem:
        raise UsageError(f"{option}: {problem.title}", problem.hint) from problem


def bounds_of(pairs: Sequence[str], *, examine: bool = False) -> Bounds | None:
    """Bounds from ``NAME=N`` words, N with K, M or G for powers of 1,024; None for none. Raises UsageError."""
    if not pairs and not examine:
        return None
    known = {name.replace("_", "-"): name for name in Bounds.__dataclass_fields__}
    chosen: dict[str, int] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        match = _AMOUNT.fullmatch(value)
        if name not in known or match is None:
            raise UsageError(f"--bound {pair} is not understood", "write NAME=N, NAME one of " + ", ".join(known))
        chosen[known[name]] = int(match[1]) << _SHIFT[match[2].upper()]
    bounds = Bounds(**chosen)
    if examine:
        bounds = replace(bounds, examined_bytes=bounds.load_bytes)
    if bounds.inflated_bytes > bounds.inflated_hard_bytes:
        raise UsageError(
            f"--bound inflated-bytes={bounds.inflated_bytes:,} is past {bounds.inflated_hard_bytes:,}",
            "name inflated-hard-bytes too if that is meant",
        )
    return bounds


def settings_of(workers: int | None, memory_mb: int) -> LoadSettings:
    """Load settings from the options."""
    standard = LoadSettings(memory_bytes=memory_mb << 20)
    return standard if workers is None else replace(standard, workers=workers)
