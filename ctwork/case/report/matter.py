"""What a report is about: the marks of a case in the order of time, and what is known of the evidence behind them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ctwork.case import provenance
from ctwork.case.dossier import Dossier
from ctwork.case.report.block import Flag, Picture
from ctwork.model.annotation import SEVERITIES, Annotation, worst
from ctwork.model.instant import event_time_ms, format_instant
from ctwork.model.lens import Lens
from ctwork.model.target import EventTarget, MomentTarget, SpanTarget, Target, ValueTarget, parse_target

if TYPE_CHECKING:
    from ctwork.store.store import Store
    from ctwork.store.view import View

_BINS = 120
_LATE = 1 << 62


@dataclass(frozen=True, slots=True)
class Marked:
    """One mark."""

    target: Target
    said: Annotation

    @property
    def at_ms(self) -> int | None:
        """When it happened or began; None for what has no time."""
        if isinstance(self.target, EventTarget):
            return event_time_ms(self.said.about.time) if self.said.about else None
        if isinstance(self.target, SpanTarget):
            return self.target.start_ms
        return self.target.at_ms if isinstance(self.target, MomentTarget) else None

    @property
    def time(self) -> str:
        """The same as text; "" for none."""
        return "" if self.at_ms is None else format_instant(self.at_ms)


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything a report tells of."""

    made: str
    lens: Lens
    dossier: Dossier
    events: int
    """Events that the lens shows."""
    load: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...]
    verdicts: Mapping[str, Any]
    marks: tuple[Marked, ...]
    """In the order of time; what has none comes last."""
    picture: Picture | None
    """None when no event has a time."""

    def of(self, kind: type[Target]) -> tuple[Marked, ...]:
        """The marks on one kind of target."""
        return tuple(each for each in self.marks if isinstance(each.target, kind))

    def by_severity(self) -> dict[str, tuple[Marked, ...]]:
        """The marks by severity, the gravest first, those without one last; only what there is."""
        order = (*reversed(SEVERITIES), "")
        found = {name: tuple(each for each in self.marks if each.said.severity == name) for name in order}
        return {name: marks for name, marks in found.items() if marks}

    def counted(self, part: str) -> list[tuple[str, int, str, str]]:
        """The values of a part of the marked events (`About`): value, events, first, last; the most frequent first."""
        times: dict[str, list[str]] = {}
        for each in self.of(EventTarget):
            if each.said.about and (value := getattr(each.said.about, part)):
                times.setdefault(value, []).append(each.time)
        counts = Counter({value: len(found) for value, found in times.items()})
        return [
            (value, count, *_ends(times[value]))
            for value, count in sorted(counts.items(), key=lambda it: (-it[1], it[0]))
        ]


def _ends(times: list[str]) -> tuple[str, str]:
    timed = sorted(filter(None, times))
    return (timed[0], timed[-1]) if timed else ("", "")


def matter_of(store: "Store", view: "View", dossier: Dossier, made: str, unreadable: int | None = None) -> Matter:
    """What there is to report of the events of `view`, and of all marks.

    `unreadable` says how many events could not be read again; None when nobody tried.
    """
    marks = sorted((Marked(parse_target(name), said) for name, said in dossier.marks.items()), key=_place)
    return Matter(
        made,
        view.lens,
        dossier,
        view.total,
        provenance.load_report(store),
        tuple(provenance.files(store, {})),
        provenance.verdicts(store, unreadable, view.total),
        tuple(marks),
        None if view.span_ms is None else _picture(view.histogram(_BINS), marks),
    )


def _place(mark: Marked) -> tuple[int, str]:
    return (_LATE if mark.at_ms is None else mark.at_ms, str(mark.target))


def _picture(histogram: Any, marks: list[Marked]) -> Picture:
    flagged: dict[int, list[str]] = {}
    for each in marks:
        if each.at_ms is None or isinstance(each.target, SpanTarget | ValueTarget):
            continue
        bucket = (each.at_ms - histogram.start_ms) // histogram.bucket_ms
        if 0 <= bucket < len(histogram.counts):
            flagged.setdefault(bucket, []).append(each.said.severity)
    flags = ((bucket, Flag(len(found), worst(found))) for bucket, found in sorted(flagged.items()))
    return Picture(histogram, tuple(flags))
