"""Every byte of a stream is a record, structure or a reported range: nothing is left over, and nothing is guessed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trail_sample import record, text, trail

from ctwork.sources.account import Account, Coverage
from ctwork.sources.base import IssueKind
from ctwork.sources.decode import decode
from ctwork.sources.harvest import ISSUES_PER_KIND, Harvest

T = [text(record(number)) for number in range(3)]
SIZE = sum(map(len, T))


def total(coverage: Coverage) -> int:
    return coverage.records + coverage.structure + coverage.reported + coverage.unaccounted


@pytest.mark.parametrize(
    "data",
    [
        trail(*(record(number) for number in range(3))),
        b'{"Records":[%s]}\n \n' % b",".join(T),
        b'\xef\xbb\xbf{ "Records" : [ %s ] }' % b" ,\n".join(T),
        b"[%s]" % b",".join(T),
        b"\n".join(T) + b"\n",
        b"".join(T),
        b'{"Records":[%s,%s]}\n{"Records":[%s]}' % tuple(T),
        b'{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":%s}\n%s\n%s' % tuple(T),
    ],
    ids=["plain", "trailing blanks", "spaced", "array", "lines", "glued", "two files", "mixed"],
)
def test_undamaged_streams_are_records_and_structure(data: bytes) -> None:
    found = decode(data, "x.json")
    assert found.coverage == Coverage(SIZE, len(data) - SIZE)
    assert not found.issues


def test_a_reported_range_is_no_structure() -> None:
    data = b'{"Records":[%s,%s,%s]}' % (T[0], T[1][:50], T[2])
    found = decode(data).coverage
    assert (found.records, found.reported, found.unaccounted) == (len(T[0] + T[2]), 51, 0)
    assert total(found) == len(data)


def test_records_come_before_reports_and_reports_before_structure() -> None:
    account = Account(b"x" * 100, records=[(10, 30), (20, 40)], reported=[(35, 60), (0, 5)], witnessed=[(0, 90)])
    assert account.coverage() == Coverage(records=30, structure=35, reported=25, unaccounted=10)
    assert list(account.left_over()) == [(90, 100)]


def test_what_nobody_claims_is_told() -> None:
    harvest = Harvest("x.json")
    harvest.take(T[0], 0, len(T[0]))
    harvest.witness(len(T[0]), len(T[0]) + 2)
    data = T[0] + b",\nstray"
    found = harvest.decoded(data)
    assert found.coverage == Coverage(records=len(T[0]), structure=2, unaccounted=5)
    (issue,) = found.issues
    assert (issue.kind, issue.offset, issue.length) == (IssueKind.UNACCOUNTED, len(T[0]) + 2, 5)
    assert "5 bytes" in issue.message


def test_white_space_needs_no_claim() -> None:
    harvest = Harvest("x.json")
    harvest.take(T[0], 5, 5 + len(T[0]))
    data = b"\xef\xbb\xbf\r\n" + T[0] + b"\n\t "
    assert harvest.decoded(data).coverage.unaccounted == 0


def test_a_claimed_envelope_that_hides_a_record_is_told() -> None:
    data = b'{"Records":[%s],"More":[%s]}' % (T[0], T[1])
    found = decode(data, "x.json")
    (issue,) = [issue for issue in found.issues if issue.kind is IssueKind.UNSUPPORTED]
    assert issue.offset is not None and issue.length is not None
    assert T[1] in data[issue.offset : issue.offset + issue.length]
    assert found.coverage.unaccounted == 0


def test_dropped_rows_still_count() -> None:
    broken = b"\n".join([T[0], *[b'{"x":1}'] * (ISSUES_PER_KIND + 7)])
    found = decode(broken, "x.json")
    assert found.coverage.unaccounted == 0
    assert found.coverage.reported == 7 * (ISSUES_PER_KIND + 7)
    assert found.issues[-1].length == 7 * 7
    assert "49 bytes" in found.issues[-1].message


def test_a_blob_set_aside_is_reported_as_a_whole() -> None:
    for data in (b"", b"\n\n", b'{"Records":[]}', b'{"a":1}', b"not JSON"):
        found = decode(data, "readme")
        assert found.bystander is not None
        assert found.coverage == Coverage(reported=len(data))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=3)), max_size=4),
    st.sampled_from([b",", b"\n", b" , "]),
    st.sampled_from([b'{"Records":[%s]}', b"[%s]", b"%s"]),
)
def test_the_law_holds_for_broken_streams(cuts: list[tuple[int, bytes]], gap: bytes, form: bytes) -> None:
    data = form % gap.join(T)
    for place, value in cuts:
        at = place % (len(data) + 1)
        data = data[:at] + value + data[at + 1 :]
    found = decode(data, "x.json")
    assert total(found.coverage) == len(data)
    assert found.coverage.unaccounted == 0
    assert all(json.loads(item.decode("utf-8", "replace"), strict=False) is not None for item in found.records)
