"""Polars with plain String columns answers: the obvious design, everything in memory, no dictionary of our own.

python -m tests.bench.sides.ask_polars FOLDER
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tests.bench.columns import JOINED, PAGE, WORDS
from tests.bench.questions import LINES, TOP, Question
from tests.bench.sides.asked import Answer, Asked, serve

_FAILED = pl.col("outcome") != "ok"


class Strings:
    """A frame of strings."""

    def __init__(self, folder: Path) -> None:
        self._frame = pl.read_parquet(folder / "events-*.parquet").rechunk()

    def ask(self, question: Question) -> Answer:
        """Answer with one lazy query."""
        chosen = self._chosen(question)
        match question.kind:
            case "count" | "words-total":
                total = chosen.select(pl.len()).collect().item()
                return lambda: total
            case "words-page":
                page = chosen.head(LINES).select(PAGE).collect()
                return lambda: page["eventID"].to_list()
            case "group" | "group-all":
                return _rows(_grouped(chosen, "principal"))
            case "pivot":
                return _rows(_grouped(chosen.explode("resource"), "resource").head(TOP))
            case "timeline":
                return _timeline(chosen, question)
            case "page" | "resort":
                down = question.descending
                ordered = chosen.sort(question.column, descending=down, nulls_last=down)
                page = (
                    ordered.slice(question.offset, LINES).select(PAGE, pl.col(question.column).alias("key")).collect()
                )
                return lambda: page["key"].fill_null("").to_list()
        raise ValueError(question.kind)

    def report(self, what: str) -> dict[str, Any]:
        """Bytes of the frame, without the text that only serves the search in lists."""
        return {"bytes": self._frame.drop(JOINED).estimated_size()}

    def _chosen(self, question: Question) -> pl.LazyFrame:
        if not question.piece:
            return self._frame.lazy()
        names: Sequence[str] = ("eventName",)
        if question.kind.startswith("words"):
            names = [JOINED if name == "resource" else name for name in WORDS]
        found = [pl.col(name).str.contains(question.piece, literal=True) for name in names]
        return self._frame.lazy().filter(pl.any_horizontal(found))


def _grouped(frame: pl.LazyFrame, key: str) -> pl.LazyFrame:
    return (
        frame.group_by(pl.col(key).fill_null("").alias("key"))
        .agg(
            pl.len().alias("count"),
            pl.col("time").min().alias("first"),
            pl.col("time").max().alias("last"),
            _FAILED.sum().alias("errors"),
        )
        .sort("count", "key", descending=[True, False])
    )


def _timeline(frame: pl.LazyFrame, question: Question) -> Answer:
    bucket = ((pl.col("time") - question.start_ms) // question.bucket_ms).alias("bucket")
    found = frame.group_by(bucket).agg(pl.len().alias("count"), _FAILED.sum().alias("errors")).collect()

    def answer() -> list[list[int]]:
        counts, errors = [0] * question.buckets, [0] * question.buckets
        for place, count, failed in found.drop_nulls("bucket").iter_rows():
            counts[place], errors[place] = count, failed
        return [counts, errors]

    return answer


def _rows(frame: pl.LazyFrame) -> Answer:
    found = frame.collect()
    return lambda: [list(row) for row in found.iter_rows()]


def _open() -> Asked:
    return Strings(Path(sys.argv[1]))


if __name__ == "__main__":
    serve(_open)
