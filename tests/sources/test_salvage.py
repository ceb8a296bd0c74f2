"""Damage: every complete record before and after it is delivered, and the damage is told."""

import itertools
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trail_sample import record, text, trail

from ctwork.sources.base import IssueKind, Weight
from ctwork.sources.decode import decode
from ctwork.sources.harvest import Decoded

R = [record(number) for number in range(6)]
T = [text(item) for item in R]
SMALL = [
    text({"eventVersion": "1.08", "eventName": "a", "eventSource": "b", "n": [number, {"x": "}"}]})
    for number in range(3)
]
WHOLE = {
    "trail": b'{"Records":[%s]}' % b",".join(SMALL),
    "spaced": b'{ "Records" : [ %s\n] }\n' % b" ,\n ".join(SMALL),
    "array": b"[%s]" % b",".join(SMALL),
    "page": b'{"NextToken":"t","Events":[%s]}' % b",".join(SMALL),
}


def losses(found: Decoded) -> list[IssueKind]:
    return [issue.kind for issue in found.issues if issue.kind.weight is Weight.LOSS]


@pytest.mark.parametrize("form", WHOLE)
def test_cut_at_every_byte(form: str) -> None:
    data = WHOLE[form]
    ends = [end for _, end in decode(data).spans]
    assert len(ends) == 3
    for size in range(1, len(data.rstrip())):
        cut = data[:size]
        found = decode(cut, "x.json")
        complete = sum(end <= size for end in ends)
        assert found.records == SMALL[:complete], cut
        assert [cut[start:end] for start, end in found.spans] == found.records
        if cut.strip():
            assert losses(found), cut


def test_lines_cut_at_every_byte() -> None:
    data = b"\n".join(SMALL)
    ends = [end for _, end in decode(data).spans]
    for size in range(1, len(data)):
        found = decode(data[:size], "x.json")
        assert found.records == SMALL[: sum(end <= size for end in ends)]
        at_the_end_of_a_line = any(0 <= size - end <= 1 for end in ends)
        assert bool(losses(found)) != at_the_end_of_a_line


BREAKS = [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b"\0", b"\xff", b"\n", b":"]


@pytest.mark.parametrize(
    ("form", "gap"),
    [
        *itertools.product([b"[%s]", b'{"Records":[%s]}'], [b",", b" ,\n  "]),
        (b"%s", b"\n"),
        (b"%s\n", b"\r\n"),
    ],
)
def test_records_beside_a_broken_one_are_delivered(form: bytes, gap: bytes) -> None:
    for broken in (T[2][:100], T[2][:-1], T[2].replace(b":", b"", 1), T[2].replace(b'"', b"", 1), b"\xde\xad"):
        data = form % gap.join([*T[:2], broken, *T[3:]])
        found = decode(data, "x.json")
        assert found.records == T[:2] + T[3:], data
        assert losses(found)
        assert [data[start:end] for start, end in found.spans] == found.records


def test_the_damaged_region_is_named() -> None:
    data = b'{"Records":[%s,%s,%s]}' % (T[0], T[1][:50], T[2])
    issue = decode(data).issues[0]
    start = len(b'{"Records":[') + len(T[0]) + 1
    assert (issue.kind, issue.offset) == (IssueKind.SYNTAX, start)
    assert issue.length is not None
    assert start + issue.length == data.index(T[2])


def test_a_fragment_inside_a_broken_record_is_no_record() -> None:
    broken = T[1].replace(b'"eventTime"', b'eventTime"').replace(b'"resources":[{', b'"resources":[{"eventName":"x"},{')
    found = decode(b'{"Records":[%s,%s,%s]}' % (T[0], broken, T[2]))
    assert found.records == [T[0], T[2]]


def test_containers_glued_after_damage() -> None:
    found = decode(trail(*R[:3])[:-40] + trail(*R[3:]))
    assert found.records == T[:2] + T[3:]
    assert losses(found)


def test_a_broken_record_in_sorted_pretty_print() -> None:
    pretty = json.dumps([dict(sorted(item.items())) for item in R], indent=4)
    damaged = pretty.replace('"eventName": "GetObject"', '"eventName": "Get', 1)
    found = decode(damaged.encode())
    assert [json.loads(item) for item in found.records] == R[1:]
    assert losses(found)


def test_lines_with_words_before_them() -> None:
    found = decode(b"at noon: " + T[0] + b"\nat one: " + T[1] + b"\n", "000000.gz")
    assert found.records == T[:2]
    assert losses(found)


def test_a_cut_sample_of_one_record() -> None:
    found = decode(json.dumps({"Records": R[:1]}, indent=4).encode()[:300], "bad_cloudtrail.json")
    assert found.records == []
    assert [issue.kind for issue in found.issues] == [IssueKind.TRUNCATED]


def test_a_long_list_that_is_cut_is_read_to_its_end() -> None:
    many = [T[0]] * 20_000
    found = decode((b'{"Records":[%s]}' % b",".join(many))[:-100])
    assert len(found.records) == 19_999
    assert losses(found) == [IssueKind.TRUNCATED]


def test_many_broken_lines_do_not_use_up_the_search() -> None:
    found = decode(b"\n".join([T[0][:-40], T[1]] * 3_000))
    assert found.records == [T[1]] * 3_000
    assert found.coverage.unaccounted == 0


def test_a_record_does_not_swallow_the_ones_after_it() -> None:
    open_list = T[1].replace(b'"type":"AWS::S3::Object"}]', b'"type":"AWS::S3::Object"}')
    found = decode(b'{"Records":[%s,%s,%s,%s]}' % (T[0], open_list, T[2], T[3]))
    assert found.records == [T[0], T[2], T[3]]
    assert losses(found)


def test_a_string_left_open_between_records_reaches_into_none() -> None:
    found = decode(b'{"Records":[%s],"eventCategory":"Management]},%s,%s]}' % (T[0], T[1], T[2]))
    assert found.records == T[:3]
    assert losses(found)


@pytest.mark.parametrize("kind", ["comma missing", "comma doubled", "comma at the end"])
def test_commas_are_counted(kind: str) -> None:
    parts = {"comma missing": (b"", b""), "comma doubled": (b",,", b""), "comma at the end": (b",", b",")}[kind]
    found = decode(b'{"Records":[%s%s%s%s]}' % (T[0], parts[0], T[1], parts[1]))
    assert found.records == T[:2]
    assert losses(found) == [IssueKind.SYNTAX]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(BREAKS)), min_size=1, max_size=3),
)
def test_broken_bytes_never_lose_in_silence(form: str, breaks: list[tuple[int, bytes]]) -> None:
    data = bytearray(WHOLE[form])
    for place, value in breaks:
        data[place % len(data) : place % len(data) + 1] = value
    found = decode(bytes(data), "x.json")
    if len(found.records) < 3:
        assert found.issues
    assert all(item in found.records for item in SMALL if item in bytes(data)) or found.issues
    for item, (start, end) in zip(found.records, found.spans, strict=True):
        assert data[start:end] == item


@pytest.mark.parametrize(
    "data",
    [
        b'{"Records":[' + b',{"' * 100_000,
        b"[" * 300_000,
        b'{"a":' * 100_000,
        b'\n[{"' * 100_000,
        b'{"Records":[' + b'{"eventVersion":"' * 50_000,
    ],
    ids=["starts", "arrays", "objects", "lines", "versions"],
)
def test_hostile_damage_ends(data: bytes) -> None:
    started = time.process_time()
    assert decode(data, "x.json").issues
    assert time.process_time() - started < 20, "the search must not be quadratic"
