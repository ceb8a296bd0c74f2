"""Families of user agents: every row of the table is proved by its samples."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.agent import agent_family, families
from ctwork.resources import toml_table

SAMPLES = [(row["name"], sample) for row in toml_table("agents.toml")["family"] for sample in row["samples"]]


@pytest.mark.parametrize(("family", "sample"), SAMPLES)
def test_samples(family: str, sample: str) -> None:
    assert agent_family(sample) == family


def test_every_row_has_a_sample() -> None:
    assert all(row["samples"] for row in toml_table("agents.toml")["family"])


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("", "none"),
        ("  ", "none"),
        ("[]", "none"),
        ("secretsmanager.amazonaws.com", "service"),
        ("delivery.logs.amazonaws.com", "service"),
        ("example-user-agent-string", "other"),
        ("kalimba/1.0", "other"),
        ("xcurl/1", "other"),
        ("AWS INTERNAL", "aws-internal"),
        ("Mozilla/5.0 (X11; Linux x86_64) Kali", "offensive"),
    ],
)
def test_family(text: str, family: str) -> None:
    assert agent_family(text) == family


def test_families_are_told() -> None:
    assert {"aws-cli", "boto3", "botocore", "terraform", "service", "other", "none"} <= set(families())
    assert len(families()) == len(set(families()))


@given(st.text(max_size=60))
def test_any_text_has_a_family(text: str) -> None:
    assert agent_family(text) in families()


def test_a_long_agent_is_no_trap() -> None:
    """Patterns over hostile text must not run away."""
    for text in ("console." * 5000, "aws-sdk-" + "a" * 50_000, "a console, " * 5000, "parrot" * 10_000):
        assert agent_family(text)


def test_real_agents(real_records: dict[str, list[bytes]]) -> None:
    found = Counter(agent_family(json.loads(raw).get("userAgent") or "") for raw in real_records["invictus-ir"])
    assert found["other"] == 0
    assert found["terraform"] + found["offensive"] > 1700
    assert found["aws-internal"] > 150
