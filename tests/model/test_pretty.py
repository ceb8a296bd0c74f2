"""A record laid out for people keeps every token of its bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.pretty import pretty

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner))


@given(VALUES, st.booleans())
def test_it_is_what_the_standard_library_prints(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if b"\xed" in raw:  # a lone surrogate is no UTF-8: shown escaped, and compared below
        return
    assert "\n".join(pretty(raw)) == json.dumps(value, ensure_ascii=ascii_only, indent=2)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"a": 1.0, "a": 12345678901234567890}', ["{", '  "a": 1.0,', '  "a": 12345678901234567890', "}"]),
        (b'{"a":"\\u0041","b":NaN}', ["{", '  "a": "\\u0041",', '  "b": NaN', "}"]),
        (b'{"a":[1,', ["{", '  "a": [', "    1,"]),
        (b"]]}x", ["", "]", "]", "}x"]),
        (b'"open \xff', ['"open \\xff']),
        (b"", []),
    ],
)
def test_nothing_is_corrected(raw: bytes, shown: list[str]) -> None:
    assert list(pretty(raw)) == shown


def test_depth_costs_no_recursion_and_no_width() -> None:
    lines = list(pretty(b"[" * 50_000 + b"]" * 50_000))
    assert len(lines) == 99_999
    assert max(map(len, lines)) < 140
