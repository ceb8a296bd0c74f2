"""Parquet: every column text or a list of texts, by a schema that is written down and never guessed."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, BinaryIO

from ctwork.case.export.leaving import SAID, Leaving
from ctwork.case.export.rows import EVENT_SHA256, names_of, row_of
from ctwork.case.outlet import cell_text
from ctwork.model.column import resolve
from ctwork.model.document import legal_text

_ROWS = 1 << 16
"""Events in one row group."""


class ParquetExporter:
    """A table for other engines."""

    name = "parquet"
    suffixes: tuple[str, ...] = (".parquet",)
    needs: tuple[str, ...] = ()
    parses: bool = False
    told = "a table whose columns are texts and lists of texts"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        import polars as pl  # half a second, which no other form has to wait for

        names = names_of(head)
        lists = {name for name in names if _is_list(name)}
        schema = {name: pl.List(pl.String) if name in lists else pl.String for name in names}
        frames, stream = [pl.DataFrame(schema=schema)], iter(events)
        while rows := [row_of(each) for each in islice(stream, _ROWS)]:
            data = {name: [(_list if name in lists else _text)(row[name]) for row in rows] for name in names}
            frames.append(pl.DataFrame(data, schema=schema))
        table = pl.concat(frames, rechunk=True)
        table.write_parquet(out, compression="zstd", compression_level=3, row_group_size=_ROWS, statistics=True)


def _is_list(name: str) -> bool:
    if name in SAID or name == EVENT_SHA256:
        return name == "tag"
    return resolve(name, literal=True).kind in ("set", "path")


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [legal_text(cell_text(item)) for item in values]


def _text(value: Any) -> str | None:
    return None if value is None or value == [] else legal_text(cell_text(value))
