"""What a table of events can be, told from its columns, whether it came as delimited text or as Parquet."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ctwork.resources import toml_table
from ctwork.sources.base import IssueKind
from ctwork.sources.formats.carried import take_text
from ctwork.sources.formats.cell import opened, parsed_json
from ctwork.sources.formats.document import Sniffer, Span
from ctwork.sources.formats.elastic import take_ecs
from ctwork.sources.formats.mapping import first_wins
from ctwork.sources.formats.ocsf import take_ocsf
from ctwork.sources.formats.rebuild import take_rebuilt
from ctwork.sources.harvest import Harvest

RowReader = Callable[[Sequence[Any], Span, Harvest], None]
"""Takes the record of one row, or tells why it has none. Cells are texts, or whatever a columnar file holds."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch


class Table(Protocol):
    """One kind of table."""

    name: str

    def reader(self, columns: Sequence[str], first: Sequence[Any]) -> RowReader | None:
        """How to read its rows; ``None`` when `columns` (and the `first` row) are not of this kind."""
        ...


class TextColumn:
    """A table in which one column holds the whole record as JSON text."""

    def __init__(self, name: str, column: str, sniff: Sniffer, *, only_records: bool) -> None:
        """`only_records`: the column is made for records, so that any other text in it is damage."""
        self.name = name
        self._column = column
        self._sniff = sniff
        self._only_records = only_records

    def reader(self, columns: Sequence[str], first: Sequence[Any]) -> RowReader | None:
        place = next((at for at, column in enumerate(columns) if column.strip().lower() == self._column), None)
        if place is None:
            return None

        def read(row: Sequence[Any], span: Span, harvest: Harvest) -> None:
            cell = row[place]
            text = cell.encode("utf-8", "surrogateescape") if isinstance(cell, str) else cell
            if isinstance(text, bytes) and take_text(text, span, harvest, self._sniff):
                return
            others = zip(columns, row, strict=True)
            if take_rebuilt(first_wins(pair for at, pair in enumerate(others) if at != place), span, harvest):
                return
            cut = isinstance(cell, str) and cell.startswith("{") and parsed_json(cell) is None
            damaged = not cell or cut or self._only_records
            kind = IssueKind.SYNTAX if damaged else IssueKind.NOT_CLOUDTRAIL
            harvest.tell(kind, f"The column {self._column} of this row holds no record.", span)

        return read


class ConsoleTable:
    """The CSV of the console's Event history; a translated header is known by its count and the column of GUIDs."""

    name = "console-csv"

    def reader(self, columns: Sequence[str], first: Sequence[Any]) -> RowReader | None:
        table = toml_table("mapping.toml")["console"]
        targets: list[str] = table["columns"]
        if list(columns) != table["header"]:
            places = dict(zip(table["header"], targets, strict=True))
            if {"Event time", "Event name", "Event ID"} <= set(columns):
                targets = [places.get(column, column) for column in columns]
            elif len(columns) != len(targets) or not _GUID(str(first[targets.index("eventID")]) if first else ""):
                return None

        def read(row: Sequence[Any], span: Span, harvest: Harvest) -> None:
            cells = first_wins(zip(targets, row, strict=True))
            cells["resources"] = _console_resources(cells.get("resources"))
            _take(cells, span, harvest)

        return read


def _console_resources(cell: Any) -> Any:
    """The console's list of type and name as CloudTrail's list of type and ARN, where the name is one."""
    items = opened(cell)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return cell
    return [
        {
            "ARN" if str(item.get("resourceName")).startswith("arn:") else "resourceName": item.get("resourceName"),
            "type": item.get("resourceType"),
        }
        if "resourceName" in item
        else item
        for item in items
    ]


class OcsfTable:
    """OCSF events as columns."""

    name = "ocsf"

    def reader(self, columns: Sequence[str], first: Sequence[Any]) -> RowReader | None:
        if not {"class_uid", "metadata", "api"} <= {column.lower() for column in columns}:
            return None

        def read(row: Sequence[Any], span: Span, harvest: Harvest) -> None:
            take_ocsf({column: opened(value) for column, value in zip(columns, row, strict=True)}, span, harvest)

        return read


class EcsTable:
    """A Kibana table of Filebeat documents: dotted columns."""

    name = "filebeat"

    def reader(self, columns: Sequence[str], first: Sequence[Any]) -> RowReader | None:
        if not any(column.startswith("aws.cloudtrail.") for column in columns):
            return None
        return lambda row, span, harvest: take_ecs(dict(zip(columns, row, strict=True)), span, harvest)


class RecordTable:
    """Columns named like the members of a record: in lower case as Athena and Lake have them, or as CloudTrail does."""

    def __init__(self, name: str, *, folded: bool) -> None:
        self.name = name
        self._folded = folded

    def reader(self, columns: Sequence[str], first: Sequence[Any]) -> RowReader | None:
        lower = {column.lower() for column in columns}
        named = {"eventname", "eventid", "eventsource", "eventtime"} & lower
        if len(named) < 2 or not {"eventname", "eventid"} & lower:
            return None
        if self._folded and not named <= set(columns):
            return None
        return lambda row, span, harvest: _take(first_wins(zip(columns, row, strict=True)), span, harvest)


def _take(cells: dict[str, Any], span: Span, harvest: Harvest) -> None:
    if not take_rebuilt(cells, span, harvest):
        harvest.tell(IssueKind.SYNTAX, "A row that names no event.", span)
