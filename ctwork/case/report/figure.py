"""Events over time with the marked ones pointed out: as a line of blocks, and as a drawing."""

from html import escape

from ctwork.case.report.block import Flag, Picture
from ctwork.model.instant import format_instant
from ctwork.model.legible import grouped

_LEVELS = "▁▂▃▄▅▆▇█"
_WIDTH, _HEIGHT = 960, 170
_TOP, _BASE = 30, 140
"""Where the bars end and begin; marks stand above."""
_UNITS = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000))
_LETTERS = {"critical": "C", "high": "H", "medium": "M", "low": "L", "info": "i", "": "*"}
"""A mark says how grave it is without colour."""


def legend(picture: Picture) -> str:
    """What the letters and bars mean."""
    width = spelled_span(picture.histogram.bucket_ms)
    return (
        f"Each bar: the events of {width}, its dark foot those that failed. Marked: C critical, H high, M medium, "
        "L low, i info, * without a severity."
    )


def spelled_span(length_ms: int) -> str:
    """A length of time in its largest whole unit."""
    for unit, size in _UNITS:
        if not length_ms % size:
            count = length_ms // size
            return f"{grouped(count)} {unit}{'' if count == 1 else 's'}"
    return f"{grouped(length_ms)} milliseconds"


def spark(picture: Picture) -> list[str]:
    """Three lines: marks, events, times. As wide as there are buckets."""
    counts = picture.histogram.counts
    flags = dict(picture.flags)
    most = max(counts, default=0) or 1
    marks = "".join(_LETTERS.get(flags[at].severity, "*") if at in flags else " " for at in range(len(counts)))
    bars = "".join(" " if not count else _LEVELS[min(7, count * 8 // (most + 1))] for count in counts)
    first, last = _ends(picture)
    return [marks.rstrip(), bars, first + last.rjust(max(len(counts) - len(first), len(last) + 2))]


def drawing(picture: Picture) -> str:
    """The same as SVG within a page: no script, no style of its own, no reference to anything."""
    histogram = picture.histogram
    counts, errors = histogram.counts, histogram.errors
    most, step = max(counts, default=0) or 1, _WIDTH / max(len(counts), 1)
    first, last = _ends(picture)
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Events over time, marked ones pointed out">',
        f"<title>{grouped(sum(counts))} events from {first} to {last}; at most {grouped(most)} per bar</title>",
    ]
    for at, count in enumerate(counts):
        parts += _bar("events", at * step, step, count, most)
        parts += _bar("errors", at * step, step, errors[at], most)
    parts.append(f'<line class="base" x1="0" y1="{_BASE}" x2="{_WIDTH}" y2="{_BASE}"/>')
    for at, flag in picture.flags:
        parts += _flag((at + 0.5) * step, format_instant(histogram.start_ms + at * histogram.bucket_ms), flag)
    parts.append(f'<text x="0" y="{_BASE + 20}">{escape(first)}</text>')
    parts.append(f'<text class="end" x="{_WIDTH}" y="{_BASE + 20}">{escape(last)}</text>')
    return "\n".join([*parts, "</svg>"])


def _bar(kind: str, left: float, width: float, count: int, most: int) -> list[str]:
    height = (_BASE - _TOP) * count / most
    if not count:
        return []
    tall = max(height, 1.0)
    wide = max(width - 1, 0.5)
    return [f'<rect class="{kind}" x="{left:.1f}" y="{_BASE - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>']


def _flag(middle: float, time: str, flag: Flag) -> list[str]:
    letter = _LETTERS.get(flag.severity, "*")
    told = f"{grouped(flag.count)} marked, {flag.severity or 'no severity'}, {time}"
    return [
        f'<g class="flag"><title>{escape(told)}</title>',
        f'<line x1="{middle:.1f}" y1="{_TOP - 8}" x2="{middle:.1f}" y2="{_BASE}"/>',
        f'<text x="{middle:.1f}" y="{_TOP - 12}">{letter}</text></g>',
    ]


def _ends(picture: Picture) -> tuple[str, str]:
    histogram = picture.histogram
    last = histogram.start_ms + histogram.bucket_ms * len(histogram.counts)
    return format_instant(histogram.start_ms), format_instant(last)
