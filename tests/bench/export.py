"""The store's own texts as Parquet, so that every side is asked about the same data; and the questions.

    python -m tests.bench.export STORE FOLDER

Writes ``events-NNNN.parquet`` (zstd, in the store's order) and ``questions.json``; prints how many events there are.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl

from ctwork.store.frame import Frame
from ctwork.store.stamp import NO_TIME
from ctwork.store.store import Store
from tests.bench.columns import JOINED, TEXTS
from tests.bench.questions import questions

_STEP = 1_000_000
_ROW_GROUP = 122_880
"""DuckDB's own row group size."""


def main() -> None:
    """Write everything."""
    store, folder = Store.open(Path(sys.argv[1])), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, store.height, _STEP)):
        table = _table(store.frame, np.arange(start, min(start + _STEP, store.height), dtype=np.uint32))
        table.write_parquet(folder / f"events-{number:04d}.parquet", compression="zstd", row_group_size=_ROW_GROUP)
    asked = {kind: [asdict(question) for question in each] for kind, each in questions(store).items()}
    (folder / "questions.json").write_text(json.dumps(asked))
    print(json.dumps({"rows": store.height}))


def _table(frame: Frame, rows: np.ndarray) -> pl.DataFrame:
    """`rows` of the store as plain columns; null where a value is absent."""
    times = frame.columns.time[rows]
    columns = {"time": pl.Series("time", times, pl.Int64).set(pl.Series(times == NO_TIME), None)}
    columns["eventID"] = pl.Series("eventID", frame.texts("eventID", rows), pl.String)
    for name in TEXTS:
        columns[name] = _nulled(frame.dictionary(name).values.gather(frame.codes(name, rows)).alias(name))
    lists = frame.columns.resources
    texts = frame.dictionary("resource").values
    items = texts.gather(lists.items)
    table = pl.DataFrame({"list": np.repeat(np.arange(len(lists.starts) - 1), np.diff(lists.starts)), "item": items})
    folded = table.group_by("list", maintain_order=True).agg("item")
    wanted = pl.DataFrame({"list": frame.axis_codes("resource")[rows].astype(np.int64)})
    columns["resource"] = wanted.join(folded, on="list", how="left", maintain_order="left")["item"].alias("resource")
    columns[JOINED] = columns["resource"].list.join("\n").alias(JOINED)
    return pl.DataFrame(columns)


def _nulled(values: pl.Series) -> pl.Series:
    return values.set(values == "", None)


if __name__ == "__main__":
    main()
