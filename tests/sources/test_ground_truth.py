"""The real sets decode to the counts that the standard library found in them."""

import json
from pathlib import Path

import pytest

from ctwork.sources import open_source
from ctwork.sources.base import Blob, Issue, IssueKind, Weight
from ctwork.sources.carrier import read_carrier
from ctwork.sources.decode import decode
from ctwork.sources.inflate import inflate

FRAGMENTS = {"awsdocs-cloudtrail-guide": 1}
"""Counted there though they are no records: the inside of an Insight, printed on a page of its own."""
QUERIED = {"awsdocs-cloudtrail-guide": 2}
"""Rows of a Lake query printed on another page: not counted there, and lossy, but events."""
DAMAGED = {"cloudgrep/bad_cloudtrail.json"}
SETS = (
    *("awsdocs-cloudtrail-guide", "cloud-custodian-eventbridge", "cloudgrep", "invictus-ir", "plaso-lookup-events"),
    *("sans504-bulk", "stratus-red-team", "streamalert", "synthetic-correlation-a", "traildiscover", "trailscraper"),
)


@pytest.mark.parametrize("name", SETS)
def test_counts(shared_data: Path, name: str) -> None:
    truth = json.loads((shared_data / "ground-truth.json").read_bytes())[name]
    count = 0
    for blob in open_source([str(shared_data / name)]).walk():
        assert isinstance(blob, Blob)
        inflated = inflate(read_carrier(blob), name=blob.name)
        found = decode(inflated.data, blob.name)
        count += len(found.records)
        lost = [issue.kind for issue in [*inflated.problems, *found.issues] if issue.kind.weight is not Weight.NOTE]
        assert lost == ([IssueKind.TRUNCATED] if f"{name}/{blob.name}" in DAMAGED else [])
        assert all(isinstance(issue, Issue) and issue.source == blob.name for issue in found.issues)
        for item, (start, end) in zip(found.records, found.spans, strict=True):
            assert found.fidelity != "full" or inflated.data[start:end] == item
    assert count == truth["records"] - FRAGMENTS.get(name, 0) + QUERIED.get(name, 0)
