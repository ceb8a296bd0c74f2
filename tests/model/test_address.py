"""What an origin is, and which networks it lies in."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.address import address_class, in_network, parse_address, parse_network

CLASSES = {"internal", "service", "public", "private", "loopback", "masked", "other", "none"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "none"),
        ("3.225.16.109", "public"),
        ("203.0.113.64", "public"),
        ("192.168.10.20", "private"),
        ("10.8.8.10", "private"),
        ("172.31.0.1", "private"),
        ("172.32.0.1", "public"),
        ("169.254.169.254", "private"),
        ("100.64.0.1", "private"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("2001:db8::1", "public"),
        ("2600:1f18::5", "public"),
        ("fd00::1", "private"),
        ("fe80::1", "private"),
        ("fe80::1%eth0", "private"),
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:8.8.8.8", "public"),
        ("AWS Internal", "internal"),
        ("AWS Internal/7", "internal"),
        ("AWS Internal/x", "other"),
        ("cloudtrail.amazonaws.com", "service"),
        ("ec2.amazonaws.com.cn", "service"),
        ("evilamazonaws.com", "other"),
        (".amazonaws.com", "other"),
        ("253.252.51.07", "masked"),
        ("075.050.255.67", "masked"),
        ("999.1.1.1", "masked"),
        ("208.236.235.254/0", "masked"),
        ("0.0.0.0", "other"),
        ("1.2.3.4.5", "other"),
        ("1.2.3.4\n", "other"),
        ("１.2.3.4", "other"),
        ("...", "other"),
        ("12345", "other"),
        ("HIDDEN_DUE_TO_SECURITY_REASONS", "other"),
    ],
)
def test_address_class(text: str, expected: str) -> None:
    assert address_class(text) == expected


@given(st.text(max_size=40) | st.from_regex(r"[0-9.:/a-f%]{0,30}", fullmatch=True))
def test_any_text_has_a_class(text: str) -> None:
    assert address_class(text) in CLASSES
    assert in_network(text, text) in {True, False}


@given(st.ip_addresses())
def test_addresses_are_never_masked(address: object) -> None:
    assert address_class(str(address)) in {"public", "private", "loopback", "other"}
    assert in_network(str(address), str(address))


@pytest.mark.parametrize(
    ("value", "network", "inside"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.9/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("2001:db8::5", "2001:db8::/32", True),
        ("10.1.2.3", "2001:db8::/32", False),
        ("253.252.51.07", "253.252.51.0/24", True),
        ("253.252.51.07", "253.252.51.7", True),
        ("208.236.235.254/0", "208.236.235.0/24", False),
        ("AWS Internal", "0.0.0.0/0", False),
        ("10.1.2.3", "10.0.0.0/99", False),
        ("10.1.2.3", "", False),
        ("", "0.0.0.0/0", False),
        ("fe80::1%eth0", "fe80::/10", True),
    ],
)
def test_in_network(value: str, network: str, inside: bool) -> None:
    assert in_network(value, network) is inside


def test_parse() -> None:
    assert str(parse_network("10.1.2.3/8")) == "10.0.0.0/8"
    assert parse_network("10") is None
    assert parse_network("nonsense") is None
    assert str(parse_address("075.050.255.67")) == "75.50.255.67"
    assert parse_address("256.1.1.1") is None


def test_real_origins(real_records: dict[str, list[bytes]]) -> None:
    """Masked quads of the anonymised set and the services of the attack simulation, as counted in the field survey."""
    found = {
        name: Counter(address_class(json.loads(raw).get("sourceIPAddress") or "") for raw in real_records[name])
        for name in ("invictus-ir", "stratus-red-team")
    }
    assert found["invictus-ir"]["internal"] + found["invictus-ir"]["service"] == 353
    assert found["invictus-ir"]["masked"] == 0
    assert found["stratus-red-team"]["masked"] > 0
    assert found["stratus-red-team"]["other"] == 0
