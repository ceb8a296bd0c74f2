"""CSV for spreadsheets: no cell is a formula or retyped, and every text is found again behind what was changed."""

import csv
import io
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case.export.shipment import book_of, evidence, record, shipped
from ctwork.case.export.spreadsheet import is_risky, neutral, neutral_row, recovered_row
from ctwork.errors import UsageError

FORMULAS = [
    "=1+1", '=cmd|"/c calc"!A0', '=HYPERLINK("http://x.invalid","a")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1",
    "\n=1+1", "\x00=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "＝1+1", "＋1", "－1", "＠x", "\u202e=1+1",
]  # fmt: skip
RETYPED = [
    "012345678901", "00123", "1E5", "123456789012345678901", "1.50", "1,000", "2024-05-01", "1/2", "10.11.2024",
    "12:30", "0.1", "1e400", "+5",
]  # fmt: skip
HARMLESS = [
    "arn:aws:iam::111122223333:user/ann",
    "10.0.0.5",
    "111122223333",
    "0",
    "aws-cli/2.1",
    "a=b",
    "it's",
    "'quoted'",
    "",
]


def _starts_formula(cell: str) -> bool:
    """Whether a spreadsheet would evaluate a cell, by its own means: the first character that it does not pass over."""
    seen = cell
    while seen and (seen[0].isspace() or unicodedata.category(seen[0]) in ("Cc", "Cf", "Zs", "Zl", "Zp")):
        seen = seen[1:]
    return unicodedata.normalize("NFKC", seen[:1]) in ("=", "+", "-", "@")


@pytest.mark.parametrize("text", FORMULAS + RETYPED)
def test_what_a_spreadsheet_would_take_for_something_else_is_text(text: str) -> None:
    cell = neutral(text)
    assert cell.startswith("'") and not _starts_formula(cell) and is_risky(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_cell_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@given(
    st.lists(
        st.text(st.characters(codec=None)) | st.sampled_from(FORMULAS + RETYPED + HARMLESS), min_size=1, max_size=6
    )
)
def test_every_text_is_recovered_and_no_cell_is_a_formula(texts: list[str]) -> None:
    names = [f"c{number}" for number in range(len(texts))]
    line = neutral_row(names, dict(zip(names, texts, strict=True)))
    (cells,) = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert not any(map(_starts_formula, cells))
    assert not any(unicodedata.category(char) == "Cc" for cell in cells for char in cell)
    assert recovered_row(names, cells) == dict(zip(names, texts, strict=True))


def test_a_line_that_says_no_changes_in_its_last_cell_is_none_of_ours() -> None:
    with pytest.raises(UsageError, match="which cells"):
        recovered_row(["a"], ["'=1", "oops"])


def test_both_profiles_hold_every_value_and_the_key_to_its_record(tmp_path: Path) -> None:
    agents = [*FORMULAS, *RETYPED, *HARMLESS[:-1]]
    records = [record(number, userAgent=agent) for number, agent in enumerate(agents)]
    store = evidence(tmp_path, *records)
    book = book_of(tmp_path / "case")
    columns = ("eventID", "userAgent", "recipientAccountId")
    for name in ("x.csv", "x.verbatim.csv"):
        shipped(store, book, tmp_path / name, columns=columns)
    safe = (tmp_path / "x.csv").read_bytes()
    assert safe.count(b"\r\n") == len(agents) + 1 and b"\n" not in safe.replace(b"\r\n", b"")
    head, *rows = csv.reader(io.StringIO(safe.decode(), newline=""), strict=True)
    assert head[-2:] == ["event_sha256", "_neutralised"]
    assert not [cell for row in rows for cell in row if _starts_formula(cell)]
    found = [recovered_row(head[:-1], row) for row in rows]
    assert [row["userAgent"] for row in found] == agents
    verbatim = list(csv.DictReader(io.StringIO((tmp_path / "x.verbatim.csv").read_bytes().decode(), newline="")))
    assert verbatim == found
    by_hash = {row["event_sha256"]: row["userAgent"] for row in found}
    raws = {store.detail(row).sha256: json.loads(store.detail(row).raw)["userAgent"] for row in range(store.height)}
    assert by_hash == raws
