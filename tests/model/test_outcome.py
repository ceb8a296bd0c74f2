"""How calls end: the table's samples and the sign-in rules."""

import json
from collections import Counter

import pytest

from ctwork.model.outcome import OUTCOMES, SIGN_IN_EVENTS, outcome, outcome_of_code, sign_in_result
from ctwork.resources import toml_table

SAMPLES = [(kind, code) for kind, row in toml_table("classify.toml")["outcome"].items() for code in row["samples"]]


@pytest.mark.parametrize(("kind", "code"), SAMPLES)
def test_samples(kind: str, code: str) -> None:
    assert outcome_of_code(code) == kind
    assert outcome("RunInstances", code, "", "") == kind


def test_every_entry_of_the_table_is_reached() -> None:
    """Each code, prefix and suffix must give its own kind: none may hide behind another row."""
    table = toml_table("classify.toml")["outcome"]
    for kind in ("denied", "throttled"):
        for code in table[kind]["codes"]:
            assert outcome_of_code(code) == kind
        for prefix in table[kind]["prefixes"]:
            assert outcome_of_code(f"{prefix}Xyz") == kind
        for suffix in table[kind]["suffixes"]:
            assert outcome_of_code(f"Xyz{suffix}") == kind


@pytest.mark.parametrize(
    ("name", "code", "message", "result", "expected"),
    [
        ("RunInstances", "", "", "", "ok"),
        ("RunInstances", "", "something went wrong", "", "error"),
        ("ConsoleLogin", "", "", "Success", "ok"),
        ("ConsoleLogin", "", "", "Failure", "failed-login"),
        ("ConsoleLogin", "", "Failed authentication", "", "failed-login"),
        ("ConsoleLogin", "", "No username found in supplied account", "Failure", "failed-login"),
        ("ConsoleLogin", "AccessDenied", "", "Failure", "failed-login"),
        ("ConsoleLogin", "AccessDenied", "no", "", "denied"),
        ("CheckMfa", "", "", "Failure", "failed-login"),
        ("CredentialVerification", "", "", "Failure", "failed-login"),
        ("RunInstances", "", "", "Failure", "ok"),
        ("PutObject", "NoSuchBucket", "m", "", "error"),
        ("PutObject", " ", "", "", "ok"),
    ],
)
def test_outcome(name: str, code: str, message: str, result: str, expected: str) -> None:
    assert outcome(name, code, message, result) == expected
    assert expected in OUTCOMES


def test_no_code_is_ok() -> None:
    assert outcome_of_code("") == "ok"


@pytest.mark.parametrize(
    ("response", "details", "expected"),
    [
        ({"ConsoleLogin": "Failure"}, None, "Failure"),
        (None, {"ConsoleLogin": "Success"}, "Success"),
        ({"ConsoleLogin": ["Failure"]}, None, ""),
        ("ConsoleLogin", [], ""),
        ({"CheckMfa": "Failure"}, None, ""),
    ],
)
def test_sign_in_result(response: object, details: object, expected: str) -> None:
    assert "ConsoleLogin" in SIGN_IN_EVENTS
    assert sign_in_result("ConsoleLogin", response, details) == expected
    assert sign_in_result("RunInstances", {"RunInstances": "Failure"}) == ""


def test_real_codes(real_records: dict[str, list[bytes]]) -> None:
    """The attack simulation: 102 throttled calls, 44 refused by EC2 and 16 by others."""
    found = Counter(outcome_of_code(json.loads(raw).get("errorCode") or "") for raw in real_records["invictus-ir"])
    assert found["throttled"] == 102
    assert found["denied"] == 44 + 16
    assert found.total() - found["ok"] == 300
