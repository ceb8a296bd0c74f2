"""The category of an event, as given or inferred."""

import json

import pytest

from ctwork.model.category import category
from ctwork.resources import toml_table

SAMPLES = [(kind, sample) for kind, row in toml_table("classify.toml")["category"]["samples"].items() for sample in row]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_samples(kind: str, sample: str) -> None:
    service, _, name = sample.partition(":")
    assert category("", "AwsApiCall", None, f"{service}.amazonaws.com", name) == kind


@pytest.mark.parametrize(
    ("given", "event_type", "management", "name", "expected"),
    [
        ("Data", "AwsCloudTrailInsight", True, "GetObject", "Data"),
        ("ActivityAuditLog", "", None, "", "ActivityAuditLog"),
        ("", "AwsCloudTrailInsight", None, "GetObject", "Insight"),
        ("", "AwsVpceEvent", None, "GetObject", "NetworkActivity"),
        ("", "AwsVpceEvents", None, "GetObject", "NetworkActivity"),
        ("", "AwsAggregatedEvent", None, "", "Aggregated"),
        ("", "AwsApiCall", False, "CreateBucket", "Data"),
        ("", "AwsApiCall", True, "GetObject", "Management"),
        ("", "AwsApiCall", None, "GetObject", "Data"),
        ("", "", None, "", "Management"),
    ],
)
def test_category(given: str, event_type: str, management: bool | None, name: str, expected: str) -> None:
    assert category(given, event_type, management, "s3.amazonaws.com", name) == expected


def test_inference_agrees_with_aws(real_records: dict[str, list[bytes]]) -> None:
    """Records that say their category keep it when the field, and even managementEvent, is taken away."""
    wrong = set()
    for name, raws in real_records.items():
        for raw in raws[::3] if not name.startswith("synthetic") else ():
            record = json.loads(raw)
            if given := record.get("eventCategory"):
                source, event, kind = (record.get(member) or "" for member in ("eventSource", "eventName", "eventType"))
                for flag in (record.get("managementEvent"), None):
                    if category("", kind, flag, source, event) != given:
                        wrong.add((source, event, flag))
    assert wrong == set()
