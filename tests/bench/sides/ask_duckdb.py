"""DuckDB answers from zstd Parquet, and says how large the same table is in its memory.

python -m tests.bench.sides.ask_duckdb FOLDER WORKERS
"""

import sys
from pathlib import Path
from typing import Any

import duckdb

from tests.bench.columns import JOINED, PAGE, WORDS
from tests.bench.questions import LINES, TOP, Question
from tests.bench.sides.asked import Answer, Asked, serve

_SOURCE = "events"
_AGGREGATES = "count(*), min(time), max(time), count(*) FILTER (outcome <> 'ok')"
_MOST_FREQUENT = "GROUP BY 1 ORDER BY 2 DESC, 1"


class Ducks:
    """A view over Parquet files."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._database = duckdb.connect()
        self._database.execute(f"SET threads = {workers}")
        self._database.execute("SET parquet_metadata_cache = true")
        files = f"{folder}/events-*.parquet".replace("'", "''")
        self._database.execute(f"CREATE VIEW {_SOURCE} AS SELECT * FROM read_parquet('{files}')")

    def ask(self, question: Question) -> Answer:
        """Answer with one statement."""
        rows = self._database.execute(*statement(question)).fetchall()
        match question.kind:
            case "count" | "words-total":
                return lambda: rows[0][0]
            case "words-page" | "page" | "resort":
                return lambda: [row[0] or "" for row in rows]
            case "timeline":
                return lambda: _spread(rows, question.buckets)
        return lambda: [list(row) for row in rows]

    def report(self, what: str) -> dict[str, Any]:
        """Bytes of the whole table when it lies in memory."""
        before = self._held()
        self._database.execute(f"CREATE TABLE whole AS SELECT * EXCLUDE ({JOINED}) FROM {_SOURCE}")
        size = self._held() - before
        self._database.execute("DROP TABLE whole")
        return {"bytes": size}

    def _held(self) -> int:
        (found,) = self._database.execute(
            "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
        ).fetchall()
        return int(found[0])


def statement(question: Question) -> tuple[str, list[Any]]:
    """The SQL of a question and its parameters."""
    where, values = _filter(question)
    source = f"FROM {_SOURCE}{where}"
    page = ", ".join(f'"{name}"' for name in PAGE)
    match question.kind:
        case "count" | "words-total":
            return f"SELECT count(*) {source}", values
        case "words-page":
            return f"SELECT {page} {source} LIMIT {LINES}", values
        case "group" | "group-all":
            return f"SELECT coalesce(principal, ''), {_AGGREGATES} {source} {_MOST_FREQUENT}", values
        case "pivot":
            item = "CASE WHEN resource IS NULL THEN [''] ELSE resource END"
            inner = f"SELECT unnest({item}) AS item, time, outcome {source}"
            return f"SELECT item, {_AGGREGATES} FROM ({inner}) AS items {_MOST_FREQUENT} LIMIT {TOP}", values
        case "timeline":
            bucket = f"(time - {question.start_ms}) // {question.bucket_ms}"
            return f"SELECT {bucket}, count(*), count(*) FILTER (outcome <> 'ok') {source} GROUP BY 1", values
        case "page" | "resort":
            order = f'"{question.column}" ' + ("DESC NULLS LAST" if question.descending else "ASC NULLS FIRST")
            return (
                f'SELECT "{question.column}", {page} {source} ORDER BY {order} LIMIT {LINES} OFFSET {question.offset}',
                values,
            )
    raise ValueError(question.kind)


def _filter(question: Question) -> tuple[str, list[Any]]:
    if not question.piece:
        return "", []
    names = ["eventName"]
    if question.kind.startswith("words"):
        names = [JOINED if name == "resource" else name for name in WORDS]
    return " WHERE " + " OR ".join(f'contains("{name}", $1)' for name in names), [question.piece]


def _spread(rows: list[tuple[Any, ...]], buckets: int) -> list[list[int]]:
    counts, errors = [0] * buckets, [0] * buckets
    for place, count, failed in rows:
        if place is not None:
            counts[place], errors[place] = count, failed
    return [counts, errors]


def _open() -> Asked:
    return Ducks(Path(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    serve(_open)
