"""Rows as files: three forms of the same values, and nothing written where evidence is or half a file stays."""

import csv
import io
import json
from pathlib import Path

import pytest

from ctwork.case.outlet import form_of, outlet, row_text
from ctwork.errors import EnvironmentFailure, UsageError

ROWS = [
    {"a": 1, "b": 'say "hi", x\ny', "c": None},
    {"a": 2**70, "b": "\x1b]0;owned\u202e", "c": True},
    {"a": -1, "b": "=1+1", "c": [1, "two"]},
]


def test_all_forms_hold_the_same_rows() -> None:
    document = json.loads("".join(row_text("json", ["a", "b", "c"], ROWS)))
    assert document == ROWS
    assert [json.loads(line) for line in "".join(row_text("jsonl", ["a", "b", "c"], ROWS)).splitlines()] == ROWS
    cells = list(csv.reader(io.StringIO("".join(row_text("csv", ["a", "b", "c"], ROWS)), newline="")))
    assert cells[0] == ["a", "b", "c"]
    assert [row[1] for row in cells[1:]] == [row["b"] for row in ROWS]
    assert [row[2] for row in cells[1:]] == ["", "true", "1 two"]


def test_nothing_in_ascii_json_moves_a_terminal() -> None:
    text = "".join(row_text("jsonl", ["a"], [{"a": "\x1b\x7f\x9b\u202e"}], ascii_only=True))
    assert text.isascii() and text.strip().isprintable()


def test_no_rows_are_still_a_file() -> None:
    assert json.loads("".join(row_text("json", ["a"], []))) == []
    assert "".join(row_text("csv", ["a"], [])) == "a\r\n"
    assert "".join(row_text("jsonl", ["a"], [])) == ""


@pytest.mark.parametrize(("name", "form"), [("x.CSV", "csv"), ("x.json", "json"), ("a/x.jsonl", "jsonl"), ("x", None)])
def test_the_suffix_says_the_form(name: str, form: str | None) -> None:
    assert form_of(Path(name)) == form


def test_evidence_is_refused_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "evidence")
    for place in ("evidence/x.csv", "link/x.csv", "evidence/../evidence/x.csv"):
        with (
            pytest.raises(UsageError, match="inside the evidence"),
            outlet(tmp_path / place, [str(tmp_path / "evidence")]),
        ):
            pass
    assert list((tmp_path / "evidence").iterdir()) == []


def test_what_is_there_is_only_replaced_when_asked(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("before")
    with pytest.raises(UsageError, match="there already"), outlet(tmp_path / "x.csv", [], replace=False):
        pass
    assert (tmp_path / "x.csv").read_text() == "before"
    with outlet(tmp_path / "x.csv", []) as stream:
        stream.write("after")
    assert (tmp_path / "x.csv").read_text() == "after"


def test_half_a_file_does_not_stay(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="No space"), outlet(tmp_path / "x.csv", [], replace=False) as stream:
        stream.write("half")
        raise OSError(28, "No space left on device")
    assert not (tmp_path / "x.csv").exists()
    with pytest.raises(EnvironmentFailure, match="cannot write"), outlet(tmp_path / "no" / "x.csv", []):
        pass
