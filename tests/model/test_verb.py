"""Reading and writing: as AWS says, else by the name."""

import json

import pytest

from ctwork.model.verb import inferred_verb, normalised_name, verb
from ctwork.resources import toml_table

TABLE = toml_table("classify.toml")["verb"]
SAMPLES = [(kind, sample) for kind in ("read", "write") for sample in TABLE["samples"][kind]]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_samples(kind: str, sample: str) -> None:
    service, _, name = sample.partition(":")
    assert inferred_verb(f"{service}.amazonaws.com", name) == kind


def test_every_entry_of_the_table_is_reached() -> None:
    for word in TABLE["reading"]:
        assert inferred_verb("x.amazonaws.com", f"{word}Thing") == "read"
    for kind in ("read", "write"):
        for entry in TABLE[kind]:
            service, _, name = entry.partition(":")
            assert inferred_verb(f"{service}.amazonaws.com", name) == kind
            assert inferred_verb("other.amazonaws.com", name) != kind, f"{entry} is needless"


def test_what_aws_says_wins() -> None:
    assert verb(False, "s3.amazonaws.com", "GetObject") == "write"
    assert verb(True, "s3.amazonaws.com", "PutObject") == "read"
    assert verb(None, "s3.amazonaws.com", "GetObject") == "read"
    assert verb(None, "", "") == ""


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("AddPermission20150331v2", "AddPermission"),
        ("ListFunctions20150331", "ListFunctions"),
        ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
        ("GetObject", "GetObject"),
        ("Route53Thing", "Route53Thing"),
        ("20150331", "20150331"),
    ],
)
def test_normalised_name(name: str, plain: str) -> None:
    assert normalised_name(name) == plain


def test_inference_agrees_with_aws(real_records: dict[str, list[bytes]]) -> None:
    """Every real event that carries readOnly: the name alone must give the same answer."""
    known = {
        (record["eventSource"], record["eventName"], record["readOnly"])
        for raws in real_records.values()
        for record in map(json.loads, raws)
        if isinstance(record.get("readOnly"), bool)
    }
    assert len(known) > 300
    assert {(s, n, flag) for s, n, flag in known if (inferred_verb(s, n) == "read") is not flag} == set()
