"""Every hostile input, by family."""

from hostile import compression, container, display, document, fields, parquet, place, table
from hostile.case import Case

FAMILIES: dict[str, list[Case]] = {
    "A": compression.CASES,
    "B": document.CASES,
    "C": fields.CASES,
    "D": display.CASES,
    "E": table.CASES,
    "F": place.CASES,
    "G": [*container.CASES, *parquet.CASES],
}
CASES = [case for family in FAMILIES.values() for case in family]
