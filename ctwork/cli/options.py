"""What the shared options of one call mean together: which case, which lens."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from ctwork.case.case import Case, find_case
from ctwork.case.casebook import Casebook
from ctwork.case.lenses import LensBook
from ctwork.config import LoadSettings
from ctwork.errors import LensError, UsageError
from ctwork.model.facet import FACET_KEYS, FacetOrder
from ctwork.model.instant import parse_instant, parse_relative
from ctwork.model.lens import Lens
from ctwork.model.predicate import During, Match, Predicate, Text, disjunction
from ctwork.sources.access import Access
from ctwork.sources.base import Bounds
from ctwork.sources.layout import DAY_S, PathFilter
from ctwork.store.load import Plan

_DAY_MS = 86_400_000


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
    bounds: Bounds | None = None
    """None for those that the case was read with before."""
    named: str = ""
    """The name of a saved lens."""
    access: Access | None = None
    """None for not over the network."""
    versions: bool = False

    @property
    def admits(self) -> PathFilter:
        """What need not be opened. Raises UsageError."""
        since_ms, until_ms = self._span()
        return PathFilter(
            frozenset(self.accounts),
            frozenset(self.regions),
            # Whole days: the lens is exact, and `-24h` asked again a minute later is still the same case.
            None if since_ms is None else since_ms // _DAY_MS * DAY_S,
            None if until_ms is None else -(-until_ms // _DAY_MS) * DAY_S,
        )

    def find(self) -> Case:
        """The case these options mean."""
        plan = Plan((), self.admits, self.settings, fresh=self.fresh, access=self.access, versions=self.versions)
        return find_case(self.sources, self.case, plan, self.bounds)

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
            lens = Lens.parse(LensBook(Casebook(self.find().folder)).lens(self.named)).also(lens)
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
