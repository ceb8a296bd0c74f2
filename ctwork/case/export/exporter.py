"""The forms in which events leave the house, each known by its name and the suffix of a file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ctwork.case.export.leaving import Leaving
from ctwork.case.export.navigator import NavigatorExporter
from ctwork.case.export.ocsf import OCSF_LINES, OcsfExporter
from ctwork.case.export.original import RawExporter
from ctwork.case.export.rows import CsvExporter, JsonExporter, JsonLinesExporter, VerbatimCsvExporter
from ctwork.case.export.stix import StixExporter
from ctwork.case.export.table import ParquetExporter
from ctwork.case.export.timesketch import TimesketchExporter
from ctwork.errors import UsageError

Head = Mapping[str, Any]
"""What an export says of itself; `columns` and `marks` among it."""


class Exporter(Protocol):
    """One form."""

    @property
    def name(self) -> str:
        """What ``--as`` calls it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The ends of file names that ask for it, in lower case."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The cells it reads besides those asked for."""

    @property
    def parses(self) -> bool:
        """Whether it looks into records."""

    @property
    def told(self) -> str:
        """What it is, in one line for people."""

    def write(self, events: Iterable[Leaving], head: Head, out: BinaryIO) -> None:
        """Writes all of `events`, in their order, to `out`."""


EXPORTERS: tuple[Exporter, ...] = (
    JsonExporter(),
    JsonLinesExporter(),
    CsvExporter(),
    VerbatimCsvExporter(),
    ParquetExporter(),
    TimesketchExporter(),
    OcsfExporter(),
    OCSF_LINES,
    StixExporter(),
    NavigatorExporter(),
    RawExporter(),
)


def exporter_for(path: Path | str, name: str = "") -> Exporter:
    """The form that `name` says, or without one the longest suffix of `path`. Raises UsageError for neither."""
    known = {each.name: each for each in EXPORTERS}
    if name:
        if name not in known:
            raise UsageError(f"there is no form {name}", "one of " + ", ".join(known))
        return known[name]
    file = Path(path).name.lower()
    fits = [(suffix, each) for each in EXPORTERS for suffix in each.suffixes if file.endswith(suffix)]
    if not fits:
        ends = " ".join(suffix for each in EXPORTERS for suffix in each.suffixes)
        raise UsageError(f"the name {Path(path).name} does not say a form", f"end it in {ends}, or say --as NAME")
    return max(fits, key=lambda pair: len(pair[0]))[1]
