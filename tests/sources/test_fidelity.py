"""What a fast reader would change is found; what only looks so is not."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trail_sample import record, text

from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, IssueKind
from ctwork.sources.decode import decode
from ctwork.sources.fidelity import comes_back, oddities

BIG, TWICE, SIZE = IssueKind.BIGINT, IssueKind.DUPLICATE_KEY, IssueKind.SIZE


def kinds(value: str, bounds: Bounds = DEFAULT_BOUNDS) -> list[IssueKind]:
    return [kind for kind, _ in oddities(b'{"a":%s}' % value.encode(), bounds)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("18446744073709551615", []),
        ("18446744073709551616", [BIG]),
        ("-9223372036854775808", []),
        ("-9223372036854775809", [BIG]),
        ("0000", []),
        ("1.10", []),
        ("1e308", []),
        ("1e309", [BIG]),
        ("9" * 4_000, [BIG]),
        ('"' + "9" * 60 + '"', []),
        ('{"b":1,"b":1}', [TWICE]),
        ('{"b":1,"\\u0062":1}', [TWICE]),
        ('[{"b":1},{"b":1}]', []),
        ('{"b":1,"b":99999999999999999999}', [BIG, TWICE]),
        ('{"b" : "\\u003d", "c": [ ]}', []),
    ],
)
def test_values(value: str, told: list[IssueKind]) -> None:
    assert kinds(value) == told


def test_limits_are_named() -> None:
    small = Bounds(number_digits=30, keys_per_object=2)
    (said,) = oddities(b'{"a":%s}' % (b"1" * 31), small)
    assert said == (BIG, "A number of 31 digits; the limit is 30 (--bound number-digits=N).")
    (said,) = oddities(b'{"a":1,"b":2,"c":3}', small)
    assert said == (SIZE, "An object with 3 keys; the limit is 2 (--bound keys-per-object=N).")


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_what_every_reader_reads_alike_is_not_told(value: object) -> None:
    assert not list(oddities(json.dumps({"a": value}).encode(), DEFAULT_BOUNDS))


def test_the_record_is_named() -> None:
    odd = text(record(1))[:-1] + b',"eventName":"PutObject"}'
    data = b"[%s,%s]" % (text(record(0)), odd)
    (issue,) = decode(data).issues
    assert (issue.kind, issue.index, issue.offset, issue.length) == (TWICE, 1, data.index(odd), len(odd))
    assert '"eventName"' in issue.message


def test_a_newline_at_the_end_changes_nothing() -> None:
    assert comes_back(b'{"a":1}\n')
    assert not comes_back(b'{"a":1,"a":1}\n')
