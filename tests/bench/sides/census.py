"""Counts per event name in what a loader left on disk, to see that the sides read the same.

python -m tests.bench.sides.census ctwork STORE | duckdb FILE
"""

import json
import sys
from pathlib import Path


def main() -> None:
    """Print rows and counts per event name."""
    count = {"ctwork": _of_store, "duckdb": _of_parquet}[sys.argv[1]]
    events = count(Path(sys.argv[2]))
    print(json.dumps({"rows": sum(events.values()), "events": dict(sorted(events.items()))}))


def _of_store(folder: Path) -> dict[str, int]:
    from ctwork.model.lens import Lens
    from ctwork.store.store import Store

    store = Store.open(folder)
    return {facet.values[0]: facet.count for facet in store.facets(store.look(Lens.parse("")), ["eventName"])}


def _of_parquet(path: Path) -> dict[str, int]:
    import polars as pl

    counts = pl.scan_parquet(path).group_by("eventName").len().collect()
    return {name or "": count for name, count in counts.iter_rows()}


if __name__ == "__main__":
    main()
