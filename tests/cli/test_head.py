"""What an export says of itself: one head in a JSON document and beside a file, and no clock where none is wanted."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from cli.door import ask
from ctwork import __version__


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def test_a_document_begins_with_its_head(case: Path, small: Path) -> None:
    document = ask("status", case, "--format", "json").document
    head = document.pop("head")
    assert head["tool"] == {"name": "ctwork", "version": __version__}
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", head["made"])
    assert head["sources"] == [str(small)]
    assert all(head[name] == document[name] for name in ("files", "records", "bytes"))
    assert [(kind["kind"], kind["count"]) for kind in head["issues"]] == [("not-object", 1)]
    assert (head["bounds"], head["complete"], head["breaches"]) == ({}, True, [])
    assert "head" not in ask("status", case).rows[0]


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.json", "x.txt"])
def test_a_file_has_its_head_beside_it(case: Path, tmp_path: Path, name: str) -> None:
    asked = ("events", case, "--where", "service:s3", "--since", "2024-01-01", "--limit", "2", "--output")
    assert ask(*asked, tmp_path / name).code == 3
    told = json.loads((tmp_path / f"{name}.report.json").read_bytes())
    content = (tmp_path / name).read_bytes()
    assert told["export"] == {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    head = told["head"]
    assert (head["made"], head["limit"]) == ("2023-11-14T22:13:20Z", 2)
    assert "service:s3" in head["lens"] and "2024-01-01" in head["lens"]
    assert head["records"]["read"] == 6


@pytest.mark.usefixtures("still")
def test_the_same_export_is_the_same_bytes(case: Path, tmp_path: Path) -> None:
    for command in (("status",), ("issues",), ("files",), ("events", "--raw")):
        for again in ("one", "two"):
            (tmp_path / again).mkdir(exist_ok=True)
            ask(*command, case, "--output", tmp_path / again / "x.json")
        for name in ("x.json", "x.json.report.json"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_rows_hold_no_clock(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in (("events",), ("issues",), ("files",), ("count", "--by", "event"), ("timeline",)):
        said = set()
        for epoch in ("1", "2"):
            monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
            said.add(ask(*command, case, "--format", "json").out)
        assert len(said) == 1


@pytest.mark.parametrize("epoch", ["soon", "1e9", "99999999999999999"])
def test_a_time_that_is_none_is_refused(case: Path, monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    said = ask("status", case, "--format", "json")
    assert said.code == 2 and "SOURCE_DATE_EPOCH" in said.err


def test_moved_bounds_are_in_the_head(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    ask("load", small, "--case", folder, "--bound", "ratio=500", "--account", "444455556666")
    head = ask("status", folder, "--format", "json").document["head"]
    assert head["bounds"] == {"ratio": 500}
