"""Advice for a lens that shows nothing: only where something about the lens looks like a slip."""

import pytest

from ctwork.model.advice import advice
from ctwork.model.lens import Lens


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("outcome:fail", "outcome is one of ok, denied, throttled, error, failed-login"),
        ("service:s3 AND verb:change", "verb is one of read, write"),
        ("key:AKIA", "key: means the whole value; key:AKIA* finds what begins so"),
        ("999988887777", "raw: looks at whole records"),
        ('"a phrase" OR ip:1.2.3.4', "raw: looks at whole records"),
        ("time:2023-07-10T12..2023-07-10T12", "ends before it begins"),
    ],
)
def test_a_slip_is_named(text: str, told: str) -> None:
    assert told in advice(Lens.parse(text))


@pytest.mark.parametrize(
    "text", ["", "outcome:DENIED", "outcome:den*", "!outcome:fail", "ip:300.1.1.1", "event:GetObject", "key:AKIA*"]
)
def test_what_looks_right_is_left_alone(text: str) -> None:
    assert advice(Lens.parse(text)) == ""
