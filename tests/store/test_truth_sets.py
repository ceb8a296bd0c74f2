"""Real and shipped sets through the real command line: every count equals a truth that was made without it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.door import ask, call

_SETS = ("invictus-ir", "sans504-bulk", "stratus-red-team", "traildiscover")
_CALLS = "!category:Insight"
"""Insights name a call inside and count as one of it; the truth counts what stands in the field itself."""
_COLUMNS = ("eventName", "userIdentity.arn", "sourceIPAddress", "errorCode", "awsRegion")


@pytest.fixture(scope="module", params=_SETS)
def loaded(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A set's case, its status, and its ground truth."""
    folder = tmp_path_factory.mktemp(request.param) / "case"
    truth = json.loads((shared_data / "ground-truth.json").read_bytes())[request.param]
    said = call("load", shared_data / request.param, "--case", folder, "--format", "json", "--quiet")
    assert said.code in (0, 3), said.err
    return folder, said.document, truth


def test_records_ids_and_span_are_the_truth(loaded: Any) -> None:
    _, status, truth = loaded
    records = status["records"]
    assert records["read"] == truth["records"]
    assert records["unique"] == truth["distinct_eventIDs"] + _extra(truth)
    assert records["copies"] == records["read"] - records["unique"]
    assert records["conflicts"] == truth["eventIDs_with_differing_content"]
    assert (status["first_event"], status["last_event"]) == (truth["first"], truth["last"])


def _extra(truth: dict[str, Any]) -> int:
    """Every set asked for here has one content per id."""
    assert truth["eventIDs_with_differing_content"] == 0
    return 0


@pytest.mark.parametrize("column", _COLUMNS)
def test_counts_by_column_are_the_truth(loaded: Any, column: str) -> None:
    folder, _, truth = loaded
    expected = truth.get(f"by_{column}") or truth[f"by_{column}_top"]
    rows = {row[column] or "<null>": row["count"] for row in ask("count", folder, "--by", column).rows}
    assert {value: rows.get(value, 0) for value in expected} == expected
    if sum(expected.values()) == truth["distinct_eventIDs"]:
        assert rows == expected
    else:
        assert sorted(rows.values(), reverse=True)[: len(expected)] == sorted(expected.values(), reverse=True)


def test_counts_of_a_column_add_up(loaded: Any) -> None:
    folder, status, _ = loaded
    for column in (*_COLUMNS, "principal", "service", "verb", "category"):
        assert sum(row["count"] for row in ask("count", folder, "--by", column).rows) == status["records"]["unique"]


@pytest.fixture(scope="module")
def sample(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Any]:
    folder = tmp_path_factory.mktemp("sample") / "case"
    said = call("load", sample_logs, "--case", folder, "--format", "json", "--quiet")
    assert said.code == 0, said.err
    return folder, said.document, json.loads((sample_logs / "ground-truth.json").read_bytes())


def test_the_sample_holds_the_records_it_says(sample: tuple[Path, Any, Any]) -> None:
    folder, status, truth = sample
    assert status["records"] == {name: truth["records"][name] for name in ("read", "unique", "copies", "conflicts")}
    assert (status["first_event"], status["last_event"]) == (truth["first_event"], truth["last_event"])
    outcomes = {row["outcome"]: row["count"] for row in ask("count", folder, "--by", "outcome", "--where", _CALLS).rows}
    # The truth takes an Insight, which has no error of its own, for a success.
    outcomes["ok"] += truth["counts"]["eventCategory"]["Insight"]
    assert outcomes == truth["outcomes"]
    assert set(truth["organisation"]["accounts"]) <= set(status["accounts"])
    assert status["regions"] == sorted(truth["organisation"]["regions"])


def test_the_sample_holds_the_files_it_says(sample: tuple[Path, Any, Any]) -> None:
    _, status, truth = sample
    files = truth["files"]
    assert status["files"]["read"] == files["log_files"]
    assert status["files"]["failed"] == status["files"]["with_issues"] == 0
    kinds = {issue["kind"]: issue["count"] for issue in status["issues"]}
    assert kinds["digest-file"] == files["digests"]
    assert (
        sum(status["files"][name] for name in ("read", "with_issues", "failed", "skipped")) == status["files"]["seen"]
    )


def test_every_count_of_the_sample_is_the_truth(sample: tuple[Path, Any, Any]) -> None:
    folder, _, truth = sample
    for column, expected in truth["counts"].items():
        where = _CALLS if column in ("eventName", "eventSource", "errorCode") else ""
        rows = {row[column]: row["count"] for row in ask("count", folder, "--by", column, "--where", where).rows}
        rows.pop(None, None)
        assert rows == {value: count for value, count in expected.items() if value}, column


def test_categories_of_the_sample_are_those_given(sample: tuple[Path, Any, Any]) -> None:
    _, status, truth = sample
    given = truth["counts"]["eventCategory"]
    assert {name: status["categories"][name] for name in given}.keys() == given.keys()
    assert all(status["categories"][name] >= count for name, count in given.items())
    assert sum(status["categories"].values()) == truth["records"]["unique"]


def test_the_conflict_of_the_sample_is_shown_from_both_sides(sample: tuple[Path, Any, Any]) -> None:
    folder, _, truth = sample
    (event_id,) = truth["conflicting_event_ids"]
    found = ask("show", folder, event_id).rows
    assert len({event["sha256"] for event in found}) == 2
    issues = [row for row in ask("issues", folder).rows if row["kind"] == "conflict"]
    assert len(issues) == 2
    assert all(event_id in row["message"] for row in issues)


def test_bytes_that_left_each_bucket_are_the_truth(sample: tuple[Path, Any, Any]) -> None:
    folder, _, truth = sample
    columns = "requestParameters.bucketName,bytes_out"
    moved: dict[str, int] = {}
    for row in ask("events", folder, "--where", "event:=GetObject outcome:ok has:bytes_out", "--columns", columns).rows:
        bucket = row["requestParameters.bucketName"]
        moved[bucket] = moved.get(bucket, 0) + row["bytes_out"]
    assert moved == truth["bytes_out_by_bucket"]
