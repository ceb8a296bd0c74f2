"""Short names of services."""

import pytest

from ctwork.model.service import is_service_name, service


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("s3.amazonaws.com", "s3"),
        ("S3.AMAZONAWS.COM", "s3"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("delivery.logs.amazonaws.com", "delivery.logs"),
        ("monitoring.amazonaws.com", "monitoring"),
        (".amazonaws.com", ".amazonaws.com"),
        ("...", "..."),
        ("", ""),
    ],
)
def test_service(source: str, name: str) -> None:
    assert service(source) == name


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("cloudtrail.amazonaws.com", True),
        ("ec2.amazonaws.com.cn", True),
        ("amazonaws.com", False),
        (".amazonaws.com", False),
        ("curl/8 ec2.amazonaws.com", False),
        ("https://ec2.amazonaws.com", False),
        ("evil ec2.amazonaws.com", False),
        ("evil\tec2.amazonaws.com", False),
        ("ec2.amazonaws.com\n", False),
        ("AWS Internal", False),
        ("", False),
    ],
)
def test_is_service_name(text: str, yes: bool) -> None:
    assert is_service_name(text) is yes
