"""`--bound` and `--examine`: which bounds a load is to keep, and the list of those there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import Field, fields, replace
from typing import Any

from ctwork.errors import UsageError
from ctwork.sources.base import NO_LIMIT, Bounds

LIST = "list"
"""`--bound list` asks which bounds there are."""
_AMOUNT = re.compile(r"([0-9]{1,15})([KMGkmg]?)")
_SHIFT = {"": 0, "K": 10, "M": 20, "G": 30}
_BOUNDS: dict[str, Field[Any]] = {field.name.replace("_", "-"): field for field in fields(Bounds)}


def bounds_of(pairs: Sequence[str], *, examine: bool = False) -> Bounds | None:
    """Bounds from ``NAME=N`` words, N with K, M or G for powers of 1,024; None for none. Raises UsageError."""
    if not pairs and not examine:
        return None
    bounds = Bounds(**dict(map(_chosen, pairs)))
    if examine:
        bounds = replace(bounds, examined_bytes=bounds.load_bytes)
    if bounds.inflated_bytes > bounds.inflated_hard_bytes:
        raise UsageError(
            f"--bound inflated-bytes={bounds.inflated_bytes:,} is past {bounds.inflated_hard_bytes:,}",
            "name inflated-hard-bytes too if that is meant",
        )
    return bounds


def _chosen(pair: str) -> tuple[str, int]:
    """The field of `Bounds` that a ``NAME=N`` word sets, and to what."""
    name, _, value = pair.partition("=")
    match = _AMOUNT.fullmatch(value)
    field = _BOUNDS.get(name)
    if field is None or match is None:
        raise UsageError(
            f"--bound {pair} is not understood",
            "write NAME=N, N perhaps with K, M or G; `ctwork load --bound list` tells the names: " + ", ".join(_BOUNDS),
        )
    number = int(match[1]) << _SHIFT[match[2].upper()]
    least, most = field.metadata["least"], field.metadata["most"]
    if not least <= number <= most:
        reach = f"{least:,} and more" if most == NO_LIMIT else f"{least:,} to {most:,}"
        text = field.metadata["text"]
        raise UsageError(f"--bound {pair} is out of range", f"{name} takes {reach}, usually {field.default:,}: {text}")
    return field.name, number


def bound_lines() -> Iterator[str]:
    """Every bound there is, its usual value and its meaning."""
    wide, long = max(map(len, _BOUNDS)), max(len(f"{field.default:,}") for field in _BOUNDS.values())
    for name, field in _BOUNDS.items():
        yield f"{name.ljust(wide)}  {format(field.default, ',').rjust(long)}  {field.metadata['text']}"
