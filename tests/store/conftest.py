"""One store per session over real and odd records, beside the rows it must agree with."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ctwork.store.store import Store
from store.build import blobs_in, columns_of, write_trail
from store.naive import Row, flagged, rows_of
from store.odd import READ_ALIKE

_EVERY = {"invictus-ir": 9, "traildiscover": 4}
"""Of large sets every n-th file is enough."""
_SETS = ("invictus-ir", "stratus-red-team", "traildiscover", "streamalert", "awsdocs-cloudtrail-guide")


@dataclass(frozen=True, repr=False)
class Pair:
    """The same records twice: as a store, and as a list worked out slowly."""

    store: Store
    rows: list[Row]


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory, sample_logs: Path) -> Pair:
    """About 1,500 unique records: shipped, real where the shared sets are present, and odd ones."""
    folder = tmp_path_factory.mktemp("pair")
    for number, records in enumerate((READ_ALIKE[::2], READ_ALIKE[1::2])):
        write_trail(folder / "odd" / f"{number}.json", records)
    blobs = blobs_in(folder / "odd") + blobs_in(sample_logs)[::25]
    shared = sample_logs.parent.parent / "shared" / "data"
    for name in _SETS:
        if (shared / name).is_dir():
            blobs += blobs_in(shared / name)[:: _EVERY.get(name, 1)]
    columns = columns_of(blobs, folder / "parts", sessions=2, batch=40)
    return Pair(Store.of(columns, {}), flagged(rows_of(blobs), columns.issues))
