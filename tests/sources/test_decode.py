"""Encodings, names, the quick test and the way back to one record."""

import codecs
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trail_sample import record, text, trail

from ctwork.sources.base import Bounds, IssueKind
from ctwork.sources.decode import decode, is_plain_trail, record_at
from ctwork.sources.harvest import DERIVED

R = [record(number) for number in range(5)]
T = [text(item) for item in R]
WHOLE = trail(*R)


def test_plain_trails_are_told_from_look_alikes() -> None:
    assert is_plain_trail(WHOLE)
    assert not is_plain_trail(b'{"Records":[]}')
    assert not is_plain_trail(trail({"eventVersion": "2.1", "eventSource": "aws:s3", "s3": {}}))
    assert not is_plain_trail(trail({"eventVersion": "1.0", "eventSource": "aws:kinesis", "kinesis": {}}))
    assert not is_plain_trail(json.dumps({"Records": R}).encode())


@pytest.mark.parametrize(
    "data",
    [
        WHOLE,
        WHOLE + b"\n",
        json.dumps({"Records": R}, indent=1).encode(),
        text(R),
        b"\n".join(T),
        b'{"Records":[%s,null,%s]}' % (T[0], T[1]),
        WHOLE[:-30],
        b'{"Records":[%s],"Records":[%s]}' % (T[0], T[1]),
        text({"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(item)} for item in R]}),
    ],
)
def test_the_way_back_to_a_record_agrees_with_decoding(data: bytes) -> None:
    found = decode(data, "x")
    assert len(found.records) >= 2
    for index, item in enumerate(found.records):
        assert record_at(data, "x", index) == (item, *found.spans[index])
    with pytest.raises(IndexError):
        record_at(data, "x", len(found.records))


def test_a_byte_order_mark_counts_in_the_spans() -> None:
    data = codecs.BOM_UTF8 + WHOLE
    found = decode(data)
    assert found.records == T
    assert found.spans[0][0] == 3 + len('{"Records":[')
    assert decode(codecs.BOM_UTF8).bystander is IssueKind.EMPTY


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_is_read_as_a_derived_text(codec: str) -> None:
    bom = codecs.BOM_UTF16_LE if codec == "utf-16-le" else codecs.BOM_UTF16_BE
    items = [{**item, "userAgent": "\u00e9\U0001f600"} for item in R]
    data = bom + json.dumps({"Records": items}, ensure_ascii=False).encode(codec)
    found = decode(data)
    assert [json.loads(item) for item in found.records] == items
    assert found.fidelity == DERIVED
    assert [issue.kind for issue in found.issues] == [IssueKind.ENCODING]
    for item, (start, end) in zip(found.records, found.spans, strict=True):
        assert data[start:end].decode(codec).encode() == item


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (b'{"a":NaN}', IssueKind.NONFINITE),
        (b'{"a":-Infinity}', IssueKind.NONFINITE),
        (b'"\\ud800"', IssueKind.SURROGATE),
        (b'"\xff"', IssueKind.INVALID_UTF8),
        (b'{"\xff":1}', IssueKind.INVALID_UTF8),
        (b'"a\x01b"', IssueKind.ENCODING),
        (b'"a\tb"', IssueKind.ENCODING),
    ],
)
@pytest.mark.parametrize("form", ["trail", "lines", "one"])
def test_what_strict_readers_refuse_is_kept_and_told(written: bytes, kind: IssueKind, form: str) -> None:
    odd = T[1][:-1] + b',"x":' + written + b"}"
    items = [odd] if form == "one" else [T[0], odd, T[2]]
    data = {"trail": b'{"Records":[%s]}' % b",".join(items), "lines": b"\n".join(items), "one": odd}[form]
    found = decode(data)
    assert found.records == items
    assert [data[start:end] for start, end in found.spans] == items
    assert [(issue.kind, issue.index) for issue in found.issues] == [(kind, items.index(odd))]


def test_big_numbers_pass_untouched() -> None:
    item = T[0][:-1] + b',"n":' + b"9" * 5000 + b',"m":18446744073709551617}'
    assert decode(b'{"Records":[%s]}' % item).records == [item]


def test_deep_and_large_records_are_told() -> None:
    deep = T[0][:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}"
    found = decode(b'{"Records":[%s,%s]}' % (T[1], deep))
    assert found.records == [T[1], deep]
    assert [(issue.kind, issue.index) for issue in found.issues] == [(IssueKind.DEPTH, 1)]
    bottomless = T[0][:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    found = decode(b'{"Records":[%s,%s,%s]}' % (T[1], bottomless, T[2]))
    assert found.records == T[1:3]
    assert [issue.kind for issue in found.issues] == [IssueKind.DEPTH]
    found = decode(WHOLE, "x", Bounds(record_bytes=len(T[0]) - 1))
    assert [issue.kind for issue in found.issues] == [IssueKind.SIZE] * 5


LOG = "123456789012_CloudTrail_us-east-1_20240523T1110Z_fJ1OoEgYN1tWc1nO.json.gz"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"Not found", LOG, IssueKind.NOT_JSON),
        (b"<html>", "a/x.json", IssueKind.NOT_JSON),
        (b"\x00\x01", "x.json.cloudtrail", IssueKind.NOT_JSON),
        (b"Apache License", "LICENSE", IssueKind.NOT_CLOUDTRAIL),
        (b"[section]\nkey = 1", "setup.cfg", IssueKind.NOT_CLOUDTRAIL),
        (b"{ a: 1 }", "x.js", IssueKind.NOT_CLOUDTRAIL),
        (b"PAR1....PAR1", "x.parquet", IssueKind.SYNTAX),
        (b"PAR1....", "x.parquet", IssueKind.TRUNCATED),
        (b"PARE....PARE", "x.parquet", IssueKind.UNSUPPORTED),
        (b"User name,Age\na,b", "users.csv", IssueKind.NOT_CLOUDTRAIL),
        (b"# Execution Time: x Query Statement: y", "result_1.csv.gz", IssueKind.NOT_CLOUDTRAIL),
        (b"", LOG, IssueKind.TRUNCATED),
        (b"", "x.json", IssueKind.EMPTY),
        (b'{"Recor', LOG, IssueKind.TRUNCATED),
    ],
)
def test_content_that_is_no_json(data: bytes, name: str, kind: IssueKind) -> None:
    found = decode(data, name)
    assert [issue.kind for issue in found.issues] == [kind]
    assert [issue.source for issue in found.issues] == [name]


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_told(value: object) -> None:
    for data in (text(value), json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8", "replace")):
        found = decode(data, "x.json")
        assert found.issues or found.records


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_told(data: bytes) -> None:
    found = decode(data, "x.json")
    assert found.issues and not found.records
